using System.Text.Json.Serialization;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Skills;

namespace LearnFlow.Triage.Endpoints;

/// <summary>What became of a message.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AnswerStatus>))]
public enum AnswerStatus
{
    /// <summary>An agent answered it.</summary>
    [JsonStringEnumMemberName("answered")]
    Answered,

    /// <summary>The student is asked what they mean.</summary>
    [JsonStringEnumMemberName("clarify")]
    Clarify,

    /// <summary>It is not about learning Python.</summary>
    [JsonStringEnumMemberName("declined")]
    Declined,

    /// <summary>Its agent is away; it is kept, and answered as soon as the agent is back.</summary>
    [JsonStringEnumMemberName("queued")]
    Queued,

    /// <summary>Its agent could not answer it again and again; a person looks at it.</summary>
    [JsonStringEnumMemberName("undeliverable")]
    Undeliverable,
}

/// <summary>What the states of a message mean.</summary>
public static class AnswerStatuses
{
    /// <summary>Whether nothing else becomes of the message.</summary>
    /// <param name="status">The status.</param>
    public static bool IsFinal(this AnswerStatus status) => status is not (AnswerStatus.Queued or AnswerStatus.Undeliverable);
}

/// <summary>The answer to a message.</summary>
/// <param name="RequestId">The message's id.</param>
/// <param name="Status">What became of it.</param>
/// <param name="Intent">The likeliest reading.</param>
/// <param name="Confidence">How likely, 0 to 1.</param>
/// <param name="Agent">Who answered; null where none did.</param>
/// <param name="Decision">Why.</param>
/// <param name="Content">The answer itself.</param>
/// <param name="Choices">The readings to choose from, where the status is <c>clarify</c>.</param>
/// <param name="Usage">What a language model cost.</param>
/// <param name="Timings">How long it took.</param>
public sealed record Answer(
    string RequestId,
    AnswerStatus Status,
    Intent Intent,
    double Confidence,
    string? Agent,
    DecisionView Decision,
    [property: JsonPropertyName("answer")] AgentAnswer Content,
    IReadOnlyList<Choice>? Choices,
    Usage Usage,
    Timings Timings)
{
    /// <summary>True where the message could not be kept, so that it cannot be read again; else absent.</summary>
    public bool? Degraded { get; init; }

    /// <summary>Of a queued message, who gave the help that <see cref="Content"/> offers until its own agent answers; else absent.</summary>
    public string? Meanwhile { get; init; }
}

/// <summary>Why a message went where it went.</summary>
/// <param name="By">Who decided.</param>
/// <param name="Evidence">The reasons, the strongest first.</param>
/// <param name="Alternatives">The other readings, the likeliest first.</param>
/// <param name="Also">What else the message asked for and was answered with it; absent where it had one wish.</param>
public sealed record DecisionView(
    DecisionMaker By, IReadOnlyList<Evidence> Evidence, IReadOnlyList<Reading> Alternatives, IReadOnlyList<Intent>? Also);

/// <summary>A reading that the student may choose, by asking again with its intent.</summary>
/// <param name="Intent">The reading.</param>
/// <param name="Title">What to write on the button.</param>
public sealed record Choice(Intent Intent, string Title);

/// <summary>What a language model cost.</summary>
/// <param name="Tokens">Tokens that a model used for this message; 0 where none was asked.</param>
/// <param name="BaselineTokens">
/// Tokens that asking a model first would have used: our prompt with this message, and an answer. 0 where the student
/// chose the intent, which no design has to ask a model for.
/// </param>
public sealed record Usage(int Tokens, int BaselineTokens);

/// <summary>How long a message took, in milliseconds.</summary>
/// <param name="TriageMs">Deciding what it means.</param>
/// <param name="AgentMs">The agent's part, with the way there and back; absent where no agent was asked.</param>
/// <param name="TotalMs">From the request's arrival to its answer.</param>
public sealed record Timings(double TriageMs, double? AgentMs, double TotalMs);
