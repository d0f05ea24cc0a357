using LearnFlow.Agents.Python;
using LearnFlow.Agents.Review;
using LearnFlow.Agents.Review.Ruff;
using LearnFlow.Tests.Integration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace LearnFlow.Tests.Agents.Review;

/// <summary>A reviewer with the real linter, or the reason why a test is skipped.</summary>
internal static class Reviewers
{
    public static LintRules Rules { get; } = LintRules.Load();

    public static RuffLinter Linter { get; } = CreateLinter(new SandboxOptions(), TimeProvider.System);

    public static CodeReviewer Reviewer { get; } = new(Linter, Rules);

    public static RuffLinter CreateLinter(SandboxOptions options, TimeProvider time) => new(
        new ModuleCache(new ConfigurationBuilder().Build(), Options.Create(options), NullLogger<ModuleCache>.Instance),
        Rules,
        time,
        NullLogger<RuffLinter>.Instance);

    public static async Task<CodeReview> ReviewAsync(string code)
    {
        Tools.RequireThat(await Linter.IsReadyAsync(TestContext.Current.CancellationToken), "ruff is not installed");
        return await Reviewer.ReviewAsync(code, TestContext.Current.CancellationToken);
    }
}
