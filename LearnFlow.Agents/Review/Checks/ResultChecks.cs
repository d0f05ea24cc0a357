using System.Collections.Frozen;
using LearnFlow.Agents.Python;
using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Review.Checks;

/// <summary>Results that get lost: thrown away, never reached, or one and the same where several were meant.</summary>
internal static class ResultChecks
{
    private static readonly FrozenSet<string> PureFunctions = FrozenSet.Create(
        StringComparer.Ordinal, "sorted", "reversed", "round", "abs", "len", "str", "sum", "max", "min");

    private static readonly FrozenSet<string> StringMethodsWithoutArguments = FrozenSet.Create(
        StringComparer.Ordinal, "upper", "lower", "title", "capitalize", "swapcase", "casefold", "strip", "lstrip", "rstrip");

    private static readonly ReviewRule DiscardedResult = new(
        "LF002", "result thrown away", ReviewSeverity.Correctness,
        "The call gives back a new value and leaves the old one as it was. Without a name for the result, nothing happens.",
        "city = input()\ncity.upper()\nprint(city)", "city = input()\ncity = city.upper()\nprint(city)");

    private static readonly ReviewRule NoneFromMethod = new(
        "E1111", "result of a method that returns None", ReviewSeverity.Correctness,
        "The method changes the list in place and returns None. The variable then holds None and the list is lost.",
        "prices = [3, 2]\nprices = prices.sort()", "prices = [3, 2]\nprices.sort()");

    private static readonly ReviewRule Unreachable = new(
        "W0101", "code that is never reached", ReviewSeverity.Correctness,
        "The line before always leaves this block. What comes after it never runs.",
        "def total(prices):\n    return sum(prices)\n    print(\"done\")", "def total(prices):\n    print(\"adding up\")\n    return sum(prices)");

    private static readonly ReviewRule SharedRows = new(
        "LF009", "rows that are one and the same list", ReviewSeverity.Correctness,
        "`*` does not copy the inner list; it puts the same list there again and again. A change in one row then shows in all of them.",
        "board = [[0] * 3] * 3", "board = [[0] * 3 for _ in range(3)]");

    public static IReadOnlyList<ReviewRule> Rules { get; } = [DiscardedResult, NoneFromMethod, Unreachable, SharedRows];

    public static IEnumerable<ReviewFinding> Run(PythonProgram program) => program.Statements
        .SelectMany(statement => (ReviewFinding?[])
        [
            FindDiscardedResult(program, statement),
            FindNoneFromMethod(program, statement),
            FindUnreachable(statement),
            FindSharedRows(statement),
        ])
        .OfType<ReviewFinding>();

    private static ReviewFinding? FindDiscardedResult(PythonProgram program, PythonStatement statement)
    {
        var isWholeCall = statement.Keyword.Length == 0 && statement.Tokens.Count > 2 && statement.Tokens[^1].Is(")");
        var opener = isWholeCall ? statement.PartnerOf(statement.Tokens.Count - 1) : -1;
        // Inside `try` or `with` the call may be there to see whether it fails.
        var isTrial = statement.Parent is { Keyword: "try" or "with" };
        var call = opener switch
        {
            1 when !isTrial && PureFunctions.Contains(statement.Tokens[0].Text) => statement.Tokens[0].Text,
            3 when IsStringMethod(program, statement) => statement.Tokens[2].Text,
            _ => null,
        };
        return call is not null && !program.PlacesOf(call).Any(static p => p.IsBinding)
            ? DiscardedResult.At(statement.Line, $"Line {statement.Line} calls `{call}` and throws the result away.")
            : null;
    }

    private static bool IsStringMethod(PythonProgram program, PythonStatement statement)
    {
        var isOnValue = statement.Matches(0, PythonStatement.AnyName, ".") && !program.Imports(statement.Tokens[0].Text)
            && !ImportsOneOf(program, "tkinter"); // A widget has a method `lower`.
        var isReplace = statement.Is(2, "replace") && statement.Tokens.Count == 8
            && statement.Is(4, PythonTokenKind.StringLiteral) && statement.Is(5, ",") && statement.Is(6, PythonTokenKind.StringLiteral);
        return isOnValue
            && (isReplace || (StringMethodsWithoutArguments.Contains(statement.Tokens[2].Text) && statement.Tokens.Count == 5));
    }

    private static ReviewFinding? FindNoneFromMethod(PythonProgram program, PythonStatement statement)
    {
        const string Any = PythonStatement.AnyName;
        var isCall = statement.Matches(0, Any, "=", Any, ".", Any, "(") && statement.PartnerOf(5) == statement.Tokens.Count - 1;
        if (!isCall)
        {
            return null;
        }

        var (receiver, method) = (statement.Tokens[2].Text, statement.Tokens[4].Text);
        var isListMethod = method switch
        {
            // Other objects have these methods too and give back a value.
            "append" or "extend" or "reverse" => IsList(program, receiver),
            "sort" => !program.Imports(receiver) && !program.Defines(method) && !ImportsOneOf(program, "pandas", "polars", "numpy"),
            _ => false,
        };
        return isListMethod
            ? NoneFromMethod.At(statement.Line, $"`{receiver}.{method}` returns None, so `{statement.Tokens[0].Text}` on line {statement.Line} becomes None.")
            : null;
    }

    private static bool IsList(PythonProgram program, string name) => program.PlacesOf(name).Any(p =>
        p.Role == NameRole.Assign && p.Statement.Is(1, "=") && p.Statement.Tokens[2].Text is "[" or "list" or "sorted");

    private static bool ImportsOneOf(PythonProgram program, params IReadOnlyList<string> modules) =>
        program.Statements.Any(s => s.Keyword is "import" or "from" && modules.Contains(s.Tokens[1].Text, StringComparer.Ordinal));

    private static ReviewFinding? FindUnreachable(PythonStatement statement)
    {
        var isAfterExit = statement.Previous is { Keyword: "return" or "break" or "continue" or "raise" };
        var makesGenerator = statement.Keyword == "yield";
        return isAfterExit && !makesGenerator
            ? Unreachable.At(statement.Line, $"Line {statement.Line} comes after `{statement.Previous!.Keyword}` and never runs.")
            : null;
    }

    private static ReviewFinding? FindSharedRows(PythonStatement statement)
    {
        for (var index = 1; index < statement.Tokens.Count - 1; index++)
        {
            // `[[…]] * n`: two brackets that open and close together, and a number or name of rows.
            var outer = statement.Is(index, "]") ? statement.PartnerOf(index) : -1;
            var isListInList = outer >= 0 && (statement.Is(outer + 1, "[") || statement.Is(outer + 1, "{"))
                && OnlyHolds(statement, outer, index);
            if (isListInList && statement.Is(index + 1, "*") && !IsSubscript(statement, outer))
            {
                return SharedRows.At(statement.Tokens[index].Line, $"Line {statement.Tokens[index].Line} puts the same inner list into every place.");
            }
        }

        return null;
    }

    /// <summary>Whether the outer brackets hold one list, on its own or itself repeated.</summary>
    private static bool OnlyHolds(PythonStatement statement, int outer, int end)
    {
        for (var index = statement.PartnerOf(outer + 1) + 1; index < end; index++)
        {
            if (statement.Tokens[index].Kind is not (PythonTokenKind.Number or PythonTokenKind.Name) && !statement.Is(index, "*"))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsSubscript(PythonStatement statement, int open) =>
        statement.Is(open - 1, PythonTokenKind.Name) || statement.Is(open - 1, ")") || statement.Is(open - 1, "]");
}
