namespace LearnFlow.Agents.Review;

/// <summary>What a teaching assistant would say about a program.</summary>
/// <param name="Findings">What to improve, most important first.</param>
/// <param name="Praise">Up to three true sentences about what is good.</param>
/// <param name="Quality">From 0 to 100, see <see cref="ReviewQuality"/>.</param>
public sealed record CodeReview(IReadOnlyList<ReviewFinding> Findings, IReadOnlyList<string> Praise, int Quality);
