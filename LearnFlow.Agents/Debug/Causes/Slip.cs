using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug.Causes;

/// <summary>Something in a program that runs, but hardly does what was meant.</summary>
/// <param name="Cause">What, and where.</param>
/// <param name="Weight">How likely it is wrong, 0 to 1: where the code alone tells it, at least <see cref="Sure"/>.</param>
internal sealed record Slip(CodeCause Cause, double Weight)
{
    /// <summary>From here on it is told whatever a run says.</summary>
    public const double Plain = 0.9;

    /// <summary>From here on it is told without anybody having complained.</summary>
    public const double Sure = 0.8;

    /// <summary>From here on it is told where somebody says that something is wrong, but not what.</summary>
    public const double Likely = 0.6;

    /// <summary>From here on it is told where it is known that the result is wrong.</summary>
    public const double Possible = 0.3;

    /// <summary>The function that no line calls, where that is the slip.</summary>
    public string? NeverCalled { get; init; }

    public bool IsSure => Weight >= Sure;

    /// <summary>Whether it is that no line calls a function which somebody does call.</summary>
    /// <param name="call">Their call.</param>
    public bool IsNeverCalled(string call) => NeverCalled is not null && call.StartsWith(NeverCalled + "(", StringComparison.Ordinal);
}

/// <summary>A program in which slips are looked for.</summary>
internal sealed class SlipSearch(PythonProgram program)
{
    public PythonProgram Program => program;

    public ValueTypes Types { get; } = new(program);

    public StatementContent ContentOf(PythonStatement statement) => program.ContentOf(statement);

    /// <summary>The expressions of a kind, each with its statement.</summary>
    public IEnumerable<(PythonStatement Statement, T Expression)> Expressions<T>()
        where T : PythonExpression => program.Expressions<T>();

    /// <summary>The loop that a statement stands in, within its function; null where there is none.</summary>
    public static PythonStatement? LoopOf(PythonStatement statement)
    {
        for (var outer = statement.Parent; outer is { Keyword: not ("def" or "class") }; outer = outer.Parent)
        {
            if (outer.Keyword is "for" or "while")
            {
                return outer;
            }
        }

        return null;
    }

    /// <summary>The name of the function that a statement stands in, small; empty at the top level.</summary>
    public static string FunctionName(PythonStatement statement) =>
        statement.Function is { } function ? PythonFunction.Of(function).Name.Text.ToLowerInvariant() : "";

    /// <summary>Whether a name is read after a statement and its block, in the same function.</summary>
    public bool IsReadAfter(string name, PythonStatement statement) =>
        program.IsRead(name, statement.End, statement.Function?.End ?? int.MaxValue);

    /// <summary>Whether a statement between two offsets gives a name a value, be it with <c>+=</c>.</summary>
    public bool IsChanged(string name, int from, int to) =>
        program.Statements.Any(statement => statement.Start >= from && statement.Start < to && ContentOf(statement).AssignedName == name);

    /// <summary>The statement as written, without its block, to be quoted.</summary>
    public string TextOf(PythonStatement statement) =>
        ValueTypes.Short(statement.TextOf(program.Code, 0, statement.Tokens.Count - (statement.IsHeader ? 1 : 0)));

    public static bool IsAnyOf(string text, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (text.Contains(word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
