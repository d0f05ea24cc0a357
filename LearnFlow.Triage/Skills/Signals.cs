using System.Text.RegularExpressions;
using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Triage.Skills;

/// <summary>What the form of a message tells, whatever its words: an error, a traceback, code.</summary>
public static partial class Signals
{
    /// <summary>The reasons that a message's form gives.</summary>
    /// <param name="message">The message.</param>
    /// <param name="words">The words of its query.</param>
    public static IEnumerable<Evidence> Find(StudentMessage message, IReadOnlyList<Word> words)
    {
        if (TracebackOf(message) is { } traceback)
        {
            yield return new Evidence("traceback", traceback, Intent.SyntaxHelp, 5);
        }
        else if (!string.IsNullOrWhiteSpace(message.Error))
        {
            yield return new Evidence("error", "an error came with it", Intent.SyntaxHelp, 4);
        }
        else if (ErrorName().Match(message.Query) is { Success: true } name)
        {
            yield return new Evidence("error-name", name.Value, Intent.SyntaxHelp, 2);
        }

        var codeWords = words.Count(word => word.InCode);
        if (!string.IsNullOrWhiteSpace(message.Code) || codeWords >= 3)
        {
            var text = string.IsNullOrWhiteSpace(message.Code) ? "code in the message" : "code came with it";
            yield return new Evidence("code", text, Intent.SyntaxHelp, 0.8);
            yield return new Evidence("code", text, Intent.CodeReview, 0.8);
            yield return new Evidence("code", text, Intent.ConceptExplanation, 0.3);
            yield return new Evidence("code", text, Intent.OutOfScope, -2);
        }

        if (message.PreviousIntent is { } previous and not Intent.OutOfScope && words.Count <= 8)
        {
            yield return new Evidence("conversation", "a short message in a conversation", previous, 1.5);
        }
    }

    /// <summary>The error that a traceback or an error line names.</summary>
    private static string? TracebackOf(StudentMessage message)
    {
        foreach (var text in (ReadOnlySpan<string?>)[message.Error, message.Query, message.Code])
        {
            if (text is null)
            {
                continue;
            }

            if (ErrorLine().Match(text) is { Success: true } line)
            {
                return line.Groups["name"].Value;
            }

            if (text.Contains("Traceback (most recent call last)", StringComparison.Ordinal))
            {
                return "Traceback";
            }
        }

        return null;
    }

    /// <summary>An error at the start of a line, as Python prints it, perhaps behind a chat's quotation marks.</summary>
    [GeneratedRegex(@"(?:^|\n)[ \t>`|*]*(?:E +)?(?:[a-z_]+\.)*(?<name>[A-Z][A-Za-z]*(?:Error|Exception|Warning|Interrupt|Iteration)): ")]
    private static partial Regex ErrorLine();

    [GeneratedRegex(@"\b(?:[A-Z][a-z]+)+(?:Error|Exception|Warning)\b")]
    private static partial Regex ErrorName();
}
