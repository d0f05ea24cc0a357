namespace LearnFlow.Agents.Content;

/// <summary>Finds what a text speaks of by the names that things have. The longest name that stands in it wins.</summary>
/// <typeparam name="T">What the names name.</typeparam>
public sealed class PhraseIndex<T>
    where T : class
{
    private readonly (string Name, T Item)[] _names;

    /// <summary>The places in <see cref="_names"/> of the names that begin with a letter or a sign.</summary>
    private readonly Dictionary<char, int[]> _byFirst;

    /// <summary>Creates the index.</summary>
    /// <param name="names">Each name, in lower case, with what it names.</param>
    public PhraseIndex(IEnumerable<(string Name, T Item)> names)
    {
        _names = [.. names.OrderByDescending(entry => entry.Name.Length).ThenBy(entry => entry.Name, StringComparer.Ordinal)];
        _byFirst = Enumerable.Range(0, _names.Length)
            .GroupBy(place => char.ToUpperInvariant(_names[place].Name[0]))
            .ToDictionary(places => places.Key, places => places.ToArray());
    }

    /// <summary>What the text speaks of, or null.</summary>
    /// <param name="text">Any text.</param>
    public T? Find(string text) => FindAll(text).FirstOrDefault();

    /// <summary>All that the text speaks of, the longest names first.</summary>
    /// <param name="text">Any text.</param>
    public IEnumerable<T> FindAll(string text)
    {
        var found = new SortedSet<int>();
        for (var at = 0; at < text.Length; at++)
        {
            if (!IsEdge(text, at - 1, text[at]) || !_byFirst.TryGetValue(char.ToUpperInvariant(text[at]), out var places))
            {
                continue;
            }

            foreach (var place in places)
            {
                if (StandsAt(text, at, _names[place].Name))
                {
                    found.Add(place);
                }
            }
        }

        return found.Select(place => _names[place].Item).Distinct();
    }

    private static bool StandsAt(string text, int at, string name) =>
        text.AsSpan(at).StartsWith(name, StringComparison.OrdinalIgnoreCase) && IsEdge(text, at + name.Length, name[^1]);

    /// <summary>A name ends where a word ends, or, if it is a symbol, where the symbol does.</summary>
    private static bool IsEdge(string text, int at, char nameEdge) =>
        at < 0 || at >= text.Length || IsWord(nameEdge) != IsWord(text[at]) || char.IsWhiteSpace(text[at]);

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_';
}
