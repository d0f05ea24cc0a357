using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug.Causes;

/// <summary>Classes whose objects share what each should have, or do not get what they should.</summary>
internal static class ClassSlips
{
    public static IEnumerable<Slip> Find(SlipSearch search)
    {
        foreach (var owner in search.Program.Statements.Where(statement => statement.Keyword == "class"))
        {
            foreach (var slip in OfSharedAttributes(search, owner).Concat(OfWrongEnd(search, owner)).Concat(OfKeptItem(search, owner)))
            {
                yield return slip;
            }

            if (MisspelledInit(search.Program, owner) is { } misspelled)
            {
                yield return new(misspelled, 0.95);
            }
        }

        foreach (var statement in search.Program.Statements)
        {
            if (search.ContentOf(statement) is { Operator: "=", AssignedName: { } name } && LostAttribute(search.Program, statement, name) is { } lost)
            {
                yield return new(lost, 0.92);
            }
        }
    }

    /// <summary>A method that is meant to be <c>__init__</c> and is not spelled so.</summary>
    public static CodeCause? MisspelledInit(PythonProgram program, PythonStatement owner)
    {
        var methods = program.Functions.Where(function => function.Class == owner).ToList();
        return methods.Exists(method => method.Name.Text == "__init__")
            ? null
            : methods
                .Where(method => method.Name.Text.Trim('_') is "init" or "int" or "innit" or "inti" or "initt" or "intit" && method.Parameters.Count > 1)
                .Select(method => new CodeCause(
                    method.Line, method.Name.Text,
                    $"Python calls the method `__init__` when an object is made. The one on line {method.Line} is spelled `{method.Name.Text}`, so nothing calls it.",
                    "Compare the spelling with `__init__`, underscore by underscore.", "init-and-self"))
                .FirstOrDefault();
    }

    /// <summary>A method that sets a plain name where an attribute of the object was meant.</summary>
    public static CodeCause? LostAttribute(PythonProgram program, PythonStatement statement, string name)
    {
        if (ValueTypes.ClassOf(statement) is not { } owner || statement.Function is not { } method
            || program.PlacesOf(name, method.HeaderEnd, method.End).Any(place => place.Role == NameRole.Load && place.Statement != statement))
        {
            return null;
        }

        var (isRead, isSet) = (false, false);
        foreach (var other in owner.Descendants)
        {
            var content = program.ContentOf(other);
            isSet |= !content.IsAugmented && content.Value?.All.Any(part => part.Text == $"self.{name}") != true && content.Targets.SelectMany(target => target.All).Any(target => target.Text == $"self.{name}");
            isRead |= content.All.Any(part => part is AttributeExpression attribute && attribute.Name == name && attribute.Target.IsName("self"));
        }

        return isRead && !isSet
            ? new(
                statement.Line, ValueTypes.Short(statement.TextOf(program.Code, 0, statement.Tokens.Count)),
                $"Line {statement.Line} gives a value to `{name}`, which is a name of this method alone and is gone when the method ends. The object gets no `self.{name}`.",
                "How does a method store something in the object itself?", "init-and-self")
            : null;
    }

    // class Dog: tricks = []
    private static IEnumerable<Slip> OfSharedAttributes(SlipSearch search, PythonStatement owner)
    {
        foreach (var statement in owner.Body)
        {
            if (search.ContentOf(statement) is not { Operator: "=", AssignedName: { } name, Value: CollectionExpression { Type: "list" or "dict" or "set" } or CallExpression { Function: NameExpression { Name: "list" or "dict" or "set" } } })
            {
                continue;
            }

            var own = owner.Descendants.Where(inner => inner.Function is not null).ToList();
            var isOwn = own.Exists(inner => search.ContentOf(inner) is { Operator: "=" } content && content.Targets.Any(target => target.Text == $"self.{name}"));
            var change = own.Find(inner => Changes(search.ContentOf(inner), $"self.{name}"));
            if (!isOwn && change is not null)
            {
                yield return new(new(
                    statement.Line, search.TextOf(statement),
                    $"`{search.TextOf(statement)}` on line {statement.Line} belongs to the class, so all its objects share it. Line {change.Line} changes it for all of them.",
                    "Where is something made that each object should have for itself?", "init-and-self"), 0.9);
            }
        }
    }

    private static bool Changes(StatementContent content, string attribute) =>
        content.Targets.Any(target => target is SubscriptExpression { Target: var container } && container.Text == attribute)
        || content.All.OfType<CallExpression>().Any(call => call.Function is AttributeExpression { Target: var target, Name: "append" or "add" or "extend" or "insert" or "update" or "remove" or "pop" or "clear" } && target.Text == attribute);

    // A stack that takes from its start, a queue that takes from its end.
    private static IEnumerable<Slip> OfWrongEnd(SlipSearch search, PythonStatement owner)
    {
        var name = owner.Tokens.Count > 1 ? owner.Tokens[1].Text : "";
        var (isStack, isQueue) = (SlipSearch.IsAnyOf(name, "stack"), SlipSearch.IsAnyOf(name, "queue"));
        var calls = owner.Descendants.SelectMany(statement => search.ContentOf(statement).All.OfType<CallExpression>().Select(call => (Statement: statement, Call: call))).ToList();
        if (isStack == isQueue || !calls.Exists(use => use.Call.CallsMethod("append")) || calls.Exists(use => use.Call.CallsMethod("insert")))
        {
            yield break;
        }

        foreach (var (statement, call) in calls.Where(use => use.Call.CallsMethod("pop")))
        {
            var takesFirst = call.Arguments is [{ Value: var place }] && place.IsNumber("0");
            if (isStack && takesFirst)
            {
                yield return Told($"`{ValueTypes.Short(call.Text)}` on line {statement.Line} takes the item that came first. A stack gives back the one that came last.");
            }
            else if (isQueue && call.Arguments.Count == 0)
            {
                yield return Told($"`{ValueTypes.Short(call.Text)}` on line {statement.Line} takes the item that came last. A queue gives back the one that came first.");
            }

            Slip Told(string cause) => new(new(statement.Line, ValueTypes.Short(call.Text), cause, "Which item does `pop` take: the one at the start, or the one at the end?", "lists"), 0.88);
        }
    }

    // def pop(self): return self.items[-1]
    private static IEnumerable<Slip> OfKeptItem(SlipSearch search, PythonStatement owner)
    {
        foreach (var function in search.Program.Functions.Where(function => function.Class == owner && function.Name.Text is "pop" or "dequeue" or "remove" or "take" or "pop_item" or "get_next"))
        {
            var takesOut = function.Statement.Descendants.Any(statement => statement.Keyword == "del" || search.ContentOf(statement).Targets.Count > 0
                || search.ContentOf(statement).All.OfType<CallExpression>().Any(call => call.IsMethod));
            var item = function.Statement.Descendants.FirstOrDefault(statement => statement.Keyword == "return" && search.ContentOf(statement).Value is SubscriptExpression { Index: not SliceExpression });
            if (!takesOut && item is not null)
            {
                yield return new(new(item.Line, search.TextOf(item), $"`{search.TextOf(item)}` on line {item.Line} only looks at the item. It stays in the list, so the next call of `{function.Name.Text}` finds it again.", "Which method of a list gives back an item and also takes it out?", "lists"), 0.92);
            }
        }
    }

    /// <summary>An <c>__init__</c> that does not call the one of the class that it inherits from, which would set the attribute.</summary>
    public static CodeCause? LostParent(PythonProgram program, PythonStatement owner, string attribute)
    {
        var init = program.Functions.FirstOrDefault(function => function.Class == owner && function.Name.Text == "__init__");
        var parent = owner.Tokens.Skip(2).Select(token => program.PlacesOf(token.Text).FirstOrDefault(place => place.Role == NameRole.Class)?.Statement).FirstOrDefault(statement => statement is not null && statement != owner);
        return init is not null && parent is not null && !init.Statement.Descendants.Any(statement => statement.Tokens.Any(token => token.Text is "super" or "__init__"))
            && parent.Descendants.Any(statement => program.ContentOf(statement).Targets.Any(target => target.Text == $"self.{attribute}"))
            ? new(
                init.Line, "__init__",
                $"The `__init__` on line {init.Line} takes the place of the one of `{parent.Tokens[1].Text}` (line {parent.Line}), which sets `self.{attribute}`. It does not call that one, so the object gets no `{attribute}`.",
                "How does a class call the `__init__` of the class that it inherits from?", "inheritance")
            : null;
    }
}
