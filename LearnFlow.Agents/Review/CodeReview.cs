using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Agents.Review;

/// <summary>What a teaching assistant would say about a program.</summary>
/// <param name="Findings">What to improve, most important first.</param>
/// <param name="Praise">Up to three true sentences about what is good.</param>
/// <param name="Parts">What makes the quality, each from 0 to 100.</param>
public sealed record CodeReview(IReadOnlyList<ReviewFinding> Findings, IReadOnlyList<string> Praise, ReviewParts Parts)
{
    /// <summary>From 0 to 100, see <see cref="ReviewQuality"/>.</summary>
    public int Quality => ReviewQuality.Of(Parts);
}
