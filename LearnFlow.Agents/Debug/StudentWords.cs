using System.Text.RegularExpressions;

namespace LearnFlow.Agents.Debug;

/// <summary>What a student says of their program, as far as it decides what is done with it.</summary>
internal static partial class StudentWords
{
    /// <summary>Later words tell a story.</summary>
    private const int LongestLookedAt = 400;

    /// <summary>Whether they say that it is corrected now.</summary>
    /// <param name="words">Their words.</param>
    public static bool SayItIsFixed(string words) =>
        Start(words) is var start && Fixed().IsMatch(start) && !StillWrong().IsMatch(start);

    /// <summary>Whether they ask if it is right.</summary>
    /// <param name="words">Their words.</param>
    public static bool AskIfRight(string words) => Right().IsMatch(Start(words));

    /// <summary>Whether they say that something is not as it should be.</summary>
    /// <param name="words">Their words.</param>
    public static bool SoundUnhappy(string words) => ExpectationPatterns.Complaint().IsMatch(Start(words).Replace("?", "", StringComparison.Ordinal));

    /// <summary>Whether they speak of what a function gives back, or of tests, which see nothing else.</summary>
    /// <param name="words">Their words.</param>
    public static bool WantItReturned(string words) => Returned().IsMatch(Start(words));

    private static string Start(string words) => words.Length > LongestLookedAt ? words[..LongestLookedAt] : words;

    [GeneratedRegex(@"\b(?:fixed|solved|corrected|repaired|works now|now works|it works|changed (?:it|that|the)|new (?:code|version)|(?:try|check|run|look at) it (?:again|now)|how about now)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Fixed();

    [GeneratedRegex(@"\b(?:not|still|isn['’]?t|doesn['’]?t|can['’]?t|won['’]?t|never|how (?:do|can|to)|another|fix it for me)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex StillWrong();

    [GeneratedRegex(@"\b(?:is|was|does|did|am|are|have) (?:this|that|it|i|my|the)\b[^.?!\n]{0,40}\b(?:right|correct|correctly|ok|okay|fine|good|work|works|done it)\b|\b(?:right|correct)\s*\?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Right();

    [GeneratedRegex(@"\b(?:return\w*|tests?|tester|test ?cases?|assert\w*|grader|autograder|doctest|None)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Returned();
}
