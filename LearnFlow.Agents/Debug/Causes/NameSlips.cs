using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug.Causes;

/// <summary>Names that are nearly, but not quite, the ones that are meant.</summary>
internal static class NameSlips
{
    /// <summary>Shorter names resemble one another by chance.</summary>
    private const int ShortestTwin = 4;

    public static IEnumerable<Slip> Find(SlipSearch search)
    {
        foreach (var statement in search.Program.Statements)
        {
            if ((OfTwin(search, statement) ?? OfUnread(search, statement) ?? OfNoStart(search, statement) ?? OfInnerVariable(search, statement) ?? OfResultOfLoop(search, statement) ?? OfLocal(search, statement)) is { } slip)
            {
                yield return slip;
            }
        }

        if (OfUnknown(search.Program) is { } unknown)
        {
            yield return unknown;
        }

        foreach (var (statement, subscript) in search.Expressions<SubscriptExpression>())
        {
            if (OfType(search, statement, subscript) is { } type)
            {
                yield return type;
            }
        }

        foreach (var (statement, binary) in search.Expressions<BinaryExpression>())
        {
            if (OfSameField(search, statement, binary) is { } slip)
            {
                yield return slip;
            }
        }
    }

    // countr = count + 1, and nobody reads countr
    private static Slip? OfTwin(SlipSearch search, PythonStatement statement)
    {
        var content = search.ContentOf(statement);
        if (content.AssignedName is not { Length: >= ShortestTwin } name || statement.Parent is { Keyword: "class" }
            || search.Program.PlacesOf(name).Any(place => place.Role is NameRole.Load or NameRole.Declaration && !(content.IsAugmented && place.Statement == statement)))
        {
            return null;
        }

        var others = search.Program.References
            .Where(place => place.IsBinding && place.Role is NameRole.Assign or NameRole.Parameter or NameRole.Unpack && place.Name != name && ValueTypes.ScopeOf(place) == statement.Function)
            .Select(place => place.Name)
            .Where(other => search.Program.PlacesOf(other).Any(place => place.Role == NameRole.Load))
            .Distinct();
        return Spelling.Closest(name, others) is { } meant && !DiffersInNumber(name, meant)
            ? new(new(statement.Line, search.TextOf(statement), $"Line {statement.Line} gives a value to `{name}`, and no line reads it. The other lines use `{meant}`.", "Compare the two names letter by letter, capitals too.", "variables"), 0.93)
            : null;
    }

    // A line that has not run yet may use a name that there is nowhere.
    private static Slip? OfUnknown(PythonProgram program)
    {
        var isOpen = program.Statements.Any(statement => statement.Keyword == "from" && statement.Tokens[^1].Is("*")) || program.References.Any(place => place.Name is "exec" or "eval" or "globals");
        var read = isOpen ? null : program.References.FirstOrDefault(place => place.Role == NameRole.Load && !PythonBuiltIns.IsBuiltIn(place.Name)
            // `name: str` in a class, and what a `case` takes apart.
            && !program.PlacesOf(place.Name).Any(other => other.Role != NameRole.Load || other.Statement.Keyword == "case" || (!other.Statement.IsHeader && other.Statement.Matches(0, other.Name, ":"))));
        return read is null ? null : new(NameCauses.OfUnknown(program, read), Slip.Plain);
    }

    // def count(): n = n + 1
    private static Slip? OfNoStart(SlipSearch search, PythonStatement statement)
    {
        var content = search.ContentOf(statement);
        return statement.Function is { } function && content.AssignedName is { } name
            && (content.IsAugmented || content.Value?.All.Any(part => part.IsName(name)) == true)
            && !search.Program.PlacesOf(name).Any(place => place.Role == NameRole.Declaration || (place.IsBinding && place.Statement != statement && (ValueTypes.ScopeOf(place) == function || ValueTypes.ScopeOf(place) is null)))
            ? new(new(statement.Line, search.TextOf(statement), $"`{search.TextOf(statement)}` on line {statement.Line} needs a value of `{name}`, and no line gives it one before.", $"Which name holds what you want to change there?", "variables"), 0.93)
            : null;
    }

    // first = list[0], where the list is called lst
    private static Slip? OfType(SlipSearch search, PythonStatement statement, SubscriptExpression subscript) =>
        subscript is { Target: NameExpression { Name: "list" or "str" or "dict" or "tuple" or "set" } type, Index: NumberExpression or UnaryExpression or SliceExpression or BinaryExpression { Operator: "+" or "-" } }
            && !search.Program.PlacesOf(type.Name).Any(place => place.IsBinding)
            ? new(new(statement.Line, ValueTypes.Short(subscript.Text), $"`{type.Name}` in `{ValueTypes.Short(subscript.Text)}` on line {statement.Line} is Python's own type, and not a value of yours.", "What is the name of the value that you mean?", "variables"), 0.95)
            : null;

    // biggest = numbers[0]; for n in numbers: if n > biggest: largest = n
    private static Slip? OfUnread(SlipSearch search, PythonStatement statement)
    {
        var content = search.ContentOf(statement);
        return content is { Operator: "=", AssignedName: { } name } && !name.StartsWith('_') && statement.Function is not null && SlipSearch.LoopOf(statement) is not null
            && !search.Program.PlacesOf(name).Any(place => place.Role is NameRole.Load or NameRole.Declaration)
            ? new(new(statement.Line, search.TextOf(statement), $"Line {statement.Line} gives a value to `{name}`, and no line reads it.", "Which name should get that value?", "variables"), 0.75)
            : null;
    }

    // item1 and item2 are two things on purpose.
    private static bool DiffersInNumber(string a, string b) => a.TrimEnd(Digits) == b.TrimEnd(Digits) || a + "s" == b || b + "s" == a;

    private static readonly char[] Digits = [.. "0123456789_"];

    // for i …: for j …: print(i * i)
    private static Slip? OfInnerVariable(SlipSearch search, PythonStatement inner)
    {
        if (inner.Keyword != "for" || search.ContentOf(inner).Targets is not [NameExpression { Name: var unused }] || unused.StartsWith('_')
            || inner.Parent is not { Keyword: "for" } outer || search.ContentOf(outer).Targets is not [NameExpression { Name: var used }]
            || search.Program.IsRead(unused, inner.HeaderEnd, outer.End))
        {
            return null;
        }

        foreach (var statement in inner.Descendants)
        {
            if (search.ContentOf(statement).All.FirstOrDefault(part => part is BinaryExpression { Operator: "*" or "+" or "-" } both && both.Left.IsName(used) && both.Right.IsName(used)
                || part is SubscriptExpression { Target: SubscriptExpression { Index: var first }, Index: var second } && first.IsName(used) && second.IsName(used)) is { } twice)
            {
                return new(new(statement.Line, ValueTypes.Short(twice.Text), $"`{ValueTypes.Short(twice.Text)}` on line {statement.Line} uses `{used}` twice. The inner loop on line {inner.Line} counts with `{unused}`, and no line uses that.", "Which of the two should come from the inner loop?", "for-loops"), 0.9);
            }
        }

        return null;
    }

    // A loop finds the best one, and then the last one is returned.
    private static Slip? OfResultOfLoop(SlipSearch search, PythonStatement statement)
    {
        if (statement is not { Keyword: "return", Previous: { Keyword: "for" } loop } || search.ContentOf(statement).Value is not NameExpression { Name: var last }
            || !search.ContentOf(loop).Targets.Any(target => target.IsName(last)))
        {
            return null;
        }

        var best = loop.Descendants.Select(inner => search.ContentOf(inner).AssignedName).FirstOrDefault(name => name is not null && name != last && !search.IsReadAfter(name, loop));
        return best is null
            ? null
            : new(new(statement.Line, search.TextOf(statement), $"After the loop on line {loop.Line}, `{last}` holds the last item that it looked at. Line {statement.Line} hands that back, and `{best}` is not used.", "Which name holds what the loop was looking for?", "for-loops"), 0.92);
    }

    // score = 0; def hit(): score = 10
    private static Slip? OfLocal(SlipSearch search, PythonStatement statement)
    {
        if (statement.Function is not { } function || search.ContentOf(statement) is not { Operator: "=", AssignedName: { } name }
            || search.Program.PlacesOf(name).Any(place => place.Role == NameRole.Declaration || (place.Role == NameRole.Parameter && place.Statement == function))
            || search.Program.PlacesOf(name, function.HeaderEnd, function.End).Any(place => place.Role == NameRole.Load))
        {
            return null;
        }

        var outside = search.Program.PlacesOf(name).FirstOrDefault(place => place.Role == NameRole.Assign && ValueTypes.ScopeOf(place) is null);
        return outside is not null && search.Program.PlacesOf(name).Any(place => place.Role == NameRole.Load && place.Statement.Function is null && place.Token.Start > outside.Token.Start)
            ? new(new(statement.Line, search.TextOf(statement), $"`{search.TextOf(statement)}` on line {statement.Line} makes a local name of the function, which is gone when the function ends. The `{name}` of line {outside.Line} stays as it is.", "How can a function hand a new value over to the code that called it?", "scope"), 0.9)
            : null;
    }

    // item["price"] * item["price"]
    private static Slip? OfSameField(SlipSearch search, PythonStatement statement, BinaryExpression binary) =>
        binary is { Operator: "*", Left: SubscriptExpression { Index: StringExpression } } or { Operator: "-" or "/", Left: SubscriptExpression or AttributeExpression or NameExpression } && binary.Left.Text == binary.Right.Text
            ? new(new(statement.Line, ValueTypes.Short(binary.Text), $"`{ValueTypes.Short(binary.Text)}` on line {statement.Line} uses the same value on both sides of `{binary.Operator}`.", "Which two values belong together here?", "variables"), 0.72)
            : null;
}
