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

    /// <summary>What a student was told of the mistakes in a conversation.</summary>
    /// <param name="student">Whose it is.</param>
    /// <param name="conversation">Its id, of the student's choice.</param>
    public static string Hints(string student, string conversation) =>
        Of(student, $"hints:{Uri.EscapeDataString(conversation)}");

    /// <summary>How many errors a student brought of late.</summary>
    /// <param name="student">The student.</param>
    public static string RecentErrors(string student) => Of(student, "recent-errors");

    /// <summary>How often a student was refused something of late.</summary>
    /// <param name="student">The student.</param>
    public static string SecurityEvents(string student) => Of(student, "security-events");

    /// <summary>How many students were refused something often on a day: the number alone, from which nobody can tell who.</summary>
    /// <param name="day">The day.</param>
    public static string OftenRefused(DateOnly day) => OfSystem("security", $"often:{day:yyyy-MM-dd}");

    /// <summary>The token ids that are not believed any more, with the time at which each may be forgotten.</summary>
    public static string RevokedTokens => OfSystem("tokens", "revoked");

    /// <summary>The flags that were switched at run time.</summary>
    public static string FlagOverrides => OfSystem("flags", "overrides");

    /// <summary>When a caller was let in during the last minute.</summary>
    /// <param name="caller">A student, or an address.</param>
    /// <param name="limit">The limit's name.</param>
    public static string RateLimit(string caller, string limit) => Of(caller, $"limit:{limit}");

    /// <summary>The entries of a chain of the audit trail, by their place.</summary>
    /// <param name="chain">The chain.</param>
    public static string AuditLog(int chain) => OfSystem($"audit-{chain}", "log");

    /// <summary>Where a chain of the audit trail ends.</summary>
    /// <param name="chain">The chain.</param>
    public static string AuditHead(int chain) => OfSystem($"audit-{chain}", "head");

    /// <summary>A part of a shard of the queue.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="part">The part's name.</param>
    public static string Queue(int shard, string part) => OfSystem($"queue-{shard}", part);

    /// <summary>A cached answer.</summary>
    /// <param name="question">A digest of the question.</param>
    public static string CachedAnswer(string question) => OfSystem($"answer-{question}", "cached");

    /// <summary>When all cached answers were dropped.</summary>
    public static string CacheCleared => OfSystem("cache", "cleared");

    /// <summary>A pattern that all of our keys match.</summary>
    public static string Any => "learnflow:*";

    /// <summary>What all keys of an owner begin with.</summary>
    /// <param name="owner">The owner.</param>
    public static string PrefixOf(string owner) => Of(owner, "");

    /// <summary>Whether a key is one of <see cref="Message"/>.</summary>
    /// <param name="key">The key.</param>
    public static bool IsMessage(string key) => key.EndsWith("}:message", StringComparison.Ordinal);

    /// <summary>A colon stands in no escaped owner: what is ours is no student's, whatever they are called.</summary>
    private static string OfSystem(string owner, string name) => $"learnflow:{{system:{owner}}}:{name}";

    /// <summary>Escaped, so that a brace in an id cannot end the hash tag.</summary>
    private static string Of(string owner, string name) => $"learnflow:{{{Uri.EscapeDataString(owner)}}}:{name}";
}
