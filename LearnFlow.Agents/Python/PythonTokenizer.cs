using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace LearnFlow.Agents.Python;

/// <summary>
/// Splits Python 3.8–3.14 source text into tokens. It accepts any text: what Python could not read becomes an
/// <see cref="PythonTokenKind.Error"/> token and reading goes on behind it.
/// </summary>
public static class PythonTokenizer
{
    private const int TabSize = 8;

    private static readonly FrozenSet<string> Keywords = FrozenSet.Create(
        StringComparer.Ordinal,
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
        "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
        "not", "or", "pass", "raise", "return", "try", "while", "with", "yield");

    private static readonly FrozenSet<string> StringPrefixes = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "r", "u", "b", "br", "rb", "f", "fr", "rf", "t", "tr", "rt");

    // Longest first, so that the first operator that fits is the right one.
    private static readonly string[] LongOperators =
    [
        "**=", "//=", ">>=", "<<=", "...",
        "**", "//", ">>", "<<", "<=", ">=", "==", "!=", "->", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "@=", ":=",
    ];

    /// <summary>
    /// The tokens of <paramref name="code"/> in the order of the text. White space, blank lines, and line breaks inside
    /// brackets give no token; every logical line ends with one <see cref="PythonTokenKind.Newline"/>, and every
    /// <see cref="PythonTokenKind.Indent"/> has its <see cref="PythonTokenKind.Dedent"/>.
    /// </summary>
    public static IReadOnlyList<PythonToken> Tokenize(string code)
    {
        ArgumentNullException.ThrowIfNull(code);
        return new Scanner(code).Scan();
    }

    private sealed class Scanner(string code)
    {
        private readonly List<PythonToken> _tokens = [];
        private readonly Stack<int> _indents = new([0]);
        private readonly PythonStringScanner _strings = new(code);
        private int _position;
        private int _line = 1;
        private int _lineStart;
        private int _openBrackets;
        private bool _isAtLineStart = true;
        private bool _isInLogicalLine;

        public List<PythonToken> Scan()
        {
            if (code.StartsWith('\uFEFF'))
            {
                _position = _lineStart = 1;
            }

            while (_position < code.Length)
            {
                if (_isAtLineStart)
                {
                    ReadIndentation();
                }
                else
                {
                    ReadNext();
                }
            }

            EndLogicalLine(lineBreakLength: 0);
            CloseBlocks(width: 0);
            return _tokens;
        }

        private void ReadIndentation()
        {
            _isAtLineStart = false;
            var end = _position;
            var width = 0;
            for (; end < code.Length && code[end] is ' ' or '\t' or '\f'; end++)
            {
                width = code[end] switch
                {
                    '\t' => (width / TabSize + 1) * TabSize,
                    '\f' => 0,
                    _ => width + 1,
                };
            }

            if (end == code.Length || code[end] is '#' or '\r' or '\n')
            {
                _position = end;
                return;
            }

            if (width > _indents.Peek())
            {
                _indents.Push(width);
                Add(PythonTokenKind.Indent, end);
                return;
            }

            CloseBlocks(width, at: end);
            if (width != _indents.Peek())
            {
                Add(PythonTokenKind.Error, end);
            }

            _position = end;
        }

        private void CloseBlocks(int width, int? at = null)
        {
            var start = at ?? _position;
            while (_indents.Peek() > width)
            {
                _indents.Pop();
                _tokens.Add(new PythonToken(PythonTokenKind.Dedent, string.Empty, start, _line, start - _lineStart));
            }
        }

        private void ReadNext()
        {
            var character = code[_position];
            switch (character)
            {
                case ' ' or '\t' or '\f':
                    _position++;
                    break;
                case '\r' or '\n':
                    ReadLineBreak();
                    break;
                case '#':
                    Add(PythonTokenKind.Comment, EndOfLine());
                    break;
                case '\\':
                    ReadBackslash();
                    break;
                case '"' or '\'':
                    ReadString(quoteAt: _position);
                    break;
                case '.' when char.IsAsciiDigit(CharacterAt(_position + 1)):
                case >= '0' and <= '9':
                    ReadNumber();
                    break;
                default:
                    ReadNameOrOperator();
                    break;
            }
        }

        private void ReadLineBreak()
        {
            var length = PythonLines.BreakLengthAt(code, _position);
            if (_openBrackets == 0)
            {
                EndLogicalLine(length);
                _isAtLineStart = true;
            }

            StartLine(at: _position + length);
        }

        private void EndLogicalLine(int lineBreakLength)
        {
            if (!_isInLogicalLine)
            {
                return;
            }

            var text = code.Substring(_position, lineBreakLength);
            _tokens.Add(new PythonToken(PythonTokenKind.Newline, text, _position, _line, _position - _lineStart));
            _isInLogicalLine = false;
        }

        private void StartLine(int at)
        {
            _position = at;
            _lineStart = at;
            _line++;
        }

        private void ReadBackslash()
        {
            var breakLength = PythonLines.BreakLengthAt(code, _position + 1);
            if (breakLength == 0)
            {
                Add(PythonTokenKind.Error, _position + 1);
                return;
            }

            StartLine(at: _position + 1 + breakLength);
        }

        private void ReadString(int quoteAt)
        {
            var prefix = code.AsSpan(_position, quoteAt - _position);
            var end = _strings.FindEnd(quoteAt, isFormatted: prefix.IndexOfAny("fFtT") >= 0);
            if (end >= 0)
            {
                Add(PythonTokenKind.StringLiteral, end);
            }
            else
            {
                Add(PythonTokenKind.Error, _strings.IsTripleQuoted(quoteAt) ? code.Length : EndOfLine());
            }
        }

        private void ReadNumber()
        {
            var end = EndOfNumber();
            var endOfName = EndOfName(end);
            var isReadable = endOfName == end || Keywords.Contains(code[end..endOfName]);
            Add(isReadable ? PythonTokenKind.Number : PythonTokenKind.Error, isReadable ? end : endOfName);
        }

        private int EndOfNumber()
        {
            if (code[_position] == '0' && CharacterAt(_position + 1) is 'x' or 'X' or 'o' or 'O' or 'b' or 'B')
            {
                return SkipWhile(_position + 2, static c => char.IsAsciiHexDigit(c) || c == '_');
            }

            var end = SkipWhile(_position, IsDigitOrUnderscore);
            if (CharacterAt(end) == '.')
            {
                end = SkipWhile(end + 1, IsDigitOrUnderscore);
            }

            if (CharacterAt(end) is 'e' or 'E')
            {
                var digits = CharacterAt(end + 1) is '+' or '-' ? end + 2 : end + 1;
                end = char.IsAsciiDigit(CharacterAt(digits)) ? SkipWhile(digits, IsDigitOrUnderscore) : end;
            }

            return CharacterAt(end) is 'j' or 'J' ? end + 1 : end;
        }

        private static bool IsDigitOrUnderscore(char character) => char.IsAsciiDigit(character) || character == '_';

        private void ReadNameOrOperator()
        {
            var end = EndOfName(_position);
            if (end == _position)
            {
                ReadOperator();
                return;
            }

            var name = code[_position..end];
            if (CharacterAt(end) is '"' or '\'' && StringPrefixes.Contains(name))
            {
                ReadString(quoteAt: end);
            }
            else
            {
                Add(Keywords.Contains(name) ? PythonTokenKind.Keyword : PythonTokenKind.Name, end);
            }
        }

        private void ReadOperator()
        {
            foreach (var longOperator in LongOperators)
            {
                if (string.CompareOrdinal(code, _position, longOperator, 0, longOperator.Length) == 0)
                {
                    Add(PythonTokenKind.Operator, _position + longOperator.Length);
                    return;
                }
            }

            switch (code[_position])
            {
                case '(' or '[' or '{':
                    _openBrackets++;
                    Add(PythonTokenKind.Operator, _position + 1);
                    break;
                case ')' or ']' or '}':
                    _openBrackets = Math.Max(0, _openBrackets - 1);
                    Add(PythonTokenKind.Operator, _position + 1);
                    break;
                case '+' or '-' or '*' or '/' or '%' or '@' or '&' or '|' or '^' or '~' or '<' or '>'
                    or ',' or ':' or ';' or '.' or '=':
                    Add(PythonTokenKind.Operator, _position + 1);
                    break;
                default:
                    Rune.DecodeFromUtf16(code.AsSpan(_position), out _, out var length);
                    Add(PythonTokenKind.Error, _position + length);
                    break;
            }
        }

        private int EndOfName(int start)
        {
            var end = start;
            while (end < code.Length)
            {
                // A lone surrogate decodes to U+FFFD, which is no part of a name.
                Rune.DecodeFromUtf16(code.AsSpan(end), out var rune, out var length);
                if (!(end == start ? StartsName(rune) : ContinuesName(rune)))
                {
                    break;
                }

                end += length;
            }

            return end;
        }

        private static bool StartsName(Rune rune) =>
            rune.Value == '_' || Rune.IsLetter(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.LetterNumber;

        private static bool ContinuesName(Rune rune) =>
            StartsName(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber
                or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.ConnectorPunctuation;

        private int EndOfLine() => SkipWhile(_position, static c => c is not ('\r' or '\n'));

        private int SkipWhile(int position, Func<char, bool> isPart)
        {
            while (position < code.Length && isPart(code[position]))
            {
                position++;
            }

            return position;
        }

        private char CharacterAt(int position) => position < code.Length ? code[position] : '\0';

        private void Add(PythonTokenKind kind, int end)
        {
            var token = new PythonToken(kind, code[_position..end], _position, _line, _position - _lineStart);
            _tokens.Add(token);
            _isInLogicalLine |= kind is not (PythonTokenKind.Comment or PythonTokenKind.Indent);
            _position = end;
            if (token.LastLine > _line)
            {
                _line = token.LastLine;
                _lineStart = _position - (token.Length - 1 - token.Text.AsSpan().LastIndexOfAny('\r', '\n'));
            }
        }
    }
}
