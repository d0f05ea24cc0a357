using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace LearnFlow.Tests.Integration;

/// <summary>All spans of this process while it is there.</summary>
internal sealed class Spans : IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public Spans()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>Those that have ended.</summary>
    public IEnumerable<Activity> Ended => _ended;

    public void Dispose() => _listener.Dispose();
}

/// <summary>One message is one trace.</summary>
[Collection(GarnetCollection.Name)]
public sealed class TracingTests(GarnetStack stack)
{
    [Fact]
    public async Task A_message_is_one_trace_across_triage_its_agent_and_Redis()
    {
        using var spans = new Spans();
        using var maya = await stack.SignInAsync("maya");

        var requestId = (await maya.AskAsync(new { query = "how am I doing?" })).Text("requestId");

        // The span of a request ends after its answer is sent.
        List<Activity> servers = [];
        await Eventually.HoldsAsync("the spans of triage and of the agent have ended", () =>
        {
            servers = [.. spans.Ended.Where(span =>
                span.Kind == ActivityKind.Server && Equals(span.GetTagItem("learnflow.request_id"), requestId))];
            return Task.FromResult(servers.Count == 2);
        });
        Assert.Single(servers.Select(span => span.TraceId).Distinct());

        // Whoever watches Redis (ours, or Aspire's package) may report a moment later.
        await Eventually.HoldsAsync("the commands of agent and triage are in the trace", () =>
        {
            var commands = spans.Ended
                .Where(span => span.TraceId == servers[0].TraceId && (span.GetTagItem("db.system.name") ?? span.GetTagItem("db.system")) is "redis")
                .Select(span => span.DisplayName)
                .ToList();
            return Task.FromResult(commands.Contains("HGETALL") && commands.Exists(command => command.StartsWith("EVAL", StringComparison.Ordinal)));
        });
    }

    [Fact]
    public async Task A_program_that_the_agent_runs_is_in_the_trace_of_its_message()
    {
        await Sandboxes.RequireAsync(stack);
        using var spans = new Spans();
        using var maya = await stack.SignInAsync("maya");
        var requestId = $"run-{Guid.NewGuid():N}";

        await maya.AskAsync(new { query = "why does it fail?", code = "print(1 / 0)", intent = "syntax_help", requestId });

        await Eventually.HoldsAsync("the run is in the trace", () =>
        {
            var ofMessage = spans.Ended.Where(span => Equals(span.GetTagItem("learnflow.request_id"), requestId))
                .Select(span => span.TraceId)
                .ToHashSet();
            return Task.FromResult(ofMessage.Count == 1 && spans.Ended.Any(span =>
                span.OperationName == "sandbox run" && ofMessage.Contains(span.TraceId) && span.GetTagItem("learnflow.sandbox.outcome") is not null));
        });
    }
}

/// <summary>A stack whose agents fail as often as a test says, and are tried again soon.</summary>
public sealed class LateStack : StandInStack<GarnetUnderTest>
{
    protected override IEnumerable<string> Settings => ["--Delivery:FirstPauseMs=20", "--FeatureManagement:EnableCircuitBreaker=false"];
}

/// <summary>One message is one trace, however often its agent has to be asked.</summary>
public sealed class LateTracingTests(LateStack stack) : IClassFixture<LateStack>
{
    [Fact]
    public async Task All_tries_and_the_late_delivery_with_what_it_asks_of_Redis_are_in_the_trace_of_their_message()
    {
        // All three tries of the first call, and the first of the delivery.
        const int failures = 4;
        var calls = 0;
        stack.Agents.Reply = (call, context) => call.Question.ValueKind == JsonValueKind.Object && ++calls <= failures
            ? AgentStandIn.Refuses(StatusCodes.Status500InternalServerError)(call, context)
            : AgentStandIn.Answers("At last.")(call, context);
        using var spans = new Spans();
        using var maya = await stack.SignInAsync("maya");

        var queued = await maya.AskAsync(new { query = "how am I doing?", intent = "progress_check" });
        var requestId = queued.Text("requestId");
        await Eventually.HoldsAsync("it is delivered", async () =>
        {
            using var reply = await maya.GetAsync($"/api/v1/triage/{requestId}");
            return (await reply.ReadAsync()).Text("status") == "answered";
        });

        Assert.Equal("queued", queued.Text("status"));
        var parents = stack.Agents.Calls
            .Where(call => call.Path.EndsWith("/answer", StringComparison.Ordinal))
            .Select(call => ActivityContext.Parse(call.Headers["traceparent"], null))
            .ToList();
        Assert.Equal(failures + 1, parents.Count);
        Assert.Equal(failures + 1, parents.DistinctBy(parent => parent.SpanId).Count());
        var trace = Assert.Single(parents.Select(parent => parent.TraceId).Distinct());
        await Eventually.HoldsAsync("the delivery has ended, with the commands that took the message out of the queue", () =>
        {
            var ofMessage = spans.Ended.Where(span => span.TraceId == trace).ToList();
            var request = ofMessage.Find(span => span.Kind == ActivityKind.Server && Equals(span.GetTagItem("learnflow.request_id"), requestId));
            var delivery = ofMessage.Find(span => span.OperationName == "deliver");
            return Task.FromResult(request is not null && delivery?.ParentSpanId == request.SpanId
                && ofMessage.Exists(span => span.ParentSpanId == delivery.SpanId && span.DisplayName.StartsWith("EVAL", StringComparison.Ordinal)));
        });
    }
}
