namespace LearnFlow.Agents.Python;

/// <summary>A place in a traceback.</summary>
/// <param name="File">The file as Python names it.</param>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Function">The function, or <c>&lt;module&gt;</c>; null for a syntax error.</param>
/// <param name="Source">The line's text, where it was pasted.</param>
/// <param name="Caret">Where in <paramref name="Source"/> the first <c>^</c> points, from 0; null where there was none.</param>
/// <param name="Marked">What <c>~~~^^^</c> underlines, where it was pasted.</param>
public sealed record TracebackFrame(
    string File, int Line, string? Function, string? Source, int? Caret = null, string? Marked = null)
{
    /// <summary>Whether this is a library's code and not the student's.</summary>
    public bool IsLibrary =>
        File.StartsWith("<frozen", StringComparison.Ordinal)
        || File.StartsWith("<__array_function__", StringComparison.Ordinal)
        || File.Contains("site-packages", StringComparison.Ordinal)
        || File.Contains("dist-packages", StringComparison.Ordinal)
        || File.Contains("/lib/python", StringComparison.OrdinalIgnoreCase)
        || File.Contains("/lib64/python", StringComparison.Ordinal)
        || File.Contains("/Lib/", StringComparison.Ordinal)
        || File.Contains("\\lib\\", StringComparison.OrdinalIgnoreCase);
}

/// <summary>An error as Python printed it, as far as a student pasted it.</summary>
/// <param name="Exception">The class, without its module: <c>JSONDecodeError</c>.</param>
/// <param name="Message">What stands after it; empty where nothing does.</param>
/// <param name="Frames">From the outermost to the place of the error; none where only the last line was pasted.</param>
public sealed record Traceback(string Exception, string Message, IReadOnlyList<TracebackFrame> Frames)
{
    /// <summary>What was raised before it and led to it, or stood above it in the same text, in that order.</summary>
    public IReadOnlyList<Traceback> Earlier { get; init; } = [];

    /// <summary>The errors that an exception group holds.</summary>
    public IReadOnlyList<Traceback> Parts { get; init; } = [];

    /// <summary>The innermost place in the student's own code: not in a library, if there is another.</summary>
    public TracebackFrame? Place =>
        Frames.LastOrDefault(frame => !frame.IsLibrary) ?? (Frames is [.., var last] ? last : null);

    /// <summary>
    /// Reads the error out of whatever a student wrote: the last one that Python printed, since what is raised last is what
    /// ended the program, or else the one that a sentence quotes, with its class ("I get a name error: …") or without
    /// ("it says list index out of range").
    /// </summary>
    /// <param name="text">Anything that a student pasted.</param>
    /// <returns>The error, or null where there is none.</returns>
    public static Traceback? Find(string? text) =>
        string.IsNullOrWhiteSpace(text) ? null : TracebackReader.Read(text) ?? QuotedError.Find(text);

    /// <summary>
    /// Reads the error out of code, or of what a program printed: only what looks as Python prints it, since code may speak
    /// of errors that did not happen.
    /// </summary>
    /// <param name="text">Code or output.</param>
    /// <returns>The error, or null where there is none.</returns>
    public static Traceback? FindPrinted(string? text) => string.IsNullOrWhiteSpace(text) ? null : TracebackReader.ReadPrinted(text);

    /// <summary>The exception class that a sentence names ("I keep getting a NameError"), or null.</summary>
    /// <param name="text">A student's words.</param>
    public static string? FindName(string text) => QuotedError.FindName(text);
}
