namespace LearnFlow.Agents.Content;

/// <summary>Finds what a text speaks of by the names that things have. The longest name that stands in it wins.</summary>
/// <typeparam name="T">What the names name.</typeparam>
public sealed class PhraseIndex<T>
    where T : class
{
    private readonly (string Name, T Item)[] _names;

    /// <summary>Creates the index.</summary>
    /// <param name="names">Each name, in lower case, with what it names.</param>
    public PhraseIndex(IEnumerable<(string Name, T Item)> names) =>
        _names = [.. names.OrderByDescending(entry => entry.Name.Length).ThenBy(entry => entry.Name, StringComparer.Ordinal)];

    /// <summary>What the text speaks of, or null.</summary>
    /// <param name="text">Any text.</param>
    public T? Find(string text) => FindAll(text).FirstOrDefault();

    /// <summary>All that the text speaks of, the longest names first.</summary>
    /// <param name="text">Any text.</param>
    public IEnumerable<T> FindAll(string text) =>
        _names.Where(entry => Contains(text, entry.Name)).Select(entry => entry.Item).Distinct();

    private static bool Contains(string text, string name)
    {
        for (var at = 0; (at = text.IndexOf(name, at, StringComparison.OrdinalIgnoreCase)) >= 0; at++)
        {
            if (IsEdge(text, at - 1, name[0]) && IsEdge(text, at + name.Length, name[^1]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A name ends where a word ends, or, if it is a symbol, where the symbol does.</summary>
    private static bool IsEdge(string text, int at, char nameEdge) =>
        at < 0 || at >= text.Length || IsWord(nameEdge) != IsWord(text[at]) || char.IsWhiteSpace(text[at]);

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_';
}
