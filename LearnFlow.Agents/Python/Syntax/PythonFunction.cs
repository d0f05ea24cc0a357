namespace LearnFlow.Agents.Python.Syntax;

/// <summary>A function or method: its name, its parameters and what is known about its block.</summary>
internal sealed record PythonFunction(
    PythonStatement Statement, PythonToken Name, IReadOnlyList<PythonParameter> Parameters, bool IsDecorated)
{
    public int Line => Statement.Line;

    public IReadOnlyList<PythonStatement> Body => Statement.Body;

    public int LineCount => Statement.LastLine - Statement.Line + 1;

    /// <summary>The class whose method this is, if it is one.</summary>
    public PythonStatement? Class => Statement.Parent is { Keyword: "class" } parent ? parent : null;

    public bool HasDocstring => Body.Count > 0 && Body[0].Tokens is [{ Kind: PythonTokenKind.StringLiteral }, ..];

    public static PythonFunction Of(PythonStatement statement)
    {
        var name = statement.Is(0, "async") ? 2 : 1;
        var isDecorated = statement.Previous is { } previous && previous.Is(0, "@");
        return new PythonFunction(statement, statement.Tokens[name], ReadParameters(statement), isDecorated);
    }

    private static List<PythonParameter> ReadParameters(PythonStatement statement)
    {
        var parameters = new List<PythonParameter>();
        var open = statement.IndexOfTopLevel("(");
        var close = statement.PartnerOf(open);
        for (var index = open + 1; index < close; index++)
        {
            var isStart = statement.DepthAt(index) == 1 && statement.Is(index, PythonTokenKind.Name)
                && statement.Tokens[index - 1].Text is "(" or "," or "*" or "**";
            if (isStart)
            {
                var isVariadic = statement.Tokens[index - 1].Text is "*" or "**";
                parameters.Add(new PythonParameter(statement.Tokens[index], isVariadic, ReadDefault(statement, index, close)));
            }
        }

        return parameters;
    }

    private static List<PythonToken> ReadDefault(PythonStatement statement, int parameter, int close)
    {
        var value = new List<PythonToken>();
        var isInDefault = false;
        for (var index = parameter + 1; index < close && !(statement.DepthAt(index) == 1 && statement.Is(index, ",")); index++)
        {
            if (isInDefault)
            {
                value.Add(statement.Tokens[index]);
            }

            isInDefault |= statement.DepthAt(index) == 1 && statement.Is(index, "=");
        }

        return value;
    }
}
