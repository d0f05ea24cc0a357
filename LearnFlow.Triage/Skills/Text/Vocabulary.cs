namespace LearnFlow.Triage.Skills;

/// <summary>
/// The words that the skills know, the commonest first, and which of them a misspelled word is meant to be: one letter
/// too many, too few, wrong, or two letters changed places (the "symmetric delete" method of SymSpell).
/// </summary>
public sealed class Vocabulary
{
    /// <summary>Nothing is taken for a shorter word that it is not: too many others are one letter away.</summary>
    public const int ShortestMeant = 4;

    private const int LongestMeant = 20;

    private readonly string[] _words;
    private readonly ulong[] _keys;
    private readonly KeyTable _ids;
    private readonly KeyTable _deletes;
    private readonly int[] _next;
    private readonly int[] _wordOfDelete;

    /// <summary>Takes the words.</summary>
    /// <param name="words">Words, folded and without apostrophes, the commonest first.</param>
    public Vocabulary(IReadOnlyList<string> words)
    {
        _words = [.. words];
        _keys = [.. words.Select(word => Key.Of(word))];
        _ids = new KeyTable(_words.Length);
        for (var id = 0; id < _words.Length; id++)
        {
            _ids.TryAdd(_keys[id], id);
        }

        // Every word is found under what is left of it without one of its letters. Those that leave the same are a chain.
        var count = _words.Sum(word => IsMeant(word) ? word.Length : 0);
        _deletes = new KeyTable(count);
        _next = new int[count];
        _wordOfDelete = new int[count];
        var entry = 0;
        for (var id = _words.Length - 1; id >= 0; id--)
        {
            for (var without = 0; without < _words[id].Length && IsMeant(_words[id]); without++)
            {
                _wordOfDelete[entry] = id;
                _next[entry] = _deletes.Exchange(Without(_words[id], without), entry);
                entry++;
            }
        }
    }

    /// <summary>The words, the commonest first.</summary>
    public IReadOnlyList<string> Words => _words;

    /// <summary>The key of a word.</summary>
    /// <param name="word">Its number.</param>
    public ulong KeyOf(int word) => _keys[word];

    /// <summary>The word that a word is, or is meant to be; -1 where there is none.</summary>
    /// <param name="word">The word, folded.</param>
    /// <param name="key">Its key.</param>
    /// <param name="mayBeMisspelled">Whether a word that is not known may stand for one that is.</param>
    public int Find(ReadOnlySpan<char> word, ulong key, bool mayBeMisspelled)
    {
        var known = _ids.Find(key);
        if (known >= 0 || !mayBeMisspelled || word.Length is < ShortestMeant - 1 or > LongestMeant)
        {
            return known;
        }

        // The vocabulary has no apostrophes.
        Span<char> letters = stackalloc char[LongestMeant];
        return FindMeant(letters[..WithoutApostrophes(word, letters)], key);
    }

    private int FindMeant(ReadOnlySpan<char> word, ulong key)
    {
        var best = -1;
        Nearest(word, key, ref best);
        for (var without = 0; without < word.Length; without++)
        {
            var shorter = Without(word, without);
            best = Better(best, _ids.Find(shorter));
            Nearest(word, shorter, ref best);
        }

        return best;
    }

    /// <summary>Looks among the words that leave a key without one letter for one that is truly one mistake away.</summary>
    private void Nearest(ReadOnlySpan<char> word, ulong key, ref int best)
    {
        for (var entry = _deletes.Find(key); entry >= 0; entry = _next[entry])
        {
            var candidate = _wordOfDelete[entry];
            if ((best < 0 || candidate < best) && IsOneMistakeAway(word, _words[candidate]))
            {
                best = candidate;
            }
        }
    }

    private int Better(int best, int candidate) =>
        candidate >= 0 && IsMeant(_words[candidate]) && (best < 0 || candidate < best) ? candidate : best;

    private static bool IsOneMistakeAway(ReadOnlySpan<char> word, ReadOnlySpan<char> other)
    {
        var same = word.CommonPrefixLength(other);
        var rest = word[same..];
        var otherRest = other[same..];
        if (rest.Length != otherRest.Length)
        {
            return rest.Length > otherRest.Length ? rest[1..].SequenceEqual(otherRest) : rest.SequenceEqual(otherRest[1..]);
        }

        return rest.Length > 0
            && (rest[1..].SequenceEqual(otherRest[1..])
                || (rest.Length > 1 && rest[0] == otherRest[1] && rest[1] == otherRest[0] && rest[2..].SequenceEqual(otherRest[2..])));
    }

    private static int WithoutApostrophes(ReadOnlySpan<char> word, Span<char> letters)
    {
        var length = 0;
        foreach (var c in word)
        {
            letters[length] = c;
            length += c == '\'' ? 0 : 1;
        }

        return length;
    }

    private static bool IsMeant(string word) => word.Length is >= ShortestMeant and <= LongestMeant;

    private static ulong Without(ReadOnlySpan<char> word, int at)
    {
        var key = Key.Start;
        for (var i = 0; i < word.Length; i++)
        {
            key = i == at || word[i] == '\'' ? key : Key.Then(key, word[i]);
        }

        return key;
    }
}
