namespace LearnFlow.Agents.Review;

/// <summary>What all findings of one rule have in common.</summary>
/// <param name="Code">The rule's code in flake8, ruff or pylint; <c>LF…</c> where the field has none.</param>
/// <param name="Name">The rule's name in plain words.</param>
/// <param name="Severity">One of <see cref="ReviewSeverity"/>.</param>
/// <param name="Why">Why it matters, in one or two plain sentences.</param>
/// <param name="Before">A small program that has the problem.</param>
/// <param name="After">That program, improved.</param>
public sealed record ReviewRule(string Code, string Name, string Severity, string Why, string? Before, string? After)
{
    /// <summary>The rule's place among those of its severity; our own checks, which are made for beginners, come first.</summary>
    public int Place { get; init; }

    internal ReviewFinding At(int line, string message) =>
        new(Code, Name, Severity, line, message, Why, Before, After) { Place = Place };
}
