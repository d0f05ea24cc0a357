namespace LearnFlow.Triage.Skills;

/// <summary>Tells a line of code from a line of prose.</summary>
public static class CodeLine
{
    /// <summary>What opens a statement, and what it must hold or end with to be one: "for example" opens none.</summary>
    private static readonly (string Opening, string Holds, string Ends)[] Statements =
    [
        ("def ", "(", ""), ("async ", "", ":"), ("class ", "", ":"), ("for ", " in ", ":"), ("while ", "", ":"),
        ("if ", "", ":"), ("elif ", "", ":"), ("else:", "", ""), ("else :", "", ""), ("try:", "", ""), ("try :", "", ""),
        ("except", "", ":"), ("finally:", "", ""), ("with ", " as ", ":"), ("with ", "(", ":"), ("print(", "", ""),
        ("print \"", "", ""), ("print '", "", ""), ("from ", " import ", ""), ("raise ", "(", ")"), ("yield ", "", ")"),
        ("@", "", ""), (">>>", "", ""), ("in [", "]:", ""), ("out[", "]:", ""), ("if __name__", "", ""),
        ("return self", "", ""), ("return true", "", ""), ("return false", "", ""), ("return none", "", ""),
        ("#!/", "", ""), ("assert ", "=", ""), ("del ", "[", "]"), ("global ", "", ""), ("match ", "", ":"), ("case ", "", ":"),
    ];

    /// <summary>Whether a line looks like Python rather than like a sentence.</summary>
    /// <param name="line">The line, folded.</param>
    public static bool Is(ReadOnlySpan<char> line)
    {
        // A mark at a message's end, or the "..." of a prompt, does not make it prose.
        var text = line.TrimEnd("?!.,; ").TrimStart("|`. ");
        if (text.Length < 2)
        {
            return false;
        }

        foreach (var (opening, holds, ends) in Statements)
        {
            if (text.StartsWith(opening, StringComparison.Ordinal)
                && text.Contains(holds, StringComparison.Ordinal)
                && text.EndsWith(ends, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return IsShort(text, "import ", 3) || IsShort(text, "return ", 4) || IsAssignment(text) || IsCall(text);
    }

    private static bool IsShort(ReadOnlySpan<char> text, string opening, int mostSpaces) =>
        text.StartsWith(opening, StringComparison.Ordinal) && text.Count(' ') <= mostSpaces;

    /// <summary><c>name = …</c>, <c>name += …</c>, <c>name[…] = …</c>, <c>a, b = …</c>.</summary>
    private static bool IsAssignment(ReadOnlySpan<char> text)
    {
        var equals = text.IndexOf('=');
        if (equals <= 0 || equals + 1 >= text.Length)
        {
            return false;
        }

        var target = text[..equals].TrimEnd("+-*/%&|^:! ");
        return target.Length > 0
            && (char.IsLetter(target[0]) || target[0] == '_')
            && (!target.Contains(' ') || target.Contains('[') || target.Count(' ') == target.Count(','));
    }

    /// <summary><c>name(…)</c> and <c>name.name(…)</c> alone on a line.</summary>
    private static bool IsCall(ReadOnlySpan<char> text)
    {
        var open = text.IndexOf('(');
        return open > 0 && text[^1] == ')' && !text[..open].ContainsAny(" ,");
    }
}
