using System.Text.Json;
using LearnFlow.Tests.Integration;

namespace LearnFlow.Tests.Deploy;

/// <summary>A query of a panel.</summary>
/// <param name="Dashboard">The file.</param>
/// <param name="Panel">The panel's title.</param>
/// <param name="Expression">Its PromQL, with an interval in place of Grafana's variable.</param>
/// <param name="Legend">How its series are called.</param>
internal sealed record PanelQuery(string Dashboard, string Panel, string Expression, string Legend)
{
    public override string ToString() => $"{Dashboard}: {Panel}";
}

/// <summary>The dashboards of Grafana.</summary>
internal static class Dashboards
{
    public const string Tutor = "tutor.json";
    public const string Operations = "operations.json";

    public static IReadOnlyDictionary<string, JsonElement> All { get; } = Directory.GetFiles(DeployFiles.Of("grafana/dashboards"))
        .ToDictionary(file => Path.GetFileName(file), file => DeployFiles.ReadJson($"grafana/dashboards/{Path.GetFileName(file)}"));

    public static IEnumerable<PanelQuery> Queries =>
        from dashboard in All
        from panel in PanelsOf(dashboard.Value)
        from target in panel.GetProperty("targets").EnumerateArray()
        select new PanelQuery(
            dashboard.Key, panel.Text("title"), target.Text("expr").Replace("$__rate_interval", "1m", StringComparison.Ordinal),
            target.TryGetProperty("legendFormat", out var legend) ? legend.GetString()! : "");

    /// <summary>The panels without the rows that part them.</summary>
    public static IEnumerable<JsonElement> PanelsOf(JsonElement dashboard) =>
        dashboard.GetProperty("panels").EnumerateArray().Where(panel => panel.Text("type") != "row");
}
