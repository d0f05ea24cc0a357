namespace LearnFlow.Triage.Skills;

/// <summary>Tells a line of code from a line of prose.</summary>
public static class CodeLine
{
    private static readonly string[] Openings =
    [
        "def ", "class ", "import ", "from ", "for ", "while ", "if ", "elif ", "else:", "try:", "except", "with ",
        "return ", "print(", "print ", ">>>", "...", "@", "async def ", "lambda ", "yield ", "raise ",
    ];

    /// <summary>Whether a line looks like Python rather than like a sentence.</summary>
    /// <param name="line">The line, without its end.</param>
    public static bool Is(ReadOnlySpan<char> line)
    {
        var text = line.Trim();
        if (text.Length < 2)
        {
            return false;
        }

        if (text.StartsWith(">>>", StringComparison.Ordinal))
        {
            return true;
        }

        var opens = false;
        foreach (var opening in Openings)
        {
            opens |= text.StartsWith(opening, StringComparison.Ordinal);
        }

        if (opens)
        {
            // "for example, …" and "if I run it" are prose; code has brackets, a colon at its end or an operator.
            return text[^1] is ':' or ')' or ']' or '}'
                || (text.StartsWith("import ", StringComparison.Ordinal) && text.Count(' ') <= 3)
                || (text.StartsWith("from ", StringComparison.Ordinal) && text.Contains(" import ", StringComparison.Ordinal))
                || (text.StartsWith("return ", StringComparison.Ordinal) && text.Count(' ') <= 4);
        }

        return IsAssignment(text) || IsCall(text);
    }

    /// <summary><c>name = …</c>, <c>name += …</c>, <c>name[…] = …</c>.</summary>
    private static bool IsAssignment(ReadOnlySpan<char> text)
    {
        var equals = text.IndexOf('=');
        if (equals <= 0 || equals + 1 >= text.Length)
        {
            return false;
        }

        var target = text[..equals].TrimEnd("+-*/%&|^:! ");
        return target.Length > 0 && !target.Contains(' ') | target.Contains('[') | target.Contains(',')
            && (char.IsLetter(target[0]) || target[0] == '_');
    }

    /// <summary><c>name(…)</c> and <c>name.name(…)</c> alone on a line.</summary>
    private static bool IsCall(ReadOnlySpan<char> text)
    {
        var open = text.IndexOf('(');
        return open > 0 && text[^1] == ')' && !text[..open].ContainsAny(" ,");
    }
}
