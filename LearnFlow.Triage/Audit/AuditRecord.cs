using System.Text.Json.Serialization;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Dispatch;
using LearnFlow.Triage.Endpoints;
using LearnFlow.Triage.Skills;

namespace LearnFlow.Triage.Audit;

/// <summary>What is put on record.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AuditEvent>))]
public enum AuditEvent
{
    /// <summary>A message came through the gate.</summary>
    [JsonStringEnumMemberName("message")]
    Message,

    /// <summary>A message that had been kept was delivered, or could not be.</summary>
    [JsonStringEnumMemberName("delivery")]
    Delivery,

    /// <summary>An admin sent a dead letter again.</summary>
    [JsonStringEnumMemberName("dead-letter-replayed")]
    DeadLetterReplayed,

    /// <summary>An admin dropped a dead letter.</summary>
    [JsonStringEnumMemberName("dead-letter-dropped")]
    DeadLetterDropped,

    /// <summary>An admin switched a flag.</summary>
    [JsonStringEnumMemberName("flag-switched")]
    FlagSwitched,

    /// <summary>An admin revoked a token.</summary>
    [JsonStringEnumMemberName("token-revoked")]
    TokenRevoked,

    /// <summary>An admin dropped all cached answers.</summary>
    [JsonStringEnumMemberName("cache-cleared")]
    CacheCleared,

    /// <summary>An admin was given what is kept of a student.</summary>
    [JsonStringEnumMemberName("student-exported")]
    StudentExported,

    /// <summary>An admin had erased what was kept of a student.</summary>
    [JsonStringEnumMemberName("student-erased")]
    StudentErased,
}

/// <summary>What became of a message.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AuditOutcome>))]
public enum AuditOutcome
{
    /// <summary>Something failed that is our fault.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>An agent answered it.</summary>
    [JsonStringEnumMemberName("answered")]
    Answered,

    /// <summary>The student was asked what they mean.</summary>
    [JsonStringEnumMemberName("clarify")]
    Clarify,

    /// <summary>It was not about learning Python.</summary>
    [JsonStringEnumMemberName("declined")]
    Declined,

    /// <summary>Its agent, or whoever should decide, was away.</summary>
    [JsonStringEnumMemberName("unavailable")]
    Unavailable,

    /// <summary>Its agent was away, and it was kept for later.</summary>
    [JsonStringEnumMemberName("queued")]
    Queued,

    /// <summary>It could not be delivered and became a dead letter.</summary>
    [JsonStringEnumMemberName("undeliverable")]
    Undeliverable,

    /// <summary>It was sent again and got the answer that it had got.</summary>
    [JsonStringEnumMemberName("repeated")]
    Repeated,

    /// <summary>Its id belongs to another message.</summary>
    [JsonStringEnumMemberName("conflict")]
    Conflict,

    /// <summary>The student went away before there was an answer.</summary>
    [JsonStringEnumMemberName("abandoned")]
    Abandoned,
}

/// <summary>One entry of the audit trail. It holds no word of a student.</summary>
/// <param name="Id">The record's own id; later ones sort behind earlier ones.</param>
/// <param name="At">When it happened.</param>
/// <param name="Event">What happened.</param>
/// <param name="Actor">Who did it: the <c>sub</c> of the token.</param>
/// <param name="Role">As what.</param>
public sealed record AuditRecord(string Id, DateTimeOffset At, AuditEvent Event, string Actor, string Role)
{
    /// <summary>The request's id.</summary>
    public string? RequestId { get; init; }

    /// <summary>The trace that it is part of.</summary>
    public string? TraceId { get; init; }

    /// <summary>Whom a gateway in front that is believed had recognised.</summary>
    public string? Consumer { get; init; }

    /// <summary>What there is to say of a message.</summary>
    public MessageRecord? Message { get; init; }

    /// <summary>What there is to say of what an admin did.</summary>
    public ActionRecord? Action { get; init; }
}

/// <summary>What an admin did.</summary>
/// <param name="Target">The flag, the token's id; for a student a keyed hash of their id, so that it can outlive them.</param>
/// <param name="Reason">Why, in the admin's words.</param>
/// <param name="Result">What it came to, such as the flag's new state.</param>
public sealed record ActionRecord(string Target, string? Reason, string? Result);

/// <summary>What is on record of a message, filled in on its way.</summary>
public sealed class MessageRecord
{
    /// <summary>What became of it; <see cref="AuditOutcome.Failed"/> unless somebody says otherwise.</summary>
    public AuditOutcome Outcome { get; set; }

    /// <summary>Characters of query, code and error together.</summary>
    public required int Length { get; init; }

    /// <summary>A keyed hash of the words: the same words, the same hash, and nothing else to be learned from it.</summary>
    public required string WordsHash { get; init; }

    /// <summary>The reading that was chosen.</summary>
    public Intent? Intent { get; set; }

    /// <summary>How likely it is, 0 to 1.</summary>
    public double? Confidence { get; set; }

    /// <summary>Who decided.</summary>
    public DecisionMaker? DecidedBy { get; set; }

    /// <summary>The names of the signals that spoke.</summary>
    public IReadOnlyList<string>? Evidence { get; set; }

    /// <summary>Who answered, or should have.</summary>
    public string? Agent { get; set; }

    /// <summary>How often that agent was called.</summary>
    public int? Attempts { get; set; }

    /// <summary>That agent's breaker afterwards.</summary>
    public BreakerState? Breaker { get; set; }

    /// <summary>Whether the answer came from the cache.</summary>
    public bool? Cached { get; set; }

    /// <summary>Whether the answer could not be kept.</summary>
    public bool? Degraded { get; set; }

    /// <summary>Tokens that a language model used.</summary>
    public int? Tokens { get; set; }

    /// <summary>Tokens that asking it first would have used.</summary>
    public int? BaselineTokens { get; set; }

    /// <summary>Milliseconds until it was decided.</summary>
    public double? TriageMs { get; set; }

    /// <summary>Milliseconds that the agent took.</summary>
    public double? AgentMs { get; set; }

    /// <summary>Milliseconds in all.</summary>
    public double? TotalMs { get; set; }

    /// <summary>Notes what the message was found to mean.</summary>
    /// <param name="intent">The reading that was chosen.</param>
    /// <param name="confidence">How likely it is, 0 to 1.</param>
    /// <param name="by">Who decided.</param>
    /// <param name="evidence">Why.</param>
    public void WasDecided(Intent intent, double confidence, DecisionMaker by, IReadOnlyList<Evidence> evidence)
    {
        (Intent, Confidence, DecidedBy) = (intent, confidence, by);
        Evidence = [.. evidence.Select(reason => reason.Signal).Distinct()];
    }

    /// <summary>Notes what became of the message.</summary>
    /// <param name="answer">The answer.</param>
    public void Became(Answer answer)
    {
        Outcome = answer.Status switch
        {
            AnswerStatus.Answered => AuditOutcome.Answered,
            AnswerStatus.Clarify => AuditOutcome.Clarify,
            AnswerStatus.Declined => AuditOutcome.Declined,
            AnswerStatus.Queued => AuditOutcome.Queued,
            _ => AuditOutcome.Undeliverable,
        };
        (Intent, Confidence) = (answer.Intent, answer.Confidence);
        (AgentMs, TotalMs, Degraded) = (answer.Timings.AgentMs, answer.Timings.TotalMs, answer.Degraded);
    }
}
