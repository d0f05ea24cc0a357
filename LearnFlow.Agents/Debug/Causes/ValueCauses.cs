using System.Text.RegularExpressions;
using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug.Causes;

/// <summary>Values of the right type that a function or an assignment cannot use.</summary>
internal static partial class ValueCauses
{
    public static CodeCause? Find(ErrorPlace place) =>
        Conversion().Match(place.Message) is { Success: true } conversion ? OfConversion(place, conversion)
        : Unpack().IsMatch(place.Message) ? OfUnpacking(place)
        : place.Message.Contains("not in list", StringComparison.Ordinal) ? OfMissingItem(place) ?? OfCall(place, call => call.Name is "remove" or "index", "takes it for granted that the item is in the list, and it is not there.", "What should happen when the item is not in the list?")
        : place.Message.Contains("substring not found", StringComparison.Ordinal) ? OfCall(place, call => call.Name is "index" or "rindex", "takes it for granted that the text is in there, and it is not.", "What should happen when it is not found?")
        : place.Message.Contains("empty", StringComparison.Ordinal) ? OfCall(place, call => call.Name is "max" or "min" or "choice", "gets nothing to choose from: what it is given is empty.", "How many items are there just before that line?")
        : place.Message.Contains("math domain error", StringComparison.Ordinal) ? OfCall(place, call => call.Name is "sqrt" or "log" or "acos" or "asin", "gets a number that it is not defined for.", "Print the number just before that line. Can it be negative or 0?")
        : null;

    private static CodeCause? OfConversion(ErrorPlace place, Match match)
    {
        var text = match.Groups["text"].Value.Trim().Trim('\'', '"');
        var function = place.Message.StartsWith("could not", StringComparison.Ordinal) ? "float" : "int";
        var (statement, call) = place.Expressions<CallExpression>().FirstOrDefault(use => use.Expression.Calls(function) || use.Expression.Calls("map"));
        if (statement is null)
        {
            return null;
        }

        var written = ValueTypes.Short(call.Text);
        for (var loop = SlipSearch.LoopOf(statement); loop is not null && text.Length > 0; loop = SlipSearch.LoopOf(loop))
        {
            if (place.Program.ContentOf(loop).Value is NameExpression rows && place.Types.Of(rows, loop) is [{ Source: CollectionExpression { Items: [StringExpression { Content: var heading }, _, ..] } }, ..]
                && heading.Contains(text, StringComparison.Ordinal) && !text.Any(char.IsDigit))
            {
                return new(loop.Line, ValueTypes.Short(rows.Text), $"The loop on line {loop.Line} begins with the first entry of `{rows.Name}`, and that is a heading: `{ValueTypes.Short(heading)}`. So `{written}` on line {statement.Line} gets `{ValueTypes.Short(text)}`, which is not a number.", "With which entry should the loop begin?", "lists");
            }
        }

        var what = text.Trim().Length == 0 ? "an empty text"
            : function == "int" && double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out _) ? $"`{ValueTypes.Short(text)}`, which is a decimal number"
            : text.Contains(' ', StringComparison.Ordinal) ? $"`{ValueTypes.Short(text)}`, all of it at once"
            : $"`{ValueTypes.Short(text)}`, which is not {(function == "int" ? "a whole number" : "a number")}";
        return new(
            statement.Line, written,
            $"`{written}` on line {statement.Line} gets {what}.",
            text.Trim().Length == 0 ? "Where can the empty text come from? Print it with `repr` just before that line."
                : what.EndsWith("decimal number", StringComparison.Ordinal) ? "Which function reads decimal numbers?"
                : what.EndsWith("at once", StringComparison.Ordinal) ? "How do you cut a text into its parts first?"
                : "What can the text be? What should happen when it is not a number?",
            "data-types");
    }

    private static CodeCause? OfUnpacking(ErrorPlace place)
    {
        foreach (var statement in place.Suspects)
        {
            var content = place.Program.ContentOf(statement);
            if (content is { Targets: [CollectionExpression { Items.Count: var count } target], Value: { } value })
            {
                var hint = statement.Keyword == "for" && value is NameExpression { Name: var name } && place.Types.Of(value, statement).Any(known => known.Type == "dict")
                    ? $"A loop over the dictionary `{name}` gives its keys alone. What gives keys and values?"
                    : "Print the right side just before that line. How many parts has it?";
                return new(statement.Line, ValueTypes.Short(value.Text), $"Line {statement.Line} wants {count} values for `{ValueTypes.Short(target.Text)}`, and `{ValueTypes.Short(value.Text)}` gives another number of them.", hint, "tuples");
            }
        }

        return null;
    }

    private static CodeCause? OfCall(ErrorPlace place, Func<CallExpression, bool> fits, string problem, string hint)
    {
        var (statement, call) = place.Expressions<CallExpression>().FirstOrDefault(use => fits(use.Expression));
        if (statement is null)
        {
            return null;
        }

        var loop = SlipSearch.LoopOf(statement);
        var still = loop is { Keyword: "while" } && place.Program.ContentOf(loop).Value is { } condition ? $" The loop still runs then, because `{ValueTypes.Short(condition.Text)}` on line {loop.Line} is true." : "";
        return new(statement.Line, ValueTypes.Short(call.Text), $"`{ValueTypes.Short(call.Text)}` on line {statement.Line} {problem}{still}", hint);
    }

    // biggest = people[0], biggest = people[i][1], people.remove(biggest)
    private static CodeCause? OfMissingItem(ErrorPlace place)
    {
        var (statement, call) = place.Expressions<CallExpression>().FirstOrDefault(use => use.Expression is { Name: "remove" or "index", Arguments: [{ Value: NameExpression }] });
        if (call?.Arguments is not [{ Value: NameExpression { Name: var item } }])
        {
            return null;
        }

        var made = place.Types.Bindings(item, statement)
            .Where(binding => binding.Role == NameRole.Assign)
            .Select(binding => (binding.Line, place.Program.ContentOf(binding.Statement).Value))
            .ToList();
        var odd = made.Find(binding => binding.Value is SubscriptExpression { Target: SubscriptExpression } or CollectionExpression
            || (binding.Value is SubscriptExpression { Target: NameExpression { Name: var one } } && place.Types.Bindings(one, statement).Any(other => other.Role == NameRole.LoopTarget)));
        var last = odd.Value is null ? made.LastOrDefault() : odd;
        return last.Value is null ? null : new(
            odd.Value is null ? statement.Line : odd.Line, ValueTypes.Short(last.Value.Text),
            $"`{ValueTypes.Short(call.Text)}` on line {statement.Line} looks for `{item}` in the list, and it is not there. Line {last.Line} gives `{item}` the value `{ValueTypes.Short(last.Value.Text)}`.",
            $"Print `{item}` and the list just before line {statement.Line}. Is `{item}` one of its items, or only a part of one?", "lists");
    }

    [GeneratedRegex(@"^(?:invalid literal for int\(\) with base \d+: |could not convert string to float: ?)(?<text>.{0,200})")]
    private static partial Regex Conversion();

    [GeneratedRegex(@"values to unpack")]
    private static partial Regex Unpack();
}
