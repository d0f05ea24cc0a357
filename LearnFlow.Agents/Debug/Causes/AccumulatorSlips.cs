using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug.Causes;

/// <summary>Sums, products, counts and best values that start wrong, start again, or do not grow.</summary>
internal static class AccumulatorSlips
{
    public static IEnumerable<Slip> Find(SlipSearch search)
    {
        foreach (var statement in search.Program.Statements)
        {
            var content = search.ContentOf(statement);
            Slip?[] slips =
            [
                OfPlusSign(search, statement, content),
                OfReset(search, statement, content),
                OfStart(search, statement, content),
                OfOverwriting(search, statement, content),
                OfNeverCounted(search, statement, content),
                OfReversing(search, statement, content),
                OfTally(search, statement, content),
            ];
            foreach (var slip in slips.OfType<Slip>())
            {
                yield return slip;
            }
        }

        foreach (var (statement, binary) in search.Expressions<BinaryExpression>())
        {
            if ((OfMixedAverage(statement, binary) ?? OfAverage(search, statement, binary) ?? OfTemperature(statement, binary)) is { } slip)
            {
                yield return slip;
            }
        }
    }

    // total =+ price
    private static Slip? OfPlusSign(SlipSearch search, PythonStatement statement, StatementContent content) =>
        content is { Operator: "=", Targets: [var target], Value: { } value } && content.OperatorSpan.End < search.Program.Code.Length
            && search.Program.Code[content.OperatorSpan.End] is '+' or '-' && value.Span.Start == content.OperatorSpan.End && content.OperatorSpan.End + 1 < search.Program.Code.Length
            && search.Program.Code[content.OperatorSpan.End + 1] == ' '
            ? new(new(statement.Line, search.TextOf(statement), $"`={search.Program.Code[content.OperatorSpan.End]}` on line {statement.Line} sets `{ValueTypes.Short(target.Text)}` to the value again: it adds nothing.", "In which order do the two signs stand when a value is added?", "operators"), 0.97)
            : null;

    private static bool Updates(SlipSearch search, PythonStatement statement, string name)
    {
        var content = search.ContentOf(statement);
        return (content.AssignedName == name && (content.IsAugmented || (content.Value?.Mentions(name) ?? false)))
            || content.Value is CallExpression { Function: AttributeExpression { Target: var target, Name: "append" or "add" or "extend" or "insert" } } && target.IsName(name)
            || content.Targets.Any(t => t is SubscriptExpression { Target: var container } && container.IsName(name));
    }

    private static bool IsStart(PythonExpression? value) =>
        value is NumberExpression { Value: "0" or "1" or "0.0" } or StringExpression { Content: "" } or CollectionExpression { Items.Count: 0 }
        || value is CallExpression { Arguments.Count: 0, Function: NameExpression { Name: "list" or "dict" or "set" or "str" or "int" } };

    // total = 0 inside the loop that adds to it
    private static Slip? OfReset(SlipSearch search, PythonStatement statement, StatementContent content)
    {
        if (content is not { Operator: "=", AssignedName: { } name } || !IsStart(content.Value) || statement.Parent is not { Keyword: "for" or "while" } loop)
        {
            return null;
        }

        var updates = loop.Descendants.Where(inner => inner != statement && Updates(search, inner, name)).ToList();
        var isReadInLoop = search.Program.PlacesOf(name, loop.HeaderEnd, loop.End)
            .Any(place => place.Role == NameRole.Load && !updates.Contains(place.Statement) && place.Token.Start > statement.End);
        var nested = loop.Descendants.Any(inner => inner.Keyword is "for" or "while");
        return updates.Count > 0 && search.IsReadAfter(name, loop) && (!nested || !isReadInLoop) && updates[0].Start > statement.Start
            ? new(new(statement.Line, search.TextOf(statement), $"`{search.TextOf(statement)}` on line {statement.Line} stands inside the loop of line {loop.Line}. So `{name}` starts again in every round, and after the loop only the last round counts.", $"How often should `{name}` be set to its first value?", "for-loops") { Shape = "reset-in-loop" }, isReadInLoop ? 0.6 : 0.88)
            : null;
    }

    private static Slip? OfStart(SlipSearch search, PythonStatement statement, StatementContent content)
    {
        if (content is not { Operator: "=", AssignedName: { } name, Value: NumberExpression { Value: var start } } || SlipSearch.LoopOf(statement) is not null && statement.Next is null)
        {
            return null;
        }

        var text = search.TextOf(statement);
        for (var loop = statement.Next; loop is not null; loop = loop.Next)
        {
            if (search.ContentOf(loop).AssignedName == name && !loop.IsHeader)
            {
                return null;
            }

            if (loop.Keyword is not ("for" or "while"))
            {
                continue;
            }

            foreach (var inner in loop.Descendants)
            {
                var update = search.ContentOf(inner);
                if (update.AssignedName != name)
                {
                    continue;
                }

                var multiplies = update.Operator == "*=" || (update.Operator == "=" && update.Value is BinaryExpression { Operator: "*" } product && (product.Left.IsName(name) || product.Right.IsName(name)));
                if (multiplies && start == "0")
                {
                    return new(new(statement.Line, text, $"`{name}` starts with 0 on line {statement.Line}, and line {inner.Line} multiplies it. 0 times anything stays 0.", "Which start value changes nothing when you multiply?", "operators"), 0.95);
                }

                if (inner.Parent is { Keyword: "if" } test && search.ContentOf(test).Value is ComparisonExpression compared && update.Operator == "=" && update.Value is { } taken && (compared.Right.IsName(name) || compared.Left.IsName(name)))
                {
                    var looksForMost = compared.Right.IsName(name) == (compared.Operator[0] == '>');
                    var isText = taken.Text.Contains("len(", StringComparison.Ordinal) || taken.Text.Contains("count", StringComparison.Ordinal);
                    if (compared.Left.Text == taken.Text || compared.Right.Text == taken.Text)
                    {
                        return looksForMost && start == "0" && !isText
                            ? new(new(statement.Line, text, $"`{name}` starts with 0 on line {statement.Line}. When all values are below 0, none of them is larger than that, so the answer stays 0.", $"Which value from the list itself could `{name}` start with?", "lists"), 0.42)
                            : !looksForMost && start == "0"
                                ? new(new(statement.Line, text, $"`{name}` starts with 0 on line {statement.Line}. Values above 0 are never smaller than that, so the answer stays 0.", $"Which value from the list itself could `{name}` start with?", "lists"), 0.9)
                                : null;
                    }
                }

                if ((update.Operator == "+=" || update.Value is BinaryExpression { Operator: "+" }) && start == "1" && SlipSearch.IsAnyOf(name, "sum", "total"))
                {
                    return new(new(statement.Line, text, $"`{name}` starts with 1 on line {statement.Line}, so the sum is 1 too large from the start.", "What is the sum of no numbers at all?", "operators"), 0.7);
                }
            }
        }

        return null;
    }

    // total = price, where total += price was meant
    private static Slip? OfOverwriting(SlipSearch search, PythonStatement statement, StatementContent content)
    {
        if (content is not { Operator: "=", AssignedName: { } name, Value: { } value } || statement.Parent is not { Keyword: "for" } loop || value.Mentions(name)
            || !SlipSearch.IsAnyOf(name, "total", "sum", "count", "result", "product", "acc", "fact", "reverse") || !search.IsReadAfter(name, loop) || IsStart(value))
        {
            return null;
        }

        var before = search.Types.Bindings(name, loop).FirstOrDefault(place => place.Token.Start < loop.Start && place.Role == NameRole.Assign);
        var others = search.Program.PlacesOf(name, loop.HeaderEnd, loop.End).Any(place => place.Statement != statement);
        return before is not null && IsStart(search.ContentOf(before.Statement).Value) && !others && search.Program.PlacesOf(name).Count > 0
            ? new(new(statement.Line, search.TextOf(statement), $"`{search.TextOf(statement)}` on line {statement.Line} gives `{name}` a new value in every round and forgets the old one. After the loop only the last one is left.", $"How can the old value of `{name}` go into the new one?", "for-loops"), 0.85)
            : null;
    }

    // count = 0 … return count, and no line ever changes it
    private static Slip? OfNeverCounted(SlipSearch search, PythonStatement statement, StatementContent content)
    {
        if (content is not { Operator: "=", AssignedName: { } name } || content.Value is not NumberExpression { Value: "0" } && content.Value is not StringExpression { Content: "" } && content.Value is not CollectionExpression { Type: "list", Items.Count: 0 }
            || !SlipSearch.IsAnyOf(name, "total", "sum", "count", "result", "product", "average", "score", "num", "words", "vowels"))
        {
            return null;
        }

        var changes = search.Program.PlacesOf(name).Count(place => place.IsBinding)
            + search.Program.Statements.Count(other => other != statement && Updates(search, other, name));
        var passed = search.Expressions<CallExpression>().Any(use => use.Expression.Name is not ("print" or "str" or "len") && use.Expression.Arguments.Any(argument => argument.Value.IsName(name)));
        return changes == 1 && !passed && search.Program.PlacesOf(name).Any(place => place.Role == NameRole.Load) && search.Program.Statements.Any(other => other.Keyword is "for" or "while")
            && !search.Program.PlacesOf(name).Any(place => place.Role == NameRole.Declaration)
            ? new(new(statement.Line, search.TextOf(statement), $"`{name}` is set on line {statement.Line}, and no later line changes it.", $"In which line should `{name}` grow?", "variables"), 0.8)
            : null;
    }

    // reversed = reversed + letter
    private static Slip? OfReversing(SlipSearch search, PythonStatement statement, StatementContent content)
    {
        if (content.AssignedName is not { } name || SlipSearch.LoopOf(statement) is not { Keyword: "for" } loop || !SlipSearch.IsAnyOf(name + SlipSearch.FunctionName(statement), "rev", "backward"))
        {
            return null;
        }

        var iterable = search.ContentOf(loop);
        var isForward = iterable.Value is NameExpression || iterable.Value is CallExpression { Arguments: [_] or [_, _] } range && range.Calls("range");
        var appends = (content.Operator == "+=" && content.Value is { } added && iterable.Targets is [NameExpression item] && added.Mentions(item.Name))
            || (content is { Operator: "=", Value: BinaryExpression { Operator: "+", Left: var left } } && left.IsName(name));
        var isOfCharacter = content.Value is not null && !content.Value.All.OfType<SubscriptExpression>().Any(subscript => subscript.Index is not NameExpression);
        return isForward && appends && isOfCharacter
            ? new(new(statement.Line, search.TextOf(statement), $"`{search.TextOf(statement)}` on line {statement.Line} puts each new part behind the others, so they stay in the same order.", "On which side must a new letter go, so that the last one comes first?", "strings"), 0.82)
            : null;
    }

    // counts[word] = 1 in every round
    private static Slip? OfTally(SlipSearch search, PythonStatement statement, StatementContent content) =>
        content is { Operator: "=", Targets: [SubscriptExpression { Target: NameExpression tally } slot], Value: NumberExpression { Value: "1" or "0" } } && statement.Parent is { Keyword: "for" } loop
            && SlipSearch.IsAnyOf(tally.Name + SlipSearch.FunctionName(statement), "count", "freq", "tally")
            && !loop.Descendants.Any(other => other != statement && search.ContentOf(other).Targets.Any(target => target.Text == slot.Text))
            ? new(new(statement.Line, search.TextOf(statement), $"`{search.TextOf(statement)}` on line {statement.Line} sets the count anew each time, so no count grows.", "What should happen when the key is there already?", "dictionaries"), 0.88)
            : null;

    private static Slip? OfAverage(SlipSearch search, PythonStatement statement, BinaryExpression binary)
    {
        var name = (search.ContentOf(statement).AssignedName ?? "") + " " + SlipSearch.FunctionName(statement);
        if (!SlipSearch.IsAnyOf(name, "average", "avg", "mean", "middle"))
        {
            return null;
        }

        var text = ValueTypes.Short(binary.Text);
        if (binary is { Operator: "+", Right: BinaryExpression { Operator: "/" or "//" } } && binary.Right.Span.Source[binary.Right.Span.Start] != '(')
        {
            return new(new(statement.Line, text, $"In `{text}` on line {statement.Line}, Python divides before it adds, so only the last number is divided.", "What has to be worked out first? Which signs tell Python so?", "operators"), 0.9);
        }

        return binary.Operator == "//"
            ? new(new(statement.Line, text, $"`//` in `{text}` on line {statement.Line} drops everything behind the decimal point.", "Which operator keeps the decimals?", "operators"), 0.75)
            : binary is { Operator: "/", Right: NumberExpression } && binary.Left.Text.Contains("sum", StringComparison.Ordinal) && statement.Function is not null
                ? new(new(statement.Line, text, $"`{text}` on line {statement.Line} always divides by the same number, however many values there are.", "By what does an average divide?", "operators"), 0.65)
                : null;
    }

    private static Slip? OfTemperature(PythonStatement statement, BinaryExpression binary)
    {
        var text = ValueTypes.Short(binary.Text);
        return binary is { Operator: "-", Right: BinaryExpression { Operator: "*" or "/" } right } && right.All.Any(part => part.IsNumber("32")) && binary.Right.Span.Source[right.Span.Start] != '('
            ? new(new(statement.Line, text, $"In `{text}` on line {statement.Line}, Python multiplies before it subtracts.", "What has to be worked out first? Which signs tell Python so?", "operators"), 0.92)
            : binary.Operator == "//" && binary.All.Any(part => part.IsNumber("9")) && binary.All.Any(part => part.IsNumber("5"))
                ? new(new(statement.Line, text, $"`//` in `{text}` on line {statement.Line} drops everything behind the decimal point.", "Which operator keeps the decimals?", "operators"), 0.85)
                : null;
    }

    // sum(marks) / len(students)
    private static Slip? OfMixedAverage(PythonStatement statement, BinaryExpression binary) =>
        binary is { Operator: "/" or "//", Left: CallExpression { Arguments: [{ Value: NameExpression or SubscriptExpression or AttributeExpression } summed] } sum, Right: CallExpression { Arguments: [{ Value: var counted }] } length }
            && sum.Calls("sum") && length.Calls("len") && summed.Value.Text != counted.Text
            ? new(new(statement.Line, ValueTypes.Short(binary.Text), $"`{ValueTypes.Short(binary.Text)}` on line {statement.Line} adds up `{ValueTypes.Short(summed.Value.Text)}`, but divides by how many there are in `{ValueTypes.Short(counted.Text)}`.", "By what does an average divide?", "operators"), 0.9)
            : null;
}
