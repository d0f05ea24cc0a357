using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug.Causes;

/// <summary>Branches that never get their turn, run although another did, or do what another should.</summary>
internal static class BranchSlips
{
    public static IEnumerable<Slip> Find(SlipSearch search)
    {
        foreach (var statement in search.Program.Statements)
        {
            if (statement.Keyword == "if" && (OfOrder(search, statement) ?? OfSeparateIfs(search, statement) ?? OfLostChain(search, statement)) is { } slip)
            {
                yield return slip;
            }

            if ((OfSameBranches(search, statement) ?? OfOtherName(search, statement) ?? OfLastItem(search, statement) ?? OfCopiedBranch(search, statement)
                ?? OfChangedQuestion(search, statement) ?? OfWarning(search, statement)) is { } branch)
            {
                yield return branch;
            }
        }
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
            return ConditionSlips.Number(rest.Right) % ConditionSlips.Number(other.Right) == 0;
        }

        return a.Left.Text == b.Left.Text && (ConditionSlips.Number(a.Right), ConditionSlips.Number(b.Right)) is ({ } x, { } y) && (a.Operator, b.Operator) switch
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
