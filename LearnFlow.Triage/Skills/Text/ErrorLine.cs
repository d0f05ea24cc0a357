namespace LearnFlow.Triage.Skills;

/// <summary>Finds the line of a traceback that names the error, as people paste it: cut, quoted, from pytest or a chat.</summary>
public static class ErrorLine
{
    /// <summary>The built-in errors whose names end in none of the words that the others end in.</summary>
    private static readonly string[] Others = ["SystemExit", "GeneratorExit", "ExceptionGroup", "BaseExceptionGroup"];

    private static readonly string[] Endings = ["error", "exception", "warning", "interrupt", "iteration"];

    /// <summary>The name of the error in the last such line.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>Where the name stands, or null where no line is of this kind.</returns>
    public static Range? Find(ReadOnlySpan<char> text)
    {
        Range? found = null;
        for (var start = 0; start < text.Length;)
        {
            var end = text[start..].IndexOf('\n');
            end = end < 0 ? text.Length : start + end;
            var line = text[start..end];
            var from = line.Length - AfterMarks(line).Length;
            var length = LengthOfName(line[from..]);
            if (length > 0)
            {
                found = (start + from + line[from..(from + length)].LastIndexOf('.') + 1)..(start + from + length);
            }

            start = end + 1;
        }

        return found;
    }

    /// <summary>Whether a word is the name of an error, such as <c>TypeError</c>.</summary>
    /// <param name="word">The word.</param>
    public static bool IsName(ReadOnlySpan<char> word)
    {
        foreach (var name in Others)
        {
            if (word.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        foreach (var ending in Endings)
        {
            // "error" alone is no name, nor is "an error".
            if (word.Length > ending.Length + 1 && word.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The line behind the marks that quotations, lists, code spans and pytest put before it.</summary>
    private static ReadOnlySpan<char> AfterMarks(ReadOnlySpan<char> line)
    {
        var text = line.TrimStart(" \t>`|*+-~_");
        return text.StartsWith("E  ", StringComparison.OrdinalIgnoreCase) || text.StartsWith("e ", StringComparison.Ordinal)
            ? text[1..].TrimStart()
            : text;
    }

    /// <summary>The length of an error's dotted name that a colon or the line's end follows, or 0.</summary>
    private static int LengthOfName(ReadOnlySpan<char> line)
    {
        var length = 0;
        while (length < line.Length && (char.IsAsciiLetterOrDigit(line[length]) || line[length] is '_' or '.'))
        {
            length++;
        }

        var name = line[..length].TrimEnd('.');
        var hasMessage = length < line.Length && line[length] == ':';
        var isFollowed = hasMessage || line[length..].TrimEnd("?!.,;`*_ \r").IsEmpty;
        var isPlain = hasMessage && name.Equals("Exception", StringComparison.OrdinalIgnoreCase);
        return isFollowed && (isPlain || IsName(name)) ? name.Length : 0;
    }
}
