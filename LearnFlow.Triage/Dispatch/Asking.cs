using LearnFlow.Triage.Audit;
using LearnFlow.Triage.Endpoints;
using Microsoft.AspNetCore.Mvc;

namespace LearnFlow.Triage.Dispatch;

/// <summary>A message on its way.</summary>
/// <param name="Ask">The message, checked and cleaned by the gate.</param>
/// <param name="RequestId">Its id.</param>
/// <param name="Fingerprint">Tells it from another one with that id.</param>
/// <param name="Student">Whose it is.</param>
/// <param name="Role">Their role.</param>
/// <param name="Language">The language in which they want the answer, such as <c>en</c>.</param>
/// <param name="Arrived">When it arrived, as the clock's timestamp.</param>
/// <param name="Record">What goes on record of it, filled in on the way.</param>
public sealed record Asking(
    Ask Ask, string RequestId, string Fingerprint, string Student, string Role, string Language, long Arrived, MessageRecord Record)
{
    /// <summary>Where the student reads along; null where they wait for the whole.</summary>
    public AnswerEvents? Stream { get; init; }
}

/// <summary>What a message came to.</summary>
/// <param name="Answer">The answer; null where there is a problem.</param>
/// <param name="Problem">What kept the agent from giving one.</param>
/// <param name="Age">How old the answer is, where it was given before.</param>
public sealed record Reply(Answer? Answer, ProblemDetails? Problem, TimeSpan? Age = null);
