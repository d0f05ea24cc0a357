using System.Buffers;
using System.Globalization;
using System.Text;
using ADRaffy.ENSNormalize;
using LearnFlow.Triage.Endpoints;
using LearnFlow.Triage.Flags;

namespace LearnFlow.Triage.Gate;

/// <summary>
/// Takes out of a student's words what nobody sees and somebody might hide behind: control and zero-width characters,
/// marks of direction, tags; and brings what looks the same to the same form (NFC). Nothing that can be read is changed,
/// whatever it speaks of. Code stays as it is to the byte: what Python refuses in it is for the debug agent to explain.
/// </summary>
/// <param name="flags">Whether it does so.</param>
public sealed class Sanitizer(FlagState flags)
{
    /// <summary>
    /// Combining marks on one letter that stay, the bound of Unicode's stream-safe text (UAX #15). More is no language, and
    /// sorting them takes time by their square.
    /// </summary>
    private const int MostMarks = 30;

    /// <summary>Below it everything is in NFC by itself.</summary>
    private const char FirstToNormalize = '\u0300';

    /// <summary>What needs no second look: printable ASCII, line ends and tabs, and the Latin letters.</summary>
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        string.Concat(Enumerable.Range(0, FirstToNormalize)
            .Select(c => (char)c)
            .Where(c => c is '\t' or '\n' or '\r' || (!char.IsControl(c) && c != SoftHyphen))));

    private const char SoftHyphen = '\u00ad';
    private const char Escape = '\u001b';

    /// <summary>Loads beside the start; most messages do not need it.</summary>
    private readonly Task<NF> _normalizer = Task.Run(() => ENSNormalize.NF);

    /// <summary>A message without what nobody sees; the same where there is nothing of the kind.</summary>
    /// <param name="ask">The message.</param>
    public Ask Clean(Ask ask)
    {
        if (!flags.IsOn(Flag.EnableRequestSanitization))
        {
            return ask;
        }

        var (query, error) = (Clean(ask.Query), Clean(ask.Error));
        return ReferenceEquals(query, ask.Query) && ReferenceEquals(error, ask.Error) ? ask : ask with { Query = query, Error = error };
    }

    /// <summary>A text without what nobody sees; the same object where there is nothing of the kind.</summary>
    /// <param name="text">The text.</param>
    public string? Clean(string? text)
    {
        if (text is null || !text.AsSpan().ContainsAnyExcept(Plain))
        {
            return text;
        }

        var visible = Visible(text);
        return visible.AsSpan().ContainsAnyInRange(FirstToNormalize, char.MaxValue)
            ? _normalizer.GetAwaiter().GetResult().NFC(visible)
            : visible;
    }

    private static string Visible(string text)
    {
        var kept = new StringBuilder(text.Length);
        var marks = 0;
        for (var at = 0; at < text.Length;)
        {
            if (text[at] == Escape)
            {
                at = BehindEscape(text, at);
                continue;
            }

            // What is half a pair cannot be sent on; JSON has refused it before.
            if (Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out var length) != OperationStatus.Done)
            {
                at += length;
                continue;
            }

            at += length;
            var isMark = Rune.GetUnicodeCategory(rune)
                is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;
            marks = isMark ? marks + 1 : 0;
            if (rune.Value is '\v' or '\f')
            {
                kept.Append(' ');
            }
            else if (rune.Value == '\u0085')
            {
                kept.Append('\n');
            }
            else if (marks <= MostMarks && IsKept(rune.Value, kept, text.AsSpan(at)))
            {
                kept.Append(text, at - length, length);
            }
        }

        return kept.ToString();
    }

    /// <summary>An escape sequence goes as a whole: tracebacks are coloured by them, and the rest of one would be left as noise.</summary>
    private static int BehindEscape(string text, int at)
    {
        at++;
        if (at >= text.Length || text[at] != '[')
        {
            return at;
        }

        at++;
        while (at < text.Length && text[at] is >= ' ' and <= '?')
        {
            at++;
        }

        return at < text.Length && text[at] is >= '@' and <= '~' ? at + 1 : at;
    }

    private static bool IsKept(int c, StringBuilder before, ReadOnlySpan<char> behind) => c switch
    {
        '\t' or '\n' or '\r' => true,
        // The other controls.
        < 0x20 or (>= 0x7f and < 0xa0) => false,
        // Joiners shape Persian and Hindi words and emoji; between letters of ASCII they only hide.
        0x200c or 0x200d => Joins(before) && behind.Length > 0 && behind[0] >= FirstToNormalize && !IsHidden(behind[0]),
        // One of them chooses how the character before it looks; more in a row carry what nobody sees.
        (>= 0xfe00 and <= 0xfe0f) or (>= 0xe0100 and <= 0xe01ef) => before.Length > 0 && !char.IsWhiteSpace(before[^1]) && !IsSelector(before),
        // Soft hyphen, marks and overrides of direction, word joiners, byte order mark, fillers that pass for letters.
        SoftHyphen or 0x034f or 0x061c or 0x115f or 0x1160 or 0x17b4 or 0x17b5 or 0x180e or 0x3164 or 0xfeff or 0xffa0 => false,
        (>= 0x200b and <= 0x200f) or (>= 0x202a and <= 0x202e) or (>= 0x2060 and <= 0x206f) => false,
        // Annotations, what is no character, and the tags, by which ASCII can be written invisibly.
        (>= 0xfff9 and <= 0xfffb) or (>= 0xfdd0 and <= 0xfdef) or (>= 0xe0000 and <= 0xe007f) => false,
        _ => (c & 0xfffe) != 0xfffe,
    };

    private static bool Joins(StringBuilder before) => before.Length > 0 && before[^1] >= FirstToNormalize && !IsJoiner(before[^1]);

    private static bool IsJoiner(char c) => c is '\u200c' or '\u200d';

    private static bool IsHidden(char c) => c is (>= '\u200b' and <= '\u200f') or (>= '\u202a' and <= '\u202e') or (>= '\u2060' and <= '\u206f') or '\ufeff';

    private static bool IsSelector(StringBuilder before) => before[^1] switch
    {
        >= '\ufe00' and <= '\ufe0f' => true,
        // The second halves of the selectors beyond 16 bits, whose first half is always the same.
        >= '\udd00' and <= '\uddef' => before.Length > 1 && before[^2] == '\udb40',
        _ => false,
    };
}
