namespace LearnFlow.Agents.Review.Ruff;

/// <summary>What ruff says of a place in a program.</summary>
/// <param name="Rule">The rule's name, such as <c>mutable-argument-default</c>; <c>invalid-syntax</c> where there is none.</param>
/// <param name="Message">Ruff's own words.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column in it, from 1.</param>
/// <param name="EndLine">The line on which it ends.</param>
/// <param name="EndColumn">The column after its end.</param>
public sealed record RuffFinding(string Rule, string Message, int Line, int Column, int EndLine, int EndColumn)
{
    /// <summary>The codes of rules that find what Python refuses although its form is right.</summary>
    public static IReadOnlyList<string> CodesOfUnreadable { get; } = ["F701", "F702", "F704", "F706", "F707"];

    /// <summary>Whether Python cannot read the program because of it.</summary>
    public bool IsUnreadable => Rule is "invalid-syntax"
        or "break-outside-loop" or "continue-outside-loop" or "yield-outside-function" or "return-outside-function" or "default-except-not-last";
}
