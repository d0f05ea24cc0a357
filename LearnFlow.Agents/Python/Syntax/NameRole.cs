namespace LearnFlow.Agents.Python.Syntax;

/// <summary>What a name does where it stands.</summary>
internal enum NameRole
{
    Load,
    Assign,
    Unpack,
    LoopTarget,
    ComprehensionTarget,
    WithTarget,
    ExceptTarget,
    Import,
    Function,
    Class,
    Parameter,
    LambdaParameter,
    Declaration,
}
