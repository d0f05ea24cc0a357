using System.Text.RegularExpressions;

namespace LearnFlow.Tests.Docs;

/// <summary><c>docs/security.md</c> names the tests that show what it says.</summary>
public sealed partial class SecurityDocTests
{
    [Fact]
    public void Every_test_that_it_names_is_there_and_every_item_but_one_names_some()
    {
        var page = File.ReadAllText(Pages.Of("security.md"));
        // Generic ones are run as another class for each Redis.
        var tests = typeof(SecurityDocTests).Assembly.GetTypes().Select(type => type.Name.Split('`')[0]).ToHashSet();

        var items = page.Split('\n').Where(line => line.StartsWith("| **", StringComparison.Ordinal)).ToList();

        Assert.Equal(20, items.Count);
        Assert.Equal(["LLM08"], items.Where(item => !TestName().IsMatch(item)).Select(item => item[4..9]));
        Assert.All(TestName().Matches(page).Select(match => match.Groups[1].Value), name => Assert.Contains(name, tests));
    }

    [GeneratedRegex(@"`([A-Za-z]+Tests)`")]
    private static partial Regex TestName();
}
