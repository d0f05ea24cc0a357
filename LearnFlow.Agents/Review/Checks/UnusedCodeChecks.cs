using System.Collections.Frozen;
using LearnFlow.Agents.Python;
using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Review.Checks;

/// <summary>Code that does nothing: results thrown away, lines never reached, names never read.</summary>
internal static class UnusedCodeChecks
{
    private static readonly FrozenSet<string> PureFunctions = FrozenSet.Create(
        StringComparer.Ordinal, "sorted", "reversed", "round", "abs", "len", "str", "sum", "max", "min");

    private static readonly FrozenSet<string> StringMethodsWithoutArguments = FrozenSet.Create(
        StringComparer.Ordinal, "upper", "lower", "title", "capitalize", "swapcase", "casefold", "strip", "lstrip", "rstrip");

    private static readonly ReviewRule DiscardedResult = new(
        "LF002", "result thrown away", ReviewSeverity.Correctness,
        "The call gives back a new value and leaves the old one as it was. Without a name for the result, nothing happens.",
        "city.upper()", "city = city.upper()");

    private static readonly ReviewRule NoneFromMethod = new(
        "E1111", "result of a method that returns None", ReviewSeverity.Correctness,
        "The method changes the list in place and returns None. The variable then holds None and the list is lost.",
        "prices = prices.sort()", "prices.sort()");

    private static readonly ReviewRule NotCalled = new(
        "B018", "function named but not called", ReviewSeverity.Correctness,
        "Without brackets the line only names the function. It does not run.",
        "start_game", "start_game()");

    private static readonly ReviewRule Unreachable = new(
        "W0101", "code that is never reached", ReviewSeverity.Correctness,
        "The line before always leaves this block. What comes after it never runs.",
        "return total\nprint(total)", "print(total)\nreturn total");

    private static readonly ReviewRule UnusedVariable = new(
        "F841", "variable never used", ReviewSeverity.Idiom,
        "A value nobody reads is often a slip, such as a misspelled name. If it is not needed, the program is clearer without it.",
        "def cost(price):\n    tax = price * 0.2\n    return price", "def cost(price):\n    return price");

    private static readonly ReviewRule UnusedImport = new(
        "F401", "unused import", ReviewSeverity.Style,
        "Readers look for the place where a module is used. An import that is not needed sends them on a false trail.",
        "import random\nprint(\"Hi\")", "print(\"Hi\")");

    private static readonly ReviewRule UnusedLoopVariable = new(
        "B007", "loop variable never used", ReviewSeverity.Style,
        "Either the loop should use it and does not, or it is not needed. The name `_` says that you mean it.",
        "for name, age in people:\n    print(name)", "for name, _ in people:\n    print(name)");

    public static IEnumerable<ReviewFinding> Run(PythonProgram program)
    {
        foreach (var statement in program.Statements)
        {
            ReviewFinding?[] findings =
            [
                FindDiscardedResult(program, statement),
                FindNoneFromMethod(program, statement),
                FindNotCalled(program, statement),
                FindUnreachable(statement),
            ];
            foreach (var finding in findings.OfType<ReviewFinding>())
            {
                yield return finding;
            }
        }

        var namesInStrings = NamesInStrings(program);
        // A name is looked at once in each scope, or in each loop it belongs to, however often it gets a value there.
        foreach (var reference in program.References.DistinctBy(static r => (r.Name, r.Role, r.Statement.Function, BlockOf(r))))
        {
            var finding = reference.Role switch
            {
                NameRole.Import => FindUnusedImport(program, reference, namesInStrings),
                NameRole.LoopTarget => FindUnusedLoopVariable(program, reference),
                NameRole.Assign or NameRole.ExceptTarget => FindUnusedVariable(program, reference),
                _ => null,
            };
            if (finding is not null)
            {
                yield return finding;
            }
        }
    }

    private static PythonStatement? BlockOf(NameReference reference) =>
        reference.Role is NameRole.LoopTarget or NameRole.ExceptTarget ? reference.Statement : null;

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

    private static ReviewFinding? FindNotCalled(PythonProgram program, PythonStatement statement)
    {
        var isName = statement.IsExactly(PythonStatement.AnyName) && statement.Keyword.Length == 0;
        var isFunction = isName && program.PlacesOf(statement.Tokens[0].Text) is { Count: > 0 } places
            && places.Where(static p => p.IsBinding).ToList() is { Count: > 0 } bindings
            && bindings.All(static p => p is { Role: NameRole.Function, Statement.Parent: null });
        return isFunction
            ? NotCalled.At(statement.Line, $"Line {statement.Line} names the function `{statement.Tokens[0].Text}` without calling it.")
            : null;
    }

    private static ReviewFinding? FindUnreachable(PythonStatement statement)
    {
        var isAfterExit = statement.Previous is { Keyword: "return" or "break" or "continue" or "raise" };
        var makesGenerator = statement.Keyword == "yield";
        return isAfterExit && !makesGenerator
            ? Unreachable.At(statement.Line, $"Line {statement.Line} comes after `{statement.Previous!.Keyword}` and never runs.")
            : null;
    }

    private static ReviewFinding? FindUnusedImport(PythonProgram program, NameReference import, FrozenSet<string> namesInStrings)
    {
        var isOptional = import.Statement.Parent is { Keyword: "try" or "except" or "if" };
        var isFuture = import.Statement.Is(1, "__future__");
        var isUsed = program.PlacesOf(import.Name).Any(static p => p.Role is NameRole.Load) || namesInStrings.Contains(import.Name);
        return isUsed || isOptional || isFuture
            ? null
            : UnusedImport.At(import.Line, $"`{import.Name}` is imported on line {import.Line} but never used.");
    }

    // `__all__ = ["sqrt"]` and `def f(x: "Decimal")` use a name inside a string.
    private static FrozenSet<string> NamesInStrings(PythonProgram program) =>
        program.Tokens
            .Where(static t => t.Kind == PythonTokenKind.StringLiteral)
            .Select(static t => StringLiteral.Of(t).Content)
            .SelectMany(static content => content.Split('.', '[', ']', ',', '|'))
            .ToFrozenSet(StringComparer.Ordinal);

    private static ReviewFinding? FindUnusedLoopVariable(PythonProgram program, NameReference variable)
    {
        var loop = variable.Statement;
        var iterable = loop.IndexOfTopLevel("in") + 1;
        // `for i in range(3)` is how everyone writes "three times", so there an unread variable is fine.
        if (variable.Name.StartsWith('_') || loop.Is(iterable, "range") || ReadsLocals(program))
        {
            return null;
        }

        var isReadInside = program.IsRead(variable.Name, loop.HeaderEnd, loop.End);
        var isReadAfter = program.PlacesOf(variable.Name, loop.End, int.MaxValue).FirstOrDefault() is { IsBinding: false };
        return isReadInside || isReadAfter
            ? null
            : UnusedLoopVariable.At(variable.Line, $"The loop on line {variable.Line} never uses `{variable.Name}`.");
    }

    private static ReviewFinding? FindUnusedVariable(PythonProgram program, NameReference variable)
    {
        var isExcept = variable.Role == NameRole.ExceptTarget;
        var scope = variable.Statement.Function;
        if (variable.Name.StartsWith('_') || ReadsLocals(program) || (scope is null && !isExcept) || IsClassAttribute(variable))
        {
            return null;
        }

        var (from, to) = isExcept || scope is null
            ? (variable.Statement.HeaderEnd, variable.Statement.End)
            : (scope.Start, scope.End);
        var isUsed = program.PlacesOf(variable.Name, from, to).Any(static p => p.Role is NameRole.Load or NameRole.Declaration);
        return isUsed
            ? null
            : UnusedVariable.At(variable.Line, $"`{variable.Name}` gets a value on line {variable.Line} but is never used.");
    }

    private static bool IsClassAttribute(NameReference variable) => variable.Statement.Parent is { Keyword: "class" };

    private static bool ReadsLocals(PythonProgram program) =>
        program.PlacesOf("locals").Count + program.PlacesOf("exec").Count + program.PlacesOf("eval").Count + program.PlacesOf("vars").Count > 0;
}
