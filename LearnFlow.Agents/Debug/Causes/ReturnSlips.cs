using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug.Causes;

/// <summary>Results that are lost, or handed back too early.</summary>
internal static class ReturnSlips
{
    private static readonly string[] InPlace = ["sort", "append", "reverse", "extend", "insert", "remove", "update", "add", "clear", "shuffle"];

    public static IEnumerable<Slip> Find(SlipSearch search)
    {
        foreach (var statement in search.Program.Statements)
        {
            Slip?[] slips =
            [
                OfFirstRound(search, statement),
                OfUnreachable(search, statement),
                OfNoEffect(search, statement),
                OfInPlace(search, statement),
            ];
            foreach (var slip in slips.OfType<Slip>())
            {
                yield return slip;
            }
        }

        foreach (var function in search.Program.Functions)
        {
            if ((OfMissing(search, function) ?? OfUseless(search, function)) is { } slip)
            {
                yield return slip;
            }
        }
    }

    // A loop whose first round always ends it.
    private static Slip? OfFirstRound(SlipSearch search, PythonStatement statement)
    {
        if (statement is not { Keyword: "for" or "while", Body.Count: > 0 } loop || HasContinue(loop))
        {
            return null;
        }

        var last = loop.Body[^1];
        // `while True` that ends with `return` is the usual way to ask again after an exception.
        if (loop.Is(1, "True") && last.Keyword != "break")
        {
            return null;
        }

        if (last.Keyword is "return" or "break")
        {
            return new(new(last.Line, search.TextOf(last), $"`{search.TextOf(last)}` on line {last.Line} belongs to the loop of line {loop.Line}, so it ends the loop in its very first round.", $"How far is line {last.Line} indented? When should it run: in every round, or once after the loop?", last.Keyword == "return" ? "return-versus-print" : "break-and-continue") { Shape = "return-too-early" }, 0.88);
        }

        if (last.Keyword is "else" && last.Previous is { Keyword: "if" or "elif" } && Ends(last) && EarlierBranchesEnd(last))
        {
            var end = last.Body[^1];
            return new(new(end.Line, search.TextOf(end), $"Both branches in the loop of line {loop.Line} end it, so the loop looks at the first item only: `{search.TextOf(end)}` on line {end.Line} runs before the others were looked at.", "When can you be sure of that answer: after one item, or after all of them?", "for-loops") { Shape = "return-too-early" }, 0.86);
        }

        return null;
    }

    private static bool HasContinue(PythonStatement loop) => loop.Descendants.Any(statement => statement.Keyword is "continue" or "yield" or "await");

    private static bool Ends(PythonStatement branch) => branch.Body.Count > 0 && branch.Body[^1].Keyword is "return" or "break";

    private static bool EarlierBranchesEnd(PythonStatement last)
    {
        for (var branch = last.Previous; branch is not null; branch = branch.Previous)
        {
            if (!Ends(branch))
            {
                return false;
            }

            if (branch.Keyword == "if")
            {
                return true;
            }
        }

        return false;
    }

    private static Slip? OfUnreachable(SlipSearch search, PythonStatement statement) =>
        statement.Keyword is "return" or "break" or "continue" && statement.Next is { Keyword: not ("pass" or "def" or "class" or "elif" or "else" or "except" or "finally" or "case") } next
            // A `break` after `return` changes nothing.
            && next.Line != statement.Line && next.Keyword is not ("break" or "continue") && !next.Tokens.Any(token => token.Is("yield"))
            ? new(new(next.Line, search.TextOf(next), $"Line {next.Line} never runs: `{search.TextOf(statement)}` on line {statement.Line} leaves before it.", "Which of the two should come first?", "functions") { Shape = "W0101" }, 0.9)
            : null;

    // A value that is worked out and then thrown away.
    private static Slip? OfNoEffect(SlipSearch search, PythonStatement statement)
    {
        var content = search.ContentOf(statement);
        if (statement.Keyword.Length > 0 || content is not { Targets.Count: 0, Value: { } value } || statement.Tokens[0].Is("@") || statement.Tokens.Any(token => token.Is("yield") || token.Is("await")))
        {
            return null;
        }

        var text = ValueTypes.Short(value.Text);
        var isLast = statement.Function is { } owner && statement.Parent == owner && statement.Next is null;
        switch (value)
        {
            case ComparisonExpression { Operator: "==", Left: NameExpression or SubscriptExpression or AttributeExpression }:
                return new(new(statement.Line, text, $"`{text}` on line {statement.Line} only compares, and the answer is thrown away. It changes nothing.", "Which sign gives a variable a value?", "variables") { Shape = "B015" }, 0.95);
            case BinaryExpression or ComparisonExpression or UnaryExpression { Operator: not "not" } or ConditionalExpression:
                return new(new(statement.Line, text, $"Line {statement.Line} works out `{text}`, but nothing is done with the result{(isLast ? ": the function gives back `None`" : "")}.", isLast ? "How does a function hand its result back?" : "Where should the result go?", isLast ? "return-versus-print" : "variables") { Shape = "B018" }, 0.93);
            case AttributeExpression { Name.Length: > 0 } attribute when PythonBuiltIns.MethodsOf.Values.Any(methods => methods.Contains(attribute.Name)):
                return new(new(statement.Line, text, $"`{text}` on line {statement.Line} names a method but does not call it.", "What has to follow the name of a method so that it runs?", "functions"), 0.92);
            case NameExpression name when search.Program.Defines(name.Name):
                return new(new(statement.Line, text, $"`{text}` on line {statement.Line} names the function but does not call it.", "What has to follow the name of a function so that it runs?", "functions"), 0.92);
            case NameExpression when statement.Function is not null:
                return new(new(statement.Line, text, $"`{text}` alone on line {statement.Line} does nothing{(isLast ? ", so the function gives back `None`" : "")}.", isLast ? "How does a function hand its result back?" : "What should happen with it?", "return-versus-print"), isLast ? 0.92 : 0.7);
            case CallExpression { Function: AttributeExpression method } call when GivesNewText(method.Name) && !(method.Target is NameExpression owned && search.Program.Imports(owned.Name)) && search.Types.Of(method.Target, statement).All(known => known.Type == "str") && !IsOwnMethod(search, method.Name):
                return new(new(statement.Line, text, $"`{ValueTypes.Short(call.Text)}` on line {statement.Line} makes a new text and does not change `{ValueTypes.Short(method.Target.Text)}`. The new text is thrown away.", "A text never changes itself. Where should the new one go?", "strings"), 0.93);
            case CallExpression { Function: NameExpression { Name: "sorted" or "reversed" or "int" or "str" or "float" or "len" or "sum" or "round" or "abs" or "max" or "min" or "list" or "set" } function } call when !search.Program.PlacesOf(function.Name).Any(place => place.IsBinding):
                return new(new(statement.Line, text, $"`{ValueTypes.Short(call.Text)}` on line {statement.Line} gives back a new value and does not change what it was given. The new value is thrown away.", "Where should the new value go?", "functions"), statement.Parent is { Keyword: "try" } ? 0.3 : 0.92);
            case CallExpression { Function: NameExpression function } call when search.Types.FunctionNamed(function.Name) is { } own
                && statement.Function == own.Statement && ReturnsValue(search, own):
                return new(new(statement.Line, text, $"Line {statement.Line} calls `{ValueTypes.Short(call.Text)}`, but what that call gives back is thrown away.", $"`{function.Name}` calls itself here. What should happen with the answer of the inner call?", "recursion"), HasSideEffect(own, search) ? 0.4 : 0.85);
            case CallExpression { Function: NameExpression function } call when search.Types.FunctionNamed(function.Name) is { } own && ReturnsValue(search, own)
                && !own.Statement.Descendants.Any(inner => search.ContentOf(inner).All.OfType<CallExpression>().Any(c => c.Name is "print" or "append" or "write" or "input")):
                return new(new(statement.Line, text, $"Line {statement.Line} calls `{ValueTypes.Short(call.Text)}`, but nothing is done with the value that it gives back.", "Should the value be printed, or kept in a variable?", "return-versus-print"), !HasSideEffect(own, search) && !own.Statement.Descendants.Any(inner => inner.Keyword is "global" or "nonlocal") ? 0.9 : statement.Function is null ? 0.62 : 0.5);
            default:
                return null;
        }
    }

    private static bool GivesNewText(string method) =>
        method is "upper" or "lower" or "strip" or "lstrip" or "rstrip" or "replace" or "title" or "capitalize" or "swapcase" or "split" or "join" or "center" or "zfill" or "format";

    private static bool IsOwnMethod(SlipSearch search, string name) => search.Program.Functions.Any(function => function.Name.Text == name);

    private static bool ReturnsValue(SlipSearch search, PythonFunction function) =>
        ValueTypes.ReturnsOf(function).Any(statement => search.ContentOf(statement).Value is not (null or ConstantExpression { Value: "None" }));

    private static bool HasSideEffect(PythonFunction function, SlipSearch search) => function.Statement.Descendants.Any(statement =>
        search.ContentOf(statement).Targets.Any(target => target is SubscriptExpression or AttributeExpression)
        || search.ContentOf(statement).All.OfType<CallExpression>().Any(call => call.IsMethod || call.Name is "print"));

    // numbers = numbers.sort()
    private static Slip? OfInPlace(SlipSearch search, PythonStatement statement)
    {
        var content = search.ContentOf(statement);
        var compared = content.All.OfType<ComparisonExpression>().SelectMany(comparison => new[] { comparison.Left, comparison.Right })
            .FirstOrDefault(side => side is CallExpression { Function: AttributeExpression { Name: "sort" or "reverse" or "append" } });
        var used = compared ?? (statement.Keyword is "return" or "for" || (content.Operator == "=" && content.Targets.Count > 0)
            ? content.Value
            : content.Value is CallExpression { Function: NameExpression { Name: "print" }, Arguments: [{ Value: var printed }, ..] } ? printed : null);
        return used is CallExpression { Function: AttributeExpression { Target: var target } method } call && InPlace.Contains(method.Name)
            && !IsOwnMethod(search, method.Name) && search.Types.Of(target, statement).All(known => known.Type is "list" or "set" or "dict" or "module")
            && (content.AssignedName is not { } kept || search.Program.PlacesOf(kept).Any(place => place.Role == NameRole.Load))
            ? new(new(statement.Line, ValueTypes.Short(call.Text), $"`{ValueTypes.Short(call.Text)}` on line {statement.Line} changes `{ValueTypes.Short(target.Text)}` itself and gives back `None`. That `None` is what line {statement.Line} goes on with.", $"What is in `{ValueTypes.Short(target.Text)}` after the call?", "none-value") { Shape = "E1111" }, 0.95)
            : null;
    }

    // A function that gives nothing back, where its result is used.
    private static Slip? OfMissing(SlipSearch search, PythonFunction function)
    {
        if (function.Body.Count == 0 || ValueTypes.IsGenerator(function) || function.IsDecorated || function.Name.Text.StartsWith("__", StringComparison.Ordinal))
        {
            return null;
        }

        var name = function.Name.Text;
        var last = function.Body[^1];
        if (ReturnsValue(search, function))
        {
            return OfBranchWithout(search, function);
        }

        var use = search.Program.Statements
            .Where(statement => statement.Function != function.Statement)
            .SelectMany(statement => search.ContentOf(statement).All.OfType<CallExpression>().Where(call => call.Name == name && call.IsMethod == function.Class is not null).Select(call => (Statement: statement, Call: call)))
            .FirstOrDefault(pair => !ReferenceEquals(search.ContentOf(pair.Statement).Value, pair.Call) || search.ContentOf(pair.Statement).Targets.Count > 0 || pair.Statement.Keyword.Length > 0);
        if (use.Call is null || last.Keyword == "pass" || (function.Class is not null && search.Program.Functions.Count(other => other.Name.Text == name) > 1))
        {
            return null;
        }

        var printed = function.Statement.Descendants.LastOrDefault(statement => search.ContentOf(statement).Value is CallExpression { Function: NameExpression { Name: "print" } });
        return printed is not null
            ? new(new(printed.Line, search.TextOf(printed), $"`{name}` shows its result with `{search.TextOf(printed)}` on line {printed.Line}, but it never gives it back. Line {use.Statement.Line} uses what the call gives back, and that is `None`.", "What is the difference between showing a value and handing it back?", "return-versus-print"), 0.88)
            : new(new(last.Line, search.TextOf(last), $"The function `{name}` ends on line {last.LastLine} without handing anything back, so `{ValueTypes.Short(use.Call.Text)}` on line {use.Statement.Line} is `None`.", "How does a function hand its result back?", "return-versus-print"), 0.95);
    }

    // Answers in one branch and nothing in the other: fine for a search, suspicious after if/elif.
    private static Slip? OfBranchWithout(SlipSearch search, PythonFunction function)
    {
        var last = function.Body[^1];
        var returnsBoolean = ValueTypes.ReturnsOf(function).All(statement => search.ContentOf(statement).Value is ConstantExpression { Value: "True" or "False" });
        return last.Keyword is "for" or "while" or "if" && returnsBoolean && !last.Is(1, "True") && ValueTypes.ReturnsOf(function).All(statement => SlipSearch.LoopOf(statement) is not null || last.Keyword == "if")
            && last.Previous is not { Keyword: "return" }
            ? new(new(last.Line, search.TextOf(last), $"When no `return` inside the block of line {last.Line} runs, `{function.Name.Text}` comes to its end after line {function.Statement.LastLine} and gives back `None`.", "What is the answer when the block is done and nothing was returned?", "return-versus-print"), 0.7)
            : null;
    }

    // def double(n): n = n * 2
    private static Slip? OfUseless(SlipSearch search, PythonFunction function)
    {
        if (function.Class is not null || function.IsDecorated || ValueTypes.IsGenerator(function) || ReturnsValue(search, function) || HasSideEffect(function, search)
            || function.Statement.Descendants.Any(statement => statement.Keyword is "global" or "nonlocal" or "raise" or "assert" or "with" or "del" or "import" or "from" or "def" or "class"
                || search.ContentOf(statement).All.OfType<CallExpression>().Any(call => !PythonBuiltIns.Functions.ContainsKey(call.Name) || call.Name is "print" or "input" or "open" or "exec" or "setattr")))
        {
            return null;
        }

        var changed = function.Statement.Descendants.LastOrDefault(statement => search.ContentOf(statement).AssignedName is { } name && function.Parameters.Any(parameter => parameter.Name.Text == name));
        var isCalled = search.Program.PlacesOf(function.Name.Text).Any(place => place.Role == NameRole.Load);
        return changed is not null && isCalled
            ? new(new(changed.Line, search.TextOf(changed), $"`{search.TextOf(changed)}` on line {changed.Line} changes the function's own name only. `{function.Name.Text}` (line {function.Line}) hands nothing back, so the code that calls it sees no change.", "How does a function hand its result back?", "return-versus-print"), 0.92)
            : null;
    }
}
