using LearnFlow.Agents.Python;
using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug.Causes;

/// <summary>Functions that are not called, called with the wrong values, or do not use what they are handed.</summary>
internal static class CallSlips
{
    public static IEnumerable<Slip> Find(SlipSearch search)
    {
        foreach (var function in search.Program.Functions)
        {
            Slip?[] slips = [OfUnusedParameter(search, function), OfUncalled(search, function), OfReference(search, function), OfPrintedReturn(search, function)];
            foreach (var slip in slips.OfType<Slip>())
            {
                yield return slip;
            }

            if (RecursionCauses.Find(search.Program, function) is { } endless && IsPlainRecursion(search, function))
            {
                yield return new(endless, 0.85);
            }
        }

        foreach (var (statement, call) in search.Expressions<CallExpression>())
        {
            if ((OfSwapped(search, statement, call) ?? OfMethodReference(search, statement, call) ?? OfBestKey(search, statement, call)) is { } slip)
            {
                yield return slip;
            }
        }
    }

    // Only what says that every call is like the one before is certain; whether a test is reached is not.
    private static bool IsPlainRecursion(SlipSearch search, PythonFunction function) => function.Class is null
        && function.Statement.Descendants.Any(statement => search.ContentOf(statement).All.OfType<CallExpression>().Any(call =>
            call.Calls(function.Name.Text) && call.Arguments.Count == 1 && function.Parameters.Count == 1 && call.Arguments[0].Value.IsName(function.Parameters[0].Name.Text)))
        && !function.Statement.Descendants.Any(statement => search.ContentOf(statement).Targets.Any(target => target.IsName(function.Parameters[0].Name.Text)));

    private static Slip? OfUnusedParameter(SlipSearch search, PythonFunction function)
    {
        var statement = function.Statement;
        if (function.Class is not null || function.IsDecorated || function.Body is [{ Keyword: "pass" }])
        {
            return null;
        }

        var unused = function.Parameters.FirstOrDefault(parameter => !parameter.IsVariadic && parameter.Name.Text[0] != '_'
            && !search.Program.PlacesOf(parameter.Name.Text, statement.HeaderEnd, statement.End).Any());
        if (unused is null)
        {
            return null;
        }

        // What the body reads instead: a name from outside the function.
        var instead = search.Program.References.FirstOrDefault(place => place.Role == NameRole.Load && place.Statement.Function == statement
            && search.Program.PlacesOf(place.Name).Any(other => other.IsBinding && other.Role is NameRole.Assign && ValueTypes.ScopeOf(other) is null)
            && !search.Program.PlacesOf(place.Name).Any(other => other.IsBinding && ValueTypes.ScopeOf(other) == statement));
        // transfer(sender, receiver): sender.withdraw(…) sender.deposit(…)
        var again = function.Parameters.Where(parameter => parameter != unused)
            .Select(parameter => function.Body.Where(line => search.ContentOf(line).Value is CallExpression { Function: AttributeExpression { Target: var owner } } && owner.IsName(parameter.Name.Text)).ToList())
            .FirstOrDefault(lines => lines.Count > 1)?[^1];
        if (again is not null)
        {
            return new(new(again.Line, search.TextOf(again), $"`{function.Name.Text}` gets `{unused.Name.Text}` (line {function.Line}) and never uses it. `{search.TextOf(again)}` on line {again.Line} takes the same object as the line before.", "Whose method should be called here?", "parameters-and-default-arguments"), 0.85);
        }

        // numbers[:3] in a function that gets k
        var @fixed = function.Statement.Descendants.SelectMany(inner => search.ContentOf(inner).All.Where(part => part is SliceExpression { Upper: NumberExpression } || part is CallExpression range && range.Calls("range") && range.Arguments is [{ Value: NumberExpression }] or [_, { Value: NumberExpression }])).FirstOrDefault();
        if (instead is null && @fixed is not null)
        {
            return new(new(@fixed.Line, ValueTypes.Short(@fixed.Text), $"`{function.Name.Text}` gets the parameter `{unused.Name.Text}` (line {function.Line}), but no line of the function uses it. Line {@fixed.Line} has a fixed number in `{ValueTypes.Short(@fixed.Text)}`.", $"Where should `{unused.Name.Text}` be used?", "parameters-and-default-arguments"), 0.75);
        }

        return instead is not null && !instead.Name.All(char.IsUpper)
            ? new(new(instead.Line, instead.Name, $"`{function.Name.Text}` gets `{unused.Name.Text}` (line {function.Line}) and never uses it. Line {instead.Line} uses `{instead.Name}` from outside the function instead.", $"Which name holds the value that the call hands over?", "parameters-and-default-arguments"), 0.75)
            : new(new(function.Line, unused.Name.Text, $"`{function.Name.Text}` gets the parameter `{unused.Name.Text}` (line {function.Line}), but no line of the function uses it.", $"Where should `{unused.Name.Text}` be used?", "parameters-and-default-arguments"), 0.6);
    }

    private static Slip? OfUncalled(SlipSearch search, PythonFunction function)
    {
        if (function.Class is not null || function.IsDecorated || search.Program.PlacesOf(function.Name.Text).Any(place => place.Role == NameRole.Load))
        {
            return null;
        }

        var hasMain = search.Program.Statements.Any(statement => statement.Function is null && statement.Keyword.Length == 0 && ValueTypes.ClassOf(statement) is null);
        var doesPrint = function.Statement.Descendants.Any(statement => statement.Tokens.Any(token => token.Text is "print" or "input"));
        return new(new(function.Line, function.Name.Text, $"The function `{function.Name.Text}` is defined on line {function.Line}, but no line calls it, so its lines never run.", "What makes a function run?", "functions"), function.Name.Text == "main" || (doesPrint && !hasMain) ? 0.7 : doesPrint ? 0.5 : 0.25) { NeverCalled = function.Name.Text };
    }

    // print(total) for a function total, if is_ready:
    private static Slip? OfReference(SlipSearch search, PythonFunction function)
    {
        if (function.Class is not null || search.Program.PlacesOf(function.Name.Text).Count(place => place.IsBinding) > 1)
        {
            return null;
        }

        foreach (var place in search.Program.PlacesOf(function.Name.Text).Where(place => place.Role == NameRole.Load && place.Token.Kind == PythonTokenKind.Name))
        {
            var content = search.ContentOf(place.Statement);
            var isUsed = content.All.Any(part => part switch
            {
                CallExpression { Function: NameExpression { Name: "print" or "str" or "int" or "len" or "round" } } call => call.Arguments.Any(argument => argument.Value.IsName(function.Name.Text)),
                BinaryExpression binary => binary.Left.IsName(function.Name.Text) || binary.Right.IsName(function.Name.Text),
                ComparisonExpression comparison => comparison.Left.IsName(function.Name.Text) || comparison.Right.IsName(function.Name.Text),
                UnaryExpression unary => unary.Operand.IsName(function.Name.Text),
                _ => false,
            }) || (place.Statement.Keyword is "if" or "while" or "elif" && content.Value!.IsName(function.Name.Text));
            if (isUsed)
            {
                return new(new(place.Line, search.TextOf(place.Statement), $"`{search.TextOf(place.Statement)}` on line {place.Line} names the function `{function.Name.Text}` but does not call it.", "What has to follow the name of a function so that it runs?", "functions"), 0.9);
            }
        }

        return null;
    }

    private static Slip? OfPrintedReturn(SlipSearch search, PythonFunction function) => ValueTypes.ReturnsOf(function)
        .Where(statement => search.ContentOf(statement).Value is CallExpression { Function: NameExpression { Name: "print" } })
        .Select(statement => new Slip(new(statement.Line, search.TextOf(statement), $"`{search.TextOf(statement)}` on line {statement.Line} gives back what `print` gives back, and that is `None`.", "What is the difference between showing a value and handing it back?", "return-versus-print"), 0.82))
        .FirstOrDefault();

    // divide(b, a) for def divide(a, b)
    private static Slip? OfSwapped(SlipSearch search, PythonStatement statement, CallExpression call)
    {
        if (call is not { Function: NameExpression { Name: var name }, Arguments: [{ Name: null, Value: NameExpression first }, { Name: null, Value: NameExpression second }] }
            || search.Types.FunctionNamed(name) is not { Parameters: [var a, var b] } function || statement.Function == function.Statement)
        {
            return null;
        }

        return first.Name == b.Name.Text && second.Name == a.Name.Text && first.Name != second.Name
            ? new(new(statement.Line, ValueTypes.Short(call.Text), $"`{ValueTypes.Short(call.Text)}` on line {statement.Line} hands over `{first.Name}` first, but the `def` on line {function.Line} wants `{a.Name.Text}` first.", "Compare the order in the call with the order in the `def`.", "parameters-and-default-arguments"), 0.9)
            : null;
    }

    // if name.isdigit: – a method that is named but not called
    private static Slip? OfMethodReference(SlipSearch search, PythonStatement statement, CallExpression call) =>
        call.Name is "print" or "str" or "round" or "format" && call.Arguments.FirstOrDefault(argument => argument.Value is AttributeExpression { Name: var method } attribute
            && (method is "upper" or "lower" or "strip" or "title" or "split" or "keys" or "values" or "items" or "pop" or "isdigit" or "isalpha" || IsOwnMethod(search, attribute))) is { } named
            ? new(new(statement.Line, ValueTypes.Short(named.Value.Text), $"`{ValueTypes.Short(named.Value.Text)}` on line {statement.Line} names a method but does not call it.", "What has to follow the name of a method so that it runs?", "functions"), 0.92)
            : null;

    /// <summary>Whether it names a method of a class of the program, and nothing else has that name.</summary>
    private static bool IsOwnMethod(SlipSearch search, AttributeExpression attribute) =>
        search.Program.Functions.Any(function => function.Class is not null && !function.IsDecorated && function.Name.Text == attribute.Name)
        && !search.Program.Statements.Any(statement => search.ContentOf(statement).Targets.OfType<AttributeExpression>().Any(target => target.Name == attribute.Name));

    // best = max(points), where points is a dictionary, and then points[best]
    private static Slip? OfBestKey(SlipSearch search, PythonStatement statement, CallExpression call) =>
        call is { Function: NameExpression { Name: "max" or "min" }, Arguments: [{ Name: null, Value: NameExpression { Name: var table } only }] }
            && search.ContentOf(statement) is { Operator: "=", AssignedName: { } best } content && ReferenceEquals(content.Value, call)
            && search.Types.Only(only, statement) == "dict"
            && search.Expressions<SubscriptExpression>().Any(use => use.Expression.Target.IsName(table) && use.Expression.Index.IsName(best))
            ? new(new(statement.Line, ValueTypes.Short(call.Text), $"`{ValueTypes.Short(call.Text)}` on line {statement.Line} looks at the keys of `{table}` alone, so it gives the key that comes {(call.Name == "max" ? "last" : "first")} in the alphabet, whatever its value is.", $"By what should `{call.Name}` compare the keys? Its argument `key` can say so.", "dictionaries"), 0.93)
            : null;
}
