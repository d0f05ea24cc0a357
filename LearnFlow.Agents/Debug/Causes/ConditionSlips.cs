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
            if (statement.Keyword == "if" && (OfOrder(search, statement) ?? OfSeparateIfs(search, statement) ?? OfLostChain(search, statement)) is { } slip)
            {
                yield return slip;
            }

            if ((OfSameBranches(search, statement) ?? OfOtherName(search, statement) ?? OfLastItem(search, statement) ?? OfCopiedBranch(search, statement) ?? OfChangedQuestion(search, statement) ?? OfWarning(search, statement)) is { } same)
            {
                yield return same;
            }

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
        var isLonely = binary.Right is StringExpression { Fields.Count: 0 } or NumberExpression;
        return compares && isLonely && statement.Keyword is "if" or "elif" or "while" or "return"
            ? new(new(statement.Line, ValueTypes.Short(binary.Text), $"In `{ValueTypes.Short(binary.Text)}` on line {statement.Line}, `{ValueTypes.Short(binary.Right.Text)}` stands alone after `{binary.Operator}`. It is compared with nothing, so it always counts as true.", $"Python reads each side of `{binary.Operator}` by itself. What should stand on the right side?", "comparisons-and-booleans") { Shape = "SIM222" }, 0.95)
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

    private static double? Number(PythonExpression? expression) => expression is NumberExpression number
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

        if (comparison.Operator is "==" or "!=" && left is not null && right is not null && left != right && IsContainer(left) && (IsContainer(right) || right is "int" or "float" or "bool"))
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

    // A branch that an earlier one of the same chain leaves nothing for.
    private static Slip? OfOrder(SlipSearch search, PythonStatement first)
    {
        var earlier = new List<(PythonStatement Statement, PythonExpression Condition)>();
        for (var branch = first; branch is not null && (branch == first || branch.Keyword == "elif") && earlier.Count < 12; branch = branch.Next)
        {
            if (search.ContentOf(branch).Value is not { } condition)
            {
                return null;
            }

            foreach (var (statement, before) in earlier)
            {
                if (before is BinaryExpression { Operator: "or" } either && (either.Left.Text == condition.Text || either.Right.Text == condition.Text))
                {
                    return new(new(statement.Line, ValueTypes.Short(before.Text), $"`{ValueTypes.Short(before.Text)}` on line {statement.Line} is already true when only one of the two is. So the branch `{ValueTypes.Short(condition.Text)}` on line {branch.Line} never gets its turn.", "Have both to be true, or is one enough?", "comparisons-and-booleans"), 0.95);
                }

                if (Implies(condition, before))
                {
                    var text = ValueTypes.Short(condition.Text);
                    return new(new(branch.Line, text, $"The branch `{text}` on line {branch.Line} never gets its turn: whenever it would be true, `{ValueTypes.Short(before.Text)}` on line {statement.Line} was true already, and only the first true branch runs.", "In which order should the questions stand: the special case first, or last?", "if-statements"), 0.95);
                }
            }

            earlier.Add((branch, condition));
        }

        return null;
    }

    /// <summary>Whether one condition can only be true where the other is.</summary>
    private static bool Implies(PythonExpression narrow, PythonExpression wide)
    {
        if (narrow.Text == wide.Text)
        {
            return narrow is not CallExpression && !narrow.All.OfType<CallExpression>().Any();
        }

        if (narrow is BinaryExpression { Operator: "and" } both)
        {
            return Implies(both.Left, wide) || Implies(both.Right, wide);
        }

        if (wide is BinaryExpression { Operator: "or" } either)
        {
            return Implies(narrow, either.Left) || Implies(narrow, either.Right);
        }

        if (narrow is not ComparisonExpression a || wide is not ComparisonExpression b)
        {
            return false;
        }

        if (a is { Operator: "==", Left: BinaryExpression { Operator: "%" } rest } && b is { Operator: "==", Left: BinaryExpression { Operator: "%" } other }
            && rest.Left.Text == other.Left.Text && a.Right.IsNumber("0") && b.Right.IsNumber("0"))
        {
            return Number(rest.Right) % Number(other.Right) == 0;
        }

        return a.Left.Text == b.Left.Text && (Number(a.Right), Number(b.Right)) is ({ } x, { } y) && (a.Operator, b.Operator) switch
        {
            (">" or ">=", ">=") or (">", ">") => x >= y,
            (">=", ">") => x > y,
            ("<" or "<=", "<=") or ("<", "<") => x <= y,
            ("<=", "<") => x < y,
            ("==", ">=") => x >= y,
            ("==", ">") => x > y,
            ("==", "<=") => x <= y,
            ("==", "<") => x < y,
            _ => false,
        };
    }

    // if s >= 90: g = "A"; if s >= 80: g = "B"; …; or a chain whose `else` belongs to its last `if` alone
    private static Slip? OfSeparateIfs(SlipSearch search, PythonStatement first)
    {
        if (first.Next is not { Keyword: "if" } second
            || search.ContentOf(first).Value is not { } asked || search.ContentOf(second).Value is not { } askedNext
            || first.Body.Count == 0 || second.Body.Count == 0
            || first.Body[^1].Keyword is "return" or "break" or "continue" or "raise")
        {
            return null;
        }

        var (x, y) = (search.ContentOf(first.Body[^1]), search.ContentOf(second.Body[^1]));
        var doTheSame = (x.AssignedName is { } name && y.AssignedName == name && !x.IsAugmented && !y.IsAugmented)
            || (x.Value is CallExpression { Function: NameExpression { Name: "print" } } && y.Value is CallExpression { Function: NameExpression { Name: "print" } });
        // From the wide question to the narrow one is fine: then the last that is true gives the right value.
        var overlap = Implies(asked, askedNext) && asked.Text != askedNext.Text;
        var hasElse = Chain(second)[^1].Keyword == "else" && asked is ComparisonExpression a && askedNext is ComparisonExpression b && a.Left.Text == b.Left.Text && a.Operator == "==" && b.Operator == "==" && a.Right.Text != b.Right.Text;
        var text = search.TextOf(second);
        return (doTheSame && overlap) || (hasElse && (doTheSame || Chain(second).Count > 2))
            ? new(new(second.Line, text, hasElse && !overlap
                ? $"`{text}` on line {second.Line} starts a new question, so the `else` at its end belongs to this `if` alone. It also runs when line {first.Line} was true."
                : $"`{text}` on line {second.Line} is asked even when line {first.Line} was true already, so both of them can run and the later one wins.", "Only one of the branches should run. Which word joins a further question to the one before?", "if-statements"), overlap ? 0.85 : 0.8)
            : null;
    }

    // if …: n = 1 elif …: n = 2, and then if …: n = 3 else: n = 4
    private static Slip? OfLostChain(SlipSearch search, PythonStatement first)
    {
        var firstChain = Chain(first);
        if (firstChain[^1].Next is not { Keyword: "if" } second || Chain(second) is not { Count: > 1 } secondChain || secondChain[^1].Keyword != "else"
            || Assigned(firstChain) is not { } name || Assigned(secondChain) != name
            || secondChain.Exists(branch => search.ContentOf(branch).Value?.Mentions(name) == true))
        {
            return null;
        }

        var text = search.TextOf(second);
        return new(new(second.Line, text, $"`{text}` on line {second.Line} starts a new question, and it has an `else`. So one of its two branches always gives `{name}` a new value, and what line {first.Line} and its branches gave it is lost.", "Only one of all these branches should run. Which word joins a further question to the one before?", "if-statements"), 0.94);

        // The name that every branch gives a value, and nothing else.
        string? Assigned(List<PythonStatement> chain)
        {
            var names = chain.Select(branch => branch.Body is [var only] && search.ContentOf(only) is { Operator: "=", AssignedName: { } set, Value: { } value } && !value.Mentions(set) ? set : null).Distinct().ToList();
            return names is [var one] ? one : null;
        }
    }

    private static List<PythonStatement> Chain(PythonStatement first)
    {
        List<PythonStatement> chain = [first];
        while (chain[^1].Next is { Keyword: "elif" or "else" } next)
        {
            chain.Add(next);
        }

        return chain;
    }

    // if …: x = a else: x = a
    private static Slip? OfSameBranches(SlipSearch search, PythonStatement statement)
    {
        if (statement is not { Keyword: "else", Previous: { Keyword: "if" or "elif" } before, Body: [var a] } || before.Body is not [var b]
            || a.IsHeader || a.Keyword is "pass" or "continue" or "break" || search.TextOf(a) != search.TextOf(b))
        {
            return null;
        }

        // Where the question is if `a` is larger, the first branch changes `a` as a rule, and the other is the copy.
        var isCopy = search.ContentOf(before).Value is ComparisonExpression { Operator: ">" or ">=", Left: NameExpression { Name: var larger } } && search.ContentOf(b).AssignedName == larger;
        var faulty = isCopy ? a : b;
        return new(new(faulty.Line, search.TextOf(faulty), $"Line {b.Line} and line {a.Line} are the same, so the question on line {before.Line} makes no difference.", "What should be different when the answer is yes?", "if-statements"), 0.92);
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

    // if mark < lowest: highest = mark
    private static Slip? OfOtherName(SlipSearch search, PythonStatement statement)
    {
        if (statement is not { Keyword: "if" or "elif", Body: [var only] } || SlipSearch.LoopOf(statement) is not { } loop
            || search.ContentOf(statement).Value is not ComparisonExpression { Operator: "<" or ">" or "<=" or ">=", Right: NameExpression { Name: var compared } } comparison
            || search.ContentOf(only) is not { Operator: "=", AssignedName: { } changed, Value: { } value } || changed == compared || value.Text != comparison.Left.Text)
        {
            return null;
        }

        var isUpdated = search.Program.PlacesOf(compared, loop.HeaderEnd, loop.End).Any(place => place.IsBinding);
        var isOfAnother = loop.Descendants.Any(other => other != statement && other.Keyword is "if" or "elif" && search.ContentOf(other).Value is ComparisonExpression { Right: NameExpression { Name: var also } } && also == changed);
        return !isUpdated && isOfAnother
            ? new(new(only.Line, search.TextOf(only), $"Line {statement.Line} compares with `{compared}`, but `{search.TextOf(only)}` on line {only.Line} changes `{changed}`. No line of the loop changes `{compared}`.", "Which of the two should take over the new value here?", "variables"), 0.94)
            : null;
    }

    // for …: if …: found = True else: found = False
    private static Slip? OfLastItem(SlipSearch search, PythonStatement statement)
    {
        if (statement is not { Keyword: "else", Previous: { Keyword: "if" } first, Body: [var no] } || first.Body is not [var yes] || statement.Parent is not { Keyword: "for" } loop
            || search.ContentOf(yes) is not { Operator: "=", AssignedName: { } name, Value: ConstantExpression { Value: "True" or "False" } a }
            || search.ContentOf(no) is not { Operator: "=", Value: ConstantExpression { Value: "True" or "False" } b } other || other.AssignedName != name || a.Value == b.Value)
        {
            return null;
        }

        return loop.Descendants.Any(inner => inner.Keyword is "break" or "return") || !search.IsReadAfter(name, loop)
            || loop.Descendants.Any(inner => inner.Start > statement.End && search.ContentOf(inner).All.Any(part => part.IsName(name)))
            ? null
            : new(new(no.Line, search.TextOf(no), $"`{search.TextOf(no)}` on line {no.Line} runs again for every item that does not fit, so after the loop on line {loop.Line} `{name}` says only how it was with the last item.", "Once the answer is found, may a later item change it?", "for-loops"), 0.92);
    }

    // elif c == "o": o += 1 elif c == "u": o += 1
    private static Slip? OfCopiedBranch(SlipSearch search, PythonStatement first)
    {
        if (first.Keyword != "if" || Chain(first) is not { Count: > 2 } chain)
        {
            return null;
        }

        var bodies = chain.Where(branch => branch.Keyword != "else" && branch.Body is [var only] && search.ContentOf(only).IsAugmented).Select(branch => branch.Body[0]).ToList();
        var twice = bodies.GroupBy(search.TextOf).Where(group => group.Count() == 2).ToList();
        if (bodies.Count < 3 || twice is not [var pair] || pair.ToList() is not [var original, var copy])
        {
            return null;
        }

        // A name that starts like the others, and that no branch changes.
        var changed = bodies.Select(body => search.ContentOf(body).AssignedName).ToHashSet();
        var starts = search.Program.PlacesOf(search.ContentOf(copy).AssignedName ?? "").FirstOrDefault(place => place.IsBinding);
        var forgotten = starts is null ? null : search.Program.References.FirstOrDefault(place =>
            place.Role == NameRole.Assign && !changed.Contains(place.Name) && search.ContentOf(place.Statement).Value?.Text == search.ContentOf(starts.Statement).Value?.Text
            && !search.IsChanged(place.Name, place.Statement.End, int.MaxValue) && search.Program.PlacesOf(place.Name).Count(other => other.IsBinding) == 1 && search.Program.PlacesOf(place.Name).Any(other => other.Role == NameRole.Load));
        return forgotten is null
            ? null
            : new(new(copy.Line, search.TextOf(copy), $"`{search.TextOf(copy)}` on line {copy.Line} is the same as line {original.Line}, and no line changes `{forgotten.Name}`.", "Which name belongs to the question of this branch?", "variables"), 0.93);
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

    // if n % 2 == 0: n = n // 2, and then if n % 2 == 1
    private static Slip? OfChangedQuestion(SlipSearch search, PythonStatement first)
    {
        if (first is not { Keyword: "if", Next: { Keyword: "if" } second } || SlipSearch.LoopOf(first) is null
            || search.ContentOf(first).Value is not ComparisonExpression { Operator: "==" } a || search.ContentOf(second).Value is not ComparisonExpression { Operator: "==" or "!=" } b
            || a.Left.Text != b.Left.Text || a.Left is not BinaryExpression { Operator: "%", Left: NameExpression { Name: var name } }
            || !first.Body.Any(statement => search.ContentOf(statement).AssignedName == name))
        {
            return null;
        }

        return new(new(second.Line, search.TextOf(second), $"The block of line {first.Line} changes `{name}`, and `{search.TextOf(second)}` on line {second.Line} is then asked of the new value. So both blocks can run in one round.", "Only one of the two should run. Which word joins a further question to the one before?", "if-statements"), 0.93);
    }

    // if amount > balance: print("no"), and then balance -= amount all the same
    private static Slip? OfWarning(SlipSearch search, PythonStatement statement)
    {
        if (statement is not { Keyword: "if", Body: [var only], Next: { IsHeader: false } next } || search.ContentOf(only).Value is not CallExpression warning || !warning.Calls("print")
            || search.ContentOf(statement).Value is not ComparisonExpression { Operator: ">" or "<" or ">=" or "<=" } asked || search.ContentOf(next) is not { Operator: "=" or "-=", Targets: [var target], Value: { } value })
        {
            return null;
        }

        var (taken, from) = asked.Operator[0] == '>' ? (asked.Left, asked.Right) : (asked.Right, asked.Left);
        var takes = target.Text == from.Text && value.All.Any(part => part.Text == taken.Text);
        return takes
            ? new(new(next.Line, search.TextOf(next), $"Line {only.Line} only prints. After it, `{search.TextOf(next)}` on line {next.Line} runs in any case, also when `{ValueTypes.Short(asked.Text)}` on line {statement.Line} is true.", $"When should line {next.Line} run, and when not?", "if-statements"), 0.94)
            : null;
    }
}
