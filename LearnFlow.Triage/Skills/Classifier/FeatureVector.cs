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

    private const int MostFeatures = 24_000;

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

    private readonly int[] _slots = new int[65_536];
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
    public void Extract(MessageText text, Vocabulary vocabulary)
    {
        foreach (var slot in _usedSlots.AsSpan(0, _found))
        {
            _slots[slot] = 0;
        }

        _found = Count = 0;
        WeighTokens(text.Tokens);
        var words = Collect(text);
        for (var at = 0; at < words; at++)
        {
            var key = _keys[at];
            Add(Kind.Word, Key.Join(1, key, 0), _tokens[at]);
            Add(Kind.Pair, Key.Join(2, at == 0 ? EdgeKey : _keys[at - 1], key), _tokens[at]);
            for (var before = Math.Max(0, at - (at < Opening ? OpeningWindow : Window)); before < at; before++)
            {
                Add(Kind.Pair, Key.Join(3, Math.Min(_keys[before], key), Math.Max(_keys[before], key)), _tokens[at]);
            }
        }

        if (words > 0)
        {
            Add(Kind.Pair, Key.Join(2, _keys[words - 1], EdgeKey), _tokens[words - 1]);
        }

        AddPieces(text, vocabulary, words);
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
    private void AddPieces(MessageText text, Vocabulary vocabulary, int words)
    {
        Span<char> letters = stackalloc char[64];
        for (var at = 0; at < words; at++)
        {
            var token = text.Tokens[_tokens[at]];
            if (token.Kind is not (TokenKind.Word or TokenKind.Identifier))
            {
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
            for (var start = 0; start < length; start++)
            {
                var key = Key.Start;
                for (var end = start; end < Math.Min(length, start + LongestPiece); end++)
                {
                    key = Key.Then(key, letters[end]);
                    if (end - start + 1 >= ShortestPiece)
                    {
                        Add(Kind.Piece, Key.Join(4, key, 0), _tokens[at]);
                    }
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
                Add(Kind.Form, Key.Join(5, tokens[at].Key, 0), at);
            }
        }

        Add(Kind.Form, Key.Join(6, (ulong)Math.ILogB(text.CodeLines + 1), 0), 0);
        Add(Kind.Form, Key.Join(7, (ulong)Math.ILogB(text.Count + 1), 0), 0);
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
        var slot = (bucket * 40_503) & (_slots.Length - 1);
        while (_slots[slot] != 0 && _buckets[_slots[slot] - 1] != bucket)
        {
            slot = (slot + 1) & (_slots.Length - 1);
        }

        return slot;
    }
}
