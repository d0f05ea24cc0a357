using System.Text.RegularExpressions;
using LearnFlow.Agents.Concepts;
using LearnFlow.Agents.Content;
using LearnFlow.ServiceDefaults;

namespace LearnFlow.Agents.Debug;

/// <summary>What a message of an exception says, and what that means.</summary>
public sealed class MessageShape
{
    /// <summary>Its id within the exception.</summary>
    public required string Id { get; init; }

    /// <summary>A regular expression over the message; its named groups fill the texts.</summary>
    public required string Match { get; init; }

    /// <summary>What it means, with <c>{group}</c> for what the message names.</summary>
    public required string Means { get; init; }

    /// <summary>The next step to take, with <c>{group}</c> likewise.</summary>
    public required string Hint { get; init; }

    /// <summary>Programs that raise it, for the tests.</summary>
    public List<string> Examples { get; init; } = [];

    /// <summary>Messages of other versions of Python that are the same, for the tests.</summary>
    public List<string> Messages { get; init; } = [];
}

/// <summary>An exception class as <c>Content/errors</c> explains it.</summary>
public sealed class ErrorKnowledge
{
    /// <summary>The class.</summary>
    public required string Exception { get; init; }

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

/// <summary>Explains errors by their class and message, from <c>Content/errors</c>.</summary>
public sealed partial class ErrorLibrary
{
    /// <summary>How much of a message is looked at, in characters; Python's own are shorter.</summary>
    private const int LongestMessage = 400;

    private static readonly TimeSpan LongestMatch = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<string, (ErrorKnowledge Knowledge, (MessageShape Shape, Regex Pattern)[] Shapes)> _byClass;

    private ErrorLibrary(IEnumerable<ErrorKnowledge> knowledge) => _byClass = knowledge.ToDictionary(
        error => error.Exception,
        error => (error, error.Shapes.Select(shape => (shape, Pattern(shape.Match))).ToArray()));

    /// <summary>All classes that are explained.</summary>
    public IEnumerable<ErrorKnowledge> All => _byClass.Values.Select(entry => entry.Knowledge);

    /// <summary>Reads the explanations.</summary>
    /// <param name="concepts">The concepts that may stand behind an error.</param>
    /// <exception cref="StartupException">A file does not fit.</exception>
    public static ErrorLibrary Load(ConceptLibrary concepts) => new(
        ContentFile.In("errors", ".yaml").Select(file =>
        {
            var error = YamlFile.Read<ErrorKnowledge>(file);
            if (error.Exception != ContentFile.Id(file))
            {
                throw YamlFile.Wrong(file, error.Exception, $"it explains {error.Exception}, and its name says {ContentFile.Id(file)}");
            }

            if (concepts.Find(error.Concept) is null)
            {
                throw YamlFile.Wrong(file, error.Concept, $"the concept \"{error.Concept}\" is none");
            }

            foreach (var shape in error.Shapes)
            {
                Check(shape, file);
            }

            return error;
        }));

    /// <summary>Explains an error; where the class is unknown, says so and how to read it all the same.</summary>
    /// <param name="exception">The class.</param>
    /// <param name="message">What Python said after it; empty where only the class is known.</param>
    public ErrorExplanation Explain(string exception, string message)
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
            foreach (var (shape, pattern) in entry.Shapes)
            {
                if (pattern.Match(start) is { Success: true } match)
                {
                    return new ErrorExplanation(Fill(shape.Means, match), Fill(shape.Hint, match), shape.Id, entry.Knowledge.Concept);
                }
            }
        }
        catch (RegexMatchTimeoutException)
        {
            // Made to take long; what is known of the class answers it.
        }

        return new ErrorExplanation(entry.Knowledge.Meaning, entry.Knowledge.Hint, null, entry.Knowledge.Concept);
    }

    /// <summary>What the message names stands in code marks, so a backtick in it would end them.</summary>
    private static string Fill(string text, Match match) => Placeholder().Replace(
        text, hole => match.Groups[hole.Groups["group"].Value].Value.Replace('`', '\''));

    private static void Check(MessageShape shape, string file)
    {
        Regex pattern;
        try
        {
            pattern = Pattern(shape.Match);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw YamlFile.Wrong(file, shape.Id, $"the pattern of \"{shape.Id}\" is wrong: {exception.Message.TrimEnd('.')}");
        }

        var groups = pattern.GetGroupNames();
        if (Placeholder().Matches(shape.Means + shape.Hint)
            .Select(hole => hole.Groups["group"].Value)
            .FirstOrDefault(name => !groups.Contains(name)) is { } unknown)
        {
            throw YamlFile.Wrong(file, shape.Id, $"\"{shape.Id}\" speaks of {{{unknown}}}, which its pattern does not name");
        }
    }

    /// <summary>
    /// Interpreted, and bounded by the message's length and a time. Without backtracking the patterns would need no bound,
    /// and 380 MB of memory and three seconds at every start.
    /// </summary>
    private static Regex Pattern(string match) => new(match, RegexOptions.CultureInvariant, LongestMatch);

    [GeneratedRegex(@"\{(?<group>[a-z_]+)\}")]
    private static partial Regex Placeholder();
}
