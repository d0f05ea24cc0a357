namespace LearnFlow.Agents.Python.Syntax;

/// <summary>What <see cref="StatementParser"/> read: every statement in the order of the text, and the first problem if any.</summary>
internal sealed record ParsedStatements(IReadOnlyList<PythonStatement> All, SyntaxProblem? Problem);
