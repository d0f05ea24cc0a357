using LearnFlow.Agents.Python;
using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Review.Checks;

/// <summary>Comparisons and conditions that do not ask what they seem to ask.</summary>
internal static class ConditionChecks
{
    private static readonly ReviewRule ConstantInCondition = new(
        "SIM222", "value alone in a condition", ReviewSeverity.Correctness,
        "Python does not carry the comparison over to the next value. A value on its own counts as true or false by itself, so the test gives the wrong answer.",
        "if color == \"red\" or \"blue\":", "if color in (\"red\", \"blue\"):");

    private static readonly ReviewRule IsWithLiteral = new(
        "F632", "`is` with a literal", ReviewSeverity.Correctness,
        "`is` asks if two things are the very same object, not if they have the same value. It can look right today and fail tomorrow.",
        "if city is \"Oslo\":", "if city == \"Oslo\":");

    private static readonly ReviewRule AssertOnTuple = new(
        "F631", "assert on a tuple", ReviewSeverity.Correctness,
        "Brackets around the test and its message make a tuple, and a tuple with something in it is always true. The check can never fail.",
        "assert (age > 0, \"age must be positive\")", "assert age > 0, \"age must be positive\"");

    private static readonly ReviewRule UselessComparison = new(
        "B015", "comparison without effect", ReviewSeverity.Correctness,
        "The line compares two values and throws the answer away. To set a variable, use a single `=`.",
        "total == 0", "total = 0");

    private static readonly ReviewRule CompareToNone = new(
        "E711", "comparison to None", ReviewSeverity.Idiom,
        "There is only one `None`, so Python programmers ask with `is`. It is also safe for objects that change what `==` means.",
        "if answer == None:", "if answer is None:");

    private static readonly ReviewRule CompareToBool = new(
        "E712", "comparison to True or False", ReviewSeverity.Idiom,
        "The value already is true or false, so the comparison adds nothing. Without it the line reads like plain English.",
        "if is_open == True:", "if is_open:");

    private static readonly ReviewRule CompareTypes = new(
        "E721", "comparison of types", ReviewSeverity.Idiom,
        "`isinstance` asks if a value is of a type, and it also accepts special kinds of that type. It is the usual way to ask.",
        "if type(price) == float:", "if isinstance(price, float):");

    private static readonly ReviewRule NeedlessBool = new(
        "SIM103", "if that returns True or False", ReviewSeverity.Idiom,
        "The condition already is the answer, so you can return it. The function gets shorter and there is less to get wrong.",
        "if age >= 18:\n    return True\nelse:\n    return False", "return age >= 18");

    private static readonly ReviewRule CollapsibleElse = new(
        "PLR5501", "if inside else", ReviewSeverity.Idiom,
        "`elif` says the same with one level less. Flat code is easier to follow.",
        "else:\n    if hour < 18:\n        greet()", "elif hour < 18:\n    greet()");

    public static IEnumerable<ReviewFinding> Run(PythonProgram program)
    {
        foreach (var statement in program.Statements)
        {
            ReviewFinding?[] findings =
            [
                FindConstantInCondition(statement),
                FindAssertOnTuple(statement),
                FindUselessComparison(statement),
                FindNeedlessBool(program, statement),
                FindCollapsibleElse(statement),
                .. FindComparisons(program, statement),
            ];
            foreach (var finding in findings.OfType<ReviewFinding>())
            {
                yield return finding;
            }
        }
    }

    private static ReviewFinding? FindConstantInCondition(PythonStatement statement)
    {
        if (statement.Keyword is not ("if" or "elif" or "while"))
        {
            return null;
        }

        // Outside all brackets, or inside one pair that holds the whole condition.
        var depth = statement.Is(1, "(") && statement.PartnerOf(1) == statement.Tokens.Count - 2 ? 1 : 0;
        for (var index = 1 + depth; index < statement.Tokens.Count - 1; index++)
        {
            if (statement.DepthAt(index) != depth)
            {
                continue;
            }

            var token = statement.Tokens[index];
            var isAlone = token.Kind is PythonTokenKind.StringLiteral or PythonTokenKind.Number
                && statement.Tokens[index - 1].Text is "or" or "and"
                && statement.Tokens[index + 1].Text is "or" or "and" or ":" or ")";
            if (isAlone)
            {
                var word = statement.Tokens[index - 1].Text;
                return ConstantInCondition.At(
                    token.Line, $"On line {token.Line}, `{word} {token.Text}` is not compared with anything.");
            }
        }

        return null;
    }

    private static ReviewFinding? FindAssertOnTuple(PythonStatement statement)
    {
        if (!statement.Matches(0, "assert", "(") || statement.PartnerOf(1) != statement.Tokens.Count - 1)
        {
            return null;
        }

        var hasComma = Enumerable.Range(2, statement.Tokens.Count - 3)
            .Any(index => statement.DepthAt(index) == 1 && statement.Is(index, ","));
        return hasComma
            ? AssertOnTuple.At(statement.Line, $"The `assert` on line {statement.Line} tests a tuple, so it always passes.")
            : null;
    }

    private static ReviewFinding? FindUselessComparison(PythonStatement statement)
    {
        if (statement.Keyword.Length > 0 || statement.IsHeader || !statement.Is(0, PythonTokenKind.Name))
        {
            return null;
        }

        var isComparison = statement.IndexOfTopLevel("==") > 0
            && statement.IndexOfTopLevel("=") < 0
            && statement.IndexOfTopLevel("if") < 0
            && statement.IndexOfTopLevel(":") < 0
            && !statement.Tokens.Any(static t => t.Text.Length > 1 && t.Text[^1] == '=' && t.Text is not ("==" or "!=" or "<=" or ">="));
        return isComparison
            ? UselessComparison.At(statement.Line, $"Line {statement.Line} compares `{statement.Tokens[0].Text}` but does nothing with the answer.")
            : null;
    }

    private static ReviewFinding? FindNeedlessBool(PythonProgram program, PythonStatement statement)
    {
        if (statement.Keyword != "if" || ReturnedBool(statement) is not { } first)
        {
            return null;
        }

        var isOneOfSeveral = statement.Previous is { Keyword: "if" } previous && ReturnedBool(previous) is not null;
        var second = statement.Next switch
        {
            { Keyword: "else" } otherwise => ReturnedBool(otherwise),
            { Keyword: "return" } following when !isOneOfSeveral => ReturnedBoolBy(following),
            _ => null,
        };
        if (second is null || second == first)
        {
            return null;
        }

        var condition = statement.TextOf(program.Code, 1, statement.Tokens.Count - 1);
        return NeedlessBool.At(statement.Line, $"The `if` on line {statement.Line} only turns `{Shorten(condition)}` into True or False.");
    }

    private static bool? ReturnedBool(PythonStatement header) =>
        header.Body.Count == 1 ? ReturnedBoolBy(header.Body[0]) : null;

    private static bool? ReturnedBoolBy(PythonStatement statement) => statement switch
    {
        _ when statement.IsExactly("return", "True") => true,
        _ when statement.IsExactly("return", "False") => false,
        _ => null,
    };

    private static ReviewFinding? FindCollapsibleElse(PythonStatement statement)
    {
        var isOnlyIf = statement is { Keyword: "else", Previous.Keyword: "if" or "elif", Body.Count: > 0 }
            && statement.Body[0].Keyword == "if"
            && statement.Body.Skip(1).All(static inner => inner.Keyword is "elif" or "else");
        return isOnlyIf
            ? CollapsibleElse.At(statement.Line, $"The `else` on line {statement.Line} holds nothing but another `if`.")
            : null;
    }

    private static IEnumerable<ReviewFinding> FindComparisons(PythonProgram program, PythonStatement statement)
    {
        for (var index = 1; index < statement.Tokens.Count - 1; index++)
        {
            var token = statement.Tokens[index];
            if (token.Kind == PythonTokenKind.Keyword && token.Is("is"))
            {
                if (FindIsWithLiteral(statement, index) is { } finding)
                {
                    yield return finding;
                }
            }
            else if (token.Kind == PythonTokenKind.Operator && token.Text is "==" or "!=")
            {
                if ((FindConstantComparison(statement, index) ?? FindTypeComparison(program, statement, index)) is { } finding)
                {
                    yield return finding;
                }
            }
        }
    }

    private static ReviewFinding? FindIsWithLiteral(PythonStatement statement, int index)
    {
        var right = statement.Is(index + 1, "not") ? index + 2 : index + 1;
        right += statement.Is(right, "-") ? 1 : 0;
        var literal = IsLiteral(statement, right) ? right : IsLiteral(statement, index - 1) ? index - 1 : -1;
        return literal >= 0
            ? IsWithLiteral.At(statement.Tokens[index].Line, $"Line {statement.Tokens[index].Line} uses `is` with the value `{Shorten(statement.Tokens[literal].Text)}`.")
            : null;
    }

    private static bool IsLiteral(PythonStatement statement, int index) =>
        statement.Is(index, PythonTokenKind.Number) || statement.Is(index, PythonTokenKind.StringLiteral);

    private static ReviewFinding? FindConstantComparison(PythonStatement statement, int index)
    {
        var (left, comparison, right) = (statement.Tokens[index - 1], statement.Tokens[index], statement.Tokens[index + 1]);
        var constant = right.Text is "None" or "True" or "False" ? right.Text : left.Text;
        return constant switch
        {
            "None" => CompareToNone.At(comparison.Line, $"Line {comparison.Line} uses `{comparison.Text}` with `None`."),
            "True" or "False" => CompareToBool.At(comparison.Line, $"Line {comparison.Line} uses `{comparison.Text}` with `{constant}`."),
            _ => null,
        };
    }

    private static ReviewFinding? FindTypeComparison(PythonProgram program, PythonStatement statement, int index)
    {
        var opener = statement.Is(index - 1, ")") ? statement.PartnerOf(index - 1) : -1;
        var isTypeLeft = statement.IsCallOf(opener - 1, "type");
        var isTypeRight = statement.IsCallOf(index + 1, "type");
        return isTypeLeft != isTypeRight && !program.Defines("type")
            ? CompareTypes.At(statement.Tokens[index].Line, $"Line {statement.Tokens[index].Line} compares `type(...)` with `{statement.Tokens[index].Text}`.")
            : null;
    }

    private static string Shorten(string text) =>
        text.Length <= 40 && !text.Contains('\n', StringComparison.Ordinal) ? text : "…";
}
