using LearnFlow.Agents.Content;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Agents.Debug;

/// <summary>What more there is to say of a kind of mistake, one step at a time.</summary>
public sealed class Hint
{
    /// <summary>
    /// The mistakes: <c>NameError/did-you-mean</c> for a message shape, <c>NameError</c> for all others of the class. For what
    /// is wrong without an error a word such as <c>endless-loop</c>, a review's code, or the concept behind it.
    /// </summary>
    public required List<string> For { get; init; }

    /// <summary>What goes on when it happens.</summary>
    public required string GoingOn { get; init; }

    /// <summary>What kind of change helps.</summary>
    public required string Change { get; init; }

    /// <summary>Another program with the mistake.</summary>
    public required string Before { get; init; }

    /// <summary>The last line of its error, or what it prints, or <see cref="Endless"/>.</summary>
    public required string Gives { get; init; }

    /// <summary>That program without the mistake.</summary>
    public required string After { get; init; }

    /// <summary>What it prints then.</summary>
    public required string Prints { get; init; }

    /// <summary>What was changed in it and why that helps.</summary>
    public required string Why { get; init; }

    /// <summary>What a program gives that does not end.</summary>
    public const string Endless = "never ends";
}

/// <summary>The hints of <c>Content/hints</c>.</summary>
public sealed class HintLibrary
{
    /// <summary>The hint for errors that no other is for.</summary>
    private const string AnyError = "any";

    /// <summary>The hint for what is wrong without an error and no other is for.</summary>
    private const string AnyOther = "wrong-output";

    private readonly Dictionary<string, Hint> _byMistake;

    private HintLibrary(Dictionary<string, Hint> byMistake) => _byMistake = byMistake;

    /// <summary>All of them.</summary>
    public IEnumerable<Hint> All => _byMistake.Values.Distinct();

    /// <summary>Reads the hints.</summary>
    /// <param name="errors">The errors that they may be for.</param>
    /// <exception cref="StartupException">A file does not fit.</exception>
    public static HintLibrary Load(ErrorLibrary errors)
    {
        var shapes = errors.All.SelectMany(error => error.Shapes.Select(shape => $"{error.Exception}/{shape.Id}")).ToHashSet();
        var byMistake = new Dictionary<string, Hint>();
        foreach (var file in ContentFile.In("hints", ".yaml"))
        {
            foreach (var hint in YamlFile.Read<List<Hint>>(file))
            {
                foreach (var mistake in hint.For)
                {
                    if (mistake.Contains('/', StringComparison.Ordinal) && !shapes.Contains(mistake))
                    {
                        throw YamlFile.Wrong(file, mistake, $"\"{mistake}\" is no error's shape");
                    }

                    if (!byMistake.TryAdd(mistake, hint))
                    {
                        throw YamlFile.Wrong(file, mistake, $"another hint is for \"{mistake}\" already");
                    }
                }
            }
        }

        return ((string[])[AnyError, AnyOther]).FirstOrDefault(mistake => !byMistake.ContainsKey(mistake)) is { } missing
            ? throw new StartupException($"No file of Content/hints has a hint for \"{missing}\", which is for what no other is for.")
            : new HintLibrary(byMistake);
    }

    /// <summary>The hint for a mistake: for its shape, or else its class or concept, or else for any.</summary>
    /// <param name="mistake">The mistake.</param>
    public Hint For(Diagnosis mistake)
    {
        string?[] names = mistake.Exception is { } exception
            ? [$"{exception}/{mistake.Shape}", exception, AnyError]
            : [mistake.Shape, mistake.Concept, AnyOther];
        return names.Select(name => _byMistake.GetValueOrDefault(name ?? "")).First(hint => hint is not null)!;
    }

    /// <summary>Whether there is a hint for just this.</summary>
    /// <param name="mistake">A mistake as <see cref="Hint.For"/> names it.</param>
    public bool Has(string mistake) => _byMistake.ContainsKey(mistake);
}
