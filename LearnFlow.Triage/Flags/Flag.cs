namespace LearnFlow.Triage.Flags;

/// <summary>
/// What can be switched while LearnFlow runs: <c>FeatureManagement:{flag}</c>, or for all replicas at once
/// <c>PUT /api/v1/admin/flags/{flag}</c>.
/// </summary>
public static class Flag
{
    /// <summary>A language model, where one is configured, is asked what the skill library is not sure of.</summary>
    public const string EnableOpenAiRouter = nameof(EnableOpenAiRouter);

    /// <summary>The skill library decides first; off, the language model does.</summary>
    public const string EnableSkillLibrary = nameof(EnableSkillLibrary);

    /// <summary>Where the language model fails, the skill library's reading holds.</summary>
    public const string EnableFallbackToSkill = nameof(EnableFallbackToSkill);

    /// <summary>An agent that fails again and again is left alone for a while.</summary>
    public const string EnableCircuitBreaker = nameof(EnableCircuitBreaker);

    /// <summary>A call to an agent that failed is repeated where that is safe.</summary>
    public const string EnableRetryPolicy = nameof(EnableRetryPolicy);

    /// <summary>
    /// A message whose agent is away is kept and delivered later, and what cannot be delivered becomes a dead letter; off, it
    /// is refused.
    /// </summary>
    public const string EnableDeadLetterQueue = nameof(EnableDeadLetterQueue);

    /// <summary>Tokens are validated; off, in Development alone, whatever a token says is believed.</summary>
    public const string EnableJwtValidation = nameof(EnableJwtValidation);

    /// <summary>Callers are held to their limits.</summary>
    public const string EnableRateLimiting = nameof(EnableRateLimiting);

    /// <summary>What cannot be seen is taken out of a student's words, and they are normalised.</summary>
    public const string EnableRequestSanitization = nameof(EnableRequestSanitization);

    /// <summary>Requests are traced, in triage and in the agents.</summary>
    public const string EnableDistributedTracing = nameof(EnableDistributedTracing);

    /// <summary><c>/metrics</c> answers.</summary>
    public const string EnablePrometheusMetrics = nameof(EnablePrometheusMetrics);

    /// <summary>Messages are put on record.</summary>
    public const string EnableAuditLogging = nameof(EnableAuditLogging);

    /// <summary>Connections to agents are kept for the next call; off, each call opens one of its own.</summary>
    public const string EnableConnectionPooling = nameof(EnableConnectionPooling);

    /// <summary>The answer to a question about a concept is kept for whoever asks the same; off unless set.</summary>
    public const string EnableResponseCaching = nameof(EnableResponseCaching);

    /// <summary>The agents of a message with two wishes are asked at once, not one after the other.</summary>
    public const string EnableConcurrentProcessing = nameof(EnableConcurrentProcessing);

    /// <summary><c>POST /api/v1/triage/batch</c> takes messages; off unless set.</summary>
    public const string EnableBatchProcessing = nameof(EnableBatchProcessing);

    /// <summary>The skill library's linear model has a say beside signals and phrases.</summary>
    public const string EnableMlClassifier = nameof(EnableMlClassifier);

    /// <summary>All of them, and whether each is on where nothing is said.</summary>
    public static IReadOnlyDictionary<string, bool> Defaults { get; } = new SortedDictionary<string, bool>(StringComparer.Ordinal)
    {
        [EnableOpenAiRouter] = true,
        [EnableSkillLibrary] = true,
        [EnableFallbackToSkill] = true,
        [EnableCircuitBreaker] = true,
        [EnableRetryPolicy] = true,
        [EnableDeadLetterQueue] = true,
        [EnableJwtValidation] = true,
        [EnableRateLimiting] = true,
        [EnableRequestSanitization] = true,
        [EnableDistributedTracing] = true,
        [EnablePrometheusMetrics] = true,
        [EnableAuditLogging] = true,
        [EnableConnectionPooling] = true,
        [EnableResponseCaching] = false,
        [EnableConcurrentProcessing] = true,
        [EnableBatchProcessing] = false,
        [EnableMlClassifier] = true,
    };

    /// <summary>The setting of a flag.</summary>
    /// <param name="flag">One of these.</param>
    public static string SettingOf(string flag) => $"{Section}:{flag}";

    private const string Section = "FeatureManagement";
}
