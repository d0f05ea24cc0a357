namespace LearnFlow.Agents.Python;

/// <summary>Physical lines as Python counts them: a line ends at LF, CR LF or a lone CR.</summary>
public static class PythonLines
{
    /// <summary>The length of the line break at <paramref name="position"/>, or 0 when there is none.</summary>
    public static int BreakLengthAt(ReadOnlySpan<char> text, int position)
    {
        if (position >= text.Length)
        {
            return 0;
        }

        return text[position] switch
        {
            '\n' => 1,
            '\r' when position + 1 < text.Length && text[position + 1] == '\n' => 2,
            '\r' => 1,
            _ => 0,
        };
    }

    /// <summary>How many line breaks <paramref name="text"/> holds.</summary>
    public static int CountBreaks(ReadOnlySpan<char> text)
    {
        var count = 0;
        for (var position = text.IndexOfAny('\r', '\n'); position >= 0 && position < text.Length;)
        {
            var length = BreakLengthAt(text, position);
            count += length > 0 ? 1 : 0;
            position += Math.Max(length, 1);
        }

        return count;
    }

    /// <summary>The physical lines of <paramref name="text"/>, without their line breaks.</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);

        var lines = new List<string>();
        var start = 0;
        for (var position = 0; position < text.Length;)
        {
            var length = BreakLengthAt(text, position);
            if (length == 0)
            {
                position++;
                continue;
            }

            lines.Add(text[start..position]);
            position += length;
            start = position;
        }

        lines.Add(text[start..]);
        return lines;
    }
}
