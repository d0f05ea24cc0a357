namespace LearnFlow.Agents.Python;

/// <summary>One token of a Python program.</summary>
/// <param name="Kind">What the token is.</param>
/// <param name="Text">The token exactly as it stands in the program.</param>
/// <param name="Start">The offset of its first character in the program.</param>
/// <param name="Line">The physical line it starts on, from 1.</param>
/// <param name="Column">The offset of its first character in that line, from 0.</param>
public readonly record struct PythonToken(PythonTokenKind Kind, string Text, int Start, int Line, int Column)
{
    /// <summary>The number of characters the token takes.</summary>
    public int Length => Text.Length;

    /// <summary>The offset just after its last character.</summary>
    public int End => Start + Text.Length;

    /// <summary>The physical line it ends on; later than <see cref="Line"/> for a string over several lines.</summary>
    public int LastLine => Line + PythonLines.CountBreaks(Text);

    /// <summary>Whether the token's text is exactly <paramref name="text"/>.</summary>
    public bool Is(string text) => string.Equals(Text, text, StringComparison.Ordinal);
}
