using System.Text.Json;
using System.Text.Json.Nodes;
using LearnFlow.Tests.Integration;

namespace LearnFlow.Tests.Deploy;

/// <summary>Dashboards are what Grafana takes, for whichever Prometheus is chosen.</summary>
public sealed class DashboardTests
{
    private const int Columns = 24;

    [Fact]
    public void The_tutor_s_dashboard_has_the_eight_panels() => Assert.Equal(
        [
            "Breakers", "End to end", "Latency", "Security", "Students with five or more security events", "Tokens by intent",
            "Tokens saved", "Volume by intent",
        ],
        Dashboards.PanelsOf(Dashboards.All[Dashboards.Tutor]).Select(panel => panel.Text("title")).Order(StringComparer.Ordinal));

    [Fact]
    public void Each_dashboard_is_one_that_Grafana_takes()
    {
        Assert.Equal([Dashboards.Operations, Dashboards.Tutor], Dashboards.All.Keys.Order(StringComparer.Ordinal));
        Assert.Distinct(Dashboards.All.Values.Select(dashboard => dashboard.Text("uid")));
        Assert.All(Dashboards.All.Values, dashboard =>
        {
            var variable = Assert.Single(dashboard.GetProperty("templating").GetProperty("list").EnumerateArray());
            Assert.Equal(("datasource", "datasource", "prometheus"), (variable.Text("name"), variable.Text("type"), variable.Text("query")));
            Assert.All(SourcesOf(JsonNode.Parse(dashboard.GetRawText())!), source => Assert.Equal("${datasource}", source));

            var all = dashboard.GetProperty("panels").EnumerateArray().ToList();
            Assert.Distinct(all.Select(panel => panel.GetProperty("id").GetInt32()));
            var taken = new HashSet<(int, int)>();
            Assert.All(all, panel =>
            {
                var place = panel.GetProperty("gridPos");
                var (x, y, w, h) = (Of("x"), Of("y"), Of("w"), Of("h"));
                Assert.True(w > 0 && h > 0 && x + w <= Columns);
                Assert.All(
                    Enumerable.Range(x, w).SelectMany(column => Enumerable.Range(y, h).Select(row => (column, row))),
                    cell => Assert.True(taken.Add(cell), $"{panel.Text("title")} lies over another panel"));

                int Of(string side) => place.GetProperty(side).GetInt32();
            });
            Assert.All(Dashboards.PanelsOf(dashboard), panel =>
            {
                Assert.False(string.IsNullOrWhiteSpace(panel.Text("description")));
                Assert.NotEmpty(panel.GetProperty("targets").EnumerateArray());
                Assert.Distinct(panel.GetProperty("targets").EnumerateArray().Select(target => target.Text("refId")));
            });
        });
    }

    [Fact]
    public async Task Each_query_is_PromQL()
    {
        var file = Path.GetTempFileName();
        var rules = Dashboards.Queries.Select((query, i) => new { record = $"panel:{i}", expr = query.Expression });
        await File.WriteAllTextAsync(
            file, JsonSerializer.Serialize(new { groups = new[] { new { name = "panels", rules } } }), TestContext.Current.CancellationToken);

        await Promtool.SucceedsAsync("check", "rules", file);
        File.Delete(file);
    }

    [Fact]
    public void What_Grafana_is_started_with_names_the_dashboards_and_one_Prometheus()
    {
        var provider = Assert.Single(DeployFiles.ReadYaml("grafana/provisioning/dashboards/learnflow.yaml").GetProperty("providers").EnumerateArray());
        var source = Assert.Single(DeployFiles.ReadYaml("grafana/provisioning/datasources/prometheus.yaml").GetProperty("datasources").EnumerateArray());

        Assert.Equal(("file", "/var/lib/grafana/dashboards"), (provider.Text("type"), provider.GetProperty("options").Text("path")));
        Assert.Equal(("prometheus", "$PROMETHEUS_URL", "true"), (source.Text("type"), source.Text("url"), source.Text("isDefault")));
    }

    private static IEnumerable<string> SourcesOf(JsonNode node) => node switch
    {
        JsonObject source when source["type"]?.ToString() == "prometheus" && source["uid"] is { } uid => [uid.ToString()],
        JsonObject other => other.Select(field => field.Value).OfType<JsonNode>().SelectMany(SourcesOf),
        JsonArray list => list.OfType<JsonNode>().SelectMany(SourcesOf),
        _ => [],
    };
}
