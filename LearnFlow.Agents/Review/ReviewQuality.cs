namespace LearnFlow.Agents.Review;

/// <summary>
/// How a review becomes a number: 100 minus a penalty for each finding. In a program longer than
/// <see cref="ReferenceLines"/> lines of code each penalty weighs less, because the same slip
/// spoils a smaller part of it, but never less than <see cref="LeastWeight"/>.
/// </summary>
public static class ReviewQuality
{
    /// <summary>The quality of a program without findings.</summary>
    public const int Best = 100;

    /// <summary>The quality of a program that cannot be read, or has no statement to judge.</summary>
    public const int Worst = 0;

    /// <summary>Points off for a finding of severity <see cref="ReviewSeverity.Correctness"/>.</summary>
    public const int CorrectnessPenalty = 15;

    /// <summary>Points off for a finding of severity <see cref="ReviewSeverity.Idiom"/>.</summary>
    public const int IdiomPenalty = 6;

    /// <summary>Points off for a finding of severity <see cref="ReviewSeverity.Style"/>.</summary>
    public const int StylePenalty = 3;

    /// <summary>Up to this many lines of code every penalty counts in full.</summary>
    public const int ReferenceLines = 30;

    /// <summary>The part of each penalty that counts however long the program is.</summary>
    public const double LeastWeight = 0.25;

    /// <summary>The quality of a program with these findings and this many lines of code.</summary>
    public static int Of(IReadOnlyList<ReviewFinding> findings, int linesOfCode)
    {
        ArgumentNullException.ThrowIfNull(findings);

        var penalty = findings.Sum(static finding => finding.Severity switch
        {
            ReviewSeverity.Correctness => CorrectnessPenalty,
            ReviewSeverity.Idiom => IdiomPenalty,
            _ => StylePenalty,
        });
        var weight = Math.Max(LeastWeight, (double)ReferenceLines / Math.Max(ReferenceLines, linesOfCode));
        return Math.Clamp((int)Math.Round(Best - penalty * weight), Worst, Best);
    }
}
