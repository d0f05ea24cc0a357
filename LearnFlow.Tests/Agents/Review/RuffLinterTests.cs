using LearnFlow.Agents.Python;
using LearnFlow.Agents.Review.Ruff;
using LearnFlow.Tests.Integration;
using Microsoft.Extensions.Time.Testing;

namespace LearnFlow.Tests.Agents.Review;

/// <summary>The real ruff in WebAssembly, and what a review is without it.</summary>
public sealed class RuffLinterTests
{
    private static readonly string TooDeep = $"x = {new string('(', 9_000)}1{new string(')', 9_000)}\n";

    [Fact]
    public async Task A_finding_has_its_rule_and_place_in_the_students_text()
    {
        var findings = await CheckAsync("name = 'Zoë 🙂'\nif name is 'Zoë 🙂': print(name)\n");

        var literal = Assert.Single(findings!, finding => finding.Rule == "is-literal");
        Assert.Equal((2, 4, 2, 20), (literal.Line, literal.Column, literal.EndLine, literal.EndColumn));
        Assert.NotEmpty(literal.Message);
    }

    [Fact]
    public async Task A_program_that_Python_cannot_read_is_told_apart()
    {
        var findings = await CheckAsync("print('a'\n");

        Assert.Contains(findings!, finding => finding.IsUnreadable);
    }

    [Fact]
    public async Task Brackets_without_end_are_given_up_and_the_next_program_is_read()
    {
        Assert.Null(await CheckAsync(TooDeep));
        Assert.Contains(await CheckAsync("import os\n") ?? [], finding => finding.Rule == "unused-import");
    }

    [Fact]
    public async Task While_it_is_compiled_the_first_review_waits_for_a_moment_and_the_others_do_not()
    {
        Tools.RequireThat(await Reviewers.Linter.IsReadyAsync(TestContext.Current.CancellationToken), "ruff is not installed");
        var folder = Directory.CreateTempSubdirectory("learnflow-ruff-");
        var time = new FakeTimeProvider();
        using var linter = Reviewers.CreateLinter(new SandboxOptions { CacheFolder = folder.FullName }, time);

        var first = linter.CheckAsync("import os\n", TestContext.Current.CancellationToken);
        Assert.False(first.IsCompleted);
        time.Advance(RuffLinter.LongestWait);
        Assert.Null(await first);
        // Its clock stands still: who waited would wait for ever.
        Assert.Null(await linter.CheckAsync("import os\n", TestContext.Current.CancellationToken));

        await linter.IsReadyAsync(TestContext.Current.CancellationToken);
        Assert.NotEmpty(await linter.CheckAsync("import os\n", TestContext.Current.CancellationToken) ?? []);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Many_at_once_do_not_disturb_each_other()
    {
        var programs = Enumerable.Range(0, 64).Select(n => $"{new string('\n', n)}x = [] == None\n");

        var lines = await Task.WhenAll(programs.Select(async (program, n) => await Task.Run(async () =>
            (n, (await CheckAsync(program))!.Single(finding => finding.Rule == "none-comparison").Line))));

        Assert.All(lines, result => Assert.Equal(result.n + 1, result.Line));
    }

    [Fact]
    public void Without_it_a_review_has_our_own_checks_alone()
    {
        const string Program = "import os\nboard = [[0] * 3] * 3\nwhile True:\n    print(board)\n";

        var review = Reviewers.Reviewer.Review(Program, linted: null);

        Assert.Equal(["LF001", "LF009"], review.Findings.Select(finding => finding.Code).Order());
        Assert.InRange(review.Quality, 1, 99);
    }

    [Fact]
    public void Without_it_our_own_reading_says_that_Python_cannot_read_a_program()
    {
        var review = Reviewers.Reviewer.Review("if x\n    print(x)\n", linted: null);

        Assert.Equal(("E999", 1), review.Findings.Select(finding => (finding.Code, finding.Line)).Single());
    }

    private static async Task<IReadOnlyList<RuffFinding>?> CheckAsync(string code)
    {
        Tools.RequireThat(await Reviewers.Linter.IsReadyAsync(TestContext.Current.CancellationToken), "ruff is not installed");
        return await Reviewers.Linter.CheckAsync(code, TestContext.Current.CancellationToken);
    }
}
