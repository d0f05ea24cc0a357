using System.Text;

namespace LearnFlow.Agents.Python.Syntax;

/// <summary>A string token taken apart: its prefix, its text between the quotes, its replacement fields.</summary>
internal readonly record struct StringLiteral(PythonToken Token, string Prefix, string Content)
{
    public bool IsFormatted => Prefix.AsSpan().IndexOfAny("fFtT") >= 0;

    public bool IsRaw => Prefix.AsSpan().IndexOfAny("rR") >= 0;

    public bool HasField => IsFormatted && FieldText.Length > 0;

    public bool HasUnclosedField => IsFormatted && ScanFields().IsOpen;

    public static StringLiteral Of(PythonToken token)
    {
        var quoteAt = token.Text.AsSpan().IndexOfAny('"', '\'');
        var quote = token.Text[quoteAt];
        var isTriple = token.Length >= quoteAt + 6 && token.Text[quoteAt + 1] == quote && token.Text[quoteAt + 2] == quote;
        var width = isTriple ? 3 : 1;
        return new StringLiteral(token, token.Text[..quoteAt], token.Text[(quoteAt + width)..^width]);
    }

    /// <summary>The replacement fields side by side, with their braces.</summary>
    public string FieldText => ScanFields().Text;

    /// <summary>The tokens of the expressions in the replacement fields; their places are not those of the program.</summary>
    public IReadOnlyList<PythonToken> FieldTokens() => IsFormatted ? PythonTokenizer.Tokenize(FieldText) : [];

    // The text inside braces with the braces kept, so that it reads as set literals: "{name}{count + 1}".
    private (string Text, bool IsOpen) ScanFields()
    {
        var fields = new StringBuilder();
        var depth = 0;
        for (var index = 0; index < Content.Length; index++)
        {
            var character = Content[index];
            var isDoubled = depth == 0 && character == '{' && index + 1 < Content.Length && Content[index + 1] == '{';
            if (isDoubled)
            {
                index++;
                continue;
            }

            depth += character == '{' ? 1 : 0;
            if (depth == 0)
            {
                continue;
            }

            var length = LengthOfQuoted(index);
            fields.Append(Content, index, length);
            index += length - 1;
            depth -= character == '}' ? 1 : 0;
        }

        return (fields.ToString(), depth > 0);
    }

    // Braces inside a quoted string open no field; a quote without a partner is a fill character.
    private int LengthOfQuoted(int index)
    {
        if (Content[index] is not ('"' or '\''))
        {
            return 1;
        }

        var end = Content.IndexOf(Content[index], index + 1);
        return end < 0 ? 1 : end - index + 1;
    }
}
