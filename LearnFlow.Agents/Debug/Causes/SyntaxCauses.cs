using LearnFlow.Agents.Python;
using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug.Causes;

/// <summary>What Python cannot read, at its true place: CPython often names a later line.</summary>
internal static class SyntaxCauses
{
    public static CodeCause? Find(PythonProgram program)
    {
        if (program.Problem is not { } problem)
        {
            return null;
        }

        var line = problem.Line;
        var text = line >= 1 && line <= program.Lines.Count ? program.Lines[line - 1].Trim() : "";
        return Unclosed(program) ?? Refused(line, text) ?? new(line, ValueTypes.Short(text), $"On line {line}, {problem.Message}.", HintFor(problem.Message), ConceptFor(problem.Message));
    }

    // A bracket that stays open swallows the lines after it; the last line that fits is the one to look at.
    private static CodeCause? Unclosed(PythonProgram program)
    {
        var open = new Stack<PythonToken>();
        foreach (var token in program.Tokens)
        {
            if (token.Kind == PythonTokenKind.Error)
            {
                return null;
            }

            if (BracketMap.IsOpener(token))
            {
                open.Push(token);
            }
            else if (BracketMap.IsCloser(token) && !open.TryPop(out _))
            {
                return null;
            }
            else if (open.TryPeek(out var opener) && token.Line > opener.Line && StartsStatement(token, program))
            {
                return new(opener.Line, program.Lines[opener.Line - 1].Trim(), $"The bracket `{opener.Text}` on line {opener.Line} is never closed, so Python reads on into line {token.Line}.", $"Count the brackets on line {opener.Line}: each one that opens needs one that closes.");
            }
        }

        return open.TryPeek(out var last) && program.Lines.Count >= last.Line
            ? new(last.Line, program.Lines[last.Line - 1].Trim(), $"The bracket `{last.Text}` on line {last.Line} is never closed.", $"Count the brackets on line {last.Line}: each one that opens needs one that closes.")
            : null;
    }

    private static bool StartsStatement(PythonToken token, PythonProgram program) =>
        token.Kind == PythonTokenKind.Keyword
        && token.Text is "def" or "class" or "while" or "return" or "import" or "try" or "with" or "break" or "continue" or "pass" or "del"
        && program.Lines[token.Line - 1].TrimStart().StartsWith(token.Text, StringComparison.Ordinal);

    private static CodeCause? Refused(int line, string text)
    {
        var first = text.Split(' ', '(', ':')[0];
        return first switch
        {
            "else" when text.StartsWith("else if", StringComparison.Ordinal) => new(line, text, $"Line {line} says `else if`. Python has one word for that.", "How does Python write \"else if\" in one word?", "if-statements"),
            "elseif" or "elsif" => new(line, first, $"Line {line} says `{first}`. Python spells it in another way.", "How does Python write \"else if\" in one word?", "if-statements"),
            "print" when text.Length > 5 && text[5] == ' ' && !text.StartsWith("print (", StringComparison.Ordinal) => new(line, ValueTypes.Short(text), $"On line {line}, `print` has no round brackets. Since Python 3 it is a function.", "What follows the name of a function when it is called?", "input-and-output"),
            "function" or "func" or "define" => new(line, first, $"Line {line} starts with `{first}`. Python's word to make a function is another.", "Which word starts a function in Python?", "functions"),
            _ when text.Contains("++", StringComparison.Ordinal) && text.EndsWith("++", StringComparison.Ordinal) => new(line, text, $"Python has no `++` (line {line}).", "How do you add 1 to a variable in Python?", "operators"),
            _ when text.Contains("&&", StringComparison.Ordinal) || text.Contains("||", StringComparison.Ordinal) => new(line, ValueTypes.Short(text), $"Line {line} uses `&&` or `||`. Python writes those as words.", "Which words join two conditions in Python?", "comparisons-and-booleans"),
            _ => null,
        };
    }

    private static string HintFor(string message) => message switch
    {
        _ when message.Contains("colon", StringComparison.Ordinal) => "Which sign ends a line that opens a block?",
        _ when message.Contains("string", StringComparison.Ordinal) => "Look for the quote that opens the text. Where is the same quote that closes it?",
        _ when message.Contains("indent", StringComparison.Ordinal) || message.Contains("empty", StringComparison.Ordinal) => "Lines that belong to one block start at the same column. Which block does this line belong to?",
        _ when message.Contains("==", StringComparison.Ordinal) => "One sign gives a value, another one compares. Which do you need?",
        _ when message.Contains("bracket", StringComparison.Ordinal) => "Count the brackets: each one that opens needs one that closes.",
        _ when message.Contains("missing", StringComparison.Ordinal) => "What should stand between them: an operator, a comma, a dot?",
        _ => "Read that line slowly, sign by sign. Compare it with a line like it that works.",
    };

    private static string? ConceptFor(string message) => message switch
    {
        _ when message.Contains("else", StringComparison.Ordinal) || message.Contains("elif", StringComparison.Ordinal) => "if-statements",
        _ when message.Contains("string", StringComparison.Ordinal) => "strings",
        _ when message.Contains("==", StringComparison.Ordinal) => "comparisons-and-booleans",
        _ when message.Contains("function", StringComparison.Ordinal) || message.Contains("`def`", StringComparison.Ordinal) => "functions",
        _ => null,
    };
}
