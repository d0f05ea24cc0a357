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

    /// <summary>What they say the program should print or give; null where they do not say.</summary>
    /// <param name="words">Their words.</param>
    public static string? Expected(string words) =>
        Expectation().Match(Start(words)) is { Success: true } match
        && match.Groups["value"].Value.Trim().Trim('`', '"', '\'', '.', '?', '!', ',', ';') is { Length: > 0 } value
            ? value
            : null;

    private static string Start(string words) => words.Length > LongestLookedAt ? words[..LongestLookedAt] : words;

    [GeneratedRegex(@"\b(?:fixed|solved|corrected|repaired|works now|now works|it works|changed (?:it|that|the)|new (?:code|version)|(?:try|check|run|look at) it (?:again|now)|how about now)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Fixed();

    [GeneratedRegex(@"\b(?:not|still|isn['’]?t|doesn['’]?t|can['’]?t|won['’]?t|never|how (?:do|can|to)|another|fix it for me)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex StillWrong();

    [GeneratedRegex(@"\b(?:is|was|does|did|am|are|have) (?:this|that|it|i|my|the)\b[^.?!\n]{0,40}\b(?:right|correct|correctly|ok|okay|fine|good|work|works|done it)\b|\b(?:right|correct)\s*\?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Right();

    [GeneratedRegex(@"\b(?:should|supposed to|expect(?:ed)?(?: it)?(?: to)?|want(?:ed)? it to|meant to)(?: (?:print|give|show|output|return|say|get|be|see))(?:s| me| back| out)? (?<value>`[^`\n]{1,80}`|""[^""\n]{1,80}""|'[^'\n]{1,80}'|[^\s,;]{1,40})", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Expectation();
}
