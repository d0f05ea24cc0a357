using System.Numerics;

namespace LearnFlow.Triage.Skills;

/// <summary>
/// What the linear model sees of a message: its words, pairs of near words, pieces of words, and its form, each hashed to
/// a bucket. One object serves message after message without allocating.
/// </summary>
public sealed class FeatureVector
{
    /// <summary>Buckets that features are hashed to.</summary>
    public const int Buckets = 1 << 20;

    /// <summary>Words beyond these add nothing: what a message wants is said before.</summary>
    private const int MostWords = 400;

    /// <summary>Words at the beginning, a title or a whole short message, that count fully.</summary>
    private const int Opening = 12;

    /// <summary>What a word far behind the opening counts at least.</summary>
    private const float LeastWeight = 0.3f;

    /// <summary>What the words of the last sentence count at least: there stands what is wanted, if not in the title.</summary>
    private const float LastSentenceWeight = 0.7f;

    /// <summary>How far apart two words of the opening may stand to be a pair.</summary>
    private const int OpeningWindow = 8;

    /// <summary>How far apart two later words may stand to be a pair.</summary>
    private const int Window = 2;

    private const int ShortestPiece = 3;
    private const int LongestPiece = 5;

    /// <summary>With fine pieces: the shortest, and those that reach from a word into the next.</summary>
    private const int ShortestFinePiece = 2;
    private const int ShortestJoint = 4;
    private const int LongestJoint = 6;
    private const int ReachOfJoint = 4;

    private const int MostFeatures = 24_000;

    /// <summary>A character brings four features, or six; enough of the slots stay free.</summary>
    private const int SlotsPerCharacter = 12;

    private static readonly ulong LinkKey = Key.Of("<link>");
    private static readonly ulong NumberKey = Key.Of("<number>");
    private static readonly ulong NameKey = Key.Of("<name>");
    private static readonly ulong CodeKey = Key.Of("<code>");
    private static readonly ulong EdgeKey = Key.Of("<edge>");

    private const int Kinds = 4;

    /// <summary>What kind of feature; each kind weighs the same in the whole, however many there are.</summary>
    private enum Kind
    {
        Word,
        Pair,
        Piece,
        Form,
    }

    /// <summary>Keeps features of one sort from having the keys of another.</summary>
    private static class Seed
    {
        public const ulong Word = 1;
        public const ulong Neighbours = 2;
        public const ulong Pair = 3;
        public const ulong Piece = 4;
        public const ulong Code = 5;
        public const ulong CodeLines = 6;
        public const ulong Length = 7;
        public const ulong Joint = 8;
    }

    private readonly int[] _slots = new int[65_536];
    private int _mask;
    private readonly int[] _usedSlots = new int[MostFeatures];
    private readonly int[] _buckets = new int[MostFeatures];
    private readonly float[] _values = new float[MostFeatures];
    private readonly Kind[] _kinds = new Kind[MostFeatures];
    private readonly int[] _rows = new int[MostFeatures];
    private readonly int[] _origins = new int[MostFeatures];
    private readonly float[] _weights = new float[MessageText.MostTokens];
    private readonly ulong[] _keys = new ulong[MostWords];
    private readonly int[] _tokens = new int[MostWords];
    private int _found;

    /// <summary>How many features the model knows.</summary>
    public int Count { get; private set; }

    /// <summary>Their rows in the model.</summary>
    public ReadOnlySpan<int> Rows => _rows.AsSpan(0, Count);

    /// <summary>Their values.</summary>
    public ReadOnlySpan<float> Values => _values.AsSpan(0, Count);

    /// <summary>The token from which each comes.</summary>
    public ReadOnlySpan<int> Origins => _origins.AsSpan(0, Count);

    /// <summary>The buckets of all features that were found, before <see cref="Weigh"/>.</summary>
    public ReadOnlySpan<int> Found => _buckets.AsSpan(0, _found);

    /// <summary>Finds the features of a message.</summary>
    /// <param name="text">The message.</param>
    /// <param name="vocabulary">The words that are known.</param>
    /// <param name="hasFinePieces">Whether shorter pieces and such across words count too: half as many features again.</param>
    public void Extract(MessageText text, Vocabulary vocabulary, bool hasFinePieces)
    {
        foreach (var slot in _usedSlots.AsSpan(0, _found))
        {
            _slots[slot] = 0;
        }

        // No more of the table than the message needs: a small part of it stays in the processor's nearest cache.
        _mask = (int)Math.Min(BitOperations.RoundUpToPowerOf2((uint)Math.Max(1024, text.Folded.Length * SlotsPerCharacter)), (uint)_slots.Length) - 1;
        _found = Count = 0;
        WeighTokens(text.Tokens);
        var words = Collect(text);
        for (var at = 0; at < words; at++)
        {
            var key = _keys[at];
            Add(Kind.Word, Key.Join(Seed.Word, key, 0), _tokens[at]);
            Add(Kind.Pair, Key.Join(Seed.Neighbours, at == 0 ? EdgeKey : _keys[at - 1], key), _tokens[at]);
            for (var before = Math.Max(0, at - (at < Opening ? OpeningWindow : Window)); before < at; before++)
            {
                Add(Kind.Pair, Key.Join(Seed.Pair, Math.Min(_keys[before], key), Math.Max(_keys[before], key)), _tokens[at]);
            }
        }

        if (words > 0)
        {
            Add(Kind.Pair, Key.Join(Seed.Neighbours, _keys[words - 1], EdgeKey), _tokens[words - 1]);
        }

        AddPieces(text, vocabulary, words, hasFinePieces);
        AddForm(text);
    }

    /// <summary>Gives the features that a model knows their values.</summary>
    /// <param name="rowOf">The model's row for each bucket, -1 where it has none.</param>
    public void Weigh(ReadOnlySpan<int> rowOf)
    {
        Span<float> squares = stackalloc float[Kinds];
        Count = 0;
        for (var i = 0; i < _found; i++)
        {
            var row = rowOf[_buckets[i]];
            if (row >= 0)
            {
                _rows[Count] = row;
                _origins[Count] = _origins[i];
                _kinds[Count] = _kinds[i];
                var weight = _kinds[i] == Kind.Form ? 1 : _weights[_origins[i]];
                _values[Count] = weight;
                squares[(int)_kinds[i]] += weight * weight;
                Count++;
            }
        }

        var kinds = 0;
        foreach (ref var square in squares)
        {
            kinds += square > 0 ? 1 : 0;
            square = square > 0 ? 1 / MathF.Sqrt(square) : 0;
        }

        var share = kinds > 0 ? 1 / MathF.Sqrt(kinds) : 0;
        for (var i = 0; i < Count; i++)
        {
            _values[i] *= squares[(int)_kinds[i]] * share;
        }
    }

    /// <summary>What each word counts: its place tells how likely it is to say what is wanted.</summary>
    private void WeighTokens(ReadOnlySpan<Token> tokens)
    {
        var last = tokens.Length - 1;
        while (last >= 0 && tokens[last].Kind == TokenKind.Code)
        {
            last--;
        }

        for (var at = 0; at < tokens.Length; at++)
        {
            var token = tokens[at];
            var isWanted = token.IsAsked && token.Kind != TokenKind.Code;
            var isLast = last >= 0 && token.Sentence == tokens[last].Sentence;
            var byPlace = at < Opening ? 1 : Math.Max(LeastWeight, (float)Opening / at);
            _weights[at] = isWanted ? 1 : isLast ? Math.Max(byPlace, LastSentenceWeight) : byPlace;
        }
    }

    /// <summary>The words that pairs are made of; a line or more of code is one.</summary>
    private int Collect(MessageText text)
    {
        var count = 0;
        var inCode = false;
        for (var at = 0; at < text.Count && count < MostWords; at++)
        {
            var token = text.Tokens[at];
            if (token.Kind == TokenKind.Code && inCode)
            {
                continue;
            }

            inCode = token.Kind == TokenKind.Code;
            _keys[count] = token.Kind switch
            {
                TokenKind.Code => CodeKey,
                TokenKind.Link => LinkKey,
                TokenKind.Number => NumberKey,
                TokenKind.Identifier when token.Word < 0 => NameKey,
                _ => token.Key,
            };
            _tokens[count++] = at;
        }

        return count;
    }

    /// <summary>Pieces of each word with its edges.</summary>
    private void AddPieces(MessageText text, Vocabulary vocabulary, int words, bool hasFinePieces)
    {
        Span<char> letters = stackalloc char[64];
        Span<char> joint = stackalloc char[(2 * ReachOfJoint) + 1];
        var before = 0;
        for (var at = 0; at < words; at++)
        {
            var token = text.Tokens[_tokens[at]];
            if (token.Kind is not (TokenKind.Word or TokenKind.Identifier))
            {
                before = 0;
                continue;
            }

            ReadOnlySpan<char> word = token.Word < 0 ? text.Of(token) : vocabulary.Words[token.Word];
            letters[0] = ' ';
            var length = 1;
            foreach (var c in word)
            {
                if (c != '\'' && length < letters.Length - 1)
                {
                    letters[length++] = c;
                }
            }

            letters[length++] = ' ';
            var shortest = hasFinePieces ? ShortestFinePiece : ShortestPiece;
            Cut(letters[..length], shortest, LongestPiece, mustHold: 0, Seed.Piece, _tokens[at]);
            if (hasFinePieces)
            {
                // The end of the word before, a space, and the beginning of this one.
                var after = Math.Min(ReachOfJoint, length - 2);
                letters.Slice(0, after + 1).CopyTo(joint[before..]);
                if (before > 0)
                {
                    Cut(joint[..(before + 1 + after)], ShortestJoint, LongestJoint, mustHold: before, Seed.Joint, _tokens[at]);
                }

                before = Math.Min(ReachOfJoint, length - 2);
                letters.Slice(length - 1 - before, before).CopyTo(joint);
            }
        }
    }

    /// <summary>Adds every piece of some letters; where one of them must be within, only those with letters on either side of it.</summary>
    private void Cut(ReadOnlySpan<char> letters, int shortest, int longest, int mustHold, ulong seed, int origin)
    {
        for (var start = 0; start < (mustHold > 0 ? mustHold : letters.Length); start++)
        {
            var key = Key.Start;
            for (var end = start; end < Math.Min(letters.Length, start + longest); end++)
            {
                key = Key.Then(key, letters[end]);
                if (end - start + 1 >= shortest && (mustHold == 0 || end > mustHold))
                {
                    Add(Kind.Piece, Key.Join(seed, key, 0), origin);
                }
            }
        }
    }

    private void AddForm(MessageText text)
    {
        var tokens = text.Tokens;
        for (var at = 0; at < tokens.Length; at++)
        {
            if (tokens[at].Kind == TokenKind.Code)
            {
                Add(Kind.Form, Key.Join(Seed.Code, tokens[at].Key, 0), at);
            }
        }

        Add(Kind.Form, Key.Join(Seed.CodeLines, (ulong)Math.ILogB(text.CodeLines + 1), 0), 0);
        Add(Kind.Form, Key.Join(Seed.Length, (ulong)Math.ILogB(text.Count + 1), 0), 0);
    }

    private void Add(Kind kind, ulong key, int origin)
    {
        var bucket = (int)(key >> 44);
        var slot = SlotOf(bucket);
        if (_slots[slot] == 0 && _found < MostFeatures)
        {
            _slots[slot] = _found + 1;
            _usedSlots[_found] = slot;
            _buckets[_found] = bucket;
            _kinds[_found] = kind;
            _origins[_found++] = origin;
        }
    }

    /// <summary>Where a bucket stands among those that were found, or the empty place for it.</summary>
    private int SlotOf(int bucket)
    {
        var slot = (bucket * 40_503) & _mask;
        while (_slots[slot] != 0 && _buckets[_slots[slot] - 1] != bucket)
        {
            slot = (slot + 1) & _mask;
        }

        return slot;
    }
}
