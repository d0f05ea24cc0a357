using System.Text.RegularExpressions;
using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug.Causes;

/// <summary>Values of a type that an operation cannot use: which one it is, and where it came from.</summary>
internal static partial class TypeCauses
{
    public static CodeCause? Find(ErrorPlace place)
    {
        var message = place.Message;
        if (Operands().Match(message) is { Success: true } operands)
        {
            return OfOperands(place, operands.Groups["op"].Value, operands.Groups["left"].Value, operands.Groups["right"].Value);
        }

        if (Concatenate().Match(message) is { Success: true } joined)
        {
            var (own, other) = (joined.Groups["own"].Value, joined.Groups["other"].Value);
            return OfOperands(place, "+", own, other);
        }

        if (NotUsable().Match(message) is { Success: true } unusable)
        {
            return OfUnusable(place, unusable.Groups["type"].Value, message);
        }

        if (message.StartsWith("not all arguments converted", StringComparison.Ordinal))
        {
            return OfOperands(place, "%", "str", "");
        }

        if (message.StartsWith("can't multiply sequence", StringComparison.Ordinal))
        {
            var kind = LastQuoted(message);
            return OfOperands(place, "*", kind, "str") ?? OfOperands(place, "*", "str", kind) ?? OfOperands(place, "*", "list", kind);
        }

        return Indices().Match(message) is { Success: true } indices ? OfIndices(place, indices.Groups["wrong"].Value)
            : message.Contains("expected str instance", StringComparison.Ordinal) ? OfJoin(place)
            : Interpreted().Match(message) is { Success: true } argument ? OfArgument(place, argument.Groups["type"].Value)
            : null;
    }

    private static CodeCause? OfOperands(ErrorPlace place, string sign, string left, string right)
    {
        foreach (var (statement, first, second, text) in Operations(place, sign is "<=" or ">=" or "==" or "!=" ? sign : sign.TrimEnd('=')))
        {
            var origin = Origin(first, left) is { } a && (left != right || right.Length == 0) && left is "str" or "NoneType" or "list" or "function" or "builtin_function_or_method"
                ? (first, a)
                : Origin(second, right) is { } b ? (second, b)
                : Origin(first, left) is { } c ? (first, c)
                : ((PythonExpression, KnownType)?)null;
            if (origin is var (operand, known))
            {
                var other = ReferenceEquals(operand, first) ? right : left;
                return new(
                    statement.Line,
                    ValueTypes.Short(operand.Text),
                    $"In `{ValueTypes.Short(text)}` on line {statement.Line}, `{ValueTypes.Short(operand.Text)}` is {ValueTypes.Describe(known.Type)}, because {known.Because}{LineOf(known, statement)}.",
                    HintFor(known.Type, other, sign),
                    ConceptFor(known.Type));
            }

            KnownType? Origin(PythonExpression operand, string type) =>
                type.Length == 0 ? null : place.Types.Of(operand, statement).FirstOrDefault(known => known.Type == type);
        }

        return null;
    }

    private static string LineOf(KnownType known, PythonStatement statement) =>
        known.Line == statement.Line || known.Because.Contains($"line {known.Line}", StringComparison.Ordinal) ? "" : $" (line {known.Line})";

    private static string HintFor(string type, string other, string sign) => (type, other) switch
    {
        ("NoneType", _) => "Where should the value come from? Follow it back to the line that makes it.",
        ("str", "int" or "float") => "Which of the two should be changed so that both are numbers, or both are texts?",
        ("int" or "float", "str") => "Which of the two should be changed so that both are numbers, or both are texts?",
        ("function" or "builtin_function_or_method", _) => "A function runs only when round brackets follow its name.",
        ("list", _) => "Do you want the whole list here, or one item of it?",
        _ => $"Which types does `{sign}` work with? Make both sides fit.",
    };

    private static string? ConceptFor(string type) => type switch
    {
        "NoneType" => "none-value",
        "function" => "functions",
        _ => "data-types",
    };

    private static IEnumerable<(PythonStatement Statement, PythonExpression Left, PythonExpression Right, string Text)> Operations(ErrorPlace place, string sign)
    {
        foreach (var statement in place.Suspects)
        {
            var content = place.Program.ContentOf(statement);
            foreach (var expression in content.All)
            {
                if (expression is BinaryExpression binary && binary.Operator == sign)
                {
                    yield return (statement, binary.Left, binary.Right, binary.Text);
                }
                else if (expression is ComparisonExpression comparison && comparison.Operator == sign)
                {
                    yield return (statement, comparison.Left, comparison.Right, comparison.Text);
                }
                else if (sign == "+" && expression is CallExpression { Function: NameExpression { Name: "sum" }, Arguments: [var summed, ..] } sum)
                {
                    yield return (statement, new NumberExpression(sum.Span, "0"), new SubscriptExpression(summed.Value.Span, summed.Value, new NumberExpression(sum.Span, "0")), sum.Text);
                }
            }

            if (content is { IsAugmented: true, Targets: [var target], Value: { } value } && content.Operator[..^1] == sign)
            {
                yield return (statement, target, value, $"{target.Text} {content.Operator} {value.Text}");
            }
        }
    }

    // def total(items): … in total(items.remove(x))
    private static CodeCause? HandedOver(ErrorPlace place, PythonExpression expression, string type)
    {
        if (type != "NoneType" || expression is not NameExpression { Name: var name }
            || place.Program.Functions.FirstOrDefault(function => function.Statement == place.Statement?.Function) is not { } function
            || function.Parameters.FirstOrDefault(parameter => parameter.Name.Text == name) is not { } parameter)
        {
            return null;
        }

        var index = function.Parameters.ToList().IndexOf(parameter);
        foreach (var (statement, call) in place.Program.Expressions<CallExpression>())
        {
            if (call.Calls(function.Name.Text) && call.Arguments.Count > index && call.Arguments[index].Name is null
                && place.Types.Of(call.Arguments[index].Value, statement).FirstOrDefault(known => known.Type == type) is { } known)
            {
                var argument = ValueTypes.Short(call.Arguments[index].Value.Text);
                return new(
                    statement.Line, argument,
                    $"`{name}` is {ValueTypes.Describe(type)} in `{function.Name.Text}`: line {statement.Line} hands over `{argument}`, and {known.Because}.",
                    $"What should `{function.Name.Text}` get there? Does that line give it?", ConceptFor(type));
            }
        }

        return null;
    }

    // 'X' object is not subscriptable, iterable, callable; object of type 'X' has no len()
    private static CodeCause? OfUnusable(ErrorPlace place, string type, string message)
    {
        foreach (var statement in place.Suspects)
        {
            var content = place.Program.ContentOf(statement);
            IEnumerable<PythonExpression> used = message switch
            {
                _ when message.EndsWith("callable", StringComparison.Ordinal) => content.All.OfType<CallExpression>().Select(call => call.Function),
                _ when message.EndsWith("len()", StringComparison.Ordinal) => Arguments(content, "len"),
                _ when message.Contains("iterable", StringComparison.Ordinal) => Iterated(statement, content),
                _ => content.All.OfType<SubscriptExpression>().Select(subscript => subscript.Target),
            };
            foreach (var expression in used)
            {
                if (HandedOver(place, expression, type) is { } handed)
                {
                    return handed;
                }

                if (place.Types.Of(expression, statement).FirstOrDefault(known => known.Type == type) is not { } known)
                {
                    continue;
                }

                var name = ValueTypes.Short(expression.Text);
                if (message.EndsWith("callable", StringComparison.Ordinal))
                {
                    return OfCalled(statement, expression, known);
                }

                return new(
                    statement.Line, name,
                    $"`{name}` on line {statement.Line} is {ValueTypes.Describe(type)}, because {known.Because}{LineOf(known, statement)}.",
                    type == "NoneType"
                        ? "Where should the value come from? Follow it back to the line that makes it."
                        : type is "function" or "method" or "builtin_function_or_method" ? "A function is called with round brackets. Look at the brackets after its name."
                        : message.Contains("assignment", StringComparison.Ordinal) ? "It cannot be changed in place. What would a new one look like?"
                        : message.Contains("iterable", StringComparison.Ordinal) && type == "int" ? "A loop needs something with several items in it. How do you get the numbers up to a number?"
                        : "Print it just before that line. Is it what you expect?",
                    ConceptFor(type));
            }
        }

        return null;
    }

    private static CodeCause OfCalled(PythonStatement statement, PythonExpression expression, KnownType known)
    {
        var name = ValueTypes.Short(expression.Text);
        if (expression is NameExpression && PythonBuiltIns.Functions.ContainsKey(name))
        {
            return new(known.Line, name, $"Line {known.Line} gives the name `{name}` a value of your own, and so Python's function `{name}` is hidden. Line {statement.Line} then calls that value.", "Which other name could the variable have?", "variables");
        }

        return expression is NumberExpression
            ? new(statement.Line, expression.Text, $"After `{name}` on line {statement.Line} an opening bracket follows, so Python tries to call the number.", "Which operator should stand before the bracket?", "operators")
            : new(statement.Line, name, $"Line {statement.Line} calls `{name}` like a function, but it is {ValueTypes.Describe(known.Type)}, because {known.Because}{LineOf(known, statement)}.", known.Type is "list" or "dict" or "str" or "tuple" ? "Which kind of brackets picks one item?" : "Is there a function with the same name as a variable?", "functions");
    }

    private static IEnumerable<PythonExpression> Arguments(StatementContent content, string function) =>
        content.All.OfType<CallExpression>().Where(call => call.Calls(function)).SelectMany(call => call.Arguments.Take(1)).Select(argument => argument.Value);

    private static IEnumerable<PythonExpression> Iterated(PythonStatement statement, StatementContent content)
    {
        if (content.Value is { } value && (statement.Keyword == "for" || content.Targets is [CollectionExpression]))
        {
            yield return value;
        }

        foreach (var expression in content.All)
        {
            switch (expression)
            {
                case ComparisonExpression { Operator: "in" or "not in" } membership:
                    yield return membership.Right;
                    break;
                case ComprehensionExpression comprehension:
                    foreach (var iterable in comprehension.Iterables)
                    {
                        yield return iterable;
                    }

                    break;
                case CallExpression { Arguments: [var first, ..] } call when call.Name is "sum" or "max" or "min" or "list" or "sorted" or "set" or "tuple" or "enumerate" or "zip" or "join" or "any" or "all" or "extend":
                    yield return first.Value;
                    break;
            }
        }
    }

    // list indices must be integers or slices, not str
    private static CodeCause? OfIndices(ErrorPlace place, string wrong)
    {
        foreach (var (statement, subscript) in place.Expressions<SubscriptExpression>())
        {
            var known = place.Types.Of(subscript.Index, statement).FirstOrDefault(known => known.Type == wrong);
            if (known is null)
            {
                continue;
            }

            var index = ValueTypes.Short(subscript.Index.Text);
            return new(
                statement.Line, ValueTypes.Short(subscript.Text),
                $"In `{ValueTypes.Short(subscript.Text)}` on line {statement.Line}, `{index}` is {ValueTypes.Describe(wrong)}, because {known.Because}{LineOf(known, statement)}. A place in a list or text is a whole number.",
                IsLoopItem(place, subscript.Index, statement)
                    ? $"The loop already gives you the item itself. What does `{index}` hold?"
                    : wrong == "str" ? "Do you mean a place (a number), or do you need a dictionary?" : "How do you get a whole number here?",
                "lists");
        }

        return null;
    }

    private static bool IsLoopItem(ErrorPlace place, PythonExpression index, PythonStatement statement) =>
        index is NameExpression { Name: var name } && place.Types.Bindings(name, statement) is [{ Role: NameRole.LoopTarget }, ..];

    private static CodeCause? OfJoin(ErrorPlace place)
    {
        foreach (var (statement, call) in place.Expressions<CallExpression>())
        {
            if (call.CallsMethod("join") && call.Arguments is [var only])
            {
                var items = ValueTypes.Short(only.Value.Text);
                return new(statement.Line, ValueTypes.Short(call.Text), $"`join` on line {statement.Line} puts texts together, but `{items}` holds something that is not a text.", $"What has to happen to each item of `{items}` first?", "strings");
            }
        }

        return null;
    }

    // 'str' object cannot be interpreted as an integer; int() argument must be …, not 'list'
    private static CodeCause? OfArgument(ErrorPlace place, string type)
    {
        foreach (var (statement, call) in place.Expressions<CallExpression>())
        {
            foreach (var argument in call.Arguments)
            {
                if (place.Types.Of(argument.Value, statement).FirstOrDefault(known => known.Type == type) is { } known)
                {
                    var name = ValueTypes.Short(argument.Value.Text);
                    return new(
                        statement.Line, name,
                        $"`{call.Name}` on line {statement.Line} gets `{name}`, and that is {ValueTypes.Describe(type)}, because {known.Because}{LineOf(known, statement)}.",
                        type == "NoneType" ? "Where should the value come from? Follow it back to the line that makes it." : $"Which type does `{call.Name}` need? How do you turn the value into it?",
                        ConceptFor(type));
                }
            }
        }

        return null;
    }

    private static string LastQuoted(string message) =>
        message.TrimEnd('\'').LastIndexOf('\'') is var start and >= 0 ? message.TrimEnd('\'')[(start + 1)..] : "";

    [GeneratedRegex(@"^(?:unsupported operand type\(s\) for (?<op>[^:]{1,20}?): '(?<left>[\w.]+)' and '(?<right>[\w.]+)'|'(?<op>[<>=]{1,2})' not supported between instances of '(?<left>[\w.]+)' and '(?<right>[\w.]+)')")]
    private static partial Regex Operands();

    [GeneratedRegex(@"^(?:can only concatenate (?<own>\w+) \(not ""(?<other>[\w.]+)""\) to \w+|must be (?<own>str), not (?<other>\w+))")]
    private static partial Regex Concatenate();

    [GeneratedRegex(@"^(?:'(?<type>[\w.]+)' object (?:is not (?:subscriptable|iterable|callable|an iterator)|does not support item (?:assignment|deletion))|(?:argument|object) of type '(?<type>[\w.]+)' (?:is not iterable|has no len\(\))|cannot unpack non-iterable (?<type>[\w.]+) object)")]
    private static partial Regex NotUsable();

    [GeneratedRegex(@"^(?:list|string|tuple|range|str) ind(?:ices|ex) must be integers(?: or slices)?(?:, not '?(?<wrong>[\w.]+)'?)?$")]
    private static partial Regex Indices();

    [GeneratedRegex(@"^(?:'(?<type>[\w.]+)' object cannot be interpreted as an integer|\w+\(\) argument must be .{1,80}, not '(?<type>[\w.]+)'|bad operand type for [^:]{1,20}: '(?<type>[\w.]+)'|unhashable type: '(?<type>[\w.]+)')")]
    private static partial Regex Interpreted();
}
