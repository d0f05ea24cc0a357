namespace LearnFlow.Agents.Review;

/// <summary>One thing to improve.</summary>
/// <param name="Code">The rule's code in flake8, ruff or pylint; <c>LF…</c> where the field has none.</param>
/// <param name="Rule">The rule's name in plain words.</param>
/// <param name="Severity">One of <see cref="ReviewSeverity"/>.</param>
/// <param name="Line">The physical line it is about, from 1.</param>
/// <param name="Message">What was found, with the names in the student's own program.</param>
/// <param name="Why">Why it matters, in one or two plain sentences.</param>
/// <param name="Before">A small example of the same problem in another program.</param>
/// <param name="After">That example, improved.</param>
public sealed record ReviewFinding(
    string Code, string Rule, string Severity, int Line, string Message, string Why, string? Before, string? After)
{
    /// <summary>The rule's place among those of its severity, the most important first.</summary>
    internal int Place { get; init; }
}
