using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug.Causes;

/// <summary>Places in a list or text that are not there.</summary>
internal static class IndexCauses
{
    public static CodeCause? Find(ErrorPlace place)
    {
        if (place.Expressions<SubscriptExpression>().Select(use => OfColumn(place, use.Statement, use.Expression)).FirstOrDefault(cause => cause is not null) is { } swapped)
        {
            return swapped;
        }

        // What can be told for certain of one subscript comes before what holds of any.
        foreach (var isCertain in new[] { true, false })
        {
            foreach (var (statement, subscript) in place.Expressions<SubscriptExpression>())
            {
                if (subscript.Index is not SliceExpression && OfSubscript(place, statement, subscript, isCertain) is { } cause)
                {
                    return cause;
                }
            }
        }

        foreach (var (statement, call) in place.Expressions<CallExpression>())
        {
            if (call is { Function: AttributeExpression { Name: "pop", Target: var popped } })
            {
                return new(statement.Line, ValueTypes.Short(call.Text), $"`{ValueTypes.Short(call.Text)}` on line {statement.Line} takes an item out of `{ValueTypes.Short(popped.Text)}`, and there is none at that place (any more).", $"How many items has `{ValueTypes.Short(popped.Text)}` before that line?", "lists");
            }
        }

        return null;
    }

    private static CodeCause? OfSubscript(ErrorPlace place, PythonStatement statement, SubscriptExpression subscript, bool isCertain)
    {
        var (list, index) = (ValueTypes.Short(subscript.Target.Text), subscript.Index);
        var written = ValueTypes.Short(subscript.Text);
        if (index is CallExpression { Arguments: [var measured] } length && length.Calls("len") && measured.Value.Text == subscript.Target.Text)
        {
            return Beyond($"`{written}` on line {statement.Line} asks for the place `len({list})`. Places count from 0, so the last one is one less.");
        }

        if (LiteralOf(place, subscript.Target, statement) is { } literal)
        {
            if (literal.Items.Count == 0)
            {
                return new(statement.Line, written, $"`{list}` is empty when line {statement.Line} runs: it starts empty on line {literal.Line}. So it has no place `{ValueTypes.Short(index.Text)}` yet.", $"How does an item get into an empty list?", "lists");
            }

            if (index is NumberExpression number && int.TryParse(number.Value, out var at) && at >= literal.Items.Count)
            {
                return Beyond($"`{list}` has {literal.Items.Count} items (line {literal.Line}), at the places 0 to {literal.Items.Count - 1}. `{written}` on line {statement.Line} asks for place {at}.");
            }
        }

        if (subscript.Target is NameExpression { Name: var made } && place.Types.Bindings(made, statement) is [.., { Role: NameRole.Assign } creation]
            && place.Program.ContentOf(creation.Statement).Value is BinaryExpression { Operator: "*", Left: CollectionExpression, Right: var size }
            && index is NameExpression { Name: var counter } && place.Types.Bindings(counter, statement).FirstOrDefault(binding => binding.Role == NameRole.LoopTarget)?.Statement is { } counting
            && place.Program.ContentOf(counting).Value is CallExpression { Arguments: { Count: > 0 } bounds } counted && counted.Calls("range")
            && (bounds.Count == 1 ? bounds[0] : bounds[1]).Value is BinaryExpression { Operator: "+", Left: var top } && top.Text == size.Text)
        {
            return new(creation.Line, ValueTypes.Short(place.Program.ContentOf(creation.Statement).Value!.Text), $"Line {creation.Line} makes `{list}` with `{ValueTypes.Short(size.Text)}` items, at the places 0 to `{ValueTypes.Short(size.Text)} - 1`. The loop on line {counting.Line} also counts `{ValueTypes.Short(size.Text)}` itself, and line {statement.Line} asks for that place.", $"How many items does `{list}` need so that the last place exists?", "lists");
        }

        foreach (var name in index.All.OfType<NameExpression>().Select(part => part.Name))
        {
            foreach (var binding in place.Types.Bindings(name, statement))
            {
                if (binding.Role == NameRole.LoopTarget && OfLoop(place, statement, subscript, name, binding.Statement) is { } cause)
                {
                    return cause;
                }
            }

            for (var loop = statement; loop is not null; loop = loop.Parent)
            {
                if (loop.Keyword == "while" && place.Program.ContentOf(loop).Value is { } condition
                    && condition.All.OfType<ComparisonExpression>().FirstOrDefault(c => c.Operator == "<=" && c.Left.IsName(name) && c.Right.Text.StartsWith("len(", StringComparison.Ordinal)) is { } compared)
                {
                    return new(loop.Line, compared.Text, $"The loop on line {loop.Line} goes on while `{compared.Text}`, so `{name}` also becomes `{compared.Right.Text}`. The last place is one less.", $"For which value of `{name}` should the loop run last?", "while-loops");
                }
            }
        }

        return index switch
        {
            _ when isCertain => null,
            BinaryExpression { Operator: "+" } => Beyond($"`{written}` on line {statement.Line} asks for the place `{ValueTypes.Short(index.Text)}`, which lies behind the last item of `{list}`."),
            _ => Beyond($"`{written}` on line {statement.Line} asks for a place that `{list}` does not have."),
        };

        CodeCause Beyond(string cause) => new(statement.Line, written, cause, $"Print `{ValueTypes.Short(index.Text)}` and `len({list})` just before line {statement.Line}. What is the largest place that exists?", "lists");
    }

    // table[column][row]
    private static CodeCause? OfColumn(ErrorPlace place, PythonStatement statement, SubscriptExpression subscript) => subscript.Index is not NameExpression { Name: var name }
        ? null
        : place.Types.Bindings(name, statement)
            .Where(binding => binding.Role == NameRole.LoopTarget
                && place.Program.ContentOf(binding.Statement).Value is CallExpression { Arguments: [.., { Value: CallExpression { Arguments: [{ Value: SubscriptExpression { Target: var table } }] } width }] } range
                && range.Calls("range") && width.Calls("len") && table.Text == subscript.Target.Text)
            .Select(binding => new CodeCause(
                statement.Line, ValueTypes.Short(subscript.Text),
                $"The loop on line {binding.Line} counts the columns with `{name}`, but `{ValueTypes.Short(subscript.Text)}` on line {statement.Line} takes `{name}` as the number of a row.",
                "Which index comes first: the one of the row, or the one of the column?", "lists"))
            .FirstOrDefault();

    private static CodeCause? OfLoop(ErrorPlace place, PythonStatement statement, SubscriptExpression subscript, string name, PythonStatement loop)
    {
        var iterable = place.Program.ContentOf(loop).Value;
        var list = ValueTypes.Short(subscript.Target.Text);
        if (iterable is not CallExpression { Arguments: [_, ..] } range || !range.Calls("range"))
        {
            return iterable is not null && subscript.Index.IsName(name) && iterable.Text == subscript.Target.Text
                ? new(statement.Line, ValueTypes.Short(subscript.Text), $"The loop on line {loop.Line} gives `{name}` each item of `{list}`, not its place. `{ValueTypes.Short(subscript.Text)}` on line {statement.Line} uses the item as a place.", $"What does `{name}` hold: an item or a place?", "for-loops")
                : null;
        }

        var end = range.Arguments.Count == 1 ? range.Arguments[0].Value : range.Arguments[1].Value;
        if (end is BinaryExpression { Operator: "+" } longer && longer.Text.Contains("len(", StringComparison.Ordinal))
        {
            return new(loop.Line, ValueTypes.Short(range.Text), $"`{ValueTypes.Short(range.Text)}` on line {loop.Line} goes up to `{ValueTypes.Short(longer.Left.Text)}`, but the last place of `{list}` is one less than its length.", "Which is the last number that this `range` gives?", "range");
        }

        if (end.All.OfType<CallExpression>().Any(call => call.Calls("len") && call.Arguments is [{ Value: var measured }] && measured.Text == subscript.Target.Text)
            && loop.Descendants.FirstOrDefault(inner => Shortens(place.Program.ContentOf(inner), subscript.Target.Text) || (inner.Keyword == "del" && inner.Tokens.Any(token => token.Is(subscript.Target.Text)))) is { } shorter)
        {
            return new(loop.Line, ValueTypes.Short(range.Text), $"`{ValueTypes.Short(range.Text)}` on line {loop.Line} is worked out once, before the loop starts. Line {shorter.Line} makes `{list}` shorter, so in the end `{ValueTypes.Short(subscript.Text)}` on line {statement.Line} asks for a place that is gone.", $"What could the loop do instead of making `{list}` shorter while it counts?", "mutability-and-copying");
        }

        if (subscript.Index is BinaryExpression { Operator: "+", Left: var left } && left.IsName(name))
        {
            return new(statement.Line, ValueTypes.Short(subscript.Text), $"In the last round of the loop on line {loop.Line}, `{name}` is already the last place, so `{ValueTypes.Short(subscript.Index.Text)}` in `{ValueTypes.Short(subscript.Text)}` (line {statement.Line}) lies behind the end.", $"For which value of `{name}` should the loop run last?", "range");
        }

        var made = subscript.Target is SubscriptExpression { Target: NameExpression { Name: var table } } && place.Types.Bindings(table, statement) is [{ Role: NameRole.Assign } creation]
            ? $" `{table}` is made on line {creation.Line}: how many rows does it have, and how many items has each?"
            : "";
        return end is NumberExpression or CallExpression && !end.Text.Contains(subscript.Target.Text, StringComparison.Ordinal)
            ? new(loop.Line, ValueTypes.Short(range.Text), $"The loop on line {loop.Line} counts with `{ValueTypes.Short(range.Text)}`, and that does not fit the length of `{list}`: line {statement.Line} asks for a place that is not there.{made}", $"How many items has `{list}`?", "range")
            : null;
    }

    private static bool Shortens(StatementContent content, string list) =>
        content is { Targets.Count: 0, Value: CallExpression { Function: AttributeExpression { Name: "pop" or "remove", Target: var target } } } ? target.Text == list
        : content is { Operator: "=", AssignedName: { } name, Value: { } value } && name == list && value.All.OfType<SubscriptExpression>().Any(part => part.Index is SliceExpression && part.Target.Text == list);

    private static CollectionExpression? LiteralOf(ErrorPlace place, PythonExpression target, PythonStatement statement) =>
        target is NameExpression { Name: var name }
        && place.Types.Bindings(name, statement) is [{ Role: NameRole.Assign } only]
        && place.Program.ContentOf(only.Statement) is { IsAugmented: false, Value: CollectionExpression { Type: "list" or "tuple" } literal }
        && !place.Program.Statements.Any(s => s.Matches(0, name, ".") && s.Start < statement.Start && s.Tokens.Count > 2 && s.Tokens[2].Text is "append" or "insert" or "extend")
            ? literal
            : null;
}
