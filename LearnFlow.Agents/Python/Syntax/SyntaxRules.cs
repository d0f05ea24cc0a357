namespace LearnFlow.Agents.Python.Syntax;

/// <summary>
/// The mistakes in a program's form that can be told for certain from its tokens. It is no full grammar:
/// a program that passes may still be refused by Python, but what is refused here Python refuses too.
/// </summary>
internal static class SyntaxRules
{
    /// <summary>What is wrong with the tokens of a logical line before it is split into statements.</summary>
    public static SyntaxProblem? FindInLine(IReadOnlyList<PythonToken> tokens)
    {
        var bracket = BracketMap.Of(tokens).Unmatched;
        foreach (var token in tokens)
        {
            if (token.Kind == PythonTokenKind.Error && (bracket is not { } earlier || token.Line <= earlier.Line))
            {
                return new SyntaxProblem(token.Line, Describe(token));
            }
        }

        return bracket is { } unmatched
            ? new SyntaxProblem(unmatched.Line, BracketMap.IsOpener(unmatched)
                ? $"the `{unmatched.Text}` is never closed"
                : $"the `{unmatched.Text}` has no opening bracket that fits")
            : null;
    }

    /// <summary>What is wrong with a statement, its place among the others included.</summary>
    public static SyntaxProblem? FindInStatement(PythonStatement statement) =>
        FindWrongPlace(statement)
        ?? FindBrokenHeader(statement)
        ?? FindAssignmentInCondition(statement)
        ?? FindUnclosedField(statement)
        ?? FindMissingOperator(statement)
        ?? FindDanglingOperator(statement);

    private static string Describe(PythonToken token) => token.Text switch
    {
        _ when string.IsNullOrWhiteSpace(token.Text) => "the indentation fits no block around it",
        _ when token.Text.AsSpan().IndexOfAny('"', '\'') >= 0 => "a string is opened but never closed",
        _ when char.IsAsciiDigit(token.Text[0]) || token.Text[0] == '.' => $"`{token.Text}` is not a number or a name",
        _ => $"Python does not know the character `{token.Text.EnumerateRunes().First()}` here",
    };

    private static SyntaxProblem? FindWrongPlace(PythonStatement statement)
    {
        var before = statement.Previous?.Keyword;
        return statement.Keyword switch
        {
            "elif" when before is not ("if" or "elif") => At(statement, "`elif` has no `if` before it"),
            "else" when before is not ("if" or "elif" or "for" or "while" or "except") =>
                At(statement, "`else` has no `if` or loop before it"),
            "except" when before is not ("try" or "except") => At(statement, "`except` has no `try` before it"),
            "finally" when before is not ("try" or "except" or "else") => At(statement, "`finally` has no `try` before it"),
            "return" when statement.Function is null => At(statement, "`return` stands outside a function"),
            "break" or "continue" when !IsInLoop(statement) => At(statement, $"`{statement.Keyword}` stands outside a loop"),
            _ => null,
        };
    }

    private static bool IsInLoop(PythonStatement statement)
    {
        for (var outer = statement.Parent; outer is { Keyword: not ("def" or "class") }; outer = outer.Parent)
        {
            if (outer.Keyword is "for" or "while")
            {
                return true;
            }
        }

        return false;
    }

    private static SyntaxProblem? FindBrokenHeader(PythonStatement statement) => statement.Keyword switch
    {
        "if" or "elif" or "else" or "for" or "while" or "def" or "class" or "try" or "except" or "finally" or "with"
            when !statement.IsHeader => At(statement, $"the `{statement.Keyword}` line has no colon (`:`) at its end"),
        "else" or "try" or "finally" when statement.Tokens.Count != 2 =>
            At(statement, $"`{statement.Keyword}` must be followed by a colon (`:`) at once"),
        "if" or "elif" or "while" when statement.Tokens.Count == 2 =>
            At(statement, $"`{statement.Keyword}` has no condition"),
        "def" when !IsNamedWithBracket(statement) => At(statement, "`def` needs a name and a pair of brackets"),
        "for" when statement.IndexOfTopLevel("in") < 0 => At(statement, "`for` has no `in`"),
        _ => null,
    };

    private static bool IsNamedWithBracket(PythonStatement statement)
    {
        var name = statement.Is(0, "async") ? 2 : 1;
        return statement.Is(name, PythonTokenKind.Name) && (statement.Is(name + 1, "(") || statement.Is(name + 1, "["));
    }

    private static SyntaxProblem? FindAssignmentInCondition(PythonStatement statement) =>
        statement.Keyword is "if" or "elif" or "while"
        && statement.IndexOfTopLevel("=") >= 0
        && statement.IndexOfTopLevel("lambda") < 0
            ? At(statement, $"a condition compares with `==`; a single `=` is not allowed after `{statement.Keyword}`")
            : null;

    private static SyntaxProblem? FindUnclosedField(PythonStatement statement)
    {
        foreach (var token in statement.Tokens)
        {
            if (token.Kind == PythonTokenKind.StringLiteral && StringLiteral.Of(token).HasUnclosedField)
            {
                return new SyntaxProblem(token.Line, "a `{` in an f-string is never closed");
            }
        }

        return null;
    }

    private static SyntaxProblem? FindMissingOperator(PythonStatement statement)
    {
        // `match x:`, `case Point():` and `type Pair = …` begin with a word that is also a legal name.
        var first = statement.Tokens[0] is { Kind: PythonTokenKind.Name, Text: "match" or "case" or "type" } ? 2 : 1;
        for (var index = first; index < statement.Tokens.Count; index++)
        {
            var (left, right) = (statement.Tokens[index - 1], statement.Tokens[index]);
            var areTwoStrings = left.Kind == PythonTokenKind.StringLiteral && right.Kind == PythonTokenKind.StringLiteral;
            if (EndsOperand(left) && StartsOperand(right) && !areTwoStrings)
            {
                return new SyntaxProblem(
                    right.Line, $"between `{Shorten(left.Text)}` and `{Shorten(right.Text)}` something is missing");
            }
        }

        return null;
    }

    private static bool EndsOperand(PythonToken token) => BracketMap.IsCloser(token) || StartsOperand(token);

    private static bool StartsOperand(PythonToken token) =>
        token.Kind is PythonTokenKind.Name or PythonTokenKind.Number or PythonTokenKind.StringLiteral
        || token.Text is "True" or "False" or "None";

    private static string Shorten(string text) => text.Length <= 20 ? text : text[..20] + "…";

    private static SyntaxProblem? FindDanglingOperator(PythonStatement statement)
    {
        var last = statement.Tokens[^1];
        var mayEndStatement = last.Kind switch
        {
            PythonTokenKind.Operator when last.Is(":") => statement.IsHeader,
            PythonTokenKind.Operator when last.Is("*") => statement.Keyword is "from",
            PythonTokenKind.Operator => last.Text is ")" or "]" or "}" or "," or "...",
            PythonTokenKind.Keyword => last.Text is "True" or "False" or "None" or "pass" or "break" or "continue"
                or "return" or "raise" or "yield",
            _ => true,
        };
        return mayEndStatement ? null : new SyntaxProblem(last.Line, $"the line stops after `{last.Text}`");
    }

    private static SyntaxProblem At(PythonStatement statement, string message) => new(statement.Line, message);
}
