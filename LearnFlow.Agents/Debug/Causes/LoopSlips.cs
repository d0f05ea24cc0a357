using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug.Causes;

/// <summary>Loops that run once too often or too seldom, or use the wrong value of the round.</summary>
internal static class LoopSlips
{
    public static IEnumerable<Slip> Find(SlipSearch search)
    {
        foreach (var loop in search.Program.Statements)
        {
            if (loop.Keyword != "for" || loop.Body.Count == 0)
            {
                continue;
            }

            if (LoopChangeCauses.Find(search.Program, loop) is { } change)
            {
                yield return new(change, 0.86);
            }

            Slip?[] slips = [OfItems(search, loop), OfOwnVariable(search, loop), OfSameName(search, loop), OfStartOnce(search, loop), OfUpdateOrder(search, loop), OfPlaceOfItem(search, loop), OfBestPlace(search, loop), OfLastAnswer(search, loop)];
            foreach (var found in slips.OfType<Slip>().Concat(OfRange(search, loop)))
            {
                yield return found;
            }
        }
    }

    private static IEnumerable<Slip> OfRange(SlipSearch search, PythonStatement loop)
    {
        if (search.ContentOf(loop) is not { Targets: [NameExpression { Name: var name }], Value: CallExpression { Arguments: { Count: > 0 and <= 3 } arguments } range } || !range.Calls("range"))
        {
            yield break;
        }

        var (start, end) = arguments.Count == 1 ? (null, arguments[0].Value) : (arguments[0].Value, arguments[1].Value);
        var step = arguments.Count == 3 ? arguments[2].Value : null;
        var text = ValueTypes.Short(range.Text);
        var body = loop.Descendants.SelectMany(statement => search.ContentOf(statement).All).ToList();
        var function = SlipSearch.FunctionName(loop);
        var firstValue = start is null ? "0" : start.Text;

        var runsDown = step is null && (int.TryParse(start?.Text, out var from) && int.TryParse(end.Text, out var to) ? from > to : start is not null && start is not (NumberExpression or UnaryExpression { Operator: "-" }) && end is NumberExpression { Value: "0" or "1" } or UnaryExpression { Operator: "-" });
        if (runsDown)
        {
            yield return Told(loop, text, $"`{text}` on line {loop.Line} gives no numbers at all: it counts upwards, and its end lies below its start.", "How do you tell `range` to count down?", 0.93);
        }

        if (step is UnaryExpression { Operator: "-" } && end.IsNumber("0") && body.OfType<SubscriptExpression>().Any(subscript => subscript.Index.IsName(name)))
        {
            yield return Told(loop, text, $"`{text}` on line {loop.Line} stops before it reaches 0, so the first item is left out.", "Which is the last number that this `range` gives?", 0.85);
        }

        if (end is BinaryExpression { Operator: "-", Left: CallExpression measured, Right: var less } && less.IsNumber("1") && measured.Calls("len") && step is null
            && !body.Any(part => part is BinaryExpression { Operator: "+" } next && next.Left.IsName(name)) && !loop.Descendants.Any(inner => inner.Keyword == "for")
            && body.OfType<SubscriptExpression>().Any(subscript => subscript.Index.IsName(name)))
        {
            yield return Told(loop, text, $"`{text}` on line {loop.Line} already stops before its end. With `- 1` as well, the last item is left out.", "Which is the last number that this `range` gives, and which is the last place?", 0.8);
        }

        var multiplied = loop.Descendants.Any(statement => search.ContentOf(statement) is { Operator: "*=", Value: { } factor } && factor.IsName(name)
            || search.ContentOf(statement) is { Operator: "=", Value: BinaryExpression { Operator: "*", Right: var right } } && right.IsName(name) && statement.Parent == loop && search.ContentOf(statement).Value!.Mentions(search.ContentOf(statement).AssignedName ?? " "));
        if (multiplied && firstValue == "0")
        {
            yield return Told(loop, text, $"`{text}` on line {loop.Line} starts with 0, and the first round multiplies with it. After that the product stays 0.", "Which number should the loop start with?", 0.9);
        }

        var divides = body.OfType<BinaryExpression>().FirstOrDefault(binary => binary.Operator == "%" && binary.Right.IsName(name));
        if (divides is not null && SlipSearch.IsAnyOf(function + string.Join(' ', search.Program.Functions.Select(f => f.Name.Text)), "prime") && divides.Left.Text != name)
        {
            if (firstValue is "0" or "1")
            {
                yield return Told(loop, text, $"`{text}` on line {loop.Line} starts with {firstValue}. {(firstValue == "1" ? "Every number can be divided by 1, so no number looks like a prime." : "Nothing can be divided by 0.")}", "Which is the first divisor that says something about a prime?", firstValue == "1" ? 0.88 : 0.95);
            }
            else if (end is BinaryExpression { Operator: "+", Left: var top } && top.Text == divides.Left.Text)
            {
                yield return Told(loop, text, $"`{text}` on line {loop.Line} also gives `{top.Text}` itself. Every number can be divided by itself, so no number looks like a prime.", "Which is the last divisor that should be tried?", 0.9);
            }
        }

        if (multiplied && firstValue == "1" && end is NameExpression && SlipSearch.IsAnyOf(function + loop.Parent?.Tokens[0].Text + string.Join(' ', search.Program.References.Take(20).Select(r => r.Name)), "fact"))
        {
            yield return Told(loop, text, $"`{text}` on line {loop.Line} stops before `{end.Text}`, so `{end.Text}` itself is never used.", "Which is the last number that this `range` gives?", 0.9);
        }
        else if (step is null && firstValue == "1" && end is NameExpression && search.Program.PlacesOf(end.Text).Any(place => place.Role == NameRole.Parameter))
        {
            yield return Told(loop, text, $"`{text}` on line {loop.Line} stops before `{end.Text}`, so `{end.Text}` itself is not used.", "Which is the last number that this `range` gives, and which one do you need?", 0.45);
        }

        if (start?.IsNumber("1") == true && end is CallExpression length && length.Calls("len") && body.OfType<SubscriptExpression>().Any(s => s.Index.IsName(name))
            && !body.Any(part => part is BinaryExpression { Operator: "-" } before && before.Left.IsName(name))
            && length.Arguments is [{ Value: var list }] && !search.Program.Statements.Any(s => s.Start < loop.Start && s.Function == loop.Function && s.Tokens.Count > 3 && search.ContentOf(s).All.Any(part => part.Text == $"{list.Text}[0]")))
        {
            yield return Told(loop, text, $"`{text}` on line {loop.Line} starts with 1, so the item at place 0 is left out.", "At which place does the first item stand?", 0.72);
        }

        if (end is CallExpression counted && counted.Calls("len") && counted.Arguments is [{ Value: NameExpression { Name: var container } }])
        {
            var sum = loop.Descendants.FirstOrDefault(statement => search.ContentOf(statement) is { Operator: "+=", Value: { } added } && added.IsName(name));
            if (sum is not null && !body.OfType<SubscriptExpression>().Any(subscript => subscript.Target.IsName(container)))
            {
                yield return new(new(sum.Line, search.TextOf(sum), $"`{name}` in `{search.TextOf(sum)}` (line {sum.Line}) is a place from `{text}`, not the item of `{container}` that stands there.", "How do you get the item when you know its place?", "for-loops"), 0.86);
            }
        }
    }

    private static Slip Told(PythonStatement loop, string text, string cause, string hint, double weight) => new(new(loop.Line, text, cause, hint, "range"), weight);

    // for n in numbers: … numbers[n], or numbers[0], or the whole list
    private static Slip? OfItems(SlipSearch search, PythonStatement loop)
    {
        if (search.ContentOf(loop) is not { Targets: [NameExpression { Name: var item }], Value: NameExpression { Name: var list } } || item == "_")
        {
            return null;
        }

        var isList = search.Types.Of(search.ContentOf(loop).Value!, loop).All(known => known.Type is "list" or "tuple" or "str");
        var isUsed = search.Program.IsRead(item, loop.HeaderEnd, loop.End);
        foreach (var statement in loop.Descendants)
        {
            var content = search.ContentOf(statement);
            foreach (var subscript in content.All.OfType<SubscriptExpression>())
            {
                if (subscript.Target.IsName(list) && subscript.Index.IsName(item) && isList && search.Program.PlacesOf(item).All(place => ValueTypes.ScopeOf(place) != loop.Function || place.Role is NameRole.LoopTarget or NameRole.Load)
                    && search.Types.Of(search.ContentOf(loop).Value!, loop).Any())
                {
                    return new(new(statement.Line, ValueTypes.Short(subscript.Text), $"The loop on line {loop.Line} gives `{item}` each item of `{list}`, not its place. `{ValueTypes.Short(subscript.Text)}` on line {statement.Line} uses the item as a place.", $"What does `{item}` hold: an item or a place?", "for-loops"), 0.88);
                }
            }

            if (!isUsed && statement.Keyword is not "return" && content.All.FirstOrDefault(part => part is SubscriptExpression { Index: not SliceExpression } s && s.Target.IsName(list) || part.IsName(list)) is { } whole)
            {
                return new(new(statement.Line, search.TextOf(statement), $"The loop on line {loop.Line} gives `{item}` a new item in every round, but line {statement.Line} uses `{ValueTypes.Short(whole.Text)}` instead, which is the same in every round.", $"Which name holds the item of this round?", "for-loops"), content.IsAugmented ? 0.85 : 0.7);
            }
        }

        var first = loop.Body[0];
        return isUsed || first.Keyword is "pass" || search.Program.PlacesOf(item, loop.End, loop.Function?.End ?? int.MaxValue).Any()
            ? null
            : new(new(first.Line, search.TextOf(first), $"The loop on line {loop.Line} gives `{item}` a new item in every round, but no line of the loop uses `{item}`.", "What should be done with the item of this round?", "for-loops"), 0.4);
    }

    // for n in numbers: n = n * 2
    private static Slip? OfOwnVariable(SlipSearch search, PythonStatement loop)
    {
        if (search.ContentOf(loop).Targets is not [NameExpression { Name: var item }]
            || loop.Descendants.LastOrDefault(inner => search.ContentOf(inner).AssignedName == item) is not { } last
            || (last != loop.Body[^1] && search.Program.IsRead(item, last.End, loop.End)))
        {
            return null;
        }

        var isRange = search.ContentOf(loop).Value is CallExpression range && range.Calls("range");
        return search.IsReadAfter(item, loop)
            ? null
            : new(new(last.Line, search.TextOf(last), isRange
                ? $"`{search.TextOf(last)}` on line {last.Line} changes `{item}`, but the next round of the loop on line {loop.Line} sets it anew, so the change is lost."
                : $"`{search.TextOf(last)}` on line {last.Line} changes only the name `{item}`. The thing that the loop on line {loop.Line} goes over stays as it was.", isRange ? "Which kind of loop lets you set the counter yourself?" : "Where should the new value go?", "for-loops"), 0.82);
    }

    private static Slip? OfSameName(SlipSearch search, PythonStatement loop)
    {
        if (search.ContentOf(loop).Targets is not [NameExpression { Name: var name }] || name == "_")
        {
            return null;
        }

        for (var outer = SlipSearch.LoopOf(loop); outer is not null; outer = SlipSearch.LoopOf(outer))
        {
            if (outer.Keyword == "for" && search.ContentOf(outer).Targets is [NameExpression same] && same.Name == name)
            {
                return new(new(loop.Line, search.TextOf(loop), $"The loop on line {loop.Line} uses the name `{name}`, and so does the loop around it on line {outer.Line}. The inner loop overwrites the outer one's value.", "Does each loop need a counter of its own?", "for-loops"), 0.8);
            }
        }

        return null;
    }

    // The flag or the count of an inner loop, which nobody sets back for the next round of the outer one.
    private static Slip? OfStartOnce(SlipSearch search, PythonStatement outer)
    {
        foreach (var inner in outer.Body.Where(statement => statement.Keyword is "for" or "while"))
        {
            foreach (var update in inner.Descendants)
            {
                var content = search.ContentOf(update);
                if (content.AssignedName is not { } name || search.ContentOf(inner).Value?.Mentions(name) == true)
                {
                    continue;
                }

                var isFlag = content is { Operator: "=", Value: ConstantExpression { Value: "True" or "False" } };
                var isCount = content is { Operator: "+=", Value: NumberExpression };
                var isText = content.Operator == "+=" || (content is { Operator: "=", Value: BinaryExpression { Operator: "+" } sum } && sum.All.OfType<BinaryExpression>().Any(part => part.Operator == "+" && (part.Left.IsName(name) || part.Right.IsName(name))));
                var bindings = search.Program.PlacesOf(name).Where(place => place.IsBinding && ValueTypes.ScopeOf(place) == outer.Function).ToList();
                var start = bindings.Find(place => place.Statement.End <= outer.Start && place.Statement.Parent == outer.Parent);
                if (start is null || !(isFlag || isCount || isText))
                {
                    continue;
                }

                // Who reads it in each round of the outer loop wants to know of that round.
                var isRead = outer.Body.Any(statement => statement.Start > inner.End && (search.ContentOf(statement).Value?.Mentions(name) == true
                    || (isCount && statement.Descendants.Any(deeper => search.ContentOf(deeper).Value?.Mentions(name) == true))));
                var isSetBack = bindings.Exists(place => place.Statement.Start > outer.Start && place.Statement.End <= outer.End && place.Statement != update
                    && search.ContentOf(place.Statement).Operator == "=" && (!isFlag || search.ContentOf(place.Statement).Value?.Text != content.Value!.Text));
                isText = isText && search.ContentOf(start.Statement).Value is StringExpression { Content: "" } or CollectionExpression { Type: "list", Items.Count: 0 };
                if ((isFlag || isCount || isText) && isRead && !isSetBack && !search.IsReadAfter(name, outer)
                    && search.ContentOf(start.Statement).Value is { } first && first.Text != content.Value!.Text)
                {
                    return new(new(start.Line, search.TextOf(start.Statement), $"`{search.TextOf(start.Statement)}` on line {start.Line} runs only once, before the loop on line {outer.Line}. After line {update.Line} has changed `{name}` once, it stays changed in all later rounds.", $"In which loop should `{name}` get its first value?", "for-loops"), isFlag ? 0.9 : isText ? 0.8 : 0.65);
                }
            }
        }

        return null;
    }

    // a = b; b = a + b
    private static Slip? OfUpdateOrder(SlipSearch search, PythonStatement loop)
    {
        foreach (var statement in loop.Body)
        {
            if (statement.Next is { IsHeader: false } next
                && search.ContentOf(statement) is { Operator: "=", AssignedName: { } a, Value: NameExpression { Name: var b } }
                && search.ContentOf(next) is { Operator: "=", AssignedName: { } changed, Value: BinaryExpression update } && changed == b
                && update.Mentions(a) && update.Mentions(b))
            {
                return new(new(next.Line, search.TextOf(next), $"When `{search.TextOf(next)}` on line {next.Line} runs, line {statement.Line} has already given `{a}` the value of `{b}`. So the old value of `{a}` is gone, and both are the same there.", $"Which value of `{a}` does line {next.Line} need: the old one or the new one?", "variables"), 0.9);
            }
        }

        return null;
    }

    // for p in points: points.index(p)
    private static Slip? OfPlaceOfItem(SlipSearch search, PythonStatement loop)
    {
        if (search.ContentOf(loop) is not { Targets: [NameExpression { Name: var item }], Value: NameExpression { Name: var list } iterable })
        {
            return null;
        }

        foreach (var statement in loop.Descendants)
        {
            foreach (var call in search.ContentOf(statement).All.OfType<CallExpression>())
            {
                if (call is not { Function: AttributeExpression { Target: var owner, Name: "index" }, Arguments: [{ Value: var asked }] } || !owner.IsName(list) || !asked.IsName(item))
                {
                    continue;
                }

                var hasTwins = search.Types.Of(iterable, loop) is [{ Source: CollectionExpression { Items: var items } }, ..] && items.Select(part => part.Text).Distinct().Count() < items.Count;
                return new(new(statement.Line, ValueTypes.Short(call.Text), $"`{ValueTypes.Short(call.Text)}` on line {statement.Line} always gives the first place at which that value stands. Where a value is in `{list}` twice, that is the wrong place.", "How do you get the place of the item together with the item in a `for` loop?", "enumerate-and-zip"), hasTwins ? 0.92 : 0.55);
            }
        }

        return null;
    }

    // if scores[i] > best: best = i
    private static Slip? OfBestPlace(SlipSearch search, PythonStatement loop)
    {
        foreach (var statement in loop.Descendants.Where(inner => inner is { Keyword: "if" or "elif", Body.Count: > 0 }))
        {
            if (search.ContentOf(statement).Value is ComparisonExpression { Operator: "<" or ">" or "<=" or ">=", Left: SubscriptExpression { Index: NameExpression { Name: var place } } item, Right: NameExpression { Name: var best } } comparison
                && statement.Body.Any(inner => search.ContentOf(inner) is { Operator: "=", Value: { } value } content && content.AssignedName == best && value.IsName(place)))
            {
                return new(new(statement.Line, ValueTypes.Short(comparison.Text), $"`{ValueTypes.Short(comparison.Text)}` on line {statement.Line} compares an item with `{best}`, but `{best}` holds a place: the block below gives it `{place}`.", $"With what should `{ValueTypes.Short(item.Text)}` be compared: with a place, or with the item at that place?", "lists"), 0.94);
            }
        }

        return null;
    }

    // for letter in word: has_digit = letter.isdigit()
    private static Slip? OfLastAnswer(SlipSearch search, PythonStatement loop)
    {
        if (search.ContentOf(loop).Targets is not [NameExpression { Name: var item }] || loop.Descendants.Any(inner => inner.Keyword is "break" or "return"))
        {
            return null;
        }

        foreach (var statement in loop.Body)
        {
            if (search.ContentOf(statement) is { Operator: "=", AssignedName: { } name, Value: ComparisonExpression or CallExpression { Function: AttributeExpression { Name: "isdigit" or "isalpha" or "isupper" or "islower" or "isalnum" or "startswith" or "endswith" } } } content
                && content.Value!.Mentions(item) && !content.Value.Mentions(name) && search.IsReadAfter(name, loop) && !search.Program.IsRead(name, loop.HeaderEnd, loop.End))
            {
                return new(new(statement.Line, search.TextOf(statement), $"`{search.TextOf(statement)}` on line {statement.Line} gives `{name}` a new answer in every round of the loop on line {loop.Line}. After the loop it says only how it was with the last item.", "Once the answer is found, may a later item change it?", "for-loops"), 0.93);
            }
        }

        return null;
    }
}
