using LearnFlow.Agents.Python;
using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Review.Checks;

/// <summary>How functions are declared, and how much one function takes on.</summary>
internal static class FunctionChecks
{
    private const int MostParameters = 5;
    private const int MostBranches = 12;
    private const int MostNestedBlocks = 5;
    private const int LongestWithoutDocstring = 8;

    private static readonly ReviewRule MutableDefault = new(
        "B006", "mutable default value", ReviewSeverity.Correctness,
        "Python makes the default value once, not at each call. Every call then shares the same list, so old items come back.",
        "def add_song(song, playlist=[]):\n    playlist.append(song)", "def add_song(song, playlist=None):\n    if playlist is None:\n        playlist = []\n    playlist.append(song)");

    private static readonly ReviewRule Redefinition = new(
        "F811", "function defined twice", ReviewSeverity.Correctness,
        "The second definition replaces the first, which can then never run.",
        "def area(side): ...\ndef area(width, height): ...", "def square_area(side): ...\ndef rectangle_area(width, height): ...");

    private static readonly ReviewRule GlobalStatement = new(
        "PLW0603", "global statement", ReviewSeverity.Idiom,
        "A function that changes a global is hard to test, because its result depends on what ran before. Pass the value in and return the new one.",
        "def win():\n    global score\n    score += 10", "def win(score):\n    return score + 10");

    private static readonly ReviewRule MissingSelf = new(
        "N805", "first parameter is not self", ReviewSeverity.Idiom,
        "Python passes the object itself as the first argument of a method. All Python programmers call it `self`.",
        "class Dog:\n    def bark(this): ...", "class Dog:\n    def bark(self): ...");

    private static readonly ReviewRule TooManyParameters = new(
        "PLR0913", "too many parameters", ReviewSeverity.Style,
        "Long lists of arguments are easy to mix up in a call. Values that belong together can travel in one object.",
        "def draw(x, y, width, height, color, border): ...", "def draw(box, color, border): ...");

    private static readonly ReviewRule TooManyBranches = new(
        "PLR0912", "too many branches", ReviewSeverity.Style,
        "Each branch is one more path to think about and to test. Smaller functions with good names are easier to get right.",
        "def play(move):\n    # thirteen branches for moves, score and prizes", "def play(move): ...\ndef score(move): ...\ndef prize(points): ...");

    private static readonly ReviewRule TooDeeplyNested = new(
        "PLR1702", "blocks nested too deeply", ReviewSeverity.Style,
        "A reader has to keep every condition in mind at once. Return early, or move the inner part to its own function.",
        "if ticket:\n    if ticket.is_paid:\n        enter()", "if not ticket or not ticket.is_paid:\n    return\nenter()");

    private static readonly ReviewRule MissingDocstring = new(
        "D103", "long function without docstring", ReviewSeverity.Style,
        "One sentence at the top tells a reader what the function does before they read how. It also shows up in `help()`.",
        "def payment(loan, years): ...", "def payment(loan, years):\n    \"\"\"Return what to pay each month.\"\"\"");

    public static IEnumerable<ReviewFinding> Run(PythonProgram program)
    {
        foreach (var function in program.Functions)
        {
            ReviewFinding?[] findings =
            [
                FindRedefinition(program, function),
                FindMissingSelf(function),
                FindTooManyParameters(function),
                FindTooManyBranches(function),
                FindMissingDocstring(function),
                .. FindMutableDefaults(function),
            ];
            foreach (var finding in findings.OfType<ReviewFinding>())
            {
                yield return finding;
            }
        }

        foreach (var statement in program.Statements)
        {
            if (FindGlobal(statement) is { } global)
            {
                yield return global;
            }
        }

        foreach (var finding in FindDeepNesting(program))
        {
            yield return finding;
        }
    }

    private static IEnumerable<ReviewFinding> FindMutableDefaults(PythonFunction function)
    {
        foreach (var parameter in function.Parameters)
        {
            var isMutable = parameter.Default switch
            {
                [{ Text: "[" or "{" }, ..] => true,
                [{ Text: "list" or "dict" or "set" }, { Text: "(" }, ..] => true,
                _ => false,
            };
            if (isMutable)
            {
                yield return MutableDefault.At(
                    parameter.Name.Line, $"The parameter `{parameter.Name.Text}` of `{function.Name.Text}` has a default value that all calls share.");
            }
        }
    }

    private static ReviewFinding? FindRedefinition(PythonProgram program, PythonFunction function)
    {
        if (function.IsDecorated || function.Name.Is("_"))
        {
            return null;
        }

        // The places of a name are in the order of the text: the last one before this definition decides.
        var before = program.PlacesOf(function.Name.Text).TakeWhile(p => p.Token.Start < function.Name.Start).LastOrDefault();
        var replaces = before is { Role: NameRole.Function }
            && before.Statement.Parent == function.Statement.Parent
            && before.Statement.Previous?.Is(0, "@") is not true
            && before.Statement.End < function.Statement.Start
            && function.Statement.Parent is null or { Keyword: "class" };
        return replaces
            ? Redefinition.At(function.Line, $"`{function.Name.Text}` is defined on line {before!.Line} and again on line {function.Line}.")
            : null;
    }

    private static ReviewFinding? FindMissingSelf(PythonFunction function)
    {
        if (function.Class is null || function.IsDecorated || IsMetaclass(function.Class)
            || function.Name.Text is "__new__" or "__init_subclass__" or "__class_getitem__"
            || function.Parameters is not [var first, ..] || first.IsVariadic)
        {
            return null;
        }

        return first.Name.Text is "self" or "cls" or "mcs" || first.Name.Text.StartsWith('_')
            ? null
            : MissingSelf.At(function.Line, $"The method `{function.Name.Text}` calls its first parameter `{first.Name.Text}`, not `self`.");
    }

    private static bool IsMetaclass(PythonStatement @class) => @class.Tokens.Any(static t => t.Is("type"));

    private static ReviewFinding? FindTooManyParameters(PythonFunction function)
    {
        var count = function.Parameters.Count(static p => !p.IsVariadic && p.Name.Text is not ("self" or "cls"));
        return count > MostParameters
            ? TooManyParameters.At(function.Line, $"`{function.Name.Text}` takes {count} parameters.")
            : null;
    }

    private static ReviewFinding? FindTooManyBranches(PythonFunction function)
    {
        var count = function.Statement.Descendants.Count(s => s.Function == function.Statement
            && s.Keyword is "if" or "elif" or "else" or "for" or "while" or "try" or "except" or "finally" or "case");
        return count > MostBranches
            ? TooManyBranches.At(function.Line, $"`{function.Name.Text}` has {count} branches.")
            : null;
    }

    private static ReviewFinding? FindMissingDocstring(PythonFunction function)
    {
        var isPublic = !function.Name.Text.StartsWith('_') && function.Name.Text is not "main"
            && !function.Name.Text.StartsWith("test_", StringComparison.Ordinal) && function.Statement.Function is null;
        if (!isPublic || function.HasDocstring || function.LineCount <= LongestWithoutDocstring)
        {
            return null;
        }

        var rule = function.Class is null ? MissingDocstring : MissingDocstring with { Code = "D102" };
        return rule.At(function.Line, $"`{function.Name.Text}` has {function.LineCount} lines and no docstring.");
    }

    private static ReviewFinding? FindGlobal(PythonStatement statement) =>
        statement.Keyword == "global" && statement.Function is not null && statement.Is(1, PythonTokenKind.Name)
            ? GlobalStatement.At(statement.Line, $"Line {statement.Line} lets the function change the global `{statement.Tokens[1].Text}`.")
            : null;

    private static IEnumerable<ReviewFinding> FindDeepNesting(PythonProgram program)
    {
        var levels = new Dictionary<PythonStatement, int>();
        foreach (var statement in program.Statements.Where(static s => s.IsHeader))
        {
            var outer = statement.Parent is { } parent ? levels[parent] : 0;
            levels[statement] = statement.Keyword switch
            {
                "def" or "class" => 0,
                _ => outer + 1,
            };
            if (levels[statement] == MostNestedBlocks + 1)
            {
                yield return TooDeeplyNested.At(statement.Line, $"Line {statement.Line} is inside {MostNestedBlocks} other blocks.");
            }
        }
    }
}
