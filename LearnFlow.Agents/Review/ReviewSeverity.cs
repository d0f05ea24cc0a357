namespace LearnFlow.Agents.Review;

/// <summary>How much a finding matters.</summary>
public static class ReviewSeverity
{
    /// <summary>The program can give a wrong result or hide an error.</summary>
    public const string Correctness = "correctness";

    /// <summary>The program works, but Python has a clearer way to say it.</summary>
    public const string Idiom = "idiom";

    /// <summary>The program is harder to read than it has to be.</summary>
    public const string Style = "style";

    /// <summary>All, the one that matters most first.</summary>
    public static IReadOnlyList<string> All { get; } = [Correctness, Idiom, Style];

    internal static int RankOf(string severity) => severity switch
    {
        Correctness => 0,
        Idiom => 1,
        _ => 2,
    };
}
