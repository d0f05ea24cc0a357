namespace LearnFlow.Triage.Flags;

/// <summary>What can be switched while LearnFlow runs: <c>FeatureManagement:{flag}</c>, on where nothing is said.</summary>
public static class Flag
{
    /// <summary>The skill library decides first; off, the language model does.</summary>
    public const string EnableSkillLibrary = nameof(EnableSkillLibrary);

    /// <summary>A language model, where one is configured, is asked what the skill library is not sure of.</summary>
    public const string EnableOpenAiRouter = nameof(EnableOpenAiRouter);

    /// <summary>Where the language model fails, the skill library's reading holds.</summary>
    public const string EnableFallbackToSkill = nameof(EnableFallbackToSkill);

    /// <summary>The skill library's linear model has a say beside signals and phrases.</summary>
    public const string EnableMlClassifier = nameof(EnableMlClassifier);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
        [EnableSkillLibrary, EnableOpenAiRouter, EnableFallbackToSkill, EnableMlClassifier];
}
