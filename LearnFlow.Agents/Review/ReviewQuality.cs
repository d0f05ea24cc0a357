using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Agents.Review;

/// <summary>
/// How a review becomes a number. Correctness, idiom and style each begin at 100 and lose points with each finding of
/// theirs; the quality is half correctness, three tenths idiom and two tenths style, so however untidy a program is, that
/// alone costs a fifth. In a program longer than <see cref="ReferenceLines"/> lines of code each finding weighs less,
/// because the same slip spoils a smaller part of it, but never less than <see cref="LeastWeight"/>.
/// </summary>
public static class ReviewQuality
{
    /// <summary>The quality of a program without findings.</summary>
    public const int Best = 100;

    /// <summary>The quality of a program that cannot be read, or has no statement to judge.</summary>
    public const int Worst = 0;

    /// <summary>Points off correctness for a finding of it.</summary>
    public const int CorrectnessPenalty = 30;

    /// <summary>Points off idiom for a finding of it.</summary>
    public const int IdiomPenalty = 20;

    /// <summary>Points off style for a finding of it.</summary>
    public const int StylePenalty = 15;

    /// <summary>How much of the quality is correctness.</summary>
    public const double CorrectnessWeight = 0.5;

    /// <summary>How much of the quality is idiom.</summary>
    public const double IdiomWeight = 0.3;

    /// <summary>How much of the quality is style.</summary>
    public const double StyleWeight = 0.2;

    /// <summary>Up to this many lines of code every penalty counts in full.</summary>
    public const int ReferenceLines = 30;

    /// <summary>The part of each penalty that counts however long the program is.</summary>
    public const double LeastWeight = 0.25;

    /// <summary>The parts of a program that cannot be read, or has no statement to judge.</summary>
    public static ReviewParts Nothing { get; } = new(Worst, Worst, Worst);

    /// <summary>The parts of a program with these findings and this many lines of code.</summary>
    /// <param name="findings">The findings.</param>
    /// <param name="linesOfCode">Its lines without those that are empty or a comment.</param>
    public static ReviewParts PartsOf(IReadOnlyList<ReviewFinding> findings, int linesOfCode)
    {
        ArgumentNullException.ThrowIfNull(findings);

        var weight = Math.Max(LeastWeight, (double)ReferenceLines / Math.Max(ReferenceLines, linesOfCode));
        return new ReviewParts(
            Part(ReviewSeverity.Correctness, CorrectnessPenalty),
            Part(ReviewSeverity.Idiom, IdiomPenalty),
            Part(ReviewSeverity.Style, StylePenalty));

        int Part(string severity, int penalty) => Math.Clamp(
            (int)Math.Round(Best - (findings.Count(finding => finding.Severity == severity) * penalty * weight)), Worst, Best);
    }

    /// <summary>The quality that parts make.</summary>
    /// <param name="parts">The parts.</param>
    public static int Of(ReviewParts parts)
    {
        ArgumentNullException.ThrowIfNull(parts);

        return (int)Math.Round(
            (parts.Correctness * CorrectnessWeight) + (parts.Idiom * IdiomWeight) + (parts.Style * StyleWeight));
    }
}
