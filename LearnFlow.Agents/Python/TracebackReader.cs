using System.Net;
using System.Text.RegularExpressions;

namespace LearnFlow.Agents.Python;

/// <summary>
/// Reads tracebacks as they are pasted: from a terminal, IPython, pytest, doctest or IDLE, quoted, wrapped, cut off, several
/// at once. Every line is looked at once, by patterns that do not backtrack far.
/// </summary>
internal sealed partial class TracebackReader
{
    /// <summary>How much of a text is read, in characters from its end, where the error stands.</summary>
    private const int LongestText = 60_000;

    private const int LongestLine = 2_000;

    /// <summary>How many lines a message may be wrapped over.</summary>
    private const int MostMessageLines = 3;

    private readonly Line[] _lines;
    private readonly List<Traceback> _errors = [];
    private List<TracebackFrame> _frames = [];
    private List<Traceback>? _parts;

    /// <summary>How far the header of the traceback that is being read is indented; null outside of one.</summary>
    private int? _header;
    private (string File, string? Function)? _listing;
    private string? _pytestSource;
    private string? _pytestMessage;

    private TracebackReader(Line[] lines) => _lines = lines;

    /// <summary>A line without the prefixes of chats and shells, and the column where it begins.</summary>
    private readonly record struct Line(string Text, int Indent, char Mark);

    /// <summary>The last error in a text, with those before it.</summary>
    /// <param name="text">What was pasted.</param>
    public static Traceback? Read(string text)
    {
        var reader = new TracebackReader(Lines(text));
        reader.ReadLines();
        return reader.Last();
    }

    /// <summary>The same, where nothing but Python's own output counts.</summary>
    /// <param name="text">Code or output.</param>
    public static Traceback? ReadPrinted(string text) =>
        text.Contains("Traceback (most recent call last", StringComparison.Ordinal) || FrameLine().IsMatch(text)
            ? Read(text)
            : null;

    private Traceback? Last()
    {
        if (_errors.Count == 0)
        {
            return null;
        }

        // A warning that Python adds at its end did not end the program.
        var at = _errors.FindLastIndex(error => !ErrorNames.IsWarning(error.Exception));
        at = at < 0 ? _errors.Count - 1 : at;
        return _errors[at] with { Earlier = _errors[..at] };
    }

    private void ReadLines()
    {
        for (var i = 0; i < _lines.Length; i++)
        {
            var line = _lines[i];
            if (line.Text.Length == 0)
            {
                continue;
            }

            if (line.Mark is not ('|' or '+'))
            {
                _parts = null;
            }

            if (GroupSeparator().IsMatch(line.Text) && _errors.Count > 0)
            {
                _parts ??= [];
                _frames = [];
            }
            else if (line.Text.Contains("Traceback (most recent call last", StringComparison.Ordinal)
                || line.Text.Contains("Traceback (innermost last", StringComparison.Ordinal))
            {
                // A new traceback begins: what came before is the error that led to it.
                _frames = [];
                _listing = null;
                _header = line.Indent;
            }
            else if (ReadFrame(i, out var last) || ReadError(i, out last))
            {
                i = last;
            }
            else if (line.Mark == 'E' && _pytestMessage is null)
            {
                _pytestMessage = line.Text;
            }
            else if (line.Mark == '>' && line.Indent > 1)
            {
                _pytestSource = line.Text;
                _pytestMessage = null;
            }
        }
    }

    /// <summary>Reads the place that a line names, with its source and carets below.</summary>
    private bool ReadFrame(int at, out int last)
    {
        last = at;
        var text = _lines[at].Text;
        if (FrameLine().Match(text) is { Success: true } frame)
        {
            AddFrame(frame, frame.Groups["rest"].Value, ref last, inListing: false);
            return true;
        }

        if (PytestFrame().Match(text) is { Success: true } pytest)
        {
            AddFrame(pytest, "", ref last, inListing: false);
            return true;
        }

        if (CellFrame().Match(text) is { Success: true } cell)
        {
            var file = cell.Groups["file"].Value;
            _listing = (file, Function(cell));
            if (cell.Groups["line"].Success)
            {
                AddFrame(cell, "", ref last, inListing: true);
            }

            return true;
        }

        // IPython shows the lines around, with an arrow before the one that counts.
        if (ArrowLine().Match(text) is { Success: true } arrow && Number(arrow) is { } number)
        {
            var (file, function) = _listing ?? ("<cell>", null);
            if (_frames is [.., { Source: null } open] && open.Line == number && open.File == file)
            {
                _frames.RemoveAt(_frames.Count - 1);
            }

            var column = _lines[at].Indent + arrow.Groups["source"].Index;
            _frames.Add(WithCaret(new(file, number, function, NullIfEmpty(arrow.Groups["source"].Value)), column, ref last));
            return true;
        }

        return false;
    }

    private void AddFrame(Match match, string rest, ref int last, bool inListing)
    {
        if (Number(match) is not { } number)
        {
            return;
        }

        var frame = new TracebackFrame(match.Groups["file"].Value, number, Function(match), null);
        if (rest.Length > 0)
        {
            // All on one line, as some chats show it.
            var error = InlineError().Match(rest);
            _frames.Add(frame with { Source = NullIfEmpty((error.Success ? rest[..error.Index] : rest).Trim()) });
            if (error.Success)
            {
                Add(error.Groups["class"].Value, error.Groups["message"].Value);
            }

            return;
        }

        var next = last + 1;
        while (next < _lines.Length && next < last + 3 && _lines[next].Text.Length == 0)
        {
            next++;
        }

        if (next < _lines.Length && IsSource(_lines[next].Text) && !(inListing && ListingLine().IsMatch(_lines[next].Text)))
        {
            last = next;
            frame = WithCaret(frame with { Source = _lines[next].Text }, _lines[next].Indent, ref last);
        }

        _frames.Add(frame);
    }

    /// <summary>Adds what the carets in the next line point at.</summary>
    private TracebackFrame WithCaret(TracebackFrame frame, int column, ref int last)
    {
        if (frame.Source is not { } source || last + 1 >= _lines.Length || !CaretLine().IsMatch(_lines[last + 1].Text))
        {
            return frame;
        }

        var (marks, indent, _) = _lines[++last];
        var start = indent - column;
        var caret = start + Math.Max(0, marks.IndexOf('^', StringComparison.Ordinal));
        var end = Math.Min(source.Length, start + marks.TrimEnd('>', '-').Length);
        return caret < 0 || caret > source.Length
            ? frame
            : frame with { Caret = caret, Marked = start >= 0 && end > start + 1 ? source[start..end] : null };
    }

    /// <summary>Reads the last line of a traceback, and those that its message is wrapped over.</summary>
    private bool ReadError(int at, out int last)
    {
        last = at;
        var line = _lines[at];
        if (PytestError().Match(line.Text) is { Success: true } pytest && ErrorNames.IsClass(pytest.Groups["class"].Value))
        {
            var name = pytest.Groups["class"].Value;
            _frames.Add(new(pytest.Groups["file"].Value, Number(pytest) ?? 1, null, _pytestSource));
            if (_errors is [.., var same] && same.Exception == name && same.Frames.Count == 0)
            {
                _errors[^1] = same with { Frames = _frames };
                _frames = [];
            }
            else
            {
                Add(name, _pytestMessage ?? "");
            }

            return true;
        }

        // Some chats set an error off with marks on both sides.
        var text = line.Text[0] is '*' or '`' or '"' ? line.Text.Trim('*', '`', '"') : line.Text.TrimEnd('`');
        if (ErrorLine().Match(text) is not { Success: true } match)
        {
            return false;
        }

        var (exception, message) = (match.Groups["class"].Value, match.Groups["message"].Value.Trim());
        var inTraceback = _frames.Count > 0 && _header is { } header && line.Indent <= header
            && (match.Groups["message"].Success || char.IsAsciiLetterUpper(exception[0]));
        if (!ErrorNames.IsClass(exception) && !inTraceback
            && !(match.Groups["module"].Length > 0 && exception is "Error" or "error" && message.Length > 0))
        {
            return false;
        }

        if (message.Length == 0)
        {
            if (match.Groups["message"].Success && at + 1 < _lines.Length && QuotedError.IsMessage(_lines[at + 1].Text))
            {
                message = _lines[last = at + 1].Text;
            }
        }
        else
        {
            while (last + 1 < _lines.Length && last < at + MostMessageLines && IsCutOff(message) && IsSource(_lines[last + 1].Text))
            {
                message += " " + _lines[++last].Text;
            }
        }

        Add(exception, message);
        return true;
    }

    private void Add(string exception, string message)
    {
        message = QuotedError.WithStraightQuotes(message.Trim());

        // "invalid syntax (main.py, line 5)", "name 'x' is not defined on line 3"
        if (PlaceInMessage().Match(message) is { Success: true } place && Number(place) is { } number
            && (place.Value.EndsWith(')') || _frames.Count == 0 && !PlaceIsPartOfIt().IsMatch(message)))
        {
            message = message[..place.Index].TrimEnd();
            if (_frames.Count == 0)
            {
                _frames.Add(new(place.Groups["file"] is { Success: true } file ? file.Value : "", number, null, null));
            }
        }

        var error = new Traceback(exception, message, _frames);
        _frames = [];
        _header = null;
        _listing = null;
        if (_parts is not null && _errors.Count > 0)
        {
            _parts.Add(error);
            _errors[^1] = _errors[^1] with { Parts = [.. _parts] };
        }
        else
        {
            _errors.Add(error);
        }
    }

    /// <summary>Whether a line can be the source below a place, or the rest of a message: nothing that has a meaning of its own.</summary>
    private static bool IsSource(string text) =>
        text.Length > 0
        && !CaretLine().IsMatch(text)
        && !FrameLine().IsMatch(text)
        && !PytestFrame().IsMatch(text)
        && !text.StartsWith("Traceback (", StringComparison.Ordinal)
        && !text.StartsWith("During handling of", StringComparison.Ordinal)
        && !text.StartsWith("The above exception", StringComparison.Ordinal)
        && !text.StartsWith("[Previous line repeated", StringComparison.Ordinal)
        && !(ErrorLine().Match(text) is { Success: true } error && ErrorNames.IsClass(error.Groups["class"].Value));

    /// <summary>Whether a message stops in the middle: a quote is open, or a word that wants another ends it.</summary>
    private static bool IsCutOff(string message) =>
        message.Count(letter => letter == '\'') % 2 == 1 && !message.Contains("n't", StringComparison.Ordinal)
        || UnfinishedEnd().IsMatch(message);

    private static string? Function(Match match) =>
        match.Groups["function"] is { Success: true, Length: > 0 } function ? function.Value.Trim() : null;

    private static int? Number(Match match) =>
        int.TryParse(match.Groups["line"].ValueSpan, out var number) ? number : null;

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private static Line[] Lines(string text)
    {
        if (text.Length > LongestText)
        {
            text = text[^LongestText..];
        }

        if (text.Contains("&quot;", StringComparison.Ordinal) || text.Contains("&lt;module&gt;", StringComparison.Ordinal)
            || text.Contains("&#", StringComparison.Ordinal))
        {
            text = WebUtility.HtmlDecode(text);
        }

        if (text.Contains("[0", StringComparison.Ordinal) || text.Contains('\x1b', StringComparison.Ordinal))
        {
            text = TerminalColor().Replace(text, "");
        }

        var lines = new List<Line>();
        foreach (var raw in text.ReplaceLineEndings("\n").Split('\n'))
        {
            var all = raw.Length > LongestLine ? raw[..LongestLine] : raw;
            if (lines.Count > 0 && IsBrokenPlace(lines[^1].Text, all))
            {
                // A long path or a narrow window: the place goes on in the next line.
                lines[^1] = lines[^1] with { Text = Joined(lines[^1].Text, all.TrimStart(' ', '>', '|').TrimEnd()) };
                continue;
            }

            var header = all.IndexOf("Traceback (most recent call last)", StringComparison.Ordinal);
            var end = header < 0 ? 0 : header + "Traceback (most recent call last):".Length;
            if (header >= 0 && end < all.Length)
            {
                lines.Add(Clean(all[..end]));
                all = new string(' ', end) + all[end..];
            }

            lines.Add(Clean(all));
        }

        return [.. lines];
    }

    private static bool IsBrokenPlace(string before, string line) =>
        before.Length < LongestLine && BrokenPlace().IsMatch(before) && RestOfPlace().IsMatch(line);

    private static string Joined(string before, string rest) =>
        before.EndsWith(',') || before.EndsWith("line", StringComparison.Ordinal) ? $"{before} {rest}" : before + rest;

    private static Line Clean(string raw)
    {
        var rest = raw.AsSpan().TrimEnd();
        var mark = ' ';
        var start = 0;
        while (start < rest.Length && IsPrefix(rest[start..]))
        {
            mark = rest[start] is '|' or '>' or '+' ? rest[start] : mark;
            start++;
        }

        if (rest[start..].StartsWith("E   ", StringComparison.Ordinal))
        {
            mark = 'E';
            start++;
            start += rest[start..].Length - rest[start..].TrimStart().Length;
        }

        return new Line(rest[start..].ToString(), start, mark);
    }

    private static bool IsPrefix(ReadOnlySpan<char> rest) =>
        rest[0] is '|' or ' ' or '\t' or '\u00a0'
        || rest[0] == '>' && !rest.StartsWith(">>>")
        || rest[0] == '+' && (rest.StartsWith("+-") || rest.StartsWith("+ Exception Group"));

    [GeneratedRegex(@"^(?<module>(?:[A-Za-z_]\w{0,60}\.){0,8})(?<class>[A-Za-z_]\w{0,80})(?:: ?(?<message>.*))?$")]
    private static partial Regex ErrorLine();

    [GeneratedRegex(@"(?:^|[ .])(?<class>[A-Z][A-Za-z]{0,60}(?:Error|Exception|Warning|Interrupt|Iteration)): ?(?<message>.+)")]
    private static partial Regex InlineError();

    [GeneratedRegex("""File ["“”']?(?<file>[^"“”]{1,400}?)["“”']?, line (?<line>[0-9]{1,9})(?:, in (?<function><[\w ]{1,40}>|[\w.]{1,100}(?:\([^)]{0,200}\))?(?:\.<locals>\.[\w.<>]{1,100})?))?[,:]?[ ]*(?<rest>.*)""")]
    private static partial Regex FrameLine();

    [GeneratedRegex("""^(?:(?:Cell|Input) (?<file>In ?\[[0-9*]{1,6}\])|File (?<file>[^"“]{1,300}?)(?=:[0-9])|(?<file><ipython-input-[^>]{1,80}>|[~/\\\w.-]{1,300}\.py))(?:, line (?<line>[0-9]{1,9})|:(?<line>[0-9]{1,9}))?(?:,? in (?<function>.{1,200}))?$""")]
    private static partial Regex CellFrame();

    [GeneratedRegex(@"^(?<file>[^\s:][^:]{0,300}\.py):(?<line>[0-9]{1,9}): in (?<function>.{1,200})$")]
    private static partial Regex PytestFrame();

    [GeneratedRegex(@"^(?<file>[^\s:][^:]{0,300}\.py):(?<line>[0-9]{1,9}): (?<class>[A-Za-z_]\w{0,80})$")]
    private static partial Regex PytestError();

    [GeneratedRegex(@"^-{2,20}> ?(?<line>[0-9]{1,9})(?: (?<source>.*))?$")]
    private static partial Regex ArrowLine();

    [GeneratedRegex(@"^(?:-{2,20}> ?)?[0-9]{1,9}(?: .*)?$")]
    private static partial Regex ListingLine();

    [GeneratedRegex(@"^[~^][~^ ]{0,1000}(?:-->)?$|^-->$")]
    private static partial Regex CaretLine();

    [GeneratedRegex(@"^[+-]{2,}(?: [0-9]{1,6} -{2,}| \.\.\. -{2,})$")]
    private static partial Regex GroupSeparator();

    [GeneratedRegex(@" ?\((?<file>[^(),]{1,200}), line (?<line>[0-9]{1,9})\)$| on line (?<line>[0-9]{1,9})(?: (?:in|of) (?<file>[\w./\\-]{1,200}))?$")]
    private static partial Regex PlaceInMessage();

    [GeneratedRegex(@"^(?:expected an indented block|closing parenthesis|Non-UTF-8|Non-ASCII)")]
    private static partial Regex PlaceIsPartOfIt();

    [GeneratedRegex(@"(?:[ (](?:for|of|with|to|and|or|not|is|a|an|the|has|no|object|between|from|by|in|must|be|given)|[,:(+])$")]
    private static partial Regex UnfinishedEnd();

    [GeneratedRegex("""^File "(?:[^"]*|[^"]*",(?: line)?)$""")]
    private static partial Regex BrokenPlace();

    [GeneratedRegex("""^[ >|]*(?:[^"]{1,400}", line [0-9]|(?:line )?[0-9]{1,9}(?:, in |$))""")]
    private static partial Regex RestOfPlace();

    [GeneratedRegex(@"\x1b?\[[0-9;]{1,12}m")]
    private static partial Regex TerminalColor();
}
