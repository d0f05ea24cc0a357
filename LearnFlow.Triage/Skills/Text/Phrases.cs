namespace LearnFlow.Triage.Skills;

/// <summary>Where a phrase stands in a text.</summary>
/// <typeparam name="T">What a phrase stands for.</typeparam>
/// <param name="Meaning">What it stands for.</param>
/// <param name="FirstWord">Index of its first word.</param>
/// <param name="LastWord">Index of its last word.</param>
public readonly record struct PhraseMatch<T>(T Meaning, int FirstWord, int LastWord);

/// <summary>
/// Finds many phrases in a text in one pass. A phrase is words; <c>(a|b)</c> stands for either, and <c>*</c> for up to
/// four words of any kind: <c>(give|show) me * exercise</c>.
/// </summary>
/// <typeparam name="T">What a phrase stands for.</typeparam>
public sealed class Phrases<T>
{
    /// <summary>How many words <c>*</c> may stand for.</summary>
    public const int LongestGap = 4;

    private readonly Dictionary<ulong, int> _numbers = [];
    private readonly Phrase[][] _byFirstWord;

    /// <summary>Compiles phrases.</summary>
    /// <param name="phrases">Each phrase in lower case with what it stands for.</param>
    /// <exception cref="MalformedPhraseException">A phrase is malformed; the message says how.</exception>
    public Phrases(IEnumerable<(string Phrase, T Meaning)> phrases)
    {
        var compiled = phrases.Select(entry => new Phrase(Compile(entry.Phrase), entry.Meaning)).ToList();
        var byFirstWord = _numbers.Select(_ => new List<Phrase>()).ToArray();
        foreach (var phrase in compiled)
        {
            foreach (var word in phrase.Parts[0]!.Keys)
            {
                byFirstWord[word].Add(phrase);
            }
        }

        _byFirstWord = [.. byFirstWord.Select(same => same.ToArray())];
    }

    /// <summary>Finds every place where a phrase stands in prose.</summary>
    /// <param name="tokens">The words of the text.</param>
    /// <param name="matches">Takes the places.</param>
    public void Find(ReadOnlySpan<Token> tokens, List<PhraseMatch<T>> matches)
    {
        Span<int> words = stackalloc int[MessageText.MostTokens];
        words = words[..tokens.Length];
        Look(tokens, words);
        for (var at = 0; at < words.Length; at++)
        {
            foreach (var phrase in words[at] < 0 ? [] : _byFirstWord[words[at]])
            {
                var end = EndOf(phrase.Parts, 0, words, at);
                if (end >= 0)
                {
                    matches.Add(new PhraseMatch<T>(phrase.Meaning, at, end - 1));
                }
            }
        }
    }

    /// <summary>Whether a text begins with one of the phrases.</summary>
    /// <param name="tokens">The words of the text.</param>
    public bool BeginsWithAny(ReadOnlySpan<Token> tokens)
    {
        Span<int> words = stackalloc int[MessageText.MostTokens];
        words = words[..tokens.Length];
        Look(tokens, words);
        foreach (var phrase in words is [>= 0, ..] ? _byFirstWord[words[0]] : [])
        {
            if (EndOf(phrase.Parts, 0, words, 0) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Looks up the numbers of words; one that is in no phrase, or stands in code, has -1.</summary>
    private void Look(ReadOnlySpan<Token> tokens, Span<int> words)
    {
        for (var at = 0; at < words.Length; at++)
        {
            var isProse = tokens[at].Kind is TokenKind.Word or TokenKind.Identifier or TokenKind.Number;
            words[at] = isProse && _numbers.TryGetValue(tokens[at].Key, out var number) ? number : -1;
        }
    }

    /// <summary>Where the parts of a phrase end if they begin at a word, or -1; the shortest gaps are tried first.</summary>
    private static int EndOf(ReadOnlySpan<Dictionary<int, int[][]>?> parts, int part, ReadOnlySpan<int> words, int at)
    {
        if (part == parts.Length)
        {
            return at;
        }

        if (parts[part] is not { } choices)
        {
            for (var skip = 0; skip <= LongestGap && at + skip < words.Length; skip++)
            {
                if (EndOf(parts, part + 1, words, at + skip) is >= 0 and var end)
                {
                    return end;
                }
            }

            return -1;
        }

        if (at < words.Length && choices.TryGetValue(words[at], out var candidates))
        {
            foreach (var choice in candidates)
            {
                if (words[at..].StartsWith(choice) && EndOf(parts, part + 1, words, at + choice.Length) is >= 0 and var end)
                {
                    return end;
                }
            }
        }

        return -1;
    }

    /// <summary>The parts of a phrase: for each its choices by their first words, or null for a gap.</summary>
    private Dictionary<int, int[][]>?[] Compile(string phrase)
    {
        var parts = Cut(phrase).Select(part => part == "*" ? null : Choices(part)).ToArray();
        return parts is [not null, .., not null] or [not null]
            ? parts
            : throw new MalformedPhraseException(phrase, "must begin and end with a word");

        Dictionary<int, int[][]> Choices(string part) => part.Split('|')
            .Select(choice => choice.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Number).ToArray())
            .Select(words => words.Length > 0 ? words : throw new MalformedPhraseException(phrase, "has an empty choice"))
            .GroupBy(words => words[0])
            .ToDictionary(sameStart => sameStart.Key, sameStart => sameStart.ToArray());

        int Number(string word)
        {
            var key = Key.Of(word);
            _numbers.TryAdd(key, _numbers.Count);
            return _numbers[key];
        }
    }

    /// <summary>The words, gaps and bracketed choices of a phrase, in order; brackets are taken off.</summary>
    private static IEnumerable<string> Cut(string phrase)
    {
        for (var at = 0; at < phrase.Length;)
        {
            var end = phrase[at] == '(' ? phrase.IndexOf(')', at) : phrase.IndexOf(' ', at);
            if (phrase[at] == '(' && end < 0)
            {
                throw new MalformedPhraseException(phrase, "has a bracket without its other half");
            }

            end = end < 0 ? phrase.Length : end;
            if (phrase[at] == '(')
            {
                yield return phrase[(at + 1)..end];
                end++;
            }
            else if (end > at)
            {
                yield return phrase[at..end];
            }

            at = end < phrase.Length && phrase[end] == ' ' ? end + 1 : end;
        }
    }

    private sealed record Phrase(Dictionary<int, int[][]>?[] Parts, T Meaning);
}

/// <summary>A phrase that means nothing as it is written.</summary>
/// <param name="phrase">The phrase.</param>
/// <param name="reason">What is wrong with it, as the rest of a sentence that begins with the phrase.</param>
public sealed class MalformedPhraseException(string phrase, string reason) : Exception($"the phrase \"{phrase}\" {reason}")
{
    /// <summary>The phrase.</summary>
    public string Phrase { get; } = phrase;
}
