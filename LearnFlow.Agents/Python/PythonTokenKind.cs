namespace LearnFlow.Agents.Python;

/// <summary>What a <see cref="PythonToken"/> is.</summary>
public enum PythonTokenKind
{
    /// <summary>An identifier, soft keywords (<c>match</c>, <c>case</c>, <c>type</c>) among them.</summary>
    Name,

    /// <summary>A reserved word, <c>True</c>, <c>False</c> and <c>None</c> among them.</summary>
    Keyword,

    /// <summary>A number literal.</summary>
    Number,

    /// <summary>A whole string literal with its prefix and quotes; an f-string is one token.</summary>
    StringLiteral,

    /// <summary>An operator, a bracket or another delimiter.</summary>
    Operator,

    /// <summary>A comment, from <c>#</c> to the end of its line.</summary>
    Comment,

    /// <summary>The end of a logical line; empty where the text ends without a line break.</summary>
    Newline,

    /// <summary>The leading white space of the first line of a deeper block.</summary>
    Indent,

    /// <summary>The end of a block; always empty.</summary>
    Dedent,

    /// <summary>
    /// Text Python cannot read: an unterminated string, a character it does not know,
    /// a number with letters stuck to it, or an indentation that fits no outer block.
    /// </summary>
    Error,
}
