using System.Text.RegularExpressions;
using LearnFlow.Agents.Python;

namespace LearnFlow.Agents.Debug;

/// <summary>
/// The line of code where an error happened, as the patterns of <c>Content/errors</c> see it: what stands inside of quotes is
/// masked by <c>_</c>, apart from backslashes, and a comment is left out, so that no words of a text are taken for code; and <c>‸</c> stands before the
/// word or sign that the <c>^</c> of a syntax error points at. A pattern without <c>‸</c> sees the line without it.
/// </summary>
public sealed class FailingLine
{
    /// <summary>Stands where the <c>^</c> points.</summary>
    public const char Mark = '‸';

    private const int LongestLine = 300;

    private readonly string _text;
    private readonly string _masked;
    private readonly int? _caret;

    /// <summary>Takes a line as it was pasted.</summary>
    /// <param name="text">The line.</param>
    /// <param name="caret">Where the <c>^</c> points, from 0; null where that is not known.</param>
    public FailingLine(string text, int? caret = null)
    {
        _text = text.Length > LongestLine ? text[..LongestLine] : text;
        _masked = Masked(_text);
        _caret = caret is { } at ? StartOfWord(Math.Clamp(at, 0, _masked.Length)) : null;
    }

    /// <summary>The line at a place of a traceback.</summary>
    /// <param name="place">The place.</param>
    /// <param name="code">The program, for where the traceback does not show the line.</param>
    public static FailingLine? Of(TracebackFrame? place, string? code = null)
    {
        if (place is null)
        {
            return null;
        }

        if (place.Source is { } source)
        {
            return new FailingLine(source, place.Caret);
        }

        var line = code?.ReplaceLineEndings("\n").Split('\n').ElementAtOrDefault(place.Line - 1)?.Trim();
        return string.IsNullOrEmpty(line) ? null : new FailingLine(line);
    }

    /// <summary>Looks for a pattern in the line.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <returns>What its groups found, in the student's own words; null where it is not there.</returns>
    internal Func<string, string>? Match(Regex pattern)
    {
        var marked = pattern.ToString().Contains(Mark);
        if (marked && _caret is null)
        {
            return null;
        }

        var line = marked ? _masked.Insert(_caret!.Value, Mark.ToString()) : _masked;
        if (pattern.Match(line) is not { Success: true } match)
        {
            return null;
        }

        var words = marked && _caret <= _text.Length ? _text.Insert(_caret!.Value, Mark.ToString()) : _text;
        return name => match.Groups[name] is { Success: true } group && group.Index + group.Length <= words.Length
            ? words.Substring(group.Index, group.Length).Replace(Mark.ToString(), "", StringComparison.Ordinal).Trim()
            : "";
    }

    /// <summary>Up to Python 3.7 the mark stands below the end of a word or text; here it always stands before its start.</summary>
    private int StartOfWord(int caret)
    {
        if (caret >= _masked.Length)
        {
            return caret;
        }

        var closes = _masked[caret] is '"' or '\'' && caret > 0 && _masked[caret - 1] == '_';
        if (closes || IsOfWord(_masked[caret]))
        {
            while (caret > 0 && IsOfWord(_masked[caret - 1]))
            {
                caret--;
            }
        }

        return closes && caret > 0 ? caret - 1 : caret;
    }

    private static bool IsOfWord(char letter) => char.IsLetterOrDigit(letter) || letter == '_';

    private static string Masked(string text)
    {
        var masked = text.ToCharArray();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '#')
            {
                return new string(masked, 0, i).TrimEnd();
            }

            if (text[i] is '"' or '\'')
            {
                var quote = text[i];
                var size = i + 2 < text.Length && text[i + 1] == quote && text[i + 2] == quote ? 3 : 1;
                for (i += size; i < text.Length && !(text[i] == quote && (size == 1 || i + 2 >= text.Length || text[i + 1] == quote)); i++)
                {
                    i += text[i] == '\\' && i + 1 < text.Length ? 1 : 0;
                    masked[i] = '_';
                }

                i += size - 1;
            }
        }

        return new string(masked).TrimEnd();
    }
}
