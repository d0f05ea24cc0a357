namespace LearnFlow.ServiceDefaults;

/// <summary>
/// The names of our state in Redis: <c>learnflow:{owner}:name</c>. The owner, a student or a message, is the hash tag, so
/// that all of one owner's keys lie on one node of a cluster and one script may touch them together.
/// </summary>
public static class StateKeys
{
    /// <summary>What a message became.</summary>
    /// <param name="requestId">The message.</param>
    public static string Message(string requestId) => Of(requestId, "message");

    /// <summary>What a student has done: exercises, quizzes, quality and streak.</summary>
    /// <param name="student">The student.</param>
    public static string Progress(string student) => Of(student, "progress");

    /// <summary>That a submission was counted.</summary>
    /// <param name="student">The student.</param>
    /// <param name="submissionId">The submission.</param>
    public static string Submission(string student, string submissionId) =>
        Of(student, $"submission:{Uri.EscapeDataString(submissionId)}");

    /// <summary>The last turns of a conversation.</summary>
    /// <param name="student">Whose it is.</param>
    /// <param name="conversation">Its id, of the student's choice.</param>
    public static string Conversation(string student, string conversation) =>
        Of(student, $"conversation:{Uri.EscapeDataString(conversation)}");

    /// <summary>How many errors a student brought of late.</summary>
    /// <param name="student">The student.</param>
    public static string RecentErrors(string student) => Of(student, "recent-errors");

    /// <summary>Escaped, so that a brace in an id cannot end the hash tag.</summary>
    private static string Of(string owner, string name) => $"learnflow:{{{Uri.EscapeDataString(owner)}}}:{name}";
}
