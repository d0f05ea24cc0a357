using System.Text;
using System.Text.RegularExpressions;
using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Agents.Review;

/// <summary>Reads working code and points at what matters most in it.</summary>
/// <param name="reviewer">Reads it.</param>
public sealed partial class ReviewAgent(CodeReviewer reviewer) : IAgent
{
    /// <summary>How many findings are told at a time: more than a student can act on helps nobody.</summary>
    public const int MostFindings = 5;

    /// <inheritdoc />
    public async Task<AgentAnswer> AnswerAsync(AgentQuestion question, CancellationToken cancellation)
    {
        var code = question.Code is { Length: > 0 } given ? given : FencedCode().Match(question.Query).Groups["code"].Value;
        if (string.IsNullOrWhiteSpace(code))
        {
            return new AgentAnswer(
                "I would be glad to read it. Please put your program into the **code** field, all of it, and tell me what it "
                + "is meant to do. I look at correctness first, then at how Python people would write it, then at style.");
        }

        var review = await reviewer.ReviewAsync(code, cancellation);
        var told = review.Findings.Take(MostFindings).ToList();
        return new AgentAnswer(Describe(review, told))
        {
            Review = new ReviewReport(
                review.Quality,
                review.Parts,
                [.. told.Select(finding => new ReviewNote(
                    finding.Code, finding.Rule, finding.Severity, finding.Line, finding.Message, finding.Why))],
                review.Praise),
        };
    }

    private static string Describe(CodeReview review, List<ReviewFinding> told)
    {
        var text = new StringBuilder();
        foreach (var praise in review.Praise)
        {
            text.Append($"- {praise}\n");
        }

        if (told.Count == 0)
        {
            return text.Append("\nI read it through and found nothing that I would change. Well done!").ToString();
        }

        if (review.Praise.Count > 0)
        {
            text.Insert(0, "**What is good**\n\n").Append("\n**What I would look at, the most important first**\n");
        }

        foreach (var finding in told)
        {
            var names = finding.Message.Contains($"line {finding.Line}", StringComparison.OrdinalIgnoreCase);
            text.Append($"\n**{(names ? "" : $"Line {finding.Line}: ")}{finding.Message}** {finding.Why}\n");
            if (finding is { Before: { } before, After: { } after })
            {
                text.Append($"\nIn another program, instead of\n\n```python\n{before}\n```\n\none would write\n\n```python\n{after}\n```\n");
            }
        }

        if (review.Findings.Count > told.Count)
        {
            text.Append($"\nThere are {review.Findings.Count - told.Count} smaller things; ask again when these are done.");
        }

        return text.ToString();
    }

    /// <summary>Code between fences in the message itself.</summary>
    [GeneratedRegex(@"```(?:python|py)?\s*\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex FencedCode();
}
