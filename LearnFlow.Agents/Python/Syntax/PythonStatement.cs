namespace LearnFlow.Agents.Python.Syntax;

/// <summary>
/// A simple statement, or the header of a compound statement with the statements of its block.
/// <c>if x: y = 1; z = 2</c> on one line is a header and two statements, just as if written on three lines.
/// </summary>
internal sealed class PythonStatement
{
    /// <summary>Stands for any name in the patterns of <see cref="Matches"/>.</summary>
    public const string AnyName = "<name>";

    private readonly BracketMap _brackets;
    private readonly List<PythonStatement> _body = [];

    public PythonStatement(IReadOnlyList<PythonToken> tokens, bool isHeader, PythonStatement? parent)
    {
        Tokens = tokens;
        IsHeader = isHeader;
        Parent = parent;
        Function = parent is { Keyword: "def" } ? parent : parent?.Function;
        _brackets = BracketMap.Of(tokens);
        Keyword = tokens[0] switch
        {
            { Kind: PythonTokenKind.Keyword, Text: "async" } when tokens.Count > 1 => tokens[1].Text,
            { Kind: PythonTokenKind.Keyword } first => first.Text,
            { Kind: PythonTokenKind.Name } first when isHeader => first.Text,
            _ => string.Empty,
        };
    }

    /// <summary>The tokens without comments; those of a header end with its colon.</summary>
    public IReadOnlyList<PythonToken> Tokens { get; }

    public bool IsHeader { get; }

    /// <summary>The word that says what the statement is (<c>if</c>, <c>return</c>, …); empty for an expression or an assignment.</summary>
    public string Keyword { get; }

    public PythonStatement? Parent { get; }

    /// <summary>The <c>def</c> the statement stands in; null at the top level and in a class body.</summary>
    public PythonStatement? Function { get; }

    public IReadOnlyList<PythonStatement> Body => _body;

    public PythonStatement? Previous { get; private set; }

    public PythonStatement? Next { get; private set; }

    public int Line => Tokens[0].Line;

    public int LastLine => _body.Count > 0 ? _body[^1].LastLine : Tokens[^1].LastLine;

    public int Start => Tokens[0].Start;

    /// <summary>The offset after the header itself, its block not counted.</summary>
    public int HeaderEnd => Tokens[^1].End;

    /// <summary>The offset after the last token of the block.</summary>
    public int End => _body.Count > 0 ? _body[^1].End : HeaderEnd;

    /// <summary>The statements of the block at every depth, in the order of the text.</summary>
    public IEnumerable<PythonStatement> Descendants
    {
        get
        {
            var waiting = new Stack<PythonStatement>(_body.AsEnumerable().Reverse());
            while (waiting.TryPop(out var statement))
            {
                yield return statement;
                for (var index = statement._body.Count - 1; index >= 0; index--)
                {
                    waiting.Push(statement._body[index]);
                }
            }
        }
    }

    public void AddToBody(PythonStatement statement) => Append(_body, statement);

    /// <summary>Adds a statement to a block and tells its neighbours about each other.</summary>
    public static void Append(List<PythonStatement> block, PythonStatement statement)
    {
        if (block.Count > 0)
        {
            statement.Previous = block[^1];
            block[^1].Next = statement;
        }

        block.Add(statement);
    }

    public int DepthAt(int index) => _brackets.Depths[index];

    /// <summary>The index of the bracket that pairs with the one at <paramref name="index"/>, or -1.</summary>
    public int PartnerOf(int index) => index >= 0 && index < Tokens.Count ? _brackets.Partners[index] : -1;

    /// <summary>Whether the token at <paramref name="index"/> exists and reads <paramref name="text"/>.</summary>
    public bool Is(int index, string text) => index >= 0 && index < Tokens.Count && Tokens[index].Is(text);

    public bool Is(int index, PythonTokenKind kind) => index >= 0 && index < Tokens.Count && Tokens[index].Kind == kind;

    /// <summary>Whether the tokens from <paramref name="index"/> on are those of the pattern.</summary>
    public bool Matches(int index, params ReadOnlySpan<string> pattern)
    {
        foreach (var expected in pattern)
        {
            var fits = ReferenceEquals(expected, AnyName) ? Is(index, PythonTokenKind.Name) : Is(index, expected);
            if (!fits)
            {
                return false;
            }

            index++;
        }

        return true;
    }

    /// <summary>Whether the whole statement is the pattern.</summary>
    public bool IsExactly(params ReadOnlySpan<string> pattern) => Tokens.Count == pattern.Length && Matches(0, pattern);

    /// <summary>Whether the name at <paramref name="index"/> is called as a function, not as a method.</summary>
    public bool IsCallOf(int index, string function) =>
        Is(index, PythonTokenKind.Name) && Is(index, function) && Is(index + 1, "(")
        && !Is(index - 1, ".") && !Is(index - 1, "def") && !Is(index - 1, "class");

    /// <summary>The index of the first token outside all brackets that reads <paramref name="text"/>, or -1.</summary>
    public int IndexOfTopLevel(string text)
    {
        for (var index = 0; index < Tokens.Count; index++)
        {
            if (DepthAt(index) == 0 && Tokens[index].Is(text))
            {
                return index;
            }
        }

        return -1;
    }

    /// <summary>The program text of the tokens from <paramref name="from"/> up to and without <paramref name="to"/>.</summary>
    public string TextOf(string code, int from, int to) => code[Tokens[from].Start..Tokens[to - 1].End];
}
