namespace LearnFlow.Agents.Python.Syntax;

/// <summary>A parameter of a function with the tokens of its default value, if it has one.</summary>
internal sealed record PythonParameter(PythonToken Name, bool IsVariadic, IReadOnlyList<PythonToken> Default);
