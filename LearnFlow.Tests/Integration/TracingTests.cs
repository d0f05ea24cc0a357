using System.Collections.Concurrent;
using System.Diagnostics;

namespace LearnFlow.Tests.Integration;

/// <summary>One message is one trace.</summary>
[Collection(GarnetCollection.Name)]
public sealed class TracingTests(GarnetStack stack)
{
    [Fact]
    public async Task A_message_is_one_trace_across_triage_its_agent_and_Redis()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var maya = await stack.SignInAsync("maya");

        var requestId = (await maya.AskAsync(new { query = "how am I doing?" })).Text("requestId");

        // The span of a request ends after its answer is sent.
        List<Activity> servers = [];
        await Eventually.HoldsAsync("the spans of triage and of the agent have ended", () =>
        {
            servers = [.. spans.Where(span =>
                span.Kind == ActivityKind.Server && Equals(span.GetTagItem("learnflow.request_id"), requestId))];
            return Task.FromResult(servers.Count == 2);
        });
        Assert.Single(servers.Select(span => span.TraceId).Distinct());

        // Whoever watches Redis (ours, or Aspire's package) may report a moment later.
        await Eventually.HoldsAsync("the commands of agent and triage are in the trace", () =>
        {
            var commands = spans
                .Where(span => span.TraceId == servers[0].TraceId && (span.GetTagItem("db.system.name") ?? span.GetTagItem("db.system")) is "redis")
                .Select(span => span.DisplayName)
                .ToList();
            return Task.FromResult(commands.Contains("HGETALL") && commands.Exists(command => command.StartsWith("EVAL", StringComparison.Ordinal)));
        });
    }
}
