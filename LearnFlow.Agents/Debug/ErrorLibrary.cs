using System.Text.RegularExpressions;
using LearnFlow.Agents.Concepts;
using LearnFlow.Agents.Content;
using LearnFlow.Agents.Python;
using LearnFlow.ServiceDefaults;

namespace LearnFlow.Agents.Debug;

/// <summary>What a message of an exception says, and what that means.</summary>
public sealed class MessageShape
{
    /// <summary>Its id within the exception.</summary>
    public required string Id { get; init; }

    /// <summary>A regular expression over the message; its named groups fill the texts.</summary>
    public required string Match { get; init; }

    /// <summary>
    /// A regular expression over the line of code that failed, where the message alone does not tell the cause; its named
    /// groups fill the texts too. It sees the line as <see cref="FailingLine"/> shows it.
    /// </summary>
    public string? Source { get; init; }

    /// <summary>What it means, with <c>{group}</c> for what the message names.</summary>
    public required string Means { get; init; }

    /// <summary>The next step to take, with <c>{group}</c> likewise.</summary>
    public required string Hint { get; init; }

    /// <summary>Programs that raise it, for the tests.</summary>
    public List<string> Examples { get; init; } = [];

    /// <summary>Messages of other versions of Python that are the same, for the tests.</summary>
    public List<string> Messages { get; init; } = [];

    /// <summary>Lines that raise it with the first of <see cref="Messages"/>, where only the line tells, for the tests.</summary>
    public List<string> Lines { get; init; } = [];
}

/// <summary>An exception class as <c>Content/errors</c> explains it.</summary>
public sealed class ErrorKnowledge
{
    /// <summary>The class.</summary>
    public required string Exception { get; init; }

    /// <summary>Other names of the same class.</summary>
    public List<string> Aliases { get; init; } = [];

    /// <summary>Classes whose messages it may carry as well, such as those that Python had not split off yet.</summary>
    public List<string> See { get; init; } = [];

    /// <summary>What it means in general.</summary>
    public required string Meaning { get; init; }

    /// <summary>Where to look first.</summary>
    public required string Hint { get; init; }

    /// <summary>The concept behind it.</summary>
    public required string Concept { get; init; }

    /// <summary>Its messages, the more specific first.</summary>
    public required List<MessageShape> Shapes { get; init; }
}

/// <summary>An explanation of an error.</summary>
/// <param name="Cause">What it means here.</param>
/// <param name="Hint">The next step.</param>
/// <param name="Shape">The message shape; null where only the class is known.</param>
/// <param name="Concept">The concept behind it; null where the class is unknown.</param>
public sealed record ErrorExplanation(string Cause, string Hint, string? Shape, string? Concept);

/// <summary>Explains errors by their class, their message and the line that failed, from <c>Content/errors</c>.</summary>
public sealed partial class ErrorLibrary
{
    /// <summary>How much of a message is looked at, in characters; Python's own are shorter.</summary>
    private const int LongestMessage = 400;

    private static readonly TimeSpan LongestMatch = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<string, Entry> _byClass;

    private ErrorLibrary(IReadOnlyCollection<Entry> entries)
    {
        All = [.. entries.Select(entry => entry.Knowledge)];
        _byClass = entries
            .SelectMany(entry => entry.Knowledge.Aliases.Prepend(entry.Knowledge.Exception).Select(name => (name, entry)))
            .ToDictionary(known => known.name, known => known.entry);
    }

    /// <summary>All classes that are explained.</summary>
    public IReadOnlyCollection<ErrorKnowledge> All { get; }

    /// <summary>Reads the explanations.</summary>
    /// <param name="concepts">The concepts that may stand behind an error.</param>
    /// <exception cref="StartupException">A file does not fit.</exception>
    public static ErrorLibrary Load(ConceptLibrary concepts)
    {
        var files = ContentFile.In("errors", ".yaml").ToList();
        var knowledge = files.ConvertAll(YamlFile.Read<ErrorKnowledge>);
        var classes = knowledge.Select(error => error.Exception).ToHashSet();
        var entries = new List<Entry>();
        foreach (var (file, error) in files.Zip(knowledge))
        {
            if (error.Exception != ContentFile.Id(file))
            {
                throw YamlFile.Wrong(file, error.Exception, $"it explains {error.Exception}, and its name says {ContentFile.Id(file)}");
            }

            if (concepts.Find(error.Concept) is null)
            {
                throw YamlFile.Wrong(file, error.Concept, $"the concept \"{error.Concept}\" is none");
            }

            if (error.Aliases.Find(alias => !classes.Add(alias)) is { } taken)
            {
                throw YamlFile.Wrong(file, taken, $"\"{taken}\" has a file or another alias already");
            }

            if (error.See.Find(other => knowledge.TrueForAll(known => known.Exception != other)) is { } unknown)
            {
                throw YamlFile.Wrong(file, unknown, $"there is no file for \"{unknown}\"");
            }

            entries.Add(new Entry(error, [.. error.Shapes.Select(shape => Compile(shape, file))]));
        }

        return new ErrorLibrary(entries);
    }

    /// <summary>Explains an error that was read, with the line of code where it happened.</summary>
    /// <param name="error">The error.</param>
    /// <param name="code">The program, where it is at hand and the traceback does not show the line.</param>
    public ErrorExplanation Explain(Traceback error, string? code = null)
    {
        var explanation = Explain(error.Exception, error.Message, FailingLine.Of(error.Place, code));
        if (error.Parts is not [var first, ..])
        {
            return explanation;
        }

        var part = Explain(first, code);
        return explanation with
        {
            Cause = $"{explanation.Cause} The first of them is `{first.Exception}`. {part.Cause}",
            Hint = part.Hint,
            Concept = part.Concept ?? explanation.Concept,
        };
    }

    /// <summary>Explains an error; where the class is unknown, says so and how to read it all the same.</summary>
    /// <param name="exception">The class.</param>
    /// <param name="message">What Python said after it; empty where only the class is known.</param>
    /// <param name="line">The line of code that failed, where it is known.</param>
    public ErrorExplanation Explain(string exception, string message, FailingLine? line = null)
    {
        if (!_byClass.TryGetValue(exception, out var entry))
        {
            return new ErrorExplanation(
                $"`{exception}` is not one of Python's usual errors; a library or your own program defines it, so I cannot say for certain what it means.",
                "Read the words after its name slowly: whoever wrote them described what they expected. Then look at the line of your code that the traceback names last.",
                null,
                null);
        }

        var start = message.Length > LongestMessage ? message[..LongestMessage] : message;
        try
        {
            // A quote that got lost in pasting is put back before the message is given up.
            return Specific(entry, start, line)
                ?? (start.Count(letter => letter == '\'') % 2 == 1 ? Specific(entry, start + "'", line) : null)
                ?? General(entry);
        }
        catch (RegexMatchTimeoutException)
        {
            // Made to take long; what is known of the class answers it.
            return General(entry);
        }
    }

    private static ErrorExplanation General(Entry entry) =>
        new(entry.Knowledge.Meaning, entry.Knowledge.Hint, null, entry.Knowledge.Concept);

    private ErrorExplanation? Specific(Entry entry, string message, FailingLine? line) =>
        entry.Knowledge.See.Select(other => _byClass[other]).Prepend(entry)
            .Select(known => Match(known, message, line))
            .FirstOrDefault(explanation => explanation is not null);

    private static ErrorExplanation? Match(Entry entry, string message, FailingLine? line)
    {
        foreach (var shape in entry.Shapes)
        {
            if (shape.Source is not null && line is null || shape.Message.Match(message) is not { Success: true } said)
            {
                continue;
            }

            var read = shape.Source is null ? null : line!.Match(shape.Source);
            if (shape.Source is not null && read is null)
            {
                continue;
            }

            var words = shape.Names.ToDictionary(
                name => name,
                name => said.Groups[name] is { Success: true } group ? group.Value.Trim() : read?.Invoke(name) ?? "");

            // A text that speaks of what was not said has a hole; a later shape does without.
            if (!words.ContainsValue(""))
            {
                var text = shape.Text;
                return new ErrorExplanation(Fill(text.Means, words), Fill(text.Hint, words), text.Id, entry.Knowledge.Concept);
            }
        }

        return null;
    }

    /// <summary>What the message names stands in code marks, so a backtick in it would end them.</summary>
    private static string Fill(string text, Dictionary<string, string> words) => Placeholder().Replace(
        text, hole => words[hole.Groups["group"].Value].Replace('`', '\''));

    private static CompiledShape Compile(MessageShape shape, string file)
    {
        CompiledShape compiled;
        try
        {
            compiled = new(
                shape,
                Pattern(shape.Match),
                shape.Source is null ? null : Pattern(shape.Source),
                [.. Placeholder().Matches(shape.Means + shape.Hint).Select(hole => hole.Groups["group"].Value).Distinct()]);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw YamlFile.Wrong(file, shape.Id, $"the pattern of \"{shape.Id}\" is wrong: {exception.Message.TrimEnd('.')}");
        }

        string[] groups = [.. compiled.Message.GetGroupNames(), .. compiled.Source?.GetGroupNames() ?? []];
        if (compiled.Names.FirstOrDefault(name => !groups.Contains(name)) is { } unknown)
        {
            throw YamlFile.Wrong(file, shape.Id, $"\"{shape.Id}\" speaks of {{{unknown}}}, which its pattern does not name");
        }

        return compiled;
    }

    /// <summary>
    /// Interpreted, and bounded by the message's length and a time. Without backtracking the patterns would need no bound,
    /// and 380 MB of memory and three seconds at every start.
    /// </summary>
    private static Regex Pattern(string match) => new(match, RegexOptions.CultureInvariant, LongestMatch);

    /// <param name="Text">What it says.</param>
    /// <param name="Message">Its pattern over the message.</param>
    /// <param name="Source">Its pattern over the line.</param>
    /// <param name="Names">What its texts speak of.</param>
    private sealed record CompiledShape(MessageShape Text, Regex Message, Regex? Source, string[] Names);

    private sealed record Entry(ErrorKnowledge Knowledge, CompiledShape[] Shapes);

    [GeneratedRegex(@"\{(?<group>[a-z_]+)\}")]
    private static partial Regex Placeholder();
}
