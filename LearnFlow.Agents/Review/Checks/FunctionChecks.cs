using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Review.Checks;

/// <summary>What a function says of itself. The linter wants a docstring for all; a beginner needs one for the long ones.</summary>
internal static class FunctionChecks
{
    private const int LongestWithoutDocstring = 8;

    private static readonly ReviewRule FunctionDocstring = new(
        "D103", "long function without docstring", ReviewSeverity.Style,
        "One sentence at the top tells a reader what the function does before they read how. It also shows up in `help()`.",
        """
        def payment(loan, years):
            left = loan
            paid = 0
            for _ in range(years * 12):
                left = left * 1.01
                left = left - 100
                paid = paid + 100
            print(left)
            return paid
        """,
        """"
        def payment(loan, years):
            """Return what is paid over all the years."""
            left = loan
            paid = 0
            for _ in range(years * 12):
                left = left * 1.01
                left = left - 100
                paid = paid + 100
            print(left)
            return paid
        """");

    private static readonly ReviewRule MethodDocstring = FunctionDocstring with
    {
        Code = "D102",
        Name = "long method without docstring",
        Before = InClass(FunctionDocstring.Before!),
        After = InClass(FunctionDocstring.After!),
    };

    public static IReadOnlyList<ReviewRule> Rules { get; } = [FunctionDocstring, MethodDocstring];

    public static IEnumerable<ReviewFinding> Run(PythonProgram program) =>
        program.Functions.Select(FindMissingDocstring).OfType<ReviewFinding>();

    private static ReviewFinding? FindMissingDocstring(PythonFunction function)
    {
        var isPublic = !function.Name.Text.StartsWith('_') && function.Name.Text is not "main"
            && !function.Name.Text.StartsWith("test_", StringComparison.Ordinal) && function.Statement.Function is null;
        if (!isPublic || function.HasDocstring || function.LineCount <= LongestWithoutDocstring)
        {
            return null;
        }

        var rule = function.Class is null ? FunctionDocstring : MethodDocstring;
        return rule.At(function.Line, $"`{function.Name.Text}` has {function.LineCount} lines and no docstring.");
    }

    private static string InClass(string function) => $"class Bank:\n    {function.Replace("\n", "\n    ", StringComparison.Ordinal)}";
}
