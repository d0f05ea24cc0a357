namespace LearnFlow.Agents.Python.Syntax;

/// <summary>How the brackets of one run of tokens nest.</summary>
/// <param name="Depths">For each token, how many brackets are open around it; a bracket has the depth outside it.</param>
/// <param name="Partners">For each bracket, the index of the one it pairs with; -1 for all else.</param>
/// <param name="Unmatched">The first bracket without a partner, if any.</param>
internal sealed record BracketMap(IReadOnlyList<int> Depths, IReadOnlyList<int> Partners, PythonToken? Unmatched)
{
    public static BracketMap Of(IReadOnlyList<PythonToken> tokens)
    {
        var depths = new int[tokens.Count];
        var partners = new int[tokens.Count];
        Array.Fill(partners, -1);
        var open = new Stack<int>();
        PythonToken? unmatched = null;
        for (var index = 0; index < tokens.Count; index++)
        {
            var token = tokens[index];
            if (IsCloser(token))
            {
                if (open.TryPeek(out var opener) && AreAPair(tokens[opener], token))
                {
                    open.Pop();
                    partners[opener] = index;
                    partners[index] = opener;
                }
                else
                {
                    unmatched ??= token;
                }
            }

            depths[index] = open.Count;
            if (IsOpener(token))
            {
                open.Push(index);
            }
        }

        return new BracketMap(depths, partners, unmatched ?? (open.TryPeek(out var left) ? tokens[left] : null));
    }

    public static bool IsOpener(PythonToken token) =>
        token.Kind == PythonTokenKind.Operator && token.Text is "(" or "[" or "{";

    public static bool IsCloser(PythonToken token) =>
        token.Kind == PythonTokenKind.Operator && token.Text is ")" or "]" or "}";

    private static bool AreAPair(PythonToken opener, PythonToken closer) =>
        (opener.Text, closer.Text) is ("(", ")") or ("[", "]") or ("{", "}");
}
