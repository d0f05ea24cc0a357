using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug.Causes;

/// <summary>Loops that never end, and why their condition stays true.</summary>
internal static class EndlessLoops
{
    /// <summary>Why the loop cannot end, where that can be seen for certain enough to say so without a run.</summary>
    public static CodeCause? Find(PythonProgram program, PythonStatement loop)
    {
        if (program.ContentOf(loop).Value is not { } condition || loop.Body.Count == 0 || Leaves(program, loop))
        {
            return null;
        }

        var text = ValueTypes.Short(condition.Text);
        if (condition is ConstantExpression { Value: "True" } or NumberExpression { Value: "1" })
        {
            return loop.Descendants.Any(statement => statement.Tokens.Any(token => token.Text is "sleep" or "input" or "mainloop" or "next" or "recv" or "accept"))
                && !loop.Descendants.Any(statement => statement.Tokens.Any(token => token.Is("input")))
                ? null
                : new(loop.Line, $"while {text}", $"The loop on line {loop.Line} says `while {text}`, and no line in it can end it: there is no `break` and no `return`.", "What has to happen so that the loop should stop? Which word leaves a loop?", "while-loops");
        }

        if (condition.All.OfType<CallExpression>().Any(call => !call.Calls("len")) || condition.All.OfType<AttributeExpression>().Any())
        {
            return null;
        }

        var names = condition.All.OfType<NameExpression>().Select(name => name.Name).Where(name => name != "len").Distinct().ToList();
        return names.Count > 0 ? OfUnchanged(program, loop, text, names) ?? OfDirection(program, loop, condition, text) ?? OfMissed(program, loop, condition, text) : null;
    }

    /// <summary>Why a program that was still running is in an endless loop, as far as it can be told.</summary>
    /// <param name="program">The program.</param>
    /// <param name="slips">What else looks wrong in it, the likelier first.</param>
    public static CodeCause? Find(PythonProgram program, IReadOnlyList<Slip> slips)
    {
        var loops = program.Statements.Where(statement => statement.Keyword == "while").ToList();
        return loops.Select(loop => Find(program, loop)).FirstOrDefault(cause => cause is not null)
            ?? slips.FirstOrDefault(slip => slip.Weight >= Slip.Plain)?.Cause
            ?? loops.Select(loop => OfBranch(program, loop)).FirstOrDefault(cause => cause is not null)
            ?? program.Statements.Where(statement => statement.Keyword == "for").Select(loop => LoopChangeCauses.Find(program, loop)).FirstOrDefault(cause => cause is not null)
            ?? loops.Select(loop => OfOnlyChange(program, loop)).FirstOrDefault(cause => cause is not null)
            ?? (loops is [.., var only] && program.ContentOf(only).Value is { } condition
                ? new(only.Line, $"while {ValueTypes.Short(condition.Text)}", $"The loop on line {only.Line} goes on while `{ValueTypes.Short(condition.Text)}`, and that probably never becomes false.", "Print the values of the condition in every round. Do they move towards the end?", "while-loops")
                : null);
    }

    private static bool Leaves(PythonProgram program, PythonStatement loop) => loop.Descendants.Any(statement =>
        statement.Keyword is "return" or "raise"
        || (statement.Keyword == "break" && SlipSearch.LoopOf(statement) == loop)
        || statement.Tokens.Any(token => token.Text is "yield" or "await")
        || program.ContentOf(statement).All.OfType<CallExpression>().Any(call => call.Name is "exit" or "quit" or "_exit"));

    private static IEnumerable<PythonStatement> Changes(PythonProgram program, PythonStatement loop, string name) => loop.Descendants.Where(statement =>
    {
        var content = program.ContentOf(statement);
        return content.Targets.SelectMany(target => target.All).Any(target => target.IsName(name))
            || program.PlacesOf(name, statement.Start, statement.HeaderEnd).Any(place => place.IsBinding)
            || content.All.OfType<CallExpression>().Any(call => call.Function is AttributeExpression { Target: var target } && target.Mentions(name))
            || statement.Keyword == "del";
    });

    private static CodeCause? OfUnchanged(PythonProgram program, PythonStatement loop, string text, List<string> names)
    {
        // A function that is called may change a global name, or the list that it is handed.
        if (names.Exists(name => Changes(program, loop, name).Any())
            || loop.Descendants.Any(statement => program.ContentOf(statement).All.OfType<CallExpression>().Any(call =>
                program.Defines(call.Name) || call.Arguments.Any(argument => names.Exists(argument.Value.IsName) && !PythonBuiltIns.Functions.ContainsKey(call.Name)))))
        {
            return null;
        }

        var list = string.Join(" and ", names.Take(3).Select(name => $"`{name}`"));
        var compared = loop.Descendants.FirstOrDefault(statement => program.ContentOf(statement) is { Targets.Count: 0, Value: BinaryExpression value } && statement.Keyword.Length == 0 && names.Exists(value.Mentions));
        if (compared is not null)
        {
            var thrown = ValueTypes.Short(compared.TextOf(program.Code, 0, compared.Tokens.Count));
            return new(compared.Line, thrown, $"`{thrown}` on line {compared.Line} works something out but does not change {list}. So the loop's condition `{text}` (line {loop.Line}) stays true.", "How do you give a variable a new value?", "while-loops");
        }

        return new(loop.Line, $"while {text}", $"The loop on line {loop.Line} goes on while `{text}`. No line in the loop changes {list}, so once that is true it stays true for ever.", $"Which line in the loop should change {list}?", "while-loops");
    }

    private static CodeCause? OfDirection(PythonProgram program, PythonStatement loop, PythonExpression condition, string text)
    {
        if (condition is not ComparisonExpression { Left: NameExpression { Name: var name }, Operator: var sign, Right: NumberExpression or NameExpression or CallExpression } comparison)
        {
            return null;
        }

        if (comparison.Right is NameExpression other && Changes(program, loop, other.Name).Any())
        {
            return null;
        }

        var changes = Changes(program, loop, name).ToList();
        if (changes is not [var change])
        {
            return null;
        }

        var content = program.ContentOf(change);
        var step = content switch
        {
            { Operator: "+=", Value: NumberExpression } => 1,
            { Operator: "-=", Value: NumberExpression } => -1,
            { Operator: "=", Value: BinaryExpression { Operator: "+", Right: NumberExpression } sum } when sum.Left.IsName(name) => 1,
            { Operator: "=", Value: BinaryExpression { Operator: "-", Right: NumberExpression } difference } when difference.Left.IsName(name) => -1,
            _ => 0,
        };
        var changed = ValueTypes.Short(change.TextOf(program.Code, 0, change.Tokens.Count));
        if ((sign[0] == '<' && step < 0) || (sign[0] == '>' && step > 0))
        {
            return new(change.Line, changed, $"The loop on line {loop.Line} goes on while `{text}`, and `{changed}` on line {change.Line} moves `{name}` away from the end.", $"In which direction does `{name}` have to go to end the loop?", "while-loops");
        }

        return content is { Operator: "=", Value: (NumberExpression or UnaryExpression { Operand: NumberExpression }) and { } constant } && change.Parent == loop
            ? new(change.Line, changed, $"`{changed}` on line {change.Line} sets `{name}` to {constant.Text} in every round, so `{text}` (line {loop.Line}) never changes.", $"How does `{name}` get closer to the end in each round?", "while-loops")
            : null;
    }

    private static CodeCause? OfMissed(PythonProgram program, PythonStatement loop, PythonExpression condition, string text) =>
        condition is ComparisonExpression { Operator: "!=", Left: NameExpression { Name: var name } } && Changes(program, loop, name).Any(change => program.ContentOf(change).All.OfType<NumberExpression>().Any(number => number.IsFloat))
            ? new(loop.Line, text, $"The loop on line {loop.Line} ends only when `{name}` hits the value exactly. Decimal numbers are stored a tiny bit off, so it jumps past it.", "Which comparison also ends the loop when the value is passed?", "while-loops")
            : null;

    // The change stands in a branch, so the rounds that do not take it stay where they are.
    private static CodeCause? OfBranch(PythonProgram program, PythonStatement loop)
    {
        if (program.ContentOf(loop).Value is not { } condition)
        {
            return null;
        }

        foreach (var name in condition.All.OfType<NameExpression>().Select(name => name.Name).Distinct())
        {
            var changes = Changes(program, loop, name).ToList();
            if (changes is [{ Parent: { Keyword: "if" or "elif" or "else" or "for" } branch } change] && branch != loop)
            {
                var changed = ValueTypes.Short(change.TextOf(program.Code, 0, change.Tokens.Count));
                return new(change.Line, changed, $"`{changed}` on line {change.Line} runs only inside the `{branch.Keyword}` of line {branch.Line}. In a round without it, `{name}` stays as it is, and the loop on line {loop.Line} never gets further.", $"How far should line {change.Line} be indented?", "while-loops");
            }

            if (changes is [{ } only] && only.Parent == loop && loop.Body.Any(statement => statement.Descendants.Any(inner => inner.Keyword == "continue") && statement.Start < only.Start))
            {
                var skip = loop.Descendants.First(inner => inner.Keyword == "continue");
                return new(skip.Line, "continue", $"`continue` on line {skip.Line} jumps over line {only.Line}, where `{name}` changes. From then on the loop on line {loop.Line} stays in the same round.", $"What has to happen to `{name}` before `continue`?", "break-and-continue");
            }
        }

        return null;
    }

    // One line alone changes what the condition asks for, and that does not end the loop.
    private static CodeCause? OfOnlyChange(PythonProgram program, PythonStatement loop)
    {
        if (program.ContentOf(loop).Value is not { } condition || Leaves(program, loop))
        {
            return null;
        }

        var changes = condition.All.OfType<NameExpression>().Select(name => name.Name).Distinct().SelectMany(name => Changes(program, loop, name)).Distinct().ToList();
        if (changes is not [{ IsHeader: false } change])
        {
            return null;
        }

        var changed = ValueTypes.Short(change.TextOf(program.Code, 0, change.Tokens.Count));
        if (condition is ComparisonExpression { Operator: "!=" } && program.ContentOf(change) is { Operator: "+=" or "-=" } or { Value: BinaryExpression { Operator: "+" or "-" } })
        {
            return new(loop.Line, ValueTypes.Short(condition.Text), $"The loop on line {loop.Line} ends only when `{ValueTypes.Short(condition.Text)}` becomes false exactly. The steps of `{changed}` on line {change.Line} can jump over that value.", "Which comparison also ends the loop when the value is passed?", "while-loops");
        }

        return new(change.Line, changed, $"The loop on line {loop.Line} goes on while `{ValueTypes.Short(condition.Text)}`. Only `{changed}` on line {change.Line} changes anything in that, and it never makes it false.", "Work out by hand what that line does in the first three rounds. Does it come closer to the end?", "while-loops");
    }
}
