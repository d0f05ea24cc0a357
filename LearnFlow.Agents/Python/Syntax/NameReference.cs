namespace LearnFlow.Agents.Python.Syntax;

/// <summary>One place where a plain name (not an attribute) is used or given a value.</summary>
internal sealed record NameReference(string Name, PythonToken Token, NameRole Role, PythonStatement Statement)
{
    public int Line => Token.Line;

    /// <summary>Whether the name is given a value here.</summary>
    public bool IsBinding => Role is not (NameRole.Load or NameRole.Declaration);
}
