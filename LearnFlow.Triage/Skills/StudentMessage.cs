using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Triage.Skills;

/// <summary>All that a decision is made from.</summary>
/// <param name="Query">The student's words.</param>
/// <param name="Code">The code that came with them.</param>
/// <param name="Error">The error that came with them.</param>
/// <param name="PreviousIntent">Where the conversation is.</param>
/// <param name="RecentErrors">Errors that the student brought of late.</param>
/// <param name="Mastery">The student's mastery over all topics, 0 to 100; null where it is not known.</param>
public readonly record struct StudentMessage(
    string Query, string? Code = null, string? Error = null, Intent? PreviousIntent = null, int RecentErrors = 0, int? Mastery = null);
