using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Review.Checks;

/// <summary>How the program looks on the page, where the linter has no rule for it.</summary>
internal static class LayoutChecks
{
    private static readonly ReviewRule SuperfluousBrackets = new(
        "C0325", "brackets around a condition", ReviewSeverity.Style,
        "Python needs no brackets after `if` or `while`. Without them there is less to read.",
        "age = 20\nif (age > 17):\n    print(\"Come in\")", "age = 20\nif age > 17:\n    print(\"Come in\")");

    public static IReadOnlyList<ReviewRule> Rules { get; } = [SuperfluousBrackets];

    public static IEnumerable<ReviewFinding> Run(PythonProgram program) =>
        program.Statements.Select(FindSuperfluousBrackets).OfType<ReviewFinding>();

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
