using System.Diagnostics;
using System.Text.Json.Serialization;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Endpoints;

namespace LearnFlow.Triage.Dispatch;

/// <summary>A message that was decided: all that it takes to get it answered, at once or later, by any replica.</summary>
/// <param name="Question">What its agents are asked.</param>
/// <param name="Ask">What the student sent.</param>
/// <param name="Role">The student's role.</param>
/// <param name="Intent">The reading that was chosen.</param>
/// <param name="Confidence">How likely it is, 0 to 1.</param>
/// <param name="Decision">Why; its <c>also</c> names all other wishes.</param>
/// <param name="Usage">What deciding cost.</param>
/// <param name="TriageMs">Milliseconds that deciding took.</param>
/// <param name="DecidedAt">When it was decided.</param>
public sealed record DecidedMessage(
    AgentQuestion Question, Ask Ask, string Role, Intent Intent, double Confidence, DecisionView Decision, Usage Usage,
    double TriageMs, DateTimeOffset DecidedAt)
{
    /// <summary>The message's id.</summary>
    [JsonIgnore]
    public string RequestId => Question.RequestId;

    /// <summary>Whose it is.</summary>
    [JsonIgnore]
    public string Student => Question.Student;

    /// <summary>Tells it from another message that was sent with the same id.</summary>
    [JsonIgnore]
    public string Fingerprint => MessageStore.Fingerprint(Ask);

    /// <summary>Who answers it.</summary>
    [JsonIgnore]
    public AgentRole Agent => Intent.Agent()!;

    /// <summary>The trace that it came with, as W3C's <c>traceparent</c>, so that its late delivery is part of it.</summary>
    public string? TraceParent { get; init; }

    /// <summary>What went wrong, the first first.</summary>
    public IReadOnlyList<FailedDelivery> History { get; init; } = [];

    /// <summary>Its answer.</summary>
    /// <param name="content">What the agents said.</param>
    /// <param name="also">The other wishes that were answered.</param>
    /// <param name="timings">How long it took.</param>
    public Answer Answered(AgentAnswer content, IReadOnlyList<Intent> also, Timings timings) => new(
        RequestId, AnswerStatus.Answered, Intent, Confidence, Agent.Resource,
        Decision with { Also = also.Count > 0 ? also : null }, content, null, Usage, timings);

    /// <summary>What its student is told while it waits.</summary>
    /// <param name="help">What the concepts agent has to say meanwhile; null where that is nothing.</param>
    /// <param name="totalMs">Milliseconds that it took to keep it.</param>
    public Answer Queued(AgentAnswer? help, double totalMs)
    {
        const string kept = "Your message is kept, and you need not send it again: it is answered as soon as the specialist for it is back.";
        return NotYet(
            AnswerStatus.Queued,
            help is null ? new(kept) : help with { Markdown = $"{kept} Meanwhile, here is the idea behind it.{AgentAnswer.Separator}{help.Markdown}" },
            totalMs) with
        {
            Meanwhile = help is null ? null : AgentRole.Concepts.Resource,
        };
    }

    /// <summary>What its student is told where it could not be delivered.</summary>
    public Answer Undeliverable() => NotYet(
        AnswerStatus.Undeliverable,
        new("The specialist for your message could not answer it, however often it was asked. Somebody looks at it. Please try to put it in other words, as a new message."),
        0);

    private Answer NotYet(AnswerStatus status, AgentAnswer content, double totalMs) => new(
        RequestId, status, Intent, Confidence, Agent.Resource, Decision, content, null, Usage, new(TriageMs, null, totalMs));

    /// <summary>The trace to go on with.</summary>
    [JsonIgnore]
    public ActivityContext Trace => ActivityContext.TryParse(TraceParent, null, isRemote: true, out var trace) ? trace : default;
}

/// <summary>A delivery that came to nothing.</summary>
/// <param name="At">When.</param>
/// <param name="Reason">Why.</param>
public sealed record FailedDelivery(DateTimeOffset At, string Reason);
