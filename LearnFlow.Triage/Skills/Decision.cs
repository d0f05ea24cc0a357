using System.Text.Json.Serialization;
using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Triage.Skills;

/// <summary>What is done with a message.</summary>
public enum DecisionOutcome
{
    /// <summary>An agent answers it.</summary>
    Answer,

    /// <summary>The student says which of two readings is meant.</summary>
    Clarify,

    /// <summary>It is not about learning Python.</summary>
    Decline,
}

/// <summary>Who decided.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DecisionMaker>))]
public enum DecisionMaker
{
    /// <summary>The skill library.</summary>
    [JsonStringEnumMemberName("skills")]
    Skills,

    /// <summary>The student, by choosing a reading.</summary>
    [JsonStringEnumMemberName("student")]
    Student,

    /// <summary>A language model.</summary>
    [JsonStringEnumMemberName("model")]
    Model,

    /// <summary>The skill library, because the language model failed.</summary>
    [JsonStringEnumMemberName("fallback")]
    Fallback,
}

/// <summary>One reason for a decision.</summary>
/// <param name="Signal">What kind of reason, such as <c>traceback</c> or <c>phrase</c>.</param>
/// <param name="Text">The words or the error that gave it.</param>
/// <param name="Intent">What it speaks for.</param>
/// <param name="Weight">How strongly: what it adds to the intent's score; below zero it speaks against.</param>
public sealed record Evidence(string Signal, string Text, Intent Intent, double Weight);

/// <summary>A reading of a message and how likely it is.</summary>
/// <param name="Intent">The reading.</param>
/// <param name="Confidence">0 to 1.</param>
public sealed record Reading(Intent Intent, double Confidence);

/// <summary>What a message means and why.</summary>
/// <param name="Outcome">What is done with it.</param>
/// <param name="By">Who decided.</param>
/// <param name="Readings">Every intent, the likeliest first.</param>
/// <param name="Evidence">The reasons, the strongest first.</param>
public sealed record Decision(
    DecisionOutcome Outcome, DecisionMaker By, IReadOnlyList<Reading> Readings, IReadOnlyList<Evidence> Evidence)
{
    /// <summary>What else the message asks for, beside <see cref="Best"/>.</summary>
    public IReadOnlyList<Intent> Also { get; init; } = [];

    /// <summary>The likeliest reading.</summary>
    public Reading Best => Readings[0];
}
