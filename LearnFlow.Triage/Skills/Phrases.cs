using System.Collections.Frozen;

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

    private readonly FrozenDictionary<string, int> _vocabulary;
    private readonly List<Phrase>[] _byFirstWord;

    /// <summary>Compiles phrases.</summary>
    /// <param name="phrases">Each phrase in lower case with what it stands for.</param>
    /// <exception cref="MalformedPhraseException">A phrase is malformed; the message says how.</exception>
    public Phrases(IEnumerable<(string Phrase, T Meaning)> phrases)
    {
        var vocabulary = new Dictionary<string, int>();
        var compiled = phrases.Select(entry => new Phrase(Compile(entry.Phrase, vocabulary), entry.Meaning)).ToList();
        _vocabulary = vocabulary.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        _byFirstWord = [.. Enumerable.Range(0, vocabulary.Count).Select(_ => new List<Phrase>())];
        foreach (var phrase in compiled)
        {
            foreach (var word in phrase.Parts[0]!.Keys)
            {
                _byFirstWord[word].Add(phrase);
            }
        }
    }

    /// <summary>Every place where a phrase stands in prose.</summary>
    /// <param name="text">The text.</param>
    /// <param name="words">Its words.</param>
    public IEnumerable<PhraseMatch<T>> Find(string text, IReadOnlyList<Word> words)
    {
        var numbers = Look(text, words);
        for (var at = 0; at < numbers.Length; at++)
        {
            if (numbers[at] < 0)
            {
                continue;
            }

            foreach (var phrase in _byFirstWord[numbers[at]])
            {
                if (EndOf(phrase.Parts, 0, numbers, at) is { } end)
                {
                    yield return new PhraseMatch<T>(phrase.Meaning, at, end - 1);
                }
            }
        }
    }

    private int[] Look(string text, IReadOnlyList<Word> words)
    {
        var lookup = _vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        var numbers = new int[words.Count];
        Span<char> plain = stackalloc char[32];
        for (var i = 0; i < numbers.Length; i++)
        {
            var word = words[i];
            numbers[i] = -1;
            if (!word.InCode && word.Length <= plain.Length)
            {
                text.AsSpan(word.Start, word.Length).Replace(plain, '’', '\'');
                numbers[i] = lookup.TryGetValue(plain[..word.Length], out var number) ? number : -1;
            }
        }

        return numbers;
    }

    /// <summary>Where the parts of a phrase end, if they begin at a word; the shortest gaps are tried first.</summary>
    private static int? EndOf(Dictionary<int, List<int[]>>?[] parts, int part, int[] words, int at)
    {
        if (part == parts.Length)
        {
            return at;
        }

        if (parts[part] is not { } choices)
        {
            for (var skip = 0; skip <= LongestGap && at + skip < words.Length; skip++)
            {
                if (EndOf(parts, part + 1, words, at + skip) is { } end)
                {
                    return end;
                }
            }

            return null;
        }

        if (at < words.Length && choices.TryGetValue(words[at], out var candidates))
        {
            foreach (var choice in candidates)
            {
                if (words.AsSpan(at).StartsWith(choice) && EndOf(parts, part + 1, words, at + choice.Length) is { } end)
                {
                    return end;
                }
            }
        }

        return null;
    }

    /// <summary>The parts of a phrase: for each its choices by their first words, or null for a gap.</summary>
    private static Dictionary<int, List<int[]>>?[] Compile(string phrase, Dictionary<string, int> vocabulary)
    {
        var parts = Cut(phrase).Select(part => part == "*" ? null : Choices(part)).ToArray();
        return parts is [not null, .., not null] or [not null]
            ? parts
            : throw new MalformedPhraseException(phrase, "must begin and end with a word");

        Dictionary<int, List<int[]>> Choices(string part)
        {
            var choices = new Dictionary<int, List<int[]>>();
            foreach (var choice in part.Split('|'))
            {
                var words = choice.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Number).ToArray();
                if (words.Length == 0)
                {
                    throw new MalformedPhraseException(phrase, "has an empty choice");
                }

                if (!choices.TryGetValue(words[0], out var sameStart))
                {
                    choices[words[0]] = sameStart = [];
                }

                sameStart.Add(words);
            }

            return choices;
        }

        int Number(string word)
        {
            vocabulary.TryAdd(word, vocabulary.Count);
            return vocabulary[word];
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

    private sealed record Phrase(Dictionary<int, List<int[]>>?[] Parts, T Meaning);
}

/// <summary>A phrase that means nothing as it is written.</summary>
/// <param name="phrase">The phrase.</param>
/// <param name="reason">What is wrong with it, as the rest of a sentence that begins with the phrase.</param>
public sealed class MalformedPhraseException(string phrase, string reason) : Exception($"the phrase \"{phrase}\" {reason}")
{
    /// <summary>The phrase.</summary>
    public string Phrase { get; } = phrase;
}
