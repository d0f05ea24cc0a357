using System.Collections.Frozen;
using LearnFlow.Agents.Python;
using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Review.Checks;

/// <summary>Comparisons and conditions that do not ask what they seem to ask.</summary>
internal static class ConditionChecks
{
    private static readonly ReviewRule ConstantInCondition = new(
        "LF003", "value alone after and", ReviewSeverity.Correctness,
        "Python does not carry the comparison over to the next value. A value on its own counts as true or false by itself, so the test gives the wrong answer.",
        "answer = input()\nif answer != \"yes\" and \"no\":\n    print(\"Please say yes or no\")",
        "answer = input()\nif answer not in (\"yes\", \"no\"):\n    print(\"Please say yes or no\")");

    private static readonly ReviewRule TextWithNumber = new(
        "LF004", "text from input compared with a number", ReviewSeverity.Correctness,
        "`input` always gives a text. A text never equals a number, and to ask which of them is bigger stops the program. Turn it into a number first.",
        "year = input(\"Year: \")\nif year == 2000:\n    print(\"A new century\")",
        "year = int(input(\"Year: \"))\nif year == 2000:\n    print(\"A new century\")");

    public static IReadOnlyList<ReviewRule> Rules { get; } = [ConstantInCondition, TextWithNumber];

    public static IEnumerable<ReviewFinding> Run(PythonProgram program)
    {
        var texts = NamesOfTexts(program);
        return program.Statements.Select(FindConstantInCondition)
            .Concat(program.Statements.Select(statement => FindTextWithNumber(statement, texts)))
            .OfType<ReviewFinding>();
    }

    /// <summary>The names that never hold anything but what <c>input()</c> gave.</summary>
    private static FrozenSet<string> NamesOfTexts(PythonProgram program) => program.References
        .Where(static reference => reference.IsBinding)
        .GroupBy(static reference => reference.Name, StringComparer.Ordinal)
        .Where(static bindings => bindings.All(static binding =>
            binding.Role == NameRole.Assign
            && binding.Statement.Matches(1, "=", "input", "(")
            && binding.Statement.PartnerOf(3) == binding.Statement.Tokens.Count - 1))
        .Select(static bindings => bindings.Key)
        .ToFrozenSet(StringComparer.Ordinal);

    private static ReviewFinding? FindConstantInCondition(PythonStatement statement)
    {
        if (statement.Keyword is not ("if" or "elif" or "while"))
        {
            return null;
        }

        // Outside all brackets, or inside one pair that holds the whole condition.
        var depth = statement.Is(1, "(") && statement.PartnerOf(1) == statement.Tokens.Count - 2 ? 1 : 0;
        for (var index = 1 + depth; index < statement.Tokens.Count - 1; index++)
        {
            var token = statement.Tokens[index];
            var isAlone = token.Kind is PythonTokenKind.StringLiteral or PythonTokenKind.Number
                && statement.DepthAt(index) == depth
                && statement.Is(index - 1, "and")
                && statement.Tokens[index + 1].Text is "or" or "and" or ":" or ")";
            if (isAlone)
            {
                return ConstantInCondition.At(token.Line, $"On line {token.Line}, `and {token.Text}` is not compared with anything.");
            }
        }

        return null;
    }

    private static ReviewFinding? FindTextWithNumber(PythonStatement statement, FrozenSet<string> texts)
    {
        for (var index = 1; index < statement.Tokens.Count - 1; index++)
        {
            if (statement.Tokens[index].Text is not ("==" or "!=" or "<" or ">" or "<=" or ">="))
            {
                continue;
            }

            var name = (statement.Tokens[index - 1].Kind, statement.Tokens[index + 1].Kind) switch
            {
                (PythonTokenKind.Name, PythonTokenKind.Number) => index - 1,
                (PythonTokenKind.Number, PythonTokenKind.Name) => index + 1,
                _ => -1,
            };
            // `row.age`, `ages[0] == 3` read from the other side, and `age() == 3` are something else.
            var isPlain = name >= 0 && !statement.Is(name - 1, ".") && !statement.Is(name + 1, ".")
                && !statement.Is(name + 1, "(") && !statement.Is(name + 1, "[");
            if (isPlain && texts.Contains(statement.Tokens[name].Text))
            {
                return TextWithNumber.At(
                    statement.Tokens[index].Line, $"`{statement.Tokens[name].Text}` holds a text from `input`, and line {statement.Tokens[index].Line} compares it with a number.");
            }
        }

        return null;
    }
}
