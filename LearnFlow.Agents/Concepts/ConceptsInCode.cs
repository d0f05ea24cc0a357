using LearnFlow.Agents.Python;

namespace LearnFlow.Agents.Concepts;

/// <summary>Which concepts a piece of Python uses, told by its keywords and operators.</summary>
internal static class ConceptsInCode
{
    /// <summary>How many are named at most, so that a student can take them in.</summary>
    private const int Most = 4;

    /// <summary>The rarer ones first: they are the more likely question.</summary>
    private static readonly (string Token, string Concept)[] Signs =
    [
        ("yield", "generators"), ("lambda", "lambda-functions"), ("@", "decorators"), ("with", "with-statement"),
        ("raise", "raising-exceptions"), ("try", "try-except"), ("class", "classes-and-objects"),
        ("**", "args-and-kwargs"), ("is", "is-versus-equals"), ("break", "break-and-continue"),
        ("continue", "break-and-continue"), ("while", "while-loops"), ("for", "for-loops"), ("def", "functions"),
        ("if", "if-statements"), ("import", "modules-and-imports"), ("return", "return-versus-print"),
        ("print", "input-and-output"), ("{", "dictionaries"), ("[", "lists"),
    ];

    /// <summary>The ids of the concepts; none where the text is no code.</summary>
    /// <param name="text">Perhaps code.</param>
    public static IEnumerable<string> Find(string text)
    {
        if (!text.AsSpan().ContainsAny("=(:[")) // Prose has "for" and "if" too.
        {
            return [];
        }

        var tokens = PythonTokenizer.Tokenize(text)
            .Where(token => token.Kind is not (PythonTokenKind.StringLiteral or PythonTokenKind.Comment))
            .Select(token => token.Text)
            .ToHashSet();
        return Signs.Where(sign => tokens.Contains(sign.Token)).Select(sign => sign.Concept).Distinct().Take(Most);
    }
}
