using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug.Causes;

/// <summary>Loops that are not entered, count nothing, lose what was typed in, or do not end when they should.</summary>
internal static class WhileSlips
{
    public static IEnumerable<Slip> Find(SlipSearch search)
    {
        foreach (var loop in search.Program.Statements.Where(statement => statement.Keyword is "for" or "while"))
        {
            if (loop.Keyword == "while" && EndlessLoops.Find(search.Program, loop) is { } endless)
            {
                yield return new(endless, 0.9);
            }

            if (loop.Keyword == "while" && (OfStillCounter(search, loop) ?? OfNeverEntered(search, loop) ?? OfReadTwice(search, loop) ?? OfTakenApart(search, loop)) is { } counted)
            {
                yield return counted;
            }

            if ((OfElse(search, loop) ?? OfNewSecret(search, loop)) is { } slip)
            {
                yield return slip;
            }
        }
    }

    // while guess != secret and tries < 3, and no line changes tries
    private static Slip? OfStillCounter(SlipSearch search, PythonStatement loop)
    {
        if (search.ContentOf(loop).Value is not BinaryExpression { Operator: "and" or "or" } condition)
        {
            return null;
        }

        foreach (var comparison in condition.All.OfType<ComparisonExpression>())
        {
            if (comparison is { Operator: "<" or ">" or "<=" or ">=", Left: NameExpression { Name: var name }, Right: NumberExpression or NameExpression }
                && search.Types.Bindings(name, loop) is [{ Role: NameRole.Assign } only] && only.Statement.Start < loop.Start && search.ContentOf(only.Statement).Value is NumberExpression
                && (comparison.Right is NumberExpression || search.Types.Bindings(comparison.Right.Text, loop) is [{ Role: NameRole.Assign }])
                && !search.IsChanged(name, loop.HeaderEnd, loop.End) && !search.IsChanged(comparison.Right.Text, loop.HeaderEnd, loop.End)
                && !search.Program.PlacesOf(name).Any(place => place.Role == NameRole.Declaration))
            {
                var last = loop.Body[^1];
                return new(new(last.Line, search.TextOf(last), $"The loop on line {loop.Line} asks for `{ValueTypes.Short(comparison.Text)}`, but no line of the loop (lines {loop.Body[0].Line} to {loop.LastLine}) changes `{name}`. It stays what it was on line {only.Line}.", $"Where in the loop should `{name}` change?", "while-loops"), 0.93);
            }
        }

        return null;
    }

    // while n > 0: … n = n // 10, and then if total == n
    private static Slip? OfTakenApart(SlipSearch search, PythonStatement loop)
    {
        if (search.ContentOf(loop).Value is not ComparisonExpression { Operator: ">" or "!=", Left: NameExpression { Name: var name }, Right: NumberExpression { Value: "0" } }
            || loop.Descendants.FirstOrDefault(inner => inner.Keyword == "break") is not null
            || loop.Descendants.FirstOrDefault(inner => search.ContentOf(inner).AssignedName == name && search.ContentOf(inner) is var change
                && (change.Operator is "//=" or "/=" || (change is { Operator: "=", Value: { } value } && value.All.Any(part => part is BinaryExpression { Operator: "//" or "/", Left: var left } && left.IsName(name))))) is not { } taken)
        {
            return null;
        }

        var later = search.Program.PlacesOf(name, loop.End, loop.Function?.End ?? int.MaxValue).FirstOrDefault(place => place.Statement.Function == loop.Function);
        return later is { Role: NameRole.Load, Statement: var reader } && search.ContentOf(reader).All.OfType<ComparisonExpression>().Any(comparison => comparison is { Operator: "==" or "!=" } && (comparison.Left.IsName(name) || comparison.Right.IsName(name)))
            ? new(new(reader.Line, search.TextOf(reader), $"Line {taken.Line} takes `{name}` apart until it is 0, and only then line {reader.Line} compares with it. What was in it at first is gone.", $"How can you keep the first value of `{name}` for later?", "while-loops"), 0.93)
            : null;
    }

    // n = 0; while n > 10
    private static Slip? OfNeverEntered(SlipSearch search, PythonStatement loop)
    {
        if (search.ContentOf(loop).Value is not ComparisonExpression { Left: NameExpression { Name: var name }, Right: NumberExpression border } comparison
            || search.Types.Bindings(name, loop).Where(place => place.Token.Start < loop.Start).Take(2).ToList() is not [{ Role: NameRole.Assign } start]
            || start.Statement.Parent != loop.Parent || search.IsChanged(name, start.Statement.End, loop.Start) || search.ContentOf(start.Statement) is not { Operator: "=", Value: NumberExpression first }
            || ConditionSlips.Number(first) is not { } value || ConditionSlips.Number(border) is not { } limit)
        {
            return null;
        }

        var runs = comparison.Operator switch
        {
            "<" => value < limit,
            "<=" => value <= limit,
            ">" => value > limit,
            ">=" => value >= limit,
            "==" => value.Equals(limit),
            _ => true,
        };
        return runs
            ? null
            : new(new(loop.Line, ValueTypes.Short(comparison.Text), $"`{name}` starts with {first.Text} on line {start.Line}, so `{ValueTypes.Short(comparison.Text)}` on line {loop.Line} is false from the start and the loop never runs.", "What has to be true so that the first round runs?", "while-loops"), 0.93);
    }

    // number = int(input()); while number != 0: number = int(input()); total += number
    private static Slip? OfReadTwice(SlipSearch search, PythonStatement loop)
    {
        if (loop.Body is not [{ IsHeader: false } again, var next, ..] || search.ContentOf(again) is not { Operator: "=", AssignedName: { } name, Value: { } value }
            || !value.HasCallOf("input") || search.ContentOf(loop).Value?.Mentions(name) != true)
        {
            return null;
        }

        var first = search.Types.Bindings(name, loop).FirstOrDefault(place => place.Token.Start < loop.Start);
        return first is not null && search.ContentOf(first.Statement).Value?.HasCallOf("input") == true
            && search.Program.IsRead(name, again.End, loop.End) && next.Keyword is not "if" && !search.Program.IsRead(name, first.Statement.End, loop.Start)
            ? new(new(again.Line, search.TextOf(again), $"`{search.TextOf(again)}` on line {again.Line} asks for the next value before the one from line {first.Line} was used. So the first value is lost.", $"When should the next value be asked for: before `{name}` is used, or after that?", "while-loops"), 0.93)
            : null;
    }

    // for … else without a break
    private static Slip? OfElse(SlipSearch search, PythonStatement loop)
    {
        if (loop.Next is not { Keyword: "else" } otherwise || loop.Descendants.Any(inner => inner.Keyword is "break" or "return" or "raise"))
        {
            return null;
        }

        var found = loop.Body.FirstOrDefault(statement => statement.Keyword == "if");
        var place = found is { Body.Count: > 0 } ? found.Body[^1] : loop.Body[^1];
        return new(new(place.Line, search.TextOf(place), $"The `else` on line {otherwise.Line} belongs to the loop on line {loop.Line} and is left out only when `break` ends the loop. There is no `break` in it: the loop goes on after line {place.Line}, and the `else` always runs.", "Which word ends a loop as soon as the answer is found?", "break-and-continue"), 0.94);
    }

    // while …: secret = random.randint(1, 10)
    private static Slip? OfNewSecret(SlipSearch search, PythonStatement loop)
    {
        foreach (var statement in loop.Body)
        {
            if (search.ContentOf(statement) is { Operator: "=", AssignedName: { } name, Value: CallExpression { Name: "randint" or "choice" or "randrange" } }
                && SlipSearch.IsAnyOf(name, "secret", "target", "answer", "hidden", "winning", "solution", "number")
                && loop.Body.Any(other => search.ContentOf(other).Value?.HasCallOf("input") == true)
                && loop.Descendants.Any(inner => search.ContentOf(inner).All.OfType<ComparisonExpression>().Any(compared => compared.Left.IsName(name) || compared.Right.IsName(name))))
            {
                return new(new(statement.Line, search.TextOf(statement), $"`{search.TextOf(statement)}` on line {statement.Line} runs in every round of the loop on line {loop.Line}, so there is a new `{name}` for each guess.", $"How often should `{name}` be chosen?", "while-loops"), 0.82);
            }
        }

        return null;
    }
}
