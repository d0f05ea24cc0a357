using LearnFlow.Agents.Python;
using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Review;

/// <summary>Finds what is good in a program; every sentence is about something that is really there.</summary>
internal static class PraiseFinder
{
    private const int MostSentences = 3;
    private const int SmallFunction = 12;
    private const int FewestFunctions = 2;
    private const int FewestNames = 4;
    private const int ShortestClearName = 4;

    /// <summary>Up to three sentences, those about harder things first.</summary>
    public static IReadOnlyList<string> Find(PythonProgram program)
    {
        string?[] sentences =
        [
            PraiseGuardClause(program),
            PraiseDocstring(program),
            PraiseWith(program),
            PraiseComprehension(program),
            PraiseSmallFunctions(program),
            PraisePreciseExcept(program),
            PraiseConstant(program),
            PraiseFormattedString(program),
            PraiseClearNames(program),
        ];
        return [.. sentences.OfType<string>().Take(MostSentences)];
    }

    private static string? PraiseGuardClause(PythonProgram program)
    {
        var function = program.Functions.FirstOrDefault(static f =>
            f.Body.Skip(f.HasDocstring ? 1 : 0).FirstOrDefault() is { Keyword: "if", Body: [{ Keyword: "return" or "raise" }] } guard
            && guard.Next is { Keyword: not ("elif" or "else") } && guard.Next.Next is not null);
        return function is null ? null : $"`{function.Name.Text}` deals with the special case first and leaves early, which keeps the rest flat.";
    }

    private static string? PraiseDocstring(PythonProgram program)
    {
        var function = program.Functions.FirstOrDefault(static f => f.HasDocstring);
        return function is null ? null : $"`{function.Name.Text}` says in a docstring what it does.";
    }

    private static string? PraiseWith(PythonProgram program)
    {
        var statement = program.Statements.FirstOrDefault(static s => s.Keyword == "with");
        return statement is null ? null : $"The `with` on line {statement.Line} makes sure that what you open is closed again.";
    }

    private static string? PraiseComprehension(PythonProgram program)
    {
        var target = program.References.FirstOrDefault(static r => r.Role == NameRole.ComprehensionTarget);
        return target is null ? null : $"The comprehension on line {target.Line} says in one step what the result holds.";
    }

    private static string? PraiseSmallFunctions(PythonProgram program)
    {
        var areSmall = program.Functions.Count >= FewestFunctions && program.Functions.All(static f => f.LineCount <= SmallFunction);
        return areSmall ? $"You split the work into {program.Functions.Count} small functions." : null;
    }

    private static string? PraisePreciseExcept(PythonProgram program)
    {
        var except = program.Statements.FirstOrDefault(static s =>
            s.Matches(0, "except", PythonStatement.AnyName) && s.Tokens[1].Text is not ("Exception" or "BaseException"));
        return except is null ? null : $"You catch exactly the error you expect, `{except.Tokens[1].Text}`, on line {except.Line}.";
    }

    private static string? PraiseConstant(PythonProgram program)
    {
        var constant = program.References.FirstOrDefault(r =>
            r is { Role: NameRole.Assign, Statement.Parent: null, Name.Length: > 2 }
            && r.Name.Any(char.IsAsciiLetterUpper) && !r.Name.Any(char.IsAsciiLetterLower)
            && program.IsRead(r.Name, r.Statement.End, int.MaxValue));
        return constant is null ? null : $"The constant `{constant.Name}` gives a fixed value a name.";
    }

    private static string? PraiseFormattedString(PythonProgram program)
    {
        foreach (var token in program.Tokens)
        {
            if (token.Kind == PythonTokenKind.StringLiteral && StringLiteral.Of(token).HasField)
            {
                return $"The f-string on line {token.Line} puts values into text in a readable way.";
            }
        }

        return null;
    }

    private static string? PraiseClearNames(PythonProgram program)
    {
        var names = program.References
            .Where(static r => r.Role is NameRole.Assign or NameRole.Function or NameRole.Parameter)
            .Select(static r => r.Name).Distinct(StringComparer.Ordinal).ToList();
        var areClear = names.Count >= FewestNames
            && names.All(static n => n is "self" or "cls" || (n.Length >= ShortestClearName && !n.Any(char.IsAsciiDigit)));
        return areClear ? $"Your names are whole words, such as `{names.MaxBy(static n => n.Length)}`." : null;
    }
}
