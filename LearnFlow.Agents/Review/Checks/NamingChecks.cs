using System.Collections.Frozen;
using System.Text.RegularExpressions;
using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Review.Checks;

/// <summary>Names that mislead: those of built-ins, look-alikes, and those in another language's style.</summary>
internal static partial class NamingChecks
{
    // Only built-ins a learner calls often; `id`, `dir` or `license` as a variable hurts nobody.
    private static readonly FrozenSet<string> Builtins = FrozenSet.Create(
        StringComparer.Ordinal,
        "abs", "all", "any", "bool", "bytes", "chr", "dict", "enumerate", "filter", "float", "input", "int", "len", "list",
        "map", "max", "min", "next", "object", "open", "ord", "pow", "print", "range", "reversed", "round", "set", "sorted",
        "str", "sum", "super", "tuple", "type", "zip");

    private static readonly ReviewRule ShadowedBuiltin = new(
        "A001", "built-in name used for something else", ReviewSeverity.Idiom,
        "After this line the name no longer means Python's own function. A later call to it fails with a confusing error.",
        "max = 100", "highest_score = 100");

    private static readonly ReviewRule AmbiguousName = new(
        "E741", "name that looks like a digit", ReviewSeverity.Style,
        "In many fonts this letter looks just like 1 or 0. A real word is easier to read.",
        "l = 12", "length = 12");

    private static readonly ReviewRule ClassName = new(
        "N801", "class name not in CapWords", ReviewSeverity.Style,
        "Python programmers write class names with capital letters and no underscores. Then everyone sees at once that it is a class.",
        "class bank_account:", "class BankAccount:");

    private static readonly ReviewRule FunctionName = new(
        "N802", "function name not in lower case", ReviewSeverity.Style,
        "Python programmers write function names in small letters with underscores. Capital letters make readers think of a class.",
        "def readFile(path):", "def read_file(path):");

    private static readonly ReviewRule VariableName = new(
        "N806", "variable name in mixed case", ReviewSeverity.Style,
        "Python programmers write variable names in small letters with underscores. One style everywhere makes names easy to remember.",
        "firstName = \"Ada\"", "first_name = \"Ada\"");

    private static readonly ReviewRule LambdaWithName = new(
        "E731", "lambda given a name", ReviewSeverity.Idiom,
        "A lambda is meant for a function without a name. With `def` the name shows up in error messages, and there is room for a docstring.",
        "double = lambda n: n * 2", "def double(n):\n    return n * 2");

    public static IEnumerable<ReviewFinding> Run(PythonProgram program) =>
    [
        .. FindFirstBindings(program).Select(FindBadName).OfType<ReviewFinding>(),
        .. program.Statements.Select(FindLambdaWithName).OfType<ReviewFinding>(),
    ];

    // A name is told once, where the program first gives it a value.
    private static IEnumerable<NameReference> FindFirstBindings(PythonProgram program) =>
        program.References.Where(static r => r.IsBinding).DistinctBy(static r => r.Name, StringComparer.Ordinal);

    private static ReviewFinding? FindBadName(NameReference reference) => reference switch
    {
        { Name: "l" or "O" or "I" } when reference.Role != NameRole.Import =>
            AmbiguousName.At(reference.Line, $"The name `{reference.Name}` on line {reference.Line} looks like a digit."),
        { Role: NameRole.Class } when !CapWords().IsMatch(reference.Name) =>
            ClassName.At(reference.Line, $"The class `{reference.Name}` does not follow the naming style for classes."),
        { Role: NameRole.Function } when HasCapital(reference.Name) && !MayHaveCapitals(reference) =>
            FunctionName.At(reference.Line, $"The function `{reference.Name}` has capital letters in its name."),
        { Role: NameRole.Assign or NameRole.Unpack or NameRole.LoopTarget or NameRole.WithTarget or NameRole.Parameter }
            when MixedCase().IsMatch(reference.Name) => MixedCaseAt(reference),
        _ when Builtins.Contains(reference.Name) && Shadows(reference) => ShadowedAt(reference),
        _ => null,
    };

    private static bool HasCapital(string name) => name.Any(char.IsAsciiLetterUpper);

    // Names another library has chosen: hooks of unittest, of visitors and servers, and methods of a base class.
    private static bool MayHaveCapitals(NameReference function) =>
        function.Name.StartsWith("visit_", StringComparison.Ordinal)
        || function.Name.StartsWith("do_", StringComparison.Ordinal)
        || function.Statement.Parent is { Keyword: "class", Tokens.Count: > 3 }
        || (function.Statement.Previous is { } decorator && decorator.Is(0, "@"));

    private static ReviewFinding MixedCaseAt(NameReference reference)
    {
        var rule = reference switch
        {
            { Role: NameRole.Parameter } => VariableName with { Code = "N803" },
            { Statement.Function: null } => VariableName with { Code = "N816" },
            _ => VariableName,
        };
        return rule.At(reference.Line, $"The name `{reference.Name}` on line {reference.Line} mixes small and capital letters.");
    }

    // A method or attribute of a class hides nothing: it is always reached through its object.
    private static bool Shadows(NameReference reference) => reference.Role switch
    {
        NameRole.Parameter => true,
        NameRole.Assign or NameRole.Unpack or NameRole.LoopTarget or NameRole.WithTarget or NameRole.Function or NameRole.Class =>
            reference.Statement.Parent is not { Keyword: "class" },
        _ => false,
    };

    private static ReviewFinding ShadowedAt(NameReference reference)
    {
        var rule = reference.Role == NameRole.Parameter ? ShadowedBuiltin with { Code = "A002" } : ShadowedBuiltin;
        return rule.At(reference.Line, $"The name `{reference.Name}` on line {reference.Line} hides Python's own `{reference.Name}`.");
    }

    private static ReviewFinding? FindLambdaWithName(PythonStatement statement) =>
        statement.Matches(0, PythonStatement.AnyName, "=", "lambda")
            ? LambdaWithName.At(statement.Line, $"Line {statement.Line} gives a lambda the name `{statement.Tokens[0].Text}`.")
            : null;

    [GeneratedRegex(@"^_*[A-Z\P{IsBasicLatin}][^_]*_?$")]
    private static partial Regex CapWords();

    [GeneratedRegex("^_*[a-z]+[a-z0-9]*[A-Z]")]
    private static partial Regex MixedCase();
}
