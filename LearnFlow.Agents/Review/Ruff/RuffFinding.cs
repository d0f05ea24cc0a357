namespace LearnFlow.Agents.Review.Ruff;

/// <summary>What ruff says of a place in a program.</summary>
/// <param name="Rule">The rule's name, such as <c>mutable-argument-default</c>, or <see cref="InvalidSyntax"/>.</param>
/// <param name="Message">Ruff's own words.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column in it, from 1.</param>
/// <param name="EndLine">The line on which it ends.</param>
/// <param name="EndColumn">The column after its end.</param>
public sealed record RuffFinding(string Rule, string Message, int Line, int Column, int EndLine, int EndColumn)
{
    /// <summary>What ruff calls a program that Python cannot read.</summary>
    public const string InvalidSyntax = "invalid-syntax";
}
