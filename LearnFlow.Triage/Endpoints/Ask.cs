using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Triage.Endpoints;

/// <summary>What a student asks.</summary>
/// <param name="Query">Their words, 1 to 5,000 characters.</param>
/// <param name="Code">Code that goes with them, at most 20,000 characters.</param>
/// <param name="Error">An error that goes with them, at most 20,000 characters.</param>
/// <param name="RequestId">An id of the caller's choice: the same message sent again gets the same answer.</param>
/// <param name="Conversation">Where in a conversation the message stands.</param>
/// <param name="Intent">What is meant, chosen by the student after <c>clarify</c>.</param>
public sealed record Ask(
    string? Query,
    string? Code = null,
    string? Error = null,
    string? RequestId = null,
    Conversation? Conversation = null,
    Intent? Intent = null);

/// <summary>Where in a conversation a message stands.</summary>
/// <param name="Id">The conversation, at most 64 characters.</param>
/// <param name="Turn">Its how-many-eth message it is, from 1.</param>
/// <param name="PreviousIntent">What the message before it was about.</param>
public sealed record Conversation(string? Id = null, int? Turn = null, Intent? PreviousIntent = null);
