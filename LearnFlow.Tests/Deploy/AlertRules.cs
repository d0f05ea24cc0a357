using System.Text.Json;
using System.Text.RegularExpressions;
using LearnFlow.Tests.Integration;

namespace LearnFlow.Tests.Deploy;

/// <summary>A rule of <c>deploy/prometheus/rules.yaml</c>.</summary>
/// <param name="Expression">Its PromQL.</param>
/// <param name="Record">Under which name its result is kept; null for an alert.</param>
/// <param name="Alert">The alert's name; null for what is recorded.</param>
/// <param name="Severity">Of an alert.</param>
/// <param name="Annotations">Of an alert.</param>
internal sealed record Rule(
    string Expression, string? Record, string? Alert, string? Severity, IReadOnlyDictionary<string, string> Annotations)
{
    public override string ToString() => Record ?? $"{Alert} ({Severity})";
}

/// <summary>The rules and their cases.</summary>
internal static partial class AlertRules
{
    public const string File = "prometheus/rules.yaml";
    public const string Cases = "prometheus/tests.yaml";

    public static IReadOnlyList<Rule> All { get; } =
    [
        .. DeployFiles.ReadYaml(File).GetProperty("groups").EnumerateArray()
            .SelectMany(group => group.GetProperty("rules").EnumerateArray())
            .Select(rule => new Rule(
                rule.Text("expr"), Find(rule, "record"), Find(rule, "alert"),
                rule.TryGetProperty("labels", out var labels) ? Find(labels, "severity") : null,
                rule.TryGetProperty("annotations", out var annotations)
                    ? annotations.EnumerateObject().ToDictionary(annotation => annotation.Name, annotation => annotation.Value.GetString()!)
                    : new Dictionary<string, string>())),
    ];

    public static IEnumerable<Rule> Alerts => All.Where(rule => rule.Alert is not null);

    /// <summary>The page of an alert.</summary>
    public static string PageOf(string alert) => $"{UpperInside().Replace(alert, "-$0").ToLowerInvariant()}.md";

    private static string? Find(JsonElement rule, string name) =>
        rule.TryGetProperty(name, out var value) ? value.GetString() : null;

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex UpperInside();
}
