namespace LearnFlow.Agents.Python;

/// <summary>Finds where a string literal ends, in time linear in the length of the program.</summary>
internal sealed class PythonStringScanner(string code)
{
    // Before this offset an f-string is read as a plain string, because a replacement field that began
    // earlier was never closed. Without it, many broken f-strings would each be read to the end of the text.
    private int _readPlainBefore;

    /// <summary>
    /// The offset just after the closing quote of the string whose opening quote is at
    /// <paramref name="quoteAt"/>, or -1 when the string is never closed.
    /// </summary>
    public int FindEnd(int quoteAt, bool isFormatted)
    {
        if (isFormatted && quoteAt >= _readPlainBefore)
        {
            var end = FindFormattedEnd(quoteAt);
            if (end >= 0)
            {
                return end;
            }
        }

        return FindPlainEnd(quoteAt);
    }

    /// <summary>Whether the string whose opening quote is at <paramref name="quoteAt"/> is triple-quoted.</summary>
    public bool IsTripleQuoted(int quoteAt) =>
        quoteAt + 2 < code.Length && code[quoteAt + 1] == code[quoteAt] && code[quoteAt + 2] == code[quoteAt];

    private int FindPlainEnd(int quoteAt)
    {
        var literal = Open(quoteAt, isFormatted: false);
        for (var position = quoteAt + literal.Width; position < code.Length;)
        {
            if (code[position] == '\\')
            {
                position = AfterEscape(position);
            }
            else if (IsClosedAt(literal, position))
            {
                return position + literal.Width;
            }
            else if (literal.Width == 1 && code[position] is '\r' or '\n')
            {
                return -1;
            }
            else
            {
                position++;
            }
        }

        return -1;
    }

    // Since Python 3.12 a replacement field may hold any string, one with the same quotes included,
    // so the literals that are open are kept on a stack.
    private int FindFormattedEnd(int quoteAt)
    {
        var open = new Stack<OpenLiteral>();
        open.Push(Open(quoteAt, isFormatted: true));
        var position = quoteAt + open.Peek().Width;
        while (position < code.Length)
        {
            var literal = open.Peek();
            var character = code[position];
            if (character is '\r' or '\n' && literal.Width == 1)
            {
                break;
            }

            if (literal.FieldDepth > 0)
            {
                position = ReadField(open, position);
            }
            else if (character == '\\')
            {
                position = AfterEscape(position);
            }
            else if (IsClosedAt(literal, position))
            {
                open.Pop();
                position += literal.Width;
                if (open.Count == 0)
                {
                    return position;
                }
            }
            else if (literal.IsFormatted && character == '{')
            {
                position = ReadBrace(open, position);
            }
            else
            {
                position++;
            }
        }

        _readPlainBefore = position;
        return -1;
    }

    private int ReadBrace(Stack<OpenLiteral> open, int position)
    {
        if (position + 1 < code.Length && code[position + 1] == '{')
        {
            return position + 2;
        }

        open.Push(open.Pop() with { FieldDepth = 1 });
        return position + 1;
    }

    private int ReadField(Stack<OpenLiteral> open, int position)
    {
        var literal = open.Peek();
        switch (code[position])
        {
            case '(' or '[' or '{':
                open.Push(open.Pop() with { FieldDepth = literal.FieldDepth + 1 });
                return position + 1;
            case ')' or ']' or '}':
                open.Push(open.Pop() with { FieldDepth = literal.FieldDepth - 1 });
                return position + 1;
            case '"' or '\'':
                var nested = Open(position, HasFormatPrefix(position));
                open.Push(nested);
                return position + nested.Width;
            default:
                return position + 1;
        }
    }

    private bool HasFormatPrefix(int quoteAt)
    {
        var first = quoteAt;
        while (first > 0 && quoteAt - first < 2 && char.IsAsciiLetter(code[first - 1]))
        {
            first--;
        }

        return code.AsSpan(first, quoteAt - first).IndexOfAny("fFtT") >= 0;
    }

    private OpenLiteral Open(int quoteAt, bool isFormatted) =>
        new(code[quoteAt], IsTripleQuoted(quoteAt) ? 3 : 1, isFormatted, FieldDepth: 0);

    private bool IsClosedAt(OpenLiteral literal, int position) =>
        code[position] == literal.Quote && (literal.Width == 1 || IsTripleQuoted(position));

    private int AfterEscape(int backslashAt) =>
        backslashAt + 1 + Math.Max(1, PythonLines.BreakLengthAt(code, backslashAt + 1));

    private readonly record struct OpenLiteral(char Quote, int Width, bool IsFormatted, int FieldDepth);
}
