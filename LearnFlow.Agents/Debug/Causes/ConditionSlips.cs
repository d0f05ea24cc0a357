using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug.Causes;

/// <summary>Conditions that do not ask what was meant.</summary>
internal static class ConditionSlips
{
    public static IEnumerable<Slip> Find(SlipSearch search)
    {
        foreach (var (statement, binary) in search.Expressions<BinaryExpression>())
        {
            if (binary.Operator is "or" or "and" && (OfLonely(statement, binary) ?? OfRest(statement, binary) ?? OfContradiction(statement, binary) ?? OfMultiples(statement, binary)) is { } slip)
            {
                yield return slip;
            }
        }

        foreach (var (statement, comparison) in search.Expressions<ComparisonExpression>())
        {
            if ((OfItself(statement, comparison) ?? OfTypes(search, statement, comparison) ?? OfIdentity(search, statement, comparison) ?? OfParity(statement, comparison) ?? OfExtreme(search, statement, comparison)) is { } slip)
            {
                yield return slip;
            }
        }

        foreach (var statement in search.Program.Statements)
        {
            foreach (var method in OfMethods(search, statement))
            {
                yield return method;
            }
        }
    }

    // if x == 1 or 2
    private static Slip? OfLonely(PythonStatement statement, BinaryExpression binary)
    {
        var compares = binary.Left is ComparisonExpression || binary.Left is BinaryExpression { Right: ComparisonExpression } || binary.Left is BinaryExpression { Left: ComparisonExpression };
        var isEmpty = binary.Right is CollectionExpression { Items.Count: 0 };
        var isLonely = isEmpty || binary.Right is StringExpression { Fields.Count: 0 } or NumberExpression;
        return compares && isLonely && statement.Keyword is "if" or "elif" or "while" or "return"
            ? new(new(statement.Line, ValueTypes.Short(binary.Text), $"In `{ValueTypes.Short(binary.Text)}` on line {statement.Line}, `{ValueTypes.Short(binary.Right.Text)}` stands alone after `{binary.Operator}`. It is compared with nothing, so it always counts as {(isEmpty ? "false" : "true")}.", $"Python reads each side of `{binary.Operator}` by itself. What should stand on the right side?", "comparisons-and-booleans") { Shape = "SIM222" }, 0.95)
            : null;
    }

    private static Slip? OfContradiction(PythonStatement statement, BinaryExpression binary)
    {
        if (binary is not { Left: ComparisonExpression left, Right: ComparisonExpression right } || left.Left.Text != right.Left.Text)
        {
            return null;
        }

        var text = ValueTypes.Short(binary.Text);
        if (binary.Operator == "or" && left.Operator == "!=" && right.Operator == "!=" && left.Right.Text != right.Right.Text)
        {
            return new(new(statement.Line, text, $"`{text}` on line {statement.Line} is always true: whatever `{left.Left.Text}` is, it differs from one of the two.", "Try it with one value in your head. Which word should join the two questions?", "comparisons-and-booleans"), 0.95);
        }

        var isNever = binary.Operator == "and" && (left.Operator, right.Operator) switch
        {
            ("==", "==") => left.Right.Text != right.Right.Text && left.Right is NumberExpression or StringExpression && right.Right is NumberExpression or StringExpression,
            (">" or ">=", "<" or "<=") => Number(left.Right) > Number(right.Right),
            ("<" or "<=", ">" or ">=") => Number(left.Right) < Number(right.Right),
            _ => false,
        };
        return isNever
            ? new(new(statement.Line, text, $"`{text}` on line {statement.Line} is never true: no value fits both.", "Try it with one value in your head. Which word should join the two questions?", "comparisons-and-booleans"), 0.95)
            : null;
    }

    /// <summary>The value of a number as written; null for anything else.</summary>
    public static double? Number(PythonExpression? expression) => expression is NumberExpression number
        && double.TryParse(number.Value.Replace("_", "", StringComparison.Ordinal), System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var value)
        ? value
        : null;

    private static Slip? OfTypes(SlipSearch search, PythonStatement statement, ComparisonExpression comparison)
    {
        if (comparison.Operator is "in" or "not in" or "is" or "is not")
        {
            return null;
        }

        if (comparison.Operator is "==" or "!=" && comparison.Right is CallExpression { Function: NameExpression { Name: "reversed" or "map" or "filter" or "zip" or "enumerate" } maker })
        {
            return new(new(
                statement.Line, ValueTypes.Short(comparison.Text),
                $"`{ValueTypes.Short(comparison.Right.Text)}` on line {statement.Line} is no text and no list: it gives one item after the other when a loop asks for it. So it is never equal to `{ValueTypes.Short(comparison.Left.Text)}`.",
                $"What could make a whole text or list of what `{maker.Name}` gives?", "data-types"), 0.94);
        }

        var left = search.Types.Certain(comparison.Left, statement);
        var right = search.Types.Certain(comparison.Right, statement);
        var text = ValueTypes.Short(comparison.Text);
        if ((left, right) is ("str", "int" or "float") or ("int" or "float", "str"))
        {
            var operand = left == "str" ? comparison.Left : comparison.Right;
            var known = search.Types.Of(operand, statement)[0];
            return new(new(
                statement.Line, text,
                $"`{text}` on line {statement.Line} compares a text with a number: `{ValueTypes.Short(operand.Text)}` is a text, because {known.Because}{(known.Line == statement.Line ? "" : $" (line {known.Line})")}. A text never equals a number.",
                "Which of the two should be changed so that both have the same type?", "data-types"), 0.95);
        }

        if (comparison.Operator is "==" or "!=" && left is not null && right is not null && left != right
            && (IsContainer(left) ? IsContainer(right) || IsNumber(right) : IsNumber(left) && IsContainer(right)))
        {
            return new(new(
                statement.Line, text,
                $"`{text}` on line {statement.Line} compares {ValueTypes.Describe(left)} with {ValueTypes.Describe(right)}. Two things of different types like these are never equal.",
                "Which of the two should be changed so that both have the same type?", "data-types"), 0.93);
        }

        return comparison.Operator is "==" or "!=" && comparison.Left is BinaryExpression { Operator: "+" or "-" or "*" or "/" } && (left == "float" || right == "float") && comparison.Right is not NumberExpression { Value: "0" }
            && comparison.All.OfType<NumberExpression>().Any(number => number.IsFloat)
            ? new(new(statement.Line, text, $"`{text}` on line {statement.Line} compares decimal numbers with `{comparison.Operator}`. Most of them are stored a tiny bit off, so they are seldom exactly equal.", "How close do the two have to be to count as equal?", "data-types"), 0.6)
            : null;
    }

    private static bool IsNumber(string type) => type is "int" or "float" or "bool";

    private static bool IsContainer(string type) => type is "str" or "list" or "tuple" or "dict" or "set" or "reversed" or "map" or "filter" or "zip" or "enumerate" or "dict_keys" or "dict_values";

    private static Slip? OfIdentity(SlipSearch search, PythonStatement statement, ComparisonExpression comparison) =>
        comparison.Operator is "is" or "is not" && comparison.Right is not ConstantExpression
            && (comparison.Right is NumberExpression or StringExpression or CollectionExpression || comparison.Left is NumberExpression or StringExpression
                || search.Types.Only(comparison.Right, statement) is "int" or "float" or "str" || search.Types.Only(comparison.Left, statement) is "int" or "float" or "str")
            ? new(new(statement.Line, ValueTypes.Short(comparison.Text), $"`{ValueTypes.Short(comparison.Text)}` on line {statement.Line} asks with `{comparison.Operator}` if both are the very same object, not if they are equal.", "Which operator asks if two values are equal?", "is-versus-equals"), 0.85)
            : null;

    // is_even that asks for a rest of 1
    private static Slip? OfParity(PythonStatement statement, ComparisonExpression comparison)
    {
        if (comparison.Left is not BinaryExpression { Operator: "%" } rest || !rest.Right.IsNumber("2"))
        {
            return null;
        }

        var asksForEven = (comparison.Operator, comparison.Right.Text) is ("==", "0") or ("!=", "1");
        var asksForOdd = (comparison.Operator, comparison.Right.Text) is ("==", "1") or ("!=", "0");
        var wanted = statement.Keyword == "return" ? SlipSearch.FunctionName(statement)
            : statement.Keyword is "if" or "elif" && statement.Body.Count > 0 ? string.Join(' ', statement.Body[0].Tokens.Select(token => token.Text)).ToLowerInvariant()
            : "";
        var isTrueBranch = statement.Body is [{ Keyword: "return" } first, ..] && first.Is(1, "True");
        wanted = isTrueBranch ? SlipSearch.FunctionName(statement) : wanted;
        var meansEven = SlipSearch.IsAnyOf(wanted, "even") && !SlipSearch.IsAnyOf(wanted, "odd");
        var meansOdd = SlipSearch.IsAnyOf(wanted, "odd") && !SlipSearch.IsAnyOf(wanted, "even");
        var text = ValueTypes.Short(comparison.Text);
        return (meansEven && asksForOdd) || (meansOdd && asksForEven)
            ? new(new(statement.Line, text, $"`{text}` on line {statement.Line} is true for {(asksForOdd ? "odd" : "even")} numbers, but what follows is about {(meansEven ? "even" : "odd")} ones.", "What is the rest when you divide 4 by 2, and what is it for 5?", "operators"), 0.85)
            : null;
    }

    // if x < largest: largest = x
    private static Slip? OfExtreme(SlipSearch search, PythonStatement statement, ComparisonExpression comparison)
    {
        if (statement is not { Keyword: "if", Body: [var update] } || SlipSearch.LoopOf(statement) is null
            || search.ContentOf(update) is not { Operator: "=", Targets: [NameExpression best], Value: { } value } || comparison.Operator is not ("<" or ">" or "<=" or ">="))
        {
            return null;
        }

        var isBigger = comparison.Left.Text == value.Text && comparison.Right.IsName(best.Name) ? comparison.Operator[0] == '>'
            : comparison.Right.Text == value.Text && comparison.Left.IsName(best.Name) ? comparison.Operator[0] == '<'
            : (bool?)null;
        var name = best.Name.ToLowerInvariant() + " " + SlipSearch.FunctionName(statement);
        var wantsMost = SlipSearch.IsAnyOf(name, "max", "larg", "bigg", "high", "longest", "most", "great") && !SlipSearch.IsAnyOf(name, "min", "small", "low", "short", "least");
        var wantsLeast = SlipSearch.IsAnyOf(name, "min", "small", "low", "short", "least") && !SlipSearch.IsAnyOf(name, "max", "larg", "bigg", "high", "long", "most", "great");
        var text = ValueTypes.Short(comparison.Text);
        return (isBigger == false && wantsMost) || (isBigger == true && wantsLeast)
            ? new(new(statement.Line, text, $"With `{text}` on line {statement.Line}, `{best.Name}` takes over a new value when that is {(wantsMost ? "smaller" : "larger")} than the one it has.", $"When should `{best.Name}` change: when the new value is larger, or when it is smaller?", "comparisons-and-booleans"), 0.85)
            : null;
    }

    // if letter.isupper:
    private static IEnumerable<Slip> OfMethods(SlipSearch search, PythonStatement statement)
    {
        if (statement.Keyword is not ("if" or "elif" or "while" or "return" or "assert") || search.ContentOf(statement).Value is not { } condition)
        {
            yield break;
        }

        var called = condition.All.OfType<CallExpression>().Select(call => call.Function).ToList();
        foreach (var attribute in condition.All.OfType<AttributeExpression>())
        {
            if ((attribute.Name.StartsWith("is", StringComparison.Ordinal) || attribute.Name is "startswith" or "endswith" or "lower" or "upper" or "strip" or "count")
                && PythonBuiltIns.MethodsOf["str"].Contains(attribute.Name) && !called.Exists(function => ReferenceEquals(function, attribute))
                && !search.Program.Statements.Any(other => search.ContentOf(other).Targets.OfType<AttributeExpression>().Any(target => target.Name == attribute.Name)))
            {
                yield return new(new(statement.Line, ValueTypes.Short(attribute.Text), $"`{ValueTypes.Short(attribute.Text)}` on line {statement.Line} names the method and does not call it. A method by itself always counts as true.", "What has to follow the name of a method so that it runs?", "functions"), 0.95);
            }
        }
    }

    // board[1][i] == board[1][i]
    private static Slip? OfItself(PythonStatement statement, ComparisonExpression comparison) =>
        comparison.Left is not (NumberExpression or StringExpression or CallExpression) && comparison.Left.Text == comparison.Right.Text
            ? new(new(statement.Line, ValueTypes.Short(comparison.Text), $"`{ValueTypes.Short(comparison.Text)}` on line {statement.Line} compares something with itself.", "Which two things should be compared here?", "comparisons-and-booleans"), 0.95)
            : null;

    // n % 3 and n % 5 == 0
    private static Slip? OfRest(PythonStatement statement, BinaryExpression binary)
    {
        var bare = binary.Left is BinaryExpression { Operator: "%" } left && binary.Right is ComparisonExpression ? left
            : binary.Right is BinaryExpression { Operator: "%" } right && binary.Left is ComparisonExpression ? right
            : null;
        return bare is null
            ? null
            : new(new(statement.Line, ValueTypes.Short(binary.Text), $"In `{ValueTypes.Short(binary.Text)}` on line {statement.Line}, `{ValueTypes.Short(bare.Text)}` is compared with nothing. By itself it counts as true whenever the rest is not 0.", $"Python reads each side of `{binary.Operator}` by itself. What should be asked on each side?", "comparisons-and-booleans"), 0.94);
    }

    // y % 100 != 0 and y % 400 == 0
    private static Slip? OfMultiples(PythonStatement statement, BinaryExpression binary)
    {
        if (binary.Operator != "and")
        {
            return null;
        }

        var rests = Parts(binary).OfType<ComparisonExpression>()
            .Where(part => part.Right.IsNumber("0") && part.Left is BinaryExpression { Operator: "%", Right: NumberExpression })
            .Select(part => (Asked: part, Remainder: (BinaryExpression)part.Left))
            .ToList();
        foreach (var (multiple, rest) in rests.Where(part => part.Asked.Operator == "=="))
        {
            var excluded = rests.Find(other => other.Asked.Operator == "!=" && other.Remainder.Left.Text == rest.Left.Text && Number(rest.Right) % Number(other.Remainder.Right) == 0);
            if (excluded.Asked is not null)
            {
                return new(new(statement.Line, ValueTypes.Short(binary.Text), $"The condition on line {statement.Line} is never true: every number that fits `{ValueTypes.Short(multiple.Text)}` fails `{ValueTypes.Short(excluded.Asked.Text)}`.", "Have all of them to be true at once? Which word joins an exception to a rule?", "comparisons-and-booleans"), 0.95);
            }
        }

        return null;

        static IEnumerable<PythonExpression> Parts(PythonExpression expression) => expression is BinaryExpression { Operator: "and" } both
            ? Parts(both.Left).Concat(Parts(both.Right))
            : [expression];
    }
}
