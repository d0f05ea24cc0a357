namespace LearnFlow.Agents.Review;

/// <summary>What all findings of one rule have in common.</summary>
internal sealed record ReviewRule(string Code, string Name, string Severity, string Why, string? Before, string? After)
{
    public ReviewFinding At(int line, string message) => new(Code, Name, Severity, line, message, Why, Before, After);
}
