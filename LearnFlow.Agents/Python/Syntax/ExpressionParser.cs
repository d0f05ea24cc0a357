namespace LearnFlow.Agents.Python.Syntax;

/// <summary>
/// Reads expressions out of tokens. It accepts any tokens: what it does not know becomes an
/// <see cref="UnknownExpression"/>, and so does what nests deeper than anybody writes.
/// </summary>
internal sealed class ExpressionParser
{
    private const int Deepest = 60;
    private const int LongestChain = 120;

    // From the loosest binding to the tightest; `not` and comparisons stand between them.
    private static readonly string[][] Arithmetic =
    [
        ["|"], ["^"], ["&"], ["<<", ">>"], ["+", "-"], ["*", "/", "//", "%", "@"],
    ];

    private readonly string _source;
    private readonly IReadOnlyList<PythonToken> _tokens;
    private readonly int _end;
    private int _at;
    private int _depth;
    private bool _isIterableOfComprehension;

    private ExpressionParser(string source, IReadOnlyList<PythonToken> tokens, int from, int to, int depth) =>
        (_source, _tokens, _at, _end, _depth) = (source, tokens, from, to, depth);

    /// <summary>The expression in the tokens from <paramref name="from"/> up to and without <paramref name="to"/>; null where there are none.</summary>
    public static PythonExpression? Parse(string source, IReadOnlyList<PythonToken> tokens, int from, int to) =>
        from < to ? new ExpressionParser(source, tokens, from, to, 0).ParseAll() : null;

    private PythonExpression ParseAll()
    {
        var from = _at;
        var expression = ParseList();
        return _at >= _end ? expression : UnknownFrom(from, [expression]);
    }

    private bool Is(string text) => _at < _end && _tokens[_at].Kind != PythonTokenKind.StringLiteral && _tokens[_at].Is(text);

    private bool Take(string text)
    {
        var isThere = Is(text);
        _at += isThere ? 1 : 0;
        return isThere;
    }

    private CodeSpan SpanFrom(int token)
    {
        var first = Math.Min(token, _tokens.Count - 1);
        var last = Math.Max(first, _at - 1);
        return new CodeSpan(_source, _tokens[first].Start, _tokens[last].End, _tokens[first].Line);
    }

    private UnknownExpression UnknownFrom(int token, IReadOnlyList<PythonExpression> parts)
    {
        _at = _end;
        return new UnknownExpression(SpanFrom(token), parts);
    }

    private bool EndsList() =>
        _at >= _end || Is(")") || Is("]") || Is("}") || Is(":") || Is("=") || Is("for") || Is(";");

    // `a, b` without brackets is a tuple.
    private PythonExpression ParseList()
    {
        var from = _at;
        var first = ParseExpression();
        if (!Is(","))
        {
            return first;
        }

        var items = new List<PythonExpression> { first };
        while (Take(",") && !EndsList())
        {
            items.Add(ParseExpression());
        }

        return new CollectionExpression(SpanFrom(from), "tuple", items);
    }

    private PythonExpression ParseExpression()
    {
        var from = _at;
        if (++_depth > Deepest)
        {
            return UnknownFrom(from, []);
        }

        var expression = ParseConditional();
        if (expression is NameExpression && Take(":="))
        {
            var value = ParseExpression();
            expression = new UnknownExpression(SpanFrom(from), [expression, value]);
        }

        _depth--;
        return expression;
    }

    private PythonExpression ParseConditional()
    {
        var from = _at;
        if (Is("lambda"))
        {
            return ParseLambda();
        }

        if (Take("*") || Take("**") || Take("await") || Take("yield"))
        {
            _ = Take("from");
            return EndsList() ? new UnknownExpression(SpanFrom(from), []) : Wrap(from, ParseExpression());
        }

        var then = ParseOr();
        if (_isIterableOfComprehension || !Take("if"))
        {
            return then;
        }

        var condition = ParseOr();
        if (!Take("else"))
        {
            return new UnknownExpression(SpanFrom(from), [then, condition]);
        }

        var otherwise = ParseExpression();
        return new ConditionalExpression(SpanFrom(from), then, condition, otherwise);
    }

    private UnknownExpression Wrap(int from, PythonExpression inner) => new(SpanFrom(from), [inner]);

    private LambdaExpression ParseLambda()
    {
        var from = _at++;
        var parameters = new List<string>();
        for (var depth = 0; _at < _end && !(depth == 0 && Is(":")); _at++)
        {
            depth += BracketMap.IsOpener(_tokens[_at]) ? 1 : BracketMap.IsCloser(_tokens[_at]) ? -1 : 0;
            if (_tokens[_at].Kind == PythonTokenKind.Name && _tokens[_at - 1].Text is "lambda" or "," or "*" or "**")
            {
                parameters.Add(_tokens[_at].Text);
            }
        }

        _ = Take(":");
        var body = _at < _end ? ParseExpression() : new UnknownExpression(SpanFrom(from), []);
        return new LambdaExpression(SpanFrom(from), parameters, body);
    }

    private PythonExpression ParseOr() => ParseChain(["or"], () => ParseChain(["and"], ParseNot));

    private PythonExpression ParseNot()
    {
        var from = _at;
        if (!Take("not"))
        {
            return ParseComparison();
        }

        if (++_depth > Deepest)
        {
            return UnknownFrom(from, []);
        }

        var operand = ParseNot();
        _depth--;
        return new UnaryExpression(SpanFrom(from), "not", operand);
    }

    private PythonExpression ParseComparison()
    {
        var from = _at;
        var left = ParseArithmetic(0);
        var result = left;
        var first = true;
        for (var length = 0; length < LongestChain && TakeComparison(out var comparison, out var span); length++)
        {
            var right = ParseArithmetic(0);
            var link = new ComparisonExpression(SpanFrom(from), left, comparison, span, right);
            result = first ? link : new BinaryExpression(SpanFrom(from), result, "and", span, link);
            (left, first) = (right, false);
        }

        return result;
    }

    private bool TakeComparison(out string comparison, out CodeSpan span)
    {
        var from = _at;
        comparison = _at < _end && _tokens[_at].Text is "<" or "<=" or ">" or ">=" or "==" or "!=" or "in" or "is" or "not" ? _tokens[_at].Text : "";
        span = default;
        if (comparison.Length == 0 || (comparison == "not" && !(_at + 1 < _end && _tokens[_at + 1].Is("in"))))
        {
            return false;
        }

        _at++;
        if (comparison == "not" && Take("in"))
        {
            comparison = "not in";
        }
        else if (comparison == "is" && Take("not"))
        {
            comparison = "is not";
        }

        span = SpanFrom(from);
        return true;
    }

    private PythonExpression ParseArithmetic(int level) => level == Arithmetic.Length
        ? ParseUnary()
        : ParseChain(Arithmetic[level], () => ParseArithmetic(level + 1));

    private PythonExpression ParseChain(string[] operators, Func<PythonExpression> operand)
    {
        var from = _at;
        var left = operand();
        for (var length = 0; _at < _end && _tokens[_at].Kind is PythonTokenKind.Operator or PythonTokenKind.Keyword && operators.Contains(_tokens[_at].Text); length++)
        {
            if (length >= LongestChain)
            {
                return UnknownFrom(from, [left]);
            }

            var text = _tokens[_at++].Text;
            var span = SpanFrom(_at - 1);
            var right = operand();
            left = new BinaryExpression(SpanFrom(from), left, text, span, right);
        }

        return left;
    }

    private PythonExpression ParseUnary()
    {
        var from = _at;
        if (_at < _end && _tokens[_at].Text is "-" or "+" or "~")
        {
            var sign = _tokens[_at++].Text;
            if (++_depth > Deepest)
            {
                return UnknownFrom(from, []);
            }

            var operand = ParseUnary();
            _depth--;
            return new UnaryExpression(SpanFrom(from), sign, operand);
        }

        var primary = ParsePrimary();
        if (!Take("**"))
        {
            return primary;
        }

        if (++_depth > Deepest)
        {
            return UnknownFrom(from, [primary]);
        }

        var span = SpanFrom(_at - 1);
        var exponent = ParseUnary();
        _depth--;
        return new BinaryExpression(SpanFrom(from), primary, "**", span, exponent);
    }

    private PythonExpression ParsePrimary()
    {
        var from = _at;
        var expression = ParseAtom();
        for (var length = 0; _at < _end; length++)
        {
            if (length >= LongestChain)
            {
                return UnknownFrom(from, [expression]);
            }

            if (Take("."))
            {
                var name = _at < _end && _tokens[_at].Kind is PythonTokenKind.Name or PythonTokenKind.Keyword ? _tokens[_at++].Text : "";
                expression = new AttributeExpression(SpanFrom(from), expression, name);
            }
            else if (Take("("))
            {
                var arguments = ParseArguments();
                expression = new CallExpression(SpanFrom(from), expression, arguments);
            }
            else if (Take("["))
            {
                var index = ParseIndex();
                _ = Take("]");
                expression = new SubscriptExpression(SpanFrom(from), expression, index);
            }
            else
            {
                break;
            }
        }

        return expression;
    }

    private List<PythonArgument> ParseArguments()
    {
        var outer = _isIterableOfComprehension;
        _isIterableOfComprehension = false;
        var arguments = new List<PythonArgument>();
        while (_at < _end && !Take(")"))
        {
            var from = _at;
            var stars = Take("**") ? "**" : Take("*") ? "*" : "";
            string? name = null;
            if (_at + 1 < _end && _tokens[_at].Kind == PythonTokenKind.Name && _tokens[_at + 1].Is("="))
            {
                name = _tokens[_at].Text;
                _at += 2;
            }

            var value = ParseExpression();
            if (Is("for") || Is("async"))
            {
                value = ParseComprehension(from, "generator", [value]);
            }

            arguments.Add(new PythonArgument(name, stars, value));
            if (!Take(",") && !Is(")"))
            {
                _at = Math.Max(_at, from + 1);
            }
        }

        _isIterableOfComprehension = outer;
        return arguments;
    }

    private PythonExpression ParseIndex()
    {
        var outer = _isIterableOfComprehension;
        _isIterableOfComprehension = false;
        var from = _at;
        var items = new List<PythonExpression>();
        do
        {
            if (Is("]"))
            {
                break;
            }

            items.Add(ParseSlice());
        }
        while (Take(","));
        while (_at < _end && !Is("]"))
        {
            _at++;
        }

        _isIterableOfComprehension = outer;
        return items.Count == 1 ? items[0] : new CollectionExpression(SpanFrom(from), "tuple", items);
    }

    private PythonExpression ParseSlice()
    {
        var from = _at;
        var lower = Is(":") || Is("]") ? null : ParseExpression();
        if (!Take(":"))
        {
            return lower ?? new UnknownExpression(SpanFrom(from), []);
        }

        var upper = Is(":") || Is("]") || Is(",") ? null : ParseExpression();
        var step = Take(":") && !Is("]") && !Is(",") ? ParseExpression() : null;
        return new SliceExpression(SpanFrom(from), lower, upper, step);
    }

    private PythonExpression ParseAtom()
    {
        var from = _at;
        if (_at >= _end)
        {
            return new UnknownExpression(SpanFrom(Math.Max(0, from - 1)), []);
        }

        var token = _tokens[_at++];
        switch (token.Kind)
        {
            case PythonTokenKind.Name:
                return new NameExpression(SpanFrom(from), token.Text);
            case PythonTokenKind.Number:
                return new NumberExpression(SpanFrom(from), token.Text);
            case PythonTokenKind.StringLiteral:
                return ParseStrings(from);
            case PythonTokenKind.Keyword when token.Text is "True" or "False" or "None":
                return new ConstantExpression(SpanFrom(from), token.Text);
            case PythonTokenKind.Operator when token.Text is "...":
                return new ConstantExpression(SpanFrom(from), token.Text);
            case PythonTokenKind.Operator when token.Text is "(" or "[" or "{":
                return ParseDisplay(from, token.Text);
            default:
                return new UnknownExpression(SpanFrom(from), []);
        }
    }

    private StringExpression ParseStrings(int from)
    {
        while (_at < _end && _tokens[_at].Kind == PythonTokenKind.StringLiteral)
        {
            _at++;
        }

        var fields = new List<PythonExpression>();
        var content = "";
        for (var index = from; index < _at; index++)
        {
            var literal = StringLiteral.Of(_tokens[index]);
            content += content.Length == 0 || literal.Content.Length == 0 ? literal.Content : content.Length > 1000 ? "" : literal.Content;
            if (literal.IsFormatted && _depth < Deepest / 2)
            {
                ReadFields(literal, fields);
            }
        }

        return new StringExpression(SpanFrom(from), content, fields);
    }

    // The fields' text reads as set displays side by side: "{name}{count + 1:.2f}".
    private void ReadFields(StringLiteral literal, List<PythonExpression> fields)
    {
        var text = literal.FieldText;
        var tokens = PythonTokenizer.Tokenize(text);
        var brackets = BracketMap.Of(tokens);
        for (var index = 0; index < tokens.Count; index++)
        {
            if (brackets.Depths[index] == 0 && tokens[index].Is("{") && brackets.Partners[index] > index + 1)
            {
                var field = new ExpressionParser(text, tokens, index + 1, brackets.Partners[index], _depth + Deepest / 4).ParseList();
                fields.Add(AtLine(field, literal.Token.Line));
            }
        }
    }

    private static PythonExpression AtLine(PythonExpression expression, int line) =>
        expression with { Span = expression.Span with { Line = line } };

    private PythonExpression ParseDisplay(int from, string opener)
    {
        var outer = _isIterableOfComprehension;
        _isIterableOfComprehension = false;
        var (closer, type) = opener switch
        {
            "(" => (")", "tuple"),
            "[" => ("]", "list"),
            _ => ("}", "dict"),
        };
        var items = new List<PythonExpression>();
        var hasComma = false;
        PythonExpression? comprehension = null;
        while (_at < _end && !Is(closer))
        {
            var itemFrom = _at;
            items.Add(ParseExpression());
            if (opener == "{" && Take(":"))
            {
                items.Add(ParseExpression());
            }
            else if (opener == "{")
            {
                type = "set";
            }

            if (Is("for") || Is("async"))
            {
                comprehension = ParseComprehension(from, type == "tuple" ? "generator" : type, items);
            }

            hasComma |= Is(",");
            if (!Take(",") && !Is(closer))
            {
                _at = Math.Max(_at, itemFrom + 1);
                if (_at < _end && !Is(closer) && !Is(","))
                {
                    _at++;
                }
            }
        }

        _ = Take(closer);
        _isIterableOfComprehension = outer;
        var span = SpanFrom(from);

        // Round brackets around one expression only group it; its span keeps them, so that it can be quoted.
        var inner = comprehension ?? (opener == "(" && !hasComma && items is [var only] ? only : new CollectionExpression(span, type, items));
        return inner with { Span = span };
    }

    private ComprehensionExpression ParseComprehension(int from, string type, IReadOnlyList<PythonExpression> elements)
    {
        var (targets, iterables, conditions) = (new List<PythonExpression>(), new List<PythonExpression>(), new List<PythonExpression>());
        while (_at < _end && (Is("for") || Is("async") || Is("if")))
        {
            if (Take("if"))
            {
                _isIterableOfComprehension = true;
                conditions.Add(ParseOr());
                _isIterableOfComprehension = false;
                continue;
            }

            _ = Take("async");
            _ = Take("for");
            var targetFrom = _at;
            var depth = 0;
            while (_at < _end && !(depth == 0 && Is("in")) && depth >= 0)
            {
                depth += BracketMap.IsOpener(_tokens[_at]) ? 1 : BracketMap.IsCloser(_tokens[_at]) ? -1 : 0;
                _at++;
            }

            if (new ExpressionParser(_source, _tokens, targetFrom, _at, _depth).ParseTarget() is { } target)
            {
                targets.Add(target);
            }

            if (Take("in"))
            {
                _isIterableOfComprehension = true;
                iterables.Add(ParseExpression());
                _isIterableOfComprehension = false;
            }
        }

        return new ComprehensionExpression(SpanFrom(from), type, elements, targets, iterables, conditions);
    }

    private PythonExpression? ParseTarget() => _at < _end ? ParseList() : null;
}
