using LearnFlow.Agents.Debug.Causes;
using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug;

/// <summary>
/// Says where a wrong result was made, when neither a known slip nor a small change explains it: the line that hands it
/// back, the one that made it last, and the condition that led there. Not what is wrong with them, for that nobody knows.
/// </summary>
internal static class ProgramRunTrace
{
    private const string Hint = "Go through that call on paper, one line at a time. Is this the first moment at which something else happens than you want?";

    /// <summary>The place at which a result was made; null where the lines say nothing.</summary>
    /// <param name="program">The program.</param>
    /// <param name="told">Which call gives what; null for what the program prints.</param>
    /// <param name="way">The lines that ran, the last one that from which the result came out.</param>
    public static CodeCause? Find(PythonProgram program, string? told, IReadOnlyList<int> way)
    {
        var search = new SlipSearch(program);
        var ran = way.Select(line => program.Statements.LastOrDefault(statement => statement.Line <= line && statement.Tokens[^1].LastLine >= line)).OfType<PythonStatement>().ToList();
        if (ran is not [.., var last])
        {
            return null;
        }

        if (told is not null && last is { Keyword: not "return", Function: { } function })
        {
            return new(
                function.LastLine, search.TextOf(function.Descendants.Last()),
                $"{told}, for it comes to the end of the function after line {function.LastLine} and no `return` ran on its way.{Decided(search, last)}",
                "What should come back when the function gets to its end?", "return-versus-print");
        }

        var isPrinted = told is null;
        told ??= $"That is printed by `{search.TextOf(last)}` on line {last.Line}";
        last = GivenBack(search, last, ran);
        var names = search.ContentOf(last).Value?.All.OfType<NameExpression>().Select(name => name.Name).ToHashSet() ?? [];
        var maker = ran.SkipLast(1).LastOrDefault(statement => statement.Function == last.Function && Changes(search.ContentOf(statement), names));
        if (maker is not null && (isPrinted || SlipSearch.LoopOf(last) is null))
        {
            return At(search, GuardOf(maker) is { Keyword: "if" or "elif" } guard ? guard : maker, $"{told}. That value was last changed on line {maker.Line}, by `{search.TextOf(maker)}`.{Decided(search, maker)}");
        }

        return At(search, GuardOf(last) ?? last, $"{told}. It comes from `{search.TextOf(last)}` on line {last.Line}.{Decided(search, last)}");
    }

    /// <summary>Where a function of the program gave its value to a line, the <c>return</c> that did; else the line itself.</summary>
    private static PythonStatement GivenBack(SlipSearch search, PythonStatement last, List<PythonStatement> ran) =>
        new[] { search.ContentOf(last).Value }.Concat(search.ContentOf(last).Value is CallExpression { Name: "print" } print ? print.Arguments.Select(argument => argument.Value) : []).OfType<CallExpression>()
            .Select(call => ran.LastOrDefault(statement => statement is { Keyword: "return", Function: { } function } && function != last.Function && call.Calls(PythonFunction.Of(function).Name.Text)))
            .FirstOrDefault(found => found is not null)
        ?? last;

    private static CodeCause At(SlipSearch search, PythonStatement place, string cause) => new(place.Line, search.TextOf(place), cause, Hint);

    private static string Decided(SlipSearch search, PythonStatement statement) => GuardOf(statement) switch
    {
        null => "",
        { Keyword: "for" } loop => $" The loop on line {loop.Line} leads there.",
        { Keyword: "else" } other when IfOf(other) is { } test => $" It gets there because `{search.TextOf(test)}` on line {test.Line} is false.",
        var guard => $" It gets there because `{search.TextOf(guard)}` on line {guard.Line} is true.",
    };

    /// <summary>The condition or loop that a statement depends on, within its function.</summary>
    private static PythonStatement? GuardOf(PythonStatement statement) =>
        statement.Parent is { Keyword: "if" or "elif" or "else" or "for" or "while" } guard ? guard : null;

    private static PythonStatement? IfOf(PythonStatement other) => other.Previous is { Keyword: "if" or "elif" } test ? test : null;

    /// <summary>Whether a statement gives one of the names a value, or changes the list or dictionary that it stands for.</summary>
    private static bool Changes(StatementContent content, HashSet<string> names) =>
        content.Targets.Any(target => content.Operator.Length > 0 && Root(target) is { } name && names.Contains(name))
        || content is { Targets.Count: 0, Value: CallExpression { Function: AttributeExpression { Target: NameExpression changed } } } && names.Contains(changed.Name);

    // rows[i][j] = … changes rows.
    private static string? Root(PythonExpression target) => target switch
    {
        NameExpression name => name.Name,
        SubscriptExpression subscript => Root(subscript.Target),
        _ => null,
    };
}
