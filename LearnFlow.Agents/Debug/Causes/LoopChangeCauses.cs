using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug.Causes;

/// <summary>Collections that change while a loop goes over them.</summary>
internal static class LoopChangeCauses
{
    public static CodeCause? Find(ErrorPlace place) => place.Message.Contains("changed size during iteration", StringComparison.Ordinal)
        ? place.Program.Statements.Where(statement => statement.Keyword == "for").Select(loop => Find(place.Program, loop)).FirstOrDefault(cause => cause is not null)
        : null;

    /// <summary>The line in a loop that changes what the loop goes over.</summary>
    public static CodeCause? Find(PythonProgram program, PythonStatement loop)
    {
        var iterable = program.ContentOf(loop).Value switch
        {
            CallExpression { Function: AttributeExpression { Name: "items" or "keys" or "values", Target: NameExpression target } } => target.Name,
            CallExpression { Function: NameExpression { Name: "enumerate" }, Arguments: [{ Value: NameExpression counted }] } => counted.Name,
            NameExpression name => name.Name,
            _ => null,
        };
        if (iterable is null)
        {
            return null;
        }

        foreach (var statement in loop.Descendants)
        {
            var content = program.ContentOf(statement);
            if (content.AssignedName == iterable)
            {
                return null;
            }

            var isCall = content.Value is CallExpression { Function: AttributeExpression { Target: NameExpression changed, Name: "remove" or "append" or "pop" or "insert" or "add" or "discard" or "clear" or "extend" } } && changed.Name == iterable;
            var isRemoval = statement.Matches(0, "del", iterable, "[");
            var leaves = statement.Next is { Keyword: "break" or "return" };
            if ((isCall || isRemoval) && !leaves)
            {
                var text = ValueTypes.Short(statement.TextOf(program.Code, 0, statement.Tokens.Count));
                return new(statement.Line, text, $"`{text}` on line {statement.Line} changes `{iterable}` while the loop on line {loop.Line} goes over it. The loop then loses its place and skips items.", "Could the loop go over a copy, or fill a new list?", "mutability-and-copying");
            }
        }

        return null;
    }
}
