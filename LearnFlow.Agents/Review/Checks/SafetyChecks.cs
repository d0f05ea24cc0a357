using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Review.Checks;

/// <summary>Habits that hide errors, leave files open or let strange code in.</summary>
internal static class SafetyChecks
{
    private static readonly ReviewRule BareExcept = new(
        "E722", "bare except", ReviewSeverity.Correctness,
        "It catches everything, even a misspelled name or Ctrl+C. Real mistakes then stay hidden.",
        "try:\n    age = int(text)\nexcept:\n    age = 0", "try:\n    age = int(text)\nexcept ValueError:\n    age = 0");

    private static readonly ReviewRule SilentExcept = new(
        "S110", "error silently ignored", ReviewSeverity.Correctness,
        "If anything goes wrong, you will never hear of it. Catch only the error you expect, or at least print it.",
        "except Exception:\n    pass", "except FileNotFoundError:\n    print(\"No save file yet\")");

    private static readonly ReviewRule Eval = new(
        "S307", "eval or exec on text", ReviewSeverity.Correctness,
        "The text is run as a program, so whoever types it can do anything on your computer. Convert the text to the type you need.",
        "age = eval(input(\"Age: \"))", "age = int(input(\"Age: \"))");

    private static readonly ReviewRule OpenWithoutWith = new(
        "SIM115", "file opened without with", ReviewSeverity.Idiom,
        "`with` closes the file for you, even when an error happens. A file left open can lose what you wrote to it.",
        "log = open(\"log.txt\")\ntext = log.read()", "with open(\"log.txt\") as log:\n    text = log.read()");

    private static readonly ReviewRule WildcardImport = new(
        "F403", "wildcard import", ReviewSeverity.Idiom,
        "Nobody can tell which names come from the module, and they may replace your own. Import the names you use.",
        "from math import *", "from math import pi, sqrt");

    public static IEnumerable<ReviewFinding> Run(PythonProgram program)
    {
        foreach (var statement in program.Statements)
        {
            ReviewFinding?[] findings =
            [
                FindBareExcept(statement) ?? FindSilentExcept(statement),
                FindEval(program, statement),
                FindOpenWithoutWith(program, statement),
                FindWildcardImport(statement),
            ];
            foreach (var finding in findings.OfType<ReviewFinding>())
            {
                yield return finding;
            }
        }
    }

    private static ReviewFinding? FindBareExcept(PythonStatement statement)
    {
        var raisesAgain = statement.Body.Any(static inner => inner.Keyword == "raise");
        return statement.IsExactly("except", ":") && !raisesAgain
            ? BareExcept.At(statement.Line, $"The `except` on line {statement.Line} names no error.")
            : null;
    }

    private static ReviewFinding? FindSilentExcept(PythonStatement statement)
    {
        var catchesAll = statement.Matches(0, "except", "Exception") || statement.Matches(0, "except", "BaseException");
        return catchesAll && statement.Body.Count == 1 && statement.Body[0].Keyword == "pass"
            ? SilentExcept.At(statement.Line, $"The `except` on line {statement.Line} ignores every error.")
            : null;
    }

    private static ReviewFinding? FindEval(PythonProgram program, PythonStatement statement)
    {
        for (var index = 0; index < statement.Tokens.Count; index++)
        {
            var token = statement.Tokens[index];
            var isCall = statement.IsCallOf(index, "eval") || statement.IsCallOf(index, "exec");
            if (isCall && !program.Defines(token.Text) && !program.Imports(token.Text))
            {
                var rule = token.Is("exec") ? Eval with { Code = "S102" } : Eval;
                return rule.At(token.Line, $"Line {token.Line} runs text as a program with `{token.Text}`.");
            }
        }

        return null;
    }

    private static ReviewFinding? FindOpenWithoutWith(PythonProgram program, PythonStatement statement)
    {
        if (statement.Keyword == "with" || program.Defines("open") || program.Imports("open"))
        {
            return null;
        }

        for (var index = 0; index < statement.Tokens.Count; index++)
        {
            // `f = open(…)`, `open(…).read()` and `for line in open(…)`; an `open` handed on may be closed elsewhere.
            var isOpen = statement.IsCallOf(index, "open");
            var isKept = statement.Is(index - 1, "=") && statement.DepthAt(index) == 0;
            var isUsedAtOnce = isOpen && statement.Is(statement.PartnerOf(index + 1) + 1, ".");
            var isLooped = statement.Keyword == "for" && statement.Is(index - 1, "in");
            if (isOpen && (isKept || isUsedAtOnce || isLooped))
            {
                return OpenWithoutWith.At(statement.Tokens[index].Line, $"Line {statement.Tokens[index].Line} opens a file without `with`.");
            }
        }

        return null;
    }

    private static ReviewFinding? FindWildcardImport(PythonStatement statement) =>
        statement.Keyword == "from" && statement.Tokens[^1].Is("*")
            ? WildcardImport.At(statement.Line, $"Line {statement.Line} imports every name of `{statement.Tokens[1].Text}`.")
            : null;
}
