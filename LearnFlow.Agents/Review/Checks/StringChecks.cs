using System.Text;
using LearnFlow.Agents.Python;
using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Review.Checks;

/// <summary>String literals that do not say what they seem to say.</summary>
internal static class StringChecks
{
    private const string Escapable = "\r\n\\'\"abfnrtv01234567xNuU";

    private static readonly ReviewRule InvalidEscape = new(
        "W605", "unknown escape in a string", ReviewSeverity.Correctness,
        "Python does not know this escape and warns about it; later versions will refuse it. Double the backslash, or put an `r` before the string.",
        "path = \"C:\\games\"", "path = r\"C:\\games\"");

    private static readonly ReviewRule NoPlaceholder = new(
        "F541", "f-string without placeholder", ReviewSeverity.Style,
        "The `f` tells readers to look for a value in braces, and there is none. Often a pair of braces has been forgotten.",
        "print(f\"Welcome!\")", "print(\"Welcome!\")");

    public static IEnumerable<ReviewFinding> Run(PythonProgram program)
    {
        foreach (var statement in program.Statements)
        {
            for (var index = 0; index < statement.Tokens.Count; index++)
            {
                if (!statement.Is(index, PythonTokenKind.StringLiteral))
                {
                    continue;
                }

                var literal = StringLiteral.Of(statement.Tokens[index]);
                if (FindInvalidEscape(literal) is { } escape)
                {
                    yield return escape;
                }

                var startsRun = !statement.Is(index - 1, PythonTokenKind.StringLiteral);
                if (startsRun && FindNoPlaceholder(statement, index) is { } placeholder)
                {
                    yield return placeholder;
                }
            }
        }
    }

    private static ReviewFinding? FindInvalidEscape(StringLiteral literal)
    {
        if (literal.IsRaw)
        {
            return null;
        }

        for (var index = 0; index + 1 < literal.Content.Length; index++)
        {
            if (literal.Content[index] != '\\')
            {
                continue;
            }

            index++;
            if (!Escapable.Contains(literal.Content[index], StringComparison.Ordinal))
            {
                var line = literal.Token.Line + PythonLines.CountBreaks(literal.Content.AsSpan(0, index));
                Rune.DecodeFromUtf16(literal.Content.AsSpan(index), out var escaped, out _);
                return InvalidEscape.At(line, $"The string on line {line} holds `\\{escaped}`, which is no escape Python knows.");
            }
        }

        return null;
    }

    // Strings that stand side by side are one string, so one placeholder is enough for all of them.
    private static ReviewFinding? FindNoPlaceholder(PythonStatement statement, int first)
    {
        PythonToken? formatted = null;
        for (var index = first; statement.Is(index, PythonTokenKind.StringLiteral); index++)
        {
            var literal = StringLiteral.Of(statement.Tokens[index]);
            if (literal.HasField)
            {
                return null;
            }

            var isFormatString = literal.Prefix.AsSpan().IndexOfAny('f', 'F') >= 0;
            formatted ??= isFormatString ? literal.Token : null;
        }

        return formatted is { } token
            ? NoPlaceholder.At(token.Line, $"The f-string on line {token.Line} has no value in braces.")
            : null;
    }
}
