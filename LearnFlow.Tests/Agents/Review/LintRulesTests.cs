using LearnFlow.Agents.Concepts;
using LearnFlow.Agents.Content;
using LearnFlow.Agents.Exercise;
using LearnFlow.Agents.Review;
using LearnFlow.Tests.Docs;

namespace LearnFlow.Tests.Agents.Review;

/// <summary>Every rule has an example that shows it, words that fit it, and a line on the page that lists them all.</summary>
public sealed class LintRulesTests
{
    public static TheoryData<string> Codes => [.. Reviewers.Rules.All.Select(rule => rule.Code)];

    public static TheoryData<string> OurCodes => [.. OurRules.Select(rule => rule.Code)];

    private static IEnumerable<ReviewRule> OurRules =>
        Reviewers.Reviewer.AllRules.Where(rule => rule.Before is not null && Reviewers.Rules.All.All(theirs => theirs.Code != rule.Code));

    [Theory]
    [MemberData(nameof(Codes))]
    [MemberData(nameof(OurCodes))]
    public async Task The_example_of_a_rule_shows_it_before_and_not_after(string code)
    {
        var rule = Reviewers.Reviewer.AllRules.Single(rule => rule.Code == code);

        var before = (await Reviewers.ReviewAsync(rule.Before!)).Findings;
        var after = (await Reviewers.ReviewAsync(rule.After!)).Findings;

        var found = Assert.Single(before, finding => finding.Code == code);
        Assert.InRange(found.Line, 1, rule.Before!.Split('\n').Length);
        Assert.DoesNotMatch(@"`this`|\{(text|\d)\}", found.Message);
        Assert.DoesNotContain(code, after.Select(finding => finding.Code));
        Assert.DoesNotContain(after, finding => finding.Severity == ReviewSeverity.Correctness);
    }

    [Fact]
    public void There_are_many_of_every_kind_and_no_two_with_one_code()
    {
        var rules = Reviewers.Reviewer.AllRules.ToList();

        Assert.True(rules.Count >= 150, $"only {rules.Count}");
        Assert.All(ReviewSeverity.All, severity => Assert.True(rules.Count(rule => rule.Severity == severity) >= 20, severity));
        Assert.Equal(rules.Count, rules.Select(rule => rule.Code).Distinct().Count());
    }

    [Fact]
    public void All_are_listed_in_the_documentation_and_nothing_else_is()
    {
        var listed = File.ReadLines(Pages.Of("review-checks.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Trim('|', ' ').Split(" | ", StringSplitOptions.TrimEntries))
            .Select(cells => (Code: cells[0].Trim('`'), Name: cells[1], Severity: cells[2], By: cells[3]));

        var rules = Reviewers.Reviewer.AllRules.Select(rule => (
            rule.Code, rule.Name, rule.Severity, Reviewers.Rules.All.Any(theirs => theirs.Code == rule.Code) ? "ruff" : "ours"));
        Assert.Equal(rules.Order(), listed.Order());
    }

    [Fact]
    public async Task Correct_code_of_ours_is_not_said_to_be_wrong()
    {
        var curriculum = Curriculum.Load();
        var concepts = ConceptLibrary.Load(curriculum);
        var programs = ExerciseLibrary.Load(curriculum, concepts).All.Select(exercise => (exercise.Task.Id, exercise.Solution))
            .Concat(concepts.All.Select(concept => (concept.Id, Solution: Sample(concept.Lesson))));

        var wrong = new List<string>();
        foreach (var (id, program) in programs)
        {
            var findings = (await Reviewers.ReviewAsync(program)).Findings;
            wrong.AddRange(findings
                .Where(finding => finding.Severity == ReviewSeverity.Correctness)
                .Select(finding => $"{id}, line {finding.Line}: {finding.Code} {finding.Message}"));
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static string Sample(string lesson)
    {
        const string Fence = "```python\n";
        var start = lesson.IndexOf(Fence, StringComparison.Ordinal) + Fence.Length;
        return lesson[start..lesson.IndexOf("```", start, StringComparison.Ordinal)];
    }
}
