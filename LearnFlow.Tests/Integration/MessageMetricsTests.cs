using Microsoft.AspNetCore.Http;

namespace LearnFlow.Tests.Integration;

/// <summary>A message is measured once, as what became of it while its student waited.</summary>
public sealed class MessageMetricsTests(LateStack stack) : IClassFixture<LateStack>
{
    private const string Messages = "learnflow.triage.messages";
    private const string Duration = "learnflow.triage.message.duration";

    [Fact]
    public async Task A_message_that_had_to_wait_counts_as_queued_and_its_wait_is_no_time_that_an_answer_took()
    {
        // One call and its two repetitions.
        var calls = 0;
        stack.Agents.Reply = (call, context) => ++calls <= 3
            ? AgentStandIn.Refuses(StatusCodes.Status500InternalServerError)(call, context)
            : AgentStandIn.Answers("At last.")(call, context);
        using var readings = new MeterReadings(stack.TriageServices);
        using var maya = await stack.SignInAsync("maya");

        await maya.AskAsync(new { query = "please review this", code = "x = 1", intent = "code_review" });
        await Eventually.HoldsAsync("it is delivered", () =>
            Task.FromResult(readings.Sum("learnflow.triage.deliveries", ("outcome", "answered"), ("agent", "review-agent")) == 1));

        Assert.Equal(1, readings.Sum(Messages, ("outcome", "queued"), ("intent", "code_review")));
        Assert.Equal(1, readings.Sum(Messages));
        Assert.Equal(1, readings.Count(Duration, ("outcome", "queued")));
        Assert.Equal(1, readings.Count(Duration));
        Assert.Equal(1, readings.Count("learnflow.triage.gate.duration"));
    }

    [Fact]
    public async Task A_message_that_is_answered_is_measured_on_each_stretch_of_its_way()
    {
        stack.Agents.Reset();
        using var readings = new MeterReadings(stack.TriageServices);
        using var james = await stack.SignInAsync("james");

        await james.AskAsync(new { query = "please review this", code = "x = 1", intent = "code_review" });

        Assert.Equal(1, readings.Count("learnflow.triage.gate.duration"));
        Assert.Equal(1, readings.Count("learnflow.triage.decision.duration"));
        Assert.Equal(1, readings.Count("learnflow.triage.dispatch.duration", ("agent", "review-agent")));
        Assert.Equal(1, readings.Count(Duration, ("outcome", "answered")));
        Assert.Equal(1, readings.Sum(Messages, ("outcome", "answered"), ("intent", "code_review")));
    }
}
