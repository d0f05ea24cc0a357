using LearnFlow.Agents.Python;
using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Review.Checks;

/// <summary>How the program looks on the page.</summary>
internal static class LayoutChecks
{
    private const int LongestLine = 100;

    private static readonly ReviewRule MixedIndentation = new(
        "E101", "tabs and spaces mixed", ReviewSeverity.Style,
        "A tab can look like any number of spaces, so lines that seem level may not be. Use four spaces everywhere.",
        "if ready:\n\tstart()\n    stop()", "if ready:\n    start()\n    stop()");

    private static readonly ReviewRule LineTooLong = new(
        "E501", "line too long", ReviewSeverity.Style,
        "Long lines are hard to follow and do not fit on small screens. Give a part of the line a name, or break it inside brackets.",
        "print(\"Total:\", price * amount * (1 + tax) - discount, \"to pay by the end of the month\")", "total = price * amount * (1 + tax) - discount\nprint(\"Total:\", total, \"to pay by the end of the month\")");

    private static readonly ReviewRule Semicolon = new(
        "E703", "semicolon", ReviewSeverity.Style,
        "In Python the end of the line ends the statement. One statement on each line is easier to read.",
        "x = 1; y = 2;", "x = 1\ny = 2");

    private static readonly ReviewRule SuperfluousBrackets = new(
        "C0325", "brackets around a condition", ReviewSeverity.Style,
        "Python needs no brackets after `if` or `while`. Without them there is less to read.",
        "if (age > 17):", "if age > 17:");

    public static IEnumerable<ReviewFinding> Run(PythonProgram program) =>
    [
        .. FindMixedIndentation(program),
        .. FindLongLines(program),
        .. FindSemicolons(program),
        .. program.Statements.Select(FindSuperfluousBrackets).OfType<ReviewFinding>(),
    ];

    // Told once, on the first line that differs from the lines before it.
    private static IEnumerable<ReviewFinding> FindMixedIndentation(PythonProgram program)
    {
        var (tabs, spaces) = (false, false);
        foreach (var statement in program.Statements)
        {
            var first = statement.Tokens[0];
            var indentation = program.Code.AsSpan(first.Start - first.Column, first.Column);
            if (!indentation.IsWhiteSpace())
            {
                continue;
            }

            tabs |= indentation.Contains('\t');
            spaces |= indentation.Contains(' ');
            if (tabs && spaces)
            {
                yield return MixedIndentation.At(first.Line, $"From line {first.Line} on, the program mixes tabs and spaces.");
                yield break;
            }
        }
    }

    private static IEnumerable<ReviewFinding> FindLongLines(PythonProgram program)
    {
        for (var index = 0; index < program.Lines.Count; index++)
        {
            var line = program.Lines[index];
            // An address cannot be broken, so its line may be as long as it is.
            if (line.Length > LongestLine && !line.Contains("://", StringComparison.Ordinal))
            {
                yield return LineTooLong.At(index + 1, $"Line {index + 1} has {line.Length} characters.");
            }
        }
    }

    private static IEnumerable<ReviewFinding> FindSemicolons(PythonProgram program) =>
        program.Tokens
            .Where(static t => t.Kind == PythonTokenKind.Operator && t.Is(";"))
            .DistinctBy(static t => t.Line)
            .Select(static t => Semicolon.At(t.Line, $"Line {t.Line} has a semicolon."));

    private static ReviewFinding? FindSuperfluousBrackets(PythonStatement statement)
    {
        var last = statement.Tokens.Count - 2;
        var isWrapped = statement.Keyword is "if" or "elif" or "while" && statement.Is(1, "(") && statement.PartnerOf(1) == last;
        // Brackets that hold a tuple, a generator or a condition over several lines are needed.
        var isNeeded = !isWrapped
            || statement.Tokens[1].Line != statement.Tokens[last].Line
            || Enumerable.Range(2, last - 2).Any(index =>
                statement.DepthAt(index) == 1 && statement.Tokens[index].Text is "," or "for" or "yield" or ":=");
        return isNeeded || last == 2
            ? null
            : SuperfluousBrackets.At(statement.Line, $"The brackets after `{statement.Keyword}` on line {statement.Line} are not needed.");
    }
}
