using System.Text.RegularExpressions;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Tests.Docs;
using LearnFlow.Tests.Integration;

namespace LearnFlow.Tests.Deploy;

/// <summary>Alerts are right by Prometheus' own tool, tried both ways, and lead to a page that says what to do.</summary>
public sealed partial class AlertTests
{
    private const string Runbooks = "operations/runbooks";

    private static readonly string[] Sections = ["What it means", "Look here", "Do this", "When to wake someone"];

    [Fact]
    public async Task The_configuration_and_its_rules_are_right_and_scrape_each_service_where_it_runs()
    {
        await Promtool.SucceedsAsync("check", "config", DeployFiles.Of("prometheus/prometheus.yml"));

        var scraped = DeployFiles.ReadYaml("prometheus/prometheus.yml").GetProperty("scrape_configs").EnumerateArray().Select(job => (
            job.Text("job_name"), job.GetProperty("static_configs")[0].GetProperty("targets")[0].GetString()!.Split(':')[1]));
        Assert.Equal(
            AgentRole.All.Select(role => (role.Resource, $"{role.Port}")).Prepend((Topology.Triage, $"{Topology.TriagePort}")),
            scraped);
    }

    [Fact]
    public Task Each_alert_fires_where_it_should_and_not_where_it_should_not() =>
        Promtool.SucceedsAsync("test", "rules", DeployFiles.Of(AlertRules.Cases));

    [Fact]
    public void Each_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not()
    {
        var cases = DeployFiles.ReadYaml(AlertRules.Cases).GetProperty("tests").EnumerateArray()
            .SelectMany(test => test.GetProperty("alert_rule_test").EnumerateArray())
            .ToLookup(test => test.Text("alertname"), test => test.GetProperty("exp_alerts").EnumerateArray()
                .Select(alert => alert.GetProperty("exp_labels").Text("severity"))
                .ToHashSet());

        Assert.All(AlertRules.Alerts, alert =>
        {
            Assert.Contains(cases[alert.Alert!], severities => severities.Contains(alert.Severity!));
            Assert.Contains(cases[alert.Alert!], severities => !severities.Contains(alert.Severity!));
        });
    }

    [Fact]
    public void Each_alert_says_how_bad_it_is_what_happened_and_where_to_read_on()
    {
        Assert.All(AlertRules.Alerts, alert =>
        {
            Assert.Contains(alert.Severity, (string[])["warning", "critical"]);
            Assert.False(string.IsNullOrWhiteSpace(alert.Annotations["summary"]));
            Assert.False(string.IsNullOrWhiteSpace(alert.Annotations["description"]));
            var (page, anchor) = RunbookOf(alert);
            Assert.Equal(AlertRules.PageOf(alert.Alert!), page);
            Assert.Contains(anchor, AnchorsOf(page));
        });
    }

    [Fact]
    public void Each_runbook_is_of_an_alert_says_what_is_needed_and_is_linked()
    {
        var index = File.ReadAllText(Pages.Of($"{Runbooks}/README.md"));
        var pages = Directory.GetFiles(Pages.Of(Runbooks), "*.md").Select(Path.GetFileName).Where(page => page != "README.md").Order();

        Assert.Equal(AlertRules.Alerts.Select(alert => AlertRules.PageOf(alert.Alert!)).Distinct().Order(), pages);
        Assert.All(AlertRules.Alerts, alert =>
        {
            var page = AlertRules.PageOf(alert.Alert!);
            Assert.Equal(Sections, HeadingsOf(page));
            Assert.StartsWith($"# {alert.Alert}\n", File.ReadAllText(Pages.Of($"{Runbooks}/{page}")), StringComparison.Ordinal);
            Assert.Contains($"[{alert.Alert}]({page})", index, StringComparison.Ordinal);
        });
        Assert.Contains($"({Runbooks}/README.md)", File.ReadAllText(Pages.Of("README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_index_gives_each_alert_its_severities()
    {
        var index = File.ReadLines(Pages.Of($"{Runbooks}/README.md"))
            .Select(line => Row().Match(line))
            .Where(row => row.Success)
            .Select(row => (row.Groups[1].Value, row.Groups[2].Value))
            .Order();

        Assert.Equal(
            AlertRules.Alerts.GroupBy(alert => alert.Alert!).Select(alert => (
                alert.Key, string.Join(", ", alert.Select(rule => rule.Severity).OrderDescending(StringComparer.Ordinal)))).Order(),
            index);
    }

    private static (string Page, string Anchor) RunbookOf(Rule alert)
    {
        var link = alert.Annotations["runbook_url"];
        const string folder = $"{{{{ $externalLabels.docs }}}}/{Runbooks}/";
        Assert.StartsWith(folder, link, StringComparison.Ordinal);
        var parts = link[folder.Length..].Split('#');
        return (parts[0], parts[1]);
    }

    private static IEnumerable<string> AnchorsOf(string page) =>
        HeadingsOf(page).Select(heading => heading.ToLowerInvariant().Replace(' ', '-'));

    private static List<string> HeadingsOf(string page) => [.. File.ReadLines(Pages.Of($"{Runbooks}/{page}"))
        .Where(line => line.StartsWith("## ", StringComparison.Ordinal))
        .Select(line => line[3..])];

    [GeneratedRegex(@"^\| \[(\w+)\]\([\w-]+\.md\) \| ([\w, ]+) \|")]
    private static partial Regex Row();
}
