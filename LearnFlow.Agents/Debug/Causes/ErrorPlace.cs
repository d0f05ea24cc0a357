using LearnFlow.Agents.Python;
using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug.Causes;

/// <summary>An error, and the statement of the code that raised it.</summary>
/// <param name="Program">The code.</param>
/// <param name="Types">The types in it.</param>
/// <param name="Error">The error.</param>
/// <param name="Statement">The statement; null where the traceback does not say, or speaks of other code.</param>
internal sealed record ErrorPlace(PythonProgram Program, ValueTypes Types, Traceback Error, PythonStatement? Statement)
{
    /// <summary>The statements to look at: the one that raised it, or else all.</summary>
    public IEnumerable<PythonStatement> Suspects => Statement is null ? Program.Statements : [Statement];

    public string Message => Error.Message;

    public static ErrorPlace Of(PythonProgram program, Traceback error) =>
        new(program, new ValueTypes(program), error, StatementAt(program, error.Place));

    /// <summary>The expressions of the suspects with their statements.</summary>
    public IEnumerable<(PythonStatement Statement, T Expression)> Expressions<T>()
        where T : PythonExpression => Suspects.SelectMany(statement =>
            Program.ContentOf(statement).All.OfType<T>().Select(expression => (statement, expression)));

    // Code is pasted in parts, so a line's number counts only where its text is that of the traceback, or no text came.
    private static PythonStatement? StatementAt(PythonProgram program, TracebackFrame? frame)
    {
        if (frame is null)
        {
            return null;
        }

        var line = frame.Line;
        if (frame.Source is { Length: > 0 } source && !IsText(line))
        {
            var same = Enumerable.Range(1, program.Lines.Count).Where(IsText).Take(2).ToList();
            if (same is not [var only])
            {
                return null;
            }

            line = only;
        }

        return program.Statements.LastOrDefault(statement => statement.Line <= line && line <= statement.Tokens[^1].LastLine);

        bool IsText(int number) => number >= 1 && number <= program.Lines.Count
            && program.Lines[number - 1].Trim() is { Length: > 0 } text
            && string.Equals(text, frame.Source!.Trim(), StringComparison.Ordinal);
    }
}
