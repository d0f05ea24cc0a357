using System.Text.RegularExpressions;

namespace LearnFlow.Agents.Python;

/// <summary>A place in a traceback.</summary>
/// <param name="File">The file as Python names it.</param>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Function">The function, or <c>&lt;module&gt;</c>; null for a syntax error.</param>
/// <param name="Source">The line's text, where it was pasted.</param>
public sealed record TracebackFrame(string File, int Line, string? Function, string? Source);

/// <summary>An error as Python printed it, as far as a student pasted it.</summary>
/// <param name="Exception">The class, without its module: <c>JSONDecodeError</c>.</param>
/// <param name="Message">What stands after it; empty where nothing does.</param>
/// <param name="Frames">From the outermost to the place of the error; none where only the last line was pasted.</param>
public sealed partial record Traceback(string Exception, string Message, IReadOnlyList<TracebackFrame> Frames)
{
    /// <summary>The innermost place in the student's own code: not in a library, if there is another.</summary>
    public TracebackFrame? Place => Frames.LastOrDefault(frame => !IsLibrary(frame.File)) ?? (Frames is [.., var last] ? last : null);

    /// <summary>
    /// Reads the error out of a text: the last one in it, since what is raised last is what ended the program. Prefixes of
    /// chats and shells (<c>&gt;</c>, <c>|</c>, <c>E</c> of pytest) are passed over.
    /// </summary>
    /// <param name="text">Anything that a student pasted.</param>
    /// <returns>The error, or null where there is none.</returns>
    public static Traceback? Find(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var lines = text.ReplaceLineEndings("\n").Split('\n').Select(WithoutPrefix).ToArray();
        var errors = Enumerable.Range(0, lines.Length)
            .Select(at => (At: at, Match: ErrorLine().Match(lines[at])))
            .Where(line => line.Match.Success && IsErrorName(line.Match.Groups["class"].Value))
            .ToList();
        if (errors.Count > 0)
        {
            // A warning that Python adds at its end did not end the program.
            var (at, match) = errors.FindLast(line => !line.Match.Groups["class"].Value.EndsWith("Warning", StringComparison.Ordinal));
            (at, match) = match is null ? errors[^1] : (at, match);
            return new Traceback(
                match.Groups["class"].Value, match.Groups["message"].Value.Trim(), ReadFrames(lines.AsSpan(0, at)));
        }

        // "I keep getting IndexError: list index out of range"
        return InlineError().Match(text) is { Success: true } inline && IsErrorName(inline.Groups["class"].Value)
            ? new Traceback(inline.Groups["class"].Value, inline.Groups["message"].Value.Trim(), [])
            : null;
    }

    /// <summary>The exception class that a sentence names ("I keep getting a NameError"), or null.</summary>
    /// <param name="text">A student's words.</param>
    public static string? FindName(string text) => ErrorName().Matches(text)
        .Select(match => match.Value)
        .FirstOrDefault(IsErrorName);

    private static List<TracebackFrame> ReadFrames(ReadOnlySpan<string> lines)
    {
        var frames = new List<TracebackFrame>();
        for (var i = 0; i < lines.Length; i++)
        {
            // A new traceback begins: what came before is the error that led to it.
            if (lines[i].StartsWith("Traceback (most recent call last)", StringComparison.Ordinal))
            {
                frames.Clear();
            }

            if (FrameLine().Match(lines[i]) is { Success: true } frame
                && int.TryParse(frame.Groups["line"].ValueSpan, out var number))
            {
                var source = i + 1 < lines.Length && !FrameLine().IsMatch(lines[i + 1]) ? lines[i + 1].Trim() : "";
                frames.Add(new TracebackFrame(
                    frame.Groups["file"].Value,
                    number,
                    frame.Groups["function"] is { Success: true } function ? function.Value.Trim() : null,
                    source.Length == 0 ? null : source));
            }
        }

        return frames;
    }

    private static bool IsLibrary(string file) =>
        file.StartsWith('<')
        || file.Contains("site-packages", StringComparison.Ordinal)
        || file.Contains("/lib/python", StringComparison.OrdinalIgnoreCase)
        || file.Contains("/Lib/", StringComparison.Ordinal)
        || file.Contains("\\lib\\", StringComparison.OrdinalIgnoreCase);

    private static bool IsErrorName(string name) =>
        name.EndsWith("Error", StringComparison.Ordinal) && name.Length > "Error".Length
        || name.EndsWith("Exception", StringComparison.Ordinal)
        || name.EndsWith("Warning", StringComparison.Ordinal) && name.Length > "Warning".Length
        || name is "KeyboardInterrupt" or "StopIteration" or "StopAsyncIteration" or "GeneratorExit" or "SystemExit"
            or "UnsupportedOperation";

    private static string WithoutPrefix(string line)
    {
        var rest = line.AsSpan().TrimEnd();
        while (rest.Length > 0 && rest[0] is '>' or '|' or '`' or '*' or ' ')
        {
            rest = rest[1..];
        }

        if (rest.StartsWith("E   ", StringComparison.Ordinal))
        {
            rest = rest[1..];
        }

        return rest.Trim().Trim('`').ToString();
    }

    [GeneratedRegex(@"^(?:[A-Za-z_][\w]*\.)*(?<class>[A-Z][A-Za-z0-9_]*)(?:: ?(?<message>.*))?$")]
    private static partial Regex ErrorLine();

    [GeneratedRegex(@"\b(?<class>[A-Z][A-Za-z]*(?:Error|Exception|Warning|Interrupt|Iteration)): (?<message>[^\r\n]+)")]
    private static partial Regex InlineError();

    [GeneratedRegex(@"File ""(?<file>[^""]+)"", line (?<line>\d+)(?:, in (?<function>.+))?")]
    private static partial Regex FrameLine();

    [GeneratedRegex(@"\b[A-Z][A-Za-z]*(?:Error|Exception|Warning|Interrupt|Iteration)\b")]
    private static partial Regex ErrorName();
}
