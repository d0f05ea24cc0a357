using System.Text.RegularExpressions;

namespace LearnFlow.Tests.Agents.Content;

/// <summary>
/// How hard a text is to read: Flesch and Kincaid's grade, over its prose alone. Code in a line of prose counts as one short
/// word, since the reader looks at it and does not read it out.
/// </summary>
internal static partial class ReadingGrade
{
    /// <summary>The hardest that we write for learners.</summary>
    public const double Hardest = 9;

    /// <summary>The most words of one step.</summary>
    public const int MostWords = 160;

    public static double Of(string markdown)
    {
        var prose = Prose(markdown);
        var sentences = SentenceEnd().Split(prose).Count(sentence => Word().IsMatch(sentence));
        var words = Word().Matches(prose).Select(word => word.Value).ToList();
        return words.Count == 0
            ? 0
            : 0.39 * words.Count / sentences + 11.8 * words.Sum(Syllables) / words.Count - 15.59;
    }

    public static int Words(string markdown) => Word().Count(Prose(markdown));

    /// <summary>What is wrong with a text for learners; null where nothing is.</summary>
    public static string? ProblemWith(string markdown) =>
        Words(markdown) is var words and > MostWords ? $"{words} words: {markdown}"
        : Of(markdown) is var grade and > Hardest ? $"grade {grade:0.0}: {markdown}"
        : null;

    private static string Prose(string markdown) => Marks().Replace(
        InlineCode().Replace(FencedCode().Replace(markdown, "\n\n"), "it"), " ");

    private static int Syllables(string word)
    {
        var spoken = word.ToLowerInvariant().Replace("'", "", StringComparison.Ordinal).Replace("’", "", StringComparison.Ordinal);
        if (spoken.Length > 3)
        {
            spoken = SilentEnd().Replace(spoken, "");
        }

        return Math.Max(1, Vowels().Count(spoken));
    }

    [GeneratedRegex("```.*?```", RegexOptions.Singleline)]
    private static partial Regex FencedCode();

    [GeneratedRegex("`[^`]*`|\\{[a-z_0-9]+\\}")]
    private static partial Regex InlineCode();

    [GeneratedRegex("[*_#>|]")]
    private static partial Regex Marks();

    [GeneratedRegex(@"(?<=[.?!])[""')\s]+|\n\s*\n|\n\s*-")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"[A-Za-z]+(?:['’][A-Za-z]+)*")]
    private static partial Regex Word();

    [GeneratedRegex("(?<=[^laeiouy])es$|(?<=[^aeiouydt])ed$|(?<=[^laeiouy])e$")]
    private static partial Regex SilentEnd();

    [GeneratedRegex("[aeiouy]+")]
    private static partial Regex Vowels();
}
