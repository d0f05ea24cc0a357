namespace LearnFlow.Agents.Python.Syntax;

/// <summary>The expressions of one statement.</summary>
/// <param name="Targets">What gets a value: of an assignment, a <c>for</c>, a <c>with</c>; none else.</param>
/// <param name="Operator"><c>=</c>, <c>+=</c>, … of an assignment; empty else.</param>
/// <param name="OperatorSpan">Where that stands.</param>
/// <param name="Value">
/// What is assigned, returned, raised, looped over, asked for by a condition, or stands alone; null where there is nothing.
/// </param>
internal sealed record StatementContent(
    IReadOnlyList<PythonExpression> Targets, string Operator, CodeSpan OperatorSpan, PythonExpression? Value)
{
    /// <summary>All expressions, the outer ones first.</summary>
    public IEnumerable<PythonExpression> All => Targets.SelectMany(target => target.All).Concat(Value?.All ?? []);

    /// <summary>The name that gets the value, where it is one plain name.</summary>
    public string? AssignedName => Operator.Length > 0 && Targets is [NameExpression name] ? name.Name : null;

    public bool IsAugmented => Operator.Length > 1;

    public static StatementContent Of(PythonStatement statement, string code)
    {
        var tokens = statement.Tokens;
        var end = statement.IsHeader ? tokens.Count - 1 : tokens.Count;
        switch (statement.Keyword)
        {
            case "for":
                var start = statement.Is(0, "async") ? 2 : 1;
                var split = statement.IndexOfTopLevel("in");
                return split < 0
                    ? Only(null)
                    : new([.. Parts(code, tokens, start, split)], "", default, ExpressionParser.Parse(code, tokens, split + 1, end));
            case "if" or "elif" or "while" or "return" or "raise" or "assert" or "del" or "match" or "case":
                return Only(ExpressionParser.Parse(code, tokens, 1, end));
            case "with":
                var alias = statement.IndexOfTopLevel("as");
                return alias < 0
                    ? Only(ExpressionParser.Parse(code, tokens, 1, end))
                    : new([.. Parts(code, tokens, alias + 1, end)], "", default, ExpressionParser.Parse(code, tokens, 1, alias));
            case "def" or "class" or "import" or "from" or "global" or "nonlocal" or "try" or "except" or "finally" or "else"
                or "pass" or "break" or "continue":
                return Only(null);
            default:
                return OfSimple(statement, code);
        }
    }

    private static StatementContent OfSimple(PythonStatement statement, string code)
    {
        var tokens = statement.Tokens;
        var targets = new List<PythonExpression>();
        var (from, text, span) = (0, "", default(CodeSpan));
        var colon = -1;
        for (var index = 0; index < tokens.Count; index++)
        {
            if (statement.DepthAt(index) > 0 || tokens[index].Kind != PythonTokenKind.Operator)
            {
                if (tokens[index].Is("lambda"))
                {
                    break;
                }

                continue;
            }

            if (tokens[index].Is(":") && colon < 0)
            {
                colon = index;
            }
            else if (IsAssignment(tokens[index].Text))
            {
                targets.AddRange(Parts(code, tokens, from, colon > from ? colon : index));
                (from, text) = (index + 1, tokens[index].Text);
                span = new CodeSpan(code, tokens[index].Start, tokens[index].End, tokens[index].Line);
            }
        }

        return new(targets, text, span, ExpressionParser.Parse(code, tokens, from, colon > from ? colon : tokens.Count));
    }

    private static bool IsAssignment(string text) => text[^1] == '=' && text is not ("==" or "!=" or "<=" or ">=" or ":=");

    private static StatementContent Only(PythonExpression? value) => new([], "", default, value);

    private static IEnumerable<PythonExpression> Parts(string code, IReadOnlyList<PythonToken> tokens, int from, int to) =>
        ExpressionParser.Parse(code, tokens, from, to) is { } parsed ? [parsed] : [];
}
