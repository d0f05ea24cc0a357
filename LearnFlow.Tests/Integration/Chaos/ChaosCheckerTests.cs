using System.Text.Json;

namespace LearnFlow.Tests.Integration.Chaos;

/// <summary>The checker sees each way in which a promise can be broken, and none where all were kept.</summary>
public sealed class ChaosCheckerTests
{
    private static readonly ChaosMessage Message = new("m", "maya", "NameError: name 'm' is not defined", "syntax_help");

    [Fact]
    public void What_was_answered_once_or_died_is_well()
    {
        var other = Message with { RequestId = "d" };
        Assert.Empty(Check(
            [Queued(Message), Answered(Message, call: 1), Degraded(Message, call: 2), Refused(Message, 0), Refused(Message, 503), Queued(other)],
            dead: ["d"], ends: [End(Message, "answered", 1), End(other, "undeliverable")]));
    }

    [Fact]
    public void What_nobody_knows_any_more_is_lost()
    {
        Assert.Contains("lost", Assert.Single(Check([Queued(Message)], ends: [])), StringComparison.Ordinal);
        Assert.Contains("lost", Assert.Single(Check([Answered(Message, 1)], ends: [])), StringComparison.Ordinal);
        Assert.Contains("lost", Assert.Single(Check([Queued(Message)], ends: [End(Message, "queued")])), StringComparison.Ordinal);
        Assert.Contains("lost", Assert.Single(Check([Queued(Message)], ends: [End(Message, "undeliverable")])), StringComparison.Ordinal);
        Assert.Contains("lost", Assert.Single(Check([Queued(Message)], dead: ["m"], ends: [End(Message, "queued")])), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_answers_are_one_too_many_wherever_they_show()
    {
        Assert.Contains("answered twice", Assert.Single(Check(
            [Answered(Message, 1), Answered(Message, 2)], ends: [End(Message, "answered", 1)])), StringComparison.Ordinal);
        Assert.Contains("answered twice", Assert.Single(Check(
            [Answered(Message, 1)], ends: [End(Message, "answered", 2)])), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_reads_along_reads_the_answer()
    {
        JsonElement[] ends = [End(Message, "answered", 1)];
        var answered = Answered(Message, 1);
        Assert.Empty(Check([answered with { Read = answered.Markdown }], ends: ends));
        Assert.Contains("read along", Assert.Single(Check([answered with { Read = $"Call 0{answered.Markdown}" }], ends: ends)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_answered_does_not_wait_again()
    {
        Assert.Contains("told to wait", Assert.Single(Check(
            [Answered(Message, 1), Queued(Message, at: 10)], ends: [End(Message, "answered", 1)])), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_never_accepted_and_faults_of_ours_show()
    {
        Assert.Contains("refused for ever", Assert.Single(Check([Refused(Message, 503)], ends: [])), StringComparison.Ordinal);
        Assert.Contains("fault of ours", Assert.Single(Check(
            [Refused(Message, 500), Answered(Message, 1)], ends: [End(Message, "answered", 1)])), StringComparison.Ordinal);
    }

    [Fact]
    public void One_id_is_for_one_message()
    {
        var intruder = Message with { Query = "other words", IsIntruder = true };
        JsonElement[] ends = [End(Message, "answered", 1)];
        Assert.Empty(Check([Answered(Message, 1), Refused(intruder, 409)], ends: ends));
        Assert.Empty(Check([Answered(Message, 1), Degraded(intruder, 2)], ends: ends));
        Assert.Contains("under one id", Assert.Single(Check([Answered(Message, 1), Queued(intruder)], ends: ends)), StringComparison.Ordinal);
        Assert.Contains("another message", Check(
            [Answered(Message, 1), Answered(intruder, 1, says: Message.Query)], ends: ends).First(), StringComparison.Ordinal);
    }

    [Fact]
    public void Those_who_waited_are_answered_in_their_order()
    {
        var (one, two) = (Message with { RequestId = "1", Conversation = "c" }, Message with { RequestId = "2", Conversation = "c" });
        Assert.Empty(Check([Queued(one), Queued(two)], ends: [End(one, "answered", 1), End(two, "answered", 2)]));
        Assert.Contains("out of order", Assert.Single(Check(
            [Queued(one), Queued(two)], ends: [End(one, "answered", 2), End(two, "answered", 1)])), StringComparison.Ordinal);
    }

    [Fact]
    public void What_waits_for_ever_and_what_counts_twice_show()
    {
        Assert.Contains("wait for ever", Assert.Single(Check([], waiting: 1)), StringComparison.Ordinal);
        Assert.Contains("counted twice", Assert.Single(Check([], found: 50)), StringComparison.Ordinal);
    }

    private static List<string> Check(
        Told[] told, string[]? dead = null, JsonElement[]? ends = null, long waiting = 0, int found = 100) =>
        [.. ChaosChecker.Check(new(
            told, (ends ?? []).ToDictionary(end => end.Text("requestId")), (dead ?? []).ToHashSet(), waiting,
            new Dictionary<string, (int, int)> { ["james"] = (100, found) }))];

    private static Told Answered(ChaosMessage message, int call, string? says = null) =>
        new(message, 0, 0, 1, 200, Body(message, "answered", ChaosWorld.AnswerOf(call, says ?? message.Query)));

    private static Told Degraded(ChaosMessage message, int call) =>
        new(message, 0, 0, 1, 200, Body(message, "answered", ChaosWorld.AnswerOf(call, message.Query), degraded: true));

    private static Told Queued(ChaosMessage message, double at = 0) => new(message, 0, at, at + 1, 202, Body(message, "queued", "Kept."));

    private static Told Refused(ChaosMessage message, int status) => new(message, 0, 0, 1, status, default);

    private static JsonElement End(ChaosMessage message, string status, int call = 0) =>
        Body(message, status, ChaosWorld.AnswerOf(call, message.Query));

    private static JsonElement Body(ChaosMessage message, string status, string markdown, bool degraded = false) =>
        JsonSerializer.SerializeToElement(new { requestId = message.RequestId, status, answer = new { markdown }, degraded });
}
