namespace LearnFlow.Agents.Python.Syntax;

/// <summary>Groups tokens into statements and statements into blocks; stops at the first thing Python cannot read.</summary>
internal sealed class StatementParser
{
    private readonly List<PythonStatement> _topLevel = [];
    private readonly List<PythonStatement> _all = [];
    private readonly Stack<PythonStatement> _blocks = new();
    private PythonStatement? _headerWithoutBody;
    private SyntaxProblem? _problem;

    public static ParsedStatements Parse(IReadOnlyList<PythonToken> tokens)
    {
        var parser = new StatementParser();
        parser.Read(tokens);
        return new ParsedStatements(parser._all, parser._problem);
    }

    private void Read(IReadOnlyList<PythonToken> tokens)
    {
        var line = new List<PythonToken>();
        foreach (var token in tokens)
        {
            switch (token.Kind)
            {
                case PythonTokenKind.Comment:
                    break;
                case PythonTokenKind.Indent:
                    OpenBlock(token);
                    break;
                case PythonTokenKind.Dedent:
                    RequireBody();
                    _blocks.TryPop(out _);
                    break;
                case PythonTokenKind.Newline:
                    ReadLogicalLine(line);
                    line = [];
                    break;
                default:
                    line.Add(token);
                    break;
            }

            if (_problem is not null)
            {
                return;
            }
        }

        RequireBody();
    }

    private void OpenBlock(PythonToken indent)
    {
        if (_headerWithoutBody is null)
        {
            _problem = new SyntaxProblem(indent.Line, "the line is indented, but no block starts before it");
            return;
        }

        _blocks.Push(_headerWithoutBody);
        _headerWithoutBody = null;
    }

    private void RequireBody()
    {
        if (_headerWithoutBody is { } header)
        {
            _problem ??= new SyntaxProblem(header.Line, $"the block after `{header.Keyword}` is empty or not indented");
        }
    }

    private void ReadLogicalLine(List<PythonToken> line)
    {
        _problem = SyntaxRules.FindInLine(line);
        RequireBody();
        if (_problem is not null)
        {
            return;
        }

        _blocks.TryPeek(out var block);
        var colon = FindHeaderColon(line, block);
        if (colon < 0)
        {
            AddSimpleStatements(line, block);
            return;
        }

        var header = new PythonStatement(line[..(colon + 1)], isHeader: true, block);
        Add(header);
        if (colon + 1 < line.Count)
        {
            AddSimpleStatements(line[(colon + 1)..], header);
        }
        else
        {
            _headerWithoutBody = header;
        }
    }

    private void AddSimpleStatements(List<PythonToken> tokens, PythonStatement? block)
    {
        var depths = BracketMap.Of(tokens).Depths;
        var start = 0;
        for (var index = 0; index <= tokens.Count; index++)
        {
            var isEnd = index == tokens.Count || (depths[index] == 0 && tokens[index].Is(";"));
            if (isEnd && index > start)
            {
                Add(new PythonStatement(tokens[start..index], isHeader: false, block));
            }

            start = isEnd ? index + 1 : start;
        }
    }

    private void Add(PythonStatement statement)
    {
        _all.Add(statement);
        if (statement.Parent is { } parent)
        {
            parent.AddToBody(statement);
        }
        else
        {
            PythonStatement.Append(_topLevel, statement);
        }

        _problem ??= SyntaxRules.FindInStatement(statement);
    }

    private static int FindHeaderColon(List<PythonToken> line, PythonStatement? block)
    {
        var startsBlock = line[0] switch
        {
            { Kind: PythonTokenKind.Keyword } first => first.Text is "if" or "elif" or "else" or "for" or "while" or "def"
                or "class" or "try" or "except" or "finally" or "with" or "async",
            { Kind: PythonTokenKind.Name, Text: "match" } => line.Count > 2 && line[^1].Is(":"),
            { Kind: PythonTokenKind.Name, Text: "case" } => block is { Keyword: "match" },
            _ => false,
        };
        if (!startsBlock)
        {
            return -1;
        }

        var depths = BracketMap.Of(line).Depths;
        var openLambdas = 0;
        for (var index = 0; index < line.Count; index++)
        {
            if (depths[index] > 0)
            {
                continue;
            }

            openLambdas += line[index].Is("lambda") ? 1 : 0;
            if (line[index].Is(":") && openLambdas-- == 0)
            {
                return index;
            }
        }

        return -1;
    }
}
