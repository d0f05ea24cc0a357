using LearnFlow.Agents.Debug.Causes;
using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug;

/// <summary>
/// Says where a wrong result was made, when neither a known slip nor a small change explains it: the line that hands it
/// back, the one that made it last, and the condition that led there. Not what is wrong with them, for that nobody knows.
/// </summary>
internal static class ProgramRunTrace
{
    private const string HintOfPrint = "What did you expect to see there instead? Follow the value back, one line at a time.";

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
        told ??= $"What you see comes from `{search.TextOf(last)}` on line {last.Line}";
        var printer = isPrinted ? last : null;
        last = GivenBack(search, last, ran);
        var maker = MakerOf(search, last, ran);
        if (maker is null || (!isPrinted && SlipSearch.LoopOf(last) is not null))
        {
            var made = last == printer ? "" : $" It is made by `{search.TextOf(last)}` on line {last.Line}.";
            return At(GuardOf(last) ?? last, $"{told}.{made}{Decided(search, last)}");
        }

        // biggest = n … best.append(biggest)
        var source = search.ContentOf(maker) is { Value: NameExpression or CallExpression { Arguments: [{ Value: NameExpression }] } } ? MakerOf(search, maker, ran[..ran.LastIndexOf(maker)]) : null;
        var from = source is null ? "" : $" What went into it was made on line {source.Line}, by `{search.TextOf(source)}`.{Decided(search, source)}";
        var place = GuardOf(source ?? maker) is { Keyword: "if" or "elif" } guard ? guard : source ?? maker;
        return At(place, $"{told}. That value was last changed on line {maker.Line}, by `{search.TextOf(maker)}`.{Decided(search, maker)}{from}");

        CodeCause At(PythonStatement at, string cause) => new(at.Line, search.TextOf(at), cause, isPrinted ? HintOfPrint : Hint);
    }

    /// <summary>The lines of a program up to its last <c>print</c>, as they stand there.</summary>
    /// <param name="program">The program.</param>
    public static IReadOnlyList<int> LinesToLastPrint(PythonProgram program)
    {
        var last = program.Statements.LastOrDefault(statement => program.ContentOf(statement).Value is CallExpression call && call.Calls("print") && call.Arguments.Count > 0);
        return last is null ? [] : [.. program.Statements.Where(statement => statement.Start <= last.Start).Select(statement => statement.Line)];
    }

    /// <summary>The statement that last changed what a statement uses, other than at its start.</summary>
    private static PythonStatement? MakerOf(SlipSearch search, PythonStatement user, List<PythonStatement> ran)
    {
        var owner = search.ContentOf(user).Value is CallExpression { Function: AttributeExpression { Target: NameExpression changed } } ? changed.Name : search.ContentOf(user).AssignedName;
        var names = search.ContentOf(user).Value?.All.OfType<NameExpression>().Select(name => name.Name).Where(name => name != owner).ToHashSet() ?? [];
        var makers = ran.FindAll(statement => statement != user && statement.Function == user.Function && Changes(search.ContentOf(statement), names)
            && (SlipSearch.LoopOf(statement) is not null || search.ContentOf(statement) is { IsAugmented: true } or { Value: not (NumberExpression or StringExpression or ConstantExpression or CollectionExpression { Items.Count: 0 }) }));
        // What a condition has chosen says more than what every round begins with.
        return makers.FindLast(statement => GuardOf(statement) is { Keyword: "if" or "elif" or "else" }) ?? makers.LastOrDefault();
    }

    /// <summary>Where a function of the program gave its value to a line, the <c>return</c> that did; else the line itself.</summary>
    private static PythonStatement GivenBack(SlipSearch search, PythonStatement last, List<PythonStatement> ran) =>
        new[] { search.ContentOf(last).Value }.Concat(search.ContentOf(last).Value is CallExpression { Name: "print" } print ? print.Arguments.Select(argument => argument.Value) : []).OfType<CallExpression>()
            .Select(call => ran.LastOrDefault(statement => statement is { Keyword: "return", Function: { } function } && function != last.Function && call.Calls(PythonFunction.Of(function).Name.Text)))
            .FirstOrDefault(found => found is not null)
        ?? last;

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
