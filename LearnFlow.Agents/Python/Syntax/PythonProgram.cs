namespace LearnFlow.Agents.Python.Syntax;

/// <summary>A program as the checks see it: statements in blocks, functions, and where each name is used.</summary>
internal sealed class PythonProgram
{
    private readonly Dictionary<string, List<NameReference>> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<PythonStatement, StatementContent> _contents = [];

    private PythonProgram(string code, IReadOnlyList<PythonToken> tokens, ParsedStatements parsed)
    {
        Code = code;
        Lines = PythonLines.Split(code);
        Tokens = tokens;
        Statements = parsed.All;
        Problem = parsed.Problem;
        Functions = Problem is null ? [.. Statements.Where(s => s.Keyword == "def").Select(PythonFunction.Of)] : [];
        References = Problem is null ? [.. Statements.SelectMany(NameCollector.Collect)] : [];
        foreach (var reference in References)
        {
            if (!_byName.TryGetValue(reference.Name, out var places))
            {
                _byName[reference.Name] = places = [];
            }

            places.Add(reference);
        }
    }

    public string Code { get; }

    public IReadOnlyList<string> Lines { get; }

    public IReadOnlyList<PythonToken> Tokens { get; }

    /// <summary>All statements at every depth, in the order of the text.</summary>
    public IReadOnlyList<PythonStatement> Statements { get; }

    /// <summary>The first thing Python cannot read, if any; then functions and names are not looked at.</summary>
    public SyntaxProblem? Problem { get; }

    public IReadOnlyList<PythonFunction> Functions { get; }

    /// <summary>All names in the order of the text.</summary>
    public IReadOnlyList<NameReference> References { get; }

    public static PythonProgram Read(string code)
    {
        var tokens = PythonTokenizer.Tokenize(code);
        return new PythonProgram(code, tokens, StatementParser.Parse(tokens));
    }

    /// <summary>The expressions of a statement.</summary>
    public StatementContent ContentOf(PythonStatement statement)
    {
        if (!_contents.TryGetValue(statement, out var content))
        {
            _contents[statement] = content = StatementContent.Of(statement, Code);
        }

        return content;
    }

    /// <summary>The expressions of a kind, each with its statement.</summary>
    public IEnumerable<(PythonStatement Statement, T Expression)> Expressions<T>()
        where T : PythonExpression => Statements.SelectMany(statement =>
            ContentOf(statement).All.OfType<T>().Select(expression => (statement, expression)));

    /// <summary>The places of a name in the order of the text.</summary>
    public IReadOnlyList<NameReference> PlacesOf(string name) => _byName.TryGetValue(name, out var places) ? places : [];

    /// <summary>The places of a name between two offsets, found without looking at all of them.</summary>
    public IEnumerable<NameReference> PlacesOf(string name, int from, int to)
    {
        var places = PlacesOf(name);
        for (var index = FirstAtOrAfter(places, from); index < places.Count && places[index].Token.Start < to; index++)
        {
            yield return places[index];
        }
    }

    /// <summary>Whether the name's value is read between two offsets.</summary>
    public bool IsRead(string name, int from, int to) => PlacesOf(name, from, to).Any(p => p.Role == NameRole.Load);

    /// <summary>Whether the program defines a function, method or class of that name.</summary>
    public bool Defines(string name) => PlacesOf(name).Any(p => p.Role is NameRole.Function or NameRole.Class);

    public bool Imports(string name) => PlacesOf(name).Any(p => p.Role == NameRole.Import);

    private static int FirstAtOrAfter(IReadOnlyList<NameReference> places, int offset)
    {
        var (low, high) = (0, places.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = places[middle].Token.Start < offset ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
