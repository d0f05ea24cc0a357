namespace LearnFlow.Agents.Debug.Causes;

/// <summary>The cause of a problem, seen in a student's code.</summary>
/// <param name="Line">The faulty line, from 1.</param>
/// <param name="Expression">The faulty name or expression, as written.</param>
/// <param name="Cause">What is wrong, in one or two sentences that name it.</param>
/// <param name="Hint">The next step.</param>
/// <param name="Concept">The concept behind it; null where the error's own fits.</param>
public sealed record CodeCause(int Line, string Expression, string Cause, string Hint, string? Concept = null)
{
    /// <summary>The kind of slip, as <c>Content/hints</c> names it; null where it has no name there.</summary>
    public string? Shape { get; init; }
}
