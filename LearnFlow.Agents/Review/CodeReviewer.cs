using LearnFlow.Agents.Python;
using LearnFlow.Agents.Python.Syntax;
using LearnFlow.Agents.Review.Checks;
using LearnFlow.Agents.Review.Ruff;

namespace LearnFlow.Agents.Review;

/// <summary>
/// Reads a student's working Python program and points at what a good teaching assistant would point at. It runs nothing,
/// and it accepts any text.
/// </summary>
/// <param name="linter">Finds what Python programmers have rules for.</param>
/// <param name="rules">The words for those.</param>
public sealed class CodeReviewer(RuffLinter linter, LintRules rules)
{
    /// <summary>A rule is told at most this often: after the third time the point is made.</summary>
    public const int MostFindingsPerRule = 3;

    private static readonly ReviewRule Unreadable = new(
        "E999", "Python cannot read the program", ReviewSeverity.Correctness,
        "A program that cannot be read cannot run, so a review would come too early. Get help with debugging first, then ask for a review again.",
        Before: null, After: null);

    /// <summary>All rules that may be told, our own first.</summary>
    public IEnumerable<ReviewRule> AllRules =>
    [
        Unreadable, .. ConditionChecks.Rules, .. LoopChecks.Rules, .. FunctionChecks.Rules, .. ResultChecks.Rules, .. LayoutChecks.Rules,
        .. rules.Told,
    ];

    /// <summary>
    /// Reviews a program. One that Python cannot read gets a single finding, <c>E999</c>, which says where the problem is.
    /// A line with a <c>noqa</c> comment is left alone.
    /// </summary>
    /// <param name="code">The program.</param>
    /// <param name="cancellation">Ends the wait for the linter to be ready.</param>
    public async Task<CodeReview> ReviewAsync(string code, CancellationToken cancellation) =>
        Review(code, await linter.CheckAsync(code, cancellation));

    /// <summary>Reviews a program of which the linter's findings are known.</summary>
    /// <param name="code">The program.</param>
    /// <param name="linted">The findings; null where there is no linter.</param>
    public CodeReview Review(string code, IReadOnlyList<RuffFinding>? linted)
    {
        ArgumentNullException.ThrowIfNull(code);

        var program = PythonProgram.Read(code);
        if (FindProblem(program, linted) is { } problem)
        {
            return new CodeReview([problem], [], ReviewQuality.Nothing);
        }

        if (program.Statements.Count == 0)
        {
            return new CodeReview([], [], ReviewQuality.Nothing);
        }

        // Where the linter reads what we cannot, we say nothing of our own.
        var ours = program.Problem is null ? FindAll(program) : [];
        var theirs = linted is null ? [] : rules.Tell(linted, program.Lines);
        var findings = Rank(ours.Concat(theirs), Silenced(program));
        var praise = program.Problem is null ? PraiseFinder.Find(program) : [];
        return new CodeReview(findings, praise, ReviewQuality.PartsOf(findings, CountLinesOfCode(program)));
    }

    /// <summary>The linter knows best whether Python can read a program; we say it in plainer words where we see it too.</summary>
    private static ReviewFinding? FindProblem(PythonProgram program, IReadOnlyList<RuffFinding>? linted)
    {
        var theirs = linted?.FirstOrDefault(static finding => finding.IsUnreadable);
        if (linted is not null && theirs is null)
        {
            return null;
        }

        if (program.Problem is { } problem)
        {
            return Unreadable.At(problem.Line, $"Line {problem.Line}: {problem.Message}.");
        }

        return theirs is null
            ? null
            : Unreadable.At(Math.Clamp(theirs.Line, 1, Math.Max(1, program.Lines.Count)), $"Python stops reading here: {theirs.Message}.");
    }

    private static IEnumerable<ReviewFinding> FindAll(PythonProgram program) =>
    [
        .. ConditionChecks.Run(program),
        .. LoopChecks.Run(program),
        .. FunctionChecks.Run(program),
        .. ResultChecks.Run(program),
        .. LayoutChecks.Run(program),
    ];

    private static HashSet<int> Silenced(PythonProgram program) => program.Tokens
        .Where(static t => t.Kind == PythonTokenKind.Comment && t.Text.Contains("noqa", StringComparison.OrdinalIgnoreCase))
        .Select(static t => t.Line).ToHashSet();

    private static List<ReviewFinding> Rank(IEnumerable<ReviewFinding> findings, HashSet<int> silenced) =>
    [
        .. findings
            .Where(finding => !silenced.Contains(finding.Line))
            .DistinctBy(static finding => (finding.Code, finding.Line))
            .GroupBy(static finding => finding.Code, StringComparer.Ordinal)
            .SelectMany(static rule => rule.OrderBy(static finding => finding.Line).Take(MostFindingsPerRule))
            .OrderBy(static finding => ReviewSeverity.RankOf(finding.Severity))
            .ThenBy(static finding => finding.Place)
            .ThenBy(static finding => finding.Line),
    ];

    private static int CountLinesOfCode(PythonProgram program) =>
        program.Tokens.Where(static t => t.Kind != PythonTokenKind.Comment).Select(static t => t.Line).Distinct().Count();
}
