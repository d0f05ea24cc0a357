using System.Text.Json;
using System.Text.RegularExpressions;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Tests.Integration;

namespace LearnFlow.Tests.Deploy;

/// <summary>Rules and dashboards name what running services show, and nothing else.</summary>
public sealed partial class LiveMetricsTests(MonitoredStack stack) : IClassFixture<MonitoredStack>
{
    /// <summary>What Prometheus itself has of each target, and of each alert.</summary>
    private static readonly HashSet<string> OfPrometheus = ["up", "ALERTS"];

    private static readonly HashSet<string> LabelsOfPrometheus = ["job", "instance"];

    private static readonly string[] Services = [Topology.Triage, .. AgentRole.All.Select(role => role.Resource)];

    [Fact]
    public void Every_metric_label_and_value_that_a_rule_names_is_there() => Assert.All(AlertRules.All, rule =>
    {
        IsExposed(rule.Expression, rule.ToString());
        Assert.All(rule.Annotations.Values.SelectMany(text => LabelOfTemplate().Matches(text)), label =>
            KnowsLabel(rule.Expression, label.Groups[1].Value, rule.ToString()));
    });

    [Fact]
    public void Every_metric_label_and_value_that_a_panel_names_is_there() => Assert.All(Dashboards.Queries, query =>
    {
        IsExposed(query.Expression, query.ToString());
        Assert.All(LabelOfLegend().Matches(query.Legend), label => KnowsLabel(query.Expression, label.Groups[1].Value, query.ToString()));
    });

    [Fact]
    public async Task Prometheus_evaluates_every_rule()
    {
        await Eventually.HoldsAsync("every rule was evaluated", async () =>
        {
            var groups = (await AskAsync("rules")).GetProperty("groups");
            var rules = groups.EnumerateArray().SelectMany(group => group.GetProperty("rules").EnumerateArray()).ToList();
            Assert.Equal(AlertRules.All.Count, rules.Count);
            Assert.DoesNotContain(rules, rule => rule.Text("health") == "err");
            return rules.TrueForAll(rule => rule.Text("health") == "ok");
        });
    }

    [Fact]
    public async Task Every_panel_draws_something()
    {
        foreach (var query in Dashboards.Queries)
        {
            await Eventually.HoldsAsync($"{query} draws {query.Expression}", async () =>
                (await AskAsync($"query?query={Uri.EscapeDataString(query.Expression)}")).GetProperty("result").GetArrayLength() > 0);
        }
    }

    private void IsExposed(string expression, string where)
    {
        var query = PromQl.Read(expression);
        Assert.NotEmpty(query.Selectors);
        Assert.All(query.Selectors, selector =>
        {
            Assert.All(selector.Matchers.Where(matcher => matcher is { Label: "job", IsPositive: true }), matcher =>
                Assert.Contains(Services, matcher.Fits));
            if (!OfPrometheus.Contains(selector.Metric) && !AlertRules.All.Any(rule => rule.Record == selector.Metric))
            {
                var ours = selector with { Matchers = [.. selector.Matchers.Where(matcher => !LabelsOfPrometheus.Contains(matcher.Label))] };
                Assert.True(stack.Exposed[selector.Metric].Any(ours.Fits), $"{where}: no service shows {ours.Metric}{{{string.Join(", ", ours.Matchers)}}}");
            }
        });
        Assert.All(query.Labels, label => KnowsLabel(expression, label, where));
    }

    /// <summary>Whether each metric of an expression has a label.</summary>
    private void KnowsLabel(string expression, string label, string where)
    {
        if (!LabelsOfPrometheus.Contains(label))
        {
            Assert.All(PromQl.Read(expression).Selectors.Where(selector => !OfPrometheus.Contains(selector.Metric)), selector =>
                Assert.True(stack.Exposed[selector.Metric].Any(series => series.ContainsKey(label)), $"{where}: {selector.Metric} has no label {label}"));
        }
    }

    private async Task<JsonElement> AskAsync(string path)
    {
        using var reply = await stack.Prometheus.GetAsync($"/api/v1/{path}");
        var json = await reply.ReadAsync();
        Assert.True(reply.IsSuccessStatusCode, $"{json}");
        return json.GetProperty("data");
    }

    [GeneratedRegex(@"\$labels\.(\w+)")]
    private static partial Regex LabelOfTemplate();

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex LabelOfLegend();
}
