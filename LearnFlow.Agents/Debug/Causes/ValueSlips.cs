using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug.Causes;

/// <summary>Values that are shared, glued together instead of added, or lost.</summary>
internal static class ValueSlips
{
    public static IEnumerable<Slip> Find(SlipSearch search)
    {
        foreach (var statement in search.Program.Statements)
        {
            var content = search.ContentOf(statement);
            Slip?[] slips = [OfAlias(search, statement, content), OfSwap(search, statement, content), OfOverwrittenParameter(search, statement, content), OfOneObject(search, statement, content), OfDecimals(search, statement, content), OfUsedUp(search, statement, content)];
            foreach (var slip in slips.OfType<Slip>())
            {
                yield return slip;
            }
        }

        foreach (var (statement, binary) in search.Expressions<BinaryExpression>())
        {
            if ((OfGluing(search, statement, binary) ?? OfRepeatedRow(statement, binary) ?? OfPower(statement, binary)) is { } slip)
            {
                yield return slip;
            }
        }

        foreach (var (statement, call) in search.Expressions<CallExpression>())
        {
            if ((OfSharedDefault(statement, call) ?? OfWrongLimit(search, statement, call)) is { } slip)
            {
                yield return slip;
            }
        }

        foreach (var function in search.Program.Functions)
        {
            if (OfMutableDefault(search, function) is { } slip)
            {
                yield return slip;
            }
        }

        foreach (var (statement, text) in search.Expressions<StringExpression>())
        {
            if (text.Content is "aeiou" && statement.Keyword is not "return" && !search.Program.Tokens.Any(token => token.Text is "lower" or "upper" or "casefold"))
            {
                yield return new(new(statement.Line, text.Text, $"`{text.Text}` on line {statement.Line} holds small letters only, so capital vowels are not found.", "Is `A` the same as `a` for Python?", "strings"), 0.4);
            }
        }
    }

    // b = a, and then b changes
    private static Slip? OfAlias(SlipSearch search, PythonStatement statement, StatementContent content)
    {
        if (content is not { Operator: "=", AssignedName: { } copy, Value: NameExpression { Name: var original } value } || SlipSearch.LoopOf(statement) is not null
            || !search.Types.Of(value, statement).Any(known => known.Type is "list" or "dict" or "set"))
        {
            return null;
        }

        var changed = search.Program.Statements.FirstOrDefault(later => later.Start > statement.Start && later.Function == statement.Function && Changes(search, later, copy));
        return changed is not null && search.Program.IsRead(original, changed.End, statement.Function?.End ?? int.MaxValue)
            && !search.Program.PlacesOf(copy).Any(place => place.IsBinding && place.Token.Start > statement.Start && place.Token.Start < changed.Start)
            ? new(new(statement.Line, search.TextOf(statement), $"`{search.TextOf(statement)}` on line {statement.Line} makes no copy: `{copy}` and `{original}` are two names for the same object. So line {changed.Line} changes both.", "How do you make a real copy?", "mutability-and-copying"), 0.82)
            : null;
    }

    private static bool Changes(SlipSearch search, PythonStatement statement, string name)
    {
        var content = search.ContentOf(statement);
        return content.Targets.Any(target => target is SubscriptExpression { Target: var container } && container.IsName(name))
            || content.Value is CallExpression { Function: AttributeExpression { Target: var owner, Name: "append" or "sort" or "reverse" or "remove" or "pop" or "insert" or "extend" or "clear" or "add" or "update" } } && owner.IsName(name);
    }

    // a = b; b = a
    private static Slip? OfSwap(SlipSearch search, PythonStatement statement, StatementContent content) =>
        content is { Operator: "=", Targets: [var a], Value: NameExpression or SubscriptExpression }
            && statement.Next is { IsHeader: false } next && search.ContentOf(next) is { Operator: "=", Targets: [var b], Value: { } back }
            && back.Text == a.Text && content.Value.Text == b.Text
            ? new(new(next.Line, search.TextOf(next), $"Line {statement.Line} overwrites `{ValueTypes.Short(a.Text)}`, so its old value is gone when `{search.TextOf(next)}` on line {next.Line} wants it.", "Where could the old value wait while the two change places?", "variables"), 0.96)
            : null;

    // def greet(name): name = "Ada"
    private static Slip? OfOverwrittenParameter(SlipSearch search, PythonStatement statement, StatementContent content)
    {
        if (content is not { Operator: "=", AssignedName: { } name, Value: { } value } || statement.Parent is not { Keyword: "def" } function || value.Mentions(name)
            || !search.Program.PlacesOf(name).Any(place => place.Role == NameRole.Parameter && place.Statement == function)
            || search.Program.IsRead(name, function.HeaderEnd, statement.Start))
        {
            return null;
        }

        return new(new(statement.Line, search.TextOf(statement), $"`{search.TextOf(statement)}` on line {statement.Line} gives the parameter `{name}` a new value at once, so what the call handed over is lost.", "Who decides the value of a parameter: the function, or the call?", "parameters-and-default-arguments"), 0.8);
    }

    // input() + input()
    private static Slip? OfGluing(SlipSearch search, PythonStatement statement, BinaryExpression binary)
    {
        var text = ValueTypes.Short(binary.Text);
        if (binary.Operator == "+" && IsTyped(binary.Left) is { } first && IsTyped(binary.Right) is { } second)
        {
            var isAboutNumbers = SlipSearch.IsAnyOf(first + " " + second + " " + (search.ContentOf(statement).AssignedName ?? ""), "num", "sum", "total", "add", "amount", "price", "age", "digit", "integer");
            return new(new(statement.Line, text, $"`{text}` on line {statement.Line} joins two texts, because `input()` gives back texts. It does not add numbers.", "What has to happen to what is typed in before you can count with it?", "data-types"), isAboutNumbers ? 0.9 : 0.5);
        }

        return binary.Operator == "*" && binary.Right is NumberExpression && IsTyped(binary.Left) is not null
            ? new(new(statement.Line, text, $"`{text}` on line {statement.Line} repeats a text, because `input()` gives back a text. It does not multiply a number.", "What has to happen to what is typed in before you can count with it?", "data-types"), 0.85)
            : null;

        // The name and the prompt that a text was typed in for.
        string? IsTyped(PythonExpression operand)
        {
            if (operand is not NameExpression { Name: var name } || search.Types.Bindings(name, statement) is not [{ Role: NameRole.Assign } only]
                || search.ContentOf(only.Statement).Value is not CallExpression call || !call.Calls("input"))
            {
                return null;
            }

            return $"{name} {(call.Arguments is [{ Value: StringExpression prompt }] ? prompt.Content : "")}";
        }
    }

    private static Slip? OfRepeatedRow(PythonStatement statement, BinaryExpression binary) =>
        binary is { Operator: "*", Left: CollectionExpression { Type: "list", Items: [CollectionExpression or BinaryExpression { Operator: "*" } or CallExpression { Name: "list" or "dict" }] } }
            ? new(new(statement.Line, ValueTypes.Short(binary.Text), $"`{ValueTypes.Short(binary.Text)}` on line {statement.Line} holds the same inner list several times. When one row changes, all rows change.", "How can each row become a list of its own?", "mutability-and-copying"), 0.88)
            : null;

    private static Slip? OfMutableDefault(SlipSearch search, PythonFunction function)
    {
        var parameter = function.Parameters.FirstOrDefault(p => p.Default is [{ Text: "[" or "{" }, ..] or [{ Text: "list" or "dict" or "set" }, ..]);
        return parameter is not null && function.Statement.Descendants.FirstOrDefault(statement => Changes(search, statement, parameter.Name.Text) || IsKept(search, statement, parameter.Name.Text)) is { } change
            ? new(new(function.Line, $"{parameter.Name.Text}={string.Concat(parameter.Default.Select(token => token.Text))}", $"The default value of `{parameter.Name.Text}` on line {function.Line} is made once, not at every call. Line {change.Line} {(search.ContentOf(change).Operator.Length > 0 ? "keeps it" : "changes it")}, and the next call finds it changed.", "Which default could say \"nothing was handed over\", and where is the new list made then?", "parameters-and-default-arguments") { Shape = "B006" }, 0.88)
            : null;
    }

    // 2 ^ n
    private static Slip? OfPower(PythonStatement statement, BinaryExpression binary) =>
        binary is { Operator: "^", Left: NumberExpression } or { Operator: "^", Right: NumberExpression }
            ? new(new(statement.Line, ValueTypes.Short(binary.Text), $"`{ValueTypes.Short(binary.Text)}` on line {statement.Line} is no power: Python's `^` compares the bits of two numbers.", "Which operator makes a power in Python?", "operators"), 0.85)
            : null;

    // self.tags = tags, and elsewhere tags.append
    private static bool IsKept(SlipSearch search, PythonStatement statement, string name) =>
        search.ContentOf(statement) is { Operator: "=", Targets: [AttributeExpression kept], Value: { } value } && value.IsName(name)
        && search.Program.Statements.Any(other => search.ContentOf(other).Value is CallExpression { Function: AttributeExpression { Name: "append" or "extend" or "insert" or "remove" or "pop" or "add" or "update", Target: AttributeExpression changed } } && changed.Name == kept.Name);

    // One dictionary, filled anew and put into the list in every round
    private static Slip? OfOneObject(SlipSearch search, PythonStatement statement, StatementContent content)
    {
        var (list, item) = content switch
        {
            { Value: CallExpression { Function: AttributeExpression { Name: "append", Target: NameExpression owner }, Arguments: [{ Value: NameExpression added }] } } => (owner.Name, added.Name),
            { Operator: "=", Targets: [SubscriptExpression { Target: NameExpression owner }], Value: NameExpression put } => (owner.Name, put.Name),
            _ => ("", ""),
        };
        if (list == item
            || SlipSearch.LoopOf(statement) is not { } loop || search.Types.Bindings(item, statement) is not [{ Role: NameRole.Assign } made] || made.Statement.Start > loop.Start
            || search.ContentOf(made.Statement).Value is not (CollectionExpression or BinaryExpression { Operator: "*", Left: CollectionExpression } or CallExpression { Function: NameExpression { Name: "list" or "dict" or "set" } }))
        {
            return null;
        }

        return (loop.Descendants.FirstOrDefault(inner => Changes(search, inner, item)) ?? FieldOf(search, statement, list)) is { } change
            ? new(new(made.Line, search.TextOf(made.Statement), $"`{search.TextOf(made.Statement)}` on line {made.Line} makes one object, before the loop. Line {change.Line} changes it in every round, and line {statement.Line} puts that same one into `{list}` again and again.", $"Where must a new `{item}` be made so that each round has its own?", "mutability-and-copying"), 0.92)
            : null;
    }

    // rows[i][j] = …
    private static PythonStatement? FieldOf(SlipSearch search, PythonStatement statement, string list) => search.Program.Statements.FirstOrDefault(inner =>
        inner.Start > statement.Start && inner.Function == statement.Function
        && search.ContentOf(inner).Targets is [SubscriptExpression { Target: SubscriptExpression { Target: NameExpression { Name: var rows } } }] && rows == list);

    // while n > 0: … n % 10 … n = n / 10
    private static Slip? OfDecimals(SlipSearch search, PythonStatement statement, StatementContent content)
    {
        var name = content.AssignedName;
        var divides = content is { Operator: "/=" } || (content is { Operator: "=", Value: BinaryExpression { Operator: "/", Left: var left } } && name is not null && left.IsName(name));
        return name is not null && divides && SlipSearch.LoopOf(statement) is { Keyword: "while" } loop
            && loop.Descendants.Any(inner => search.ContentOf(inner).All.Any(part => part is BinaryExpression { Operator: "%", Left: var taken } && taken.IsName(name)))
            ? new(new(statement.Line, search.TextOf(statement), $"`{search.TextOf(statement)}` on line {statement.Line} keeps the decimals, so `{name}` is no whole number any more and the next rest of a division has decimals too.", "Which operator divides and drops the rest?", "operators"), 0.93)
            : null;
    }

    // dict.fromkeys(names, [])
    private static Slip? OfSharedDefault(PythonStatement statement, CallExpression call) =>
        call.CallsMethod("fromkeys") && call.Arguments is [_, { Value: CollectionExpression { Type: "list" or "dict" or "set" } }]
            ? new(new(statement.Line, ValueTypes.Short(call.Text), $"`{ValueTypes.Short(call.Text)}` on line {statement.Line} gives all keys one and the same object. What changes for one key changes for all.", "How can each key get an object of its own?", "mutability-and-copying"), 0.94)
            : null;

    // hp = min(0, hp - damage)
    private static Slip? OfWrongLimit(SlipSearch search, PythonStatement statement, CallExpression call)
    {
        var content = search.ContentOf(statement);
        if (call.Arguments is not [{ Value: var a }, { Value: var b }] || content.Operator != "=" || content.Targets is not [var target] || !ReferenceEquals(content.Value, call)
            || (a as NumberExpression ?? b as NumberExpression) is not { } limit || (a is NumberExpression ? b : a) is not BinaryExpression { Operator: "+" or "-" } change || !change.All.Any(part => part.Text == target.Text))
        {
            return null;
        }

        return (call.Name, change.Operator) is ("min", "-") or ("max", "+")
            ? new(new(statement.Line, ValueTypes.Short(call.Text), $"`{ValueTypes.Short(call.Text)}` on line {statement.Line} never lets `{ValueTypes.Short(target.Text)}` be {(call.Name == "min" ? "larger" : "smaller")} than {limit.Text}.", $"Which of two numbers does `{call.Name}` give, and which one is wanted here?", "functions"), 0.9)
            : null;
    }

    // numbers = map(int, …), and then two loops over it
    private static Slip? OfUsedUp(SlipSearch search, PythonStatement statement, StatementContent content)
    {
        if (content is not { Operator: "=", AssignedName: { } name, Value: CallExpression { Function: NameExpression { Name: "map" or "filter" or "zip" or "reversed" or "enumerate" } } maker } || SlipSearch.LoopOf(statement) is not null)
        {
            return null;
        }

        var uses = search.Program.PlacesOf(name, statement.End, int.MaxValue).Where(place => place.Role == NameRole.Load && place.Statement.Function == statement.Function).Select(place => place.Statement).Distinct().Take(2).ToList();
        return uses is [var first, var second] && !search.IsChanged(name, statement.End, int.MaxValue)
            ? new(new(statement.Line, search.TextOf(statement), $"What `{maker.Name}` makes on line {statement.Line} can be gone through only once. Line {first.Line} does that, and for line {second.Line} nothing is left.", "How do you make a list of it, which can be used as often as you like?", "lists"), 0.93)
            : null;
    }
}
