namespace LearnFlow.Triage.Skills;

/// <summary>
/// A student's words, folded and cut into tokens. One object reads message after message, so that reading allocates
/// nothing once it has grown to the size of the messages.
/// </summary>
public sealed class MessageText
{
    /// <summary>What follows in a longer message is not read for its meaning: nobody's question begins there.</summary>
    public const int MostTokens = 1200;

    private const string Fence = "```";

    private readonly Token[] _tokens = new Token[MostTokens];
    private char[] _folded = new char[512];
    private Range[] _source = new Range[512];
    private int _length;

    /// <summary>The words, in order.</summary>
    public ReadOnlySpan<Token> Tokens => _tokens.AsSpan(0, Count);

    /// <summary>How many words there are, at most <see cref="MostTokens"/>.</summary>
    public int Count { get; private set; }

    /// <summary>The lines that are code.</summary>
    public int CodeLines { get; private set; }

    /// <summary>The lines that hold anything.</summary>
    public int Lines { get; private set; }

    /// <summary>The text as it was folded: lower case, single spaces, lines without space around them.</summary>
    public ReadOnlySpan<char> Folded => _folded.AsSpan(0, _length);

    /// <summary>The folded letters of a token.</summary>
    /// <param name="token">One of <see cref="Tokens"/>.</param>
    public ReadOnlySpan<char> Of(Token token) => _folded.AsSpan(token.Start, token.Length);

    /// <summary>Where the original of some tokens stands in the message that was read.</summary>
    /// <param name="first">Index of the first token.</param>
    /// <param name="last">Index of the last token.</param>
    public Range SourceOf(int first, int last) => SourceOf(_tokens[first].Start..(_tokens[last].Start + _tokens[last].Length));

    /// <summary>Where the original of a part of the folded text stands in the message that was read.</summary>
    /// <param name="folded">A part that is not empty.</param>
    public Range SourceOf(Range folded) => _source[folded.Start.Value].Start.._source[folded.End.Value - 1].End;

    /// <summary>Reads a message; what was read before is gone.</summary>
    /// <param name="message">Any text.</param>
    /// <param name="vocabulary">The words that are known, by which misspelled ones are understood.</param>
    public void Read(ReadOnlySpan<char> message, Vocabulary vocabulary)
    {
        Fold(message);
        Count = CodeLines = Lines = 0;
        var inFence = false;
        var sentence = 0;
        for (var start = 0; start < _length;)
        {
            var end = _folded.AsSpan(start, _length - start).IndexOf('\n');
            end = end < 0 ? _length : start + end;
            var line = _folded.AsSpan(start, end - start);
            if (line.StartsWith(Fence) && line[Fence.Length..].IndexOf(Fence) < 0)
            {
                inFence = !inFence;
            }
            else
            {
                var isCode = inFence || CodeLine.Is(line);
                CodeLines += isCode ? 1 : 0;
                Lines++;
                CutLine(start, end, isCode, vocabulary, ref sentence);
            }

            sentence++;
            start = end + 1;
        }
    }

    /// <summary>Folds every character; spaces and line ends do not repeat, and a letter repeats once at most.</summary>
    private void Fold(ReadOnlySpan<char> message)
    {
        if (_folded.Length < message.Length)
        {
            Array.Resize(ref _folded, message.Length * 2);
            Array.Resize(ref _source, message.Length * 2);
        }

        _length = 0;
        for (var at = 0; at < message.Length;)
        {
            var source = at;
            var c = Folding.Next(message, ref at);
            if (c is Folding.Nothing || (c is ' ' && (_length == 0 || _folded[_length - 1] is ' ' or '\n')))
            {
                continue;
            }

            if (c is '\n')
            {
                _length -= _length > 0 && _folded[_length - 1] is ' ' ? 1 : 0;
                if (_length == 0 || _folded[_length - 1] is '\n')
                {
                    continue;
                }
            }
            else if (_length > 1 && char.IsLetter(c) && _folded[_length - 1] == c && _folded[_length - 2] == c)
            {
                continue;
            }

            _source[_length] = source..at;
            _folded[_length++] = c;
        }

        // How a message ends, with a question mark, three of them or none, says more of its writer than of its meaning.
        while (_length > 0 && _folded[_length - 1] is ' ' or '\n' or '?' or '!' or '.' or ',' or ';')
        {
            _length--;
        }
    }

    private void CutLine(int start, int end, bool isCode, Vocabulary vocabulary, ref int sentence)
    {
        for (var at = start; at < end && Count < MostTokens;)
        {
            if (!IsWordCharacter(_folded[at]))
            {
                if (_folded[at] == '?')
                {
                    MarkQuestion(sentence);
                }

                sentence += _folded[at] is '.' or '?' or '!' or ';' or ':' ? 1 : 0;
                at++;
                continue;
            }

            var length = LengthOfLink(at, end);
            if (length > 0)
            {
                _tokens[Count++] = new Token(at, length, isCode ? TokenKind.Code : TokenKind.Link, sentence, -1, 0);
                at += length;
                continue;
            }

            length = LengthOfWord(at, end);
            var word = _folded.AsSpan(at, length);
            var kind = isCode ? TokenKind.Code
                : !word.ContainsAnyExceptInRange('0', '9') ? TokenKind.Number
                : word.Contains('_') || (at + length < end && _folded[at + length] == '(') ? TokenKind.Identifier
                : TokenKind.Word;
            var key = Key.Of(word);
            var known = vocabulary.Find(word, key, mayBeMisspelled: kind == TokenKind.Word);
            _tokens[Count++] = new Token(at, length, kind, sentence, known, known < 0 ? key : vocabulary.KeyOf(known));
            at += length;
        }
    }

    /// <summary>The words of the sentence that just ended ask.</summary>
    private void MarkQuestion(int sentence)
    {
        for (var at = Count - 1; at >= 0 && _tokens[at].Sentence == sentence; at--)
        {
            _tokens[at] = _tokens[at] with { IsAsked = true };
        }
    }

    private int LengthOfWord(int start, int end)
    {
        var at = start + 1;
        while (at < end && (IsWordCharacter(_folded[at]) || _folded[at] is '\'' or '+' or '#'))
        {
            at++;
        }

        // A closing quotation mark is not the word's.
        while (_folded[at - 1] == '\'')
        {
            at--;
        }

        return at - start;
    }

    /// <summary>The length of an address that begins here, or 0.</summary>
    private int LengthOfLink(int start, int end)
    {
        var rest = _folded.AsSpan(start, end - start);
        // A letter that was there three times is there twice.
        if (!rest.StartsWith("http://") && !rest.StartsWith("https://") && !rest.StartsWith("ww."))
        {
            return 0;
        }

        var length = rest.IndexOfAny(" )]>\"");
        return length < 0 ? rest.Length : length;
    }

    private static bool IsWordCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c == '_' || (c >= 0x80 && char.IsLetterOrDigit(c));
}
