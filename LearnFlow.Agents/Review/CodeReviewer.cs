using LearnFlow.Agents.Python;
using LearnFlow.Agents.Python.Syntax;
using LearnFlow.Agents.Review.Checks;

namespace LearnFlow.Agents.Review;

/// <summary>
/// Reads a student's working Python program and points at what a good teaching assistant would point at.
/// It works on the text alone: it runs nothing, and it accepts any text.
/// </summary>
public static class CodeReviewer
{
    /// <summary>A rule is told at most this often: after the third time the point is made.</summary>
    public const int MostFindingsPerRule = 3;

    private static readonly ReviewRule Unreadable = new(
        "E999", "Python cannot read the program", ReviewSeverity.Correctness,
        "A program that cannot be read cannot run, so a review would come too early. Get help with debugging first, then ask for a review again.",
        Before: null, After: null);

    /// <summary>
    /// Reviews a program. One that Python cannot read gets a single finding, <c>E999</c>, which says where the problem is.
    /// A line with a <c>noqa</c> comment is left alone.
    /// </summary>
    public static CodeReview Review(string code)
    {
        ArgumentNullException.ThrowIfNull(code);

        var program = PythonProgram.Read(code);
        if (program.Problem is { } problem)
        {
            return new CodeReview([Unreadable.At(problem.Line, $"Line {problem.Line}: {problem.Message}.")], [], ReviewQuality.Worst);
        }

        if (program.Statements.Count == 0)
        {
            return new CodeReview([], [], ReviewQuality.Worst);
        }

        var findings = Rank(FindAll(program));
        return new CodeReview(findings, PraiseFinder.Find(program), ReviewQuality.Of(findings, CountLinesOfCode(program)));
    }

    private static IEnumerable<ReviewFinding> FindAll(PythonProgram program)
    {
        var silenced = program.Tokens
            .Where(static t => t.Kind == PythonTokenKind.Comment && t.Text.Contains("noqa", StringComparison.OrdinalIgnoreCase))
            .Select(static t => t.Line).ToHashSet();
        IEnumerable<ReviewFinding>[] families =
        [
            ConditionChecks.Run(program),
            LoopChecks.Run(program),
            FunctionChecks.Run(program),
            UnusedCodeChecks.Run(program),
            SafetyChecks.Run(program),
            StringChecks.Run(program),
            NamingChecks.Run(program),
            LayoutChecks.Run(program),
        ];
        return families.SelectMany(static family => family).Where(finding => !silenced.Contains(finding.Line));
    }

    private static List<ReviewFinding> Rank(IEnumerable<ReviewFinding> findings) =>
    [
        .. findings
            .GroupBy(static finding => finding.Code, StringComparer.Ordinal)
            .SelectMany(static rule => rule.OrderBy(static finding => finding.Line).Take(MostFindingsPerRule))
            .OrderBy(static finding => ReviewSeverity.RankOf(finding.Severity))
            .ThenBy(static finding => finding.Line),
    ];

    private static int CountLinesOfCode(PythonProgram program) =>
        program.Tokens.Where(static t => t.Kind != PythonTokenKind.Comment).Select(static t => t.Line).Distinct().Count();
}
