namespace LearnFlow.Triage.Skills;

/// <summary>
/// Brings characters that people use for one another to one: upper and lower case, full-width and mathematical letters,
/// accents, quotation marks, spaces. What cannot be seen is dropped.
/// </summary>
internal static class Folding
{
    /// <summary>Stands for a character that is dropped.</summary>
    public const char Nothing = '\0';

    /// <summary>The letters from U+00C0 to U+00FF without their accents.</summary>
    private const string Latin1 = "aaaaaaaceeeeiiiidnooooo ouuuuytsaaaaaaaceeeeiiiidnooooo ouuuuyty";

    /// <summary>Folds the character at a place of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">The place; moved behind the character, which may be a surrogate pair.</param>
    /// <returns>What it is folded to: a space, a line feed, a visible character in lower case, or <see cref="Nothing"/>.</returns>
    public static char Next(ReadOnlySpan<char> text, ref int at)
    {
        var c = text[at++];
        if (c < 0x80)
        {
            return c switch
            {
                >= 'A' and <= 'Z' => (char)(c | 0x20),
                >= ' ' and < '\x7f' => c,
                '\n' => c,
                '\t' or '\r' or '\v' or '\f' => ' ',
                _ => Nothing,
            };
        }

        if (char.IsHighSurrogate(c) && at < text.Length && char.IsLowSurrogate(text[at]))
        {
            return MathematicalLetter(char.ConvertToUtf32(c, text[at++]));
        }

        return c switch
        {
            >= '\u00c0' and <= '\u00ff' => Latin1[c - '\u00c0'],
            '\u2018' or '\u2019' or '\u201a' or '\u201b' or '\u2032' or '\u00b4' or '\uff07' => '\'',
            '\u201c' or '\u201d' or '\u201e' or '\u2033' or '\u00ab' or '\u00bb' => '"',
            '\u2028' or '\u2029' or '\u0085' => '\n',
            '\u2026' or '\u3002' => '.',
            >= '\u2010' and <= '\u2015' or '\u2212' => '-',
            // Full-width forms are ASCII moved up.
            >= '\uff01' and <= '\uff5e' => Ascii((char)(c - 0xfee0)),
            // Joiners, marks of direction, variation selectors: nobody sees them.
            >= '\u200b' and <= '\u200f' or >= '\u202a' and <= '\u202e' or >= '\u2060' and <= '\u206f' => Nothing,
            >= '\u0300' and <= '\u036f' or >= '\ufe00' and <= '\ufe0f' or '\ufeff' or '\u00ad' => Nothing,
            _ when char.IsSurrogate(c) || char.IsControl(c) => Nothing,
            _ when char.IsLetterOrDigit(c) => char.ToLowerInvariant(c),
            _ => ' ',
        };
    }

    private static char Ascii(char c) => char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c;

    /// <summary>Letters of the alphabets for formulas, which serve as "fonts" (U+1D400 to U+1D6A3); emoji become spaces.</summary>
    private static char MathematicalLetter(int codePoint) => codePoint is >= 0x1d400 and <= 0x1d6a3
        ? (char)('a' + ((codePoint - 0x1d400) % 26))
        : ' ';
}
