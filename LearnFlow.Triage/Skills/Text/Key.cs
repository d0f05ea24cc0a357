namespace LearnFlow.Triage.Skills;

/// <summary>Numbers that stand for words and for what is made of them; equal on every machine.</summary>
internal static class Key
{
    /// <summary>The key of a word, apostrophes left out: people leave them out too.</summary>
    /// <param name="word">The word, folded.</param>
    public static ulong Of(ReadOnlySpan<char> word)
    {
        var key = Start;
        foreach (var c in word)
        {
            key = c == '\'' ? key : Then(key, c);
        }

        return key;
    }

    /// <summary>The empty word's key (FNV-1a, 64 bits).</summary>
    public const ulong Start = 14695981039346656037;

    /// <summary>The key with one more character.</summary>
    /// <param name="key">The key so far.</param>
    /// <param name="c">The character.</param>
    public static ulong Then(ulong key, char c) => (key ^ c) * 1099511628211;

    /// <summary>The key of something made of two.</summary>
    /// <param name="kind">What it is; the same two make different things.</param>
    /// <param name="first">The first's key.</param>
    /// <param name="second">The second's key.</param>
    public static ulong Join(ulong kind, ulong first, ulong second)
    {
        // The constants are those of MurmurHash3's last mixing, which spreads every bit over all.
        var key = ((first * 3) ^ (second * 0x9e3779b97f4a7c15)) + kind;
        key = (key ^ (key >> 33)) * 0xff51afd7ed558ccd;
        key = (key ^ (key >> 33)) * 0xc4ceb9fe1a85ec53;
        return key ^ (key >> 33);
    }
}
