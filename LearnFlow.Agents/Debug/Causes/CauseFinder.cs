using LearnFlow.Agents.Python;
using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug.Causes;

/// <summary>Finds the cause of a problem at its place in the code, by reading it alone.</summary>
public static class CauseFinder
{
    /// <summary>The cause that can be seen in the code; null where none can.</summary>
    /// <param name="code">The student's code, whole or in part.</param>
    /// <param name="error">What Python said; null where the code only does the wrong thing.</param>
    public static CodeCause? Find(string code, Traceback? error)
    {
        ArgumentNullException.ThrowIfNull(code);

        return Find(PythonProgram.Read(code), error);
    }

    /// <summary>The same of code that was read already.</summary>
    /// <param name="program">The student's code.</param>
    /// <param name="error">What Python said; null where the code only does the wrong thing.</param>
    internal static CodeCause? Find(PythonProgram program, Traceback? error)
    {
        if (error is null)
        {
            return SyntaxCauses.Find(program) ?? SlipFinder.Find(program).FirstOrDefault(slip => slip.IsSure)?.Cause;
        }

        var place = ErrorPlace.Of(program, error);
        return OfError(program, place) ?? (program.Problem is null && place.Statement is { Function: var function }
            ? SlipFinder.Find(program).FirstOrDefault(slip => slip.Weight > Slip.Plain && program.Statements.Any(statement => statement.Line == slip.Cause.Line && statement.Function == function))?.Cause
            : null);
    }

    private static CodeCause? OfError(PythonProgram program, ErrorPlace place) => place.Error.Exception switch
    {
        "SyntaxError" or "IndentationError" or "TabError" => SyntaxCauses.Find(program),
        _ when program.Problem is not null => null,
        // What goes wrong in a loop that does not end when it should comes from its condition.
        "IndexError" or "ValueError" or "KeyError" when Condition(program, place.Statement) is { } condition => condition,
        "NameError" or "UnboundLocalError" => NameCauses.Find(place),
        "TypeError" => TypeCauses.Find(place) ?? CallCauses.Find(place),
        "AttributeError" => AttributeCauses.Find(place),
        "IndexError" => IndexCauses.Find(place),
        "KeyError" => KeyCauses.Find(place),
        "ValueError" => ValueCauses.Find(place),
        "ZeroDivisionError" => ZeroCauses.Find(place),
        "RecursionError" => RecursionCauses.Find(place),
        "ImportError" or "ModuleNotFoundError" => ImportCauses.Find(place),
        "RuntimeError" => LoopChangeCauses.Find(place),
        _ => null,
    };

    private static CodeCause? Condition(PythonProgram program, PythonStatement? statement)
    {
        var loop = statement is null ? null : SlipSearch.LoopOf(statement);
        return loop is { Keyword: "while" }
            ? ConditionSlips.Find(new SlipSearch(program)).FirstOrDefault(slip => slip.Cause.Line == loop.Line && slip.Weight >= Slip.Plain)?.Cause
            : null;
    }
}
