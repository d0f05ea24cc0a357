namespace LearnFlow.Agents.Python.Syntax;

/// <summary>Why, and on which line, Python cannot read the program.</summary>
internal sealed record SyntaxProblem(int Line, string Message);
