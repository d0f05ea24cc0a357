using System.Globalization;
using LearnFlow.ServiceDefaults;

namespace LearnFlow.Tests.Docs;

/// <summary><c>docs/errors.md</c> says of every problem what it is, and of none that there is not.</summary>
public sealed class ErrorsDocTests
{
    private const int Cells = 5;

    [Fact]
    public void Every_problem_is_documented_as_it_is_and_nothing_else_is()
    {
        var documented = File.ReadLines(Pages.Of("errors.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Trim('|', ' ').Split('|', StringSplitOptions.TrimEntries))
            .ToList();

        Assert.All(documented, row =>
        {
            Assert.Equal(Cells, row.Length);
            Assert.DoesNotContain(row, string.IsNullOrEmpty);
        });
        Assert.Equal(
            ProblemType.All.Select(type => (type.Name, type.Status, type.Title)).Order(),
            documented.Select(row => (row[0].Trim('`'), int.Parse(row[1], CultureInfo.InvariantCulture), row[2])).Order());
        Assert.Contains($"`{ProblemType.Prefix}{{name}}`", File.ReadAllText(Pages.Of("errors.md")), StringComparison.Ordinal);
    }
}
