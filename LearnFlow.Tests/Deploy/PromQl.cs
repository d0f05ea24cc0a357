using System.Text.RegularExpressions;

namespace LearnFlow.Tests.Deploy;

/// <summary>What an expression of PromQL names. Whether it is one promtool says.</summary>
/// <param name="Selectors">The metrics, each with what its labels must be.</param>
/// <param name="Labels">The labels by which it groups and matches.</param>
internal sealed partial record PromQl(IReadOnlyList<Selector> Selectors, IReadOnlySet<string> Labels)
{
    private static readonly HashSet<string> Words = ["and", "or", "unless", "bool", "offset", "by", "without", "on", "ignoring"];

    public static PromQl Read(string expression)
    {
        var labels = new HashSet<string>();
        var rest = Grouping().Replace(expression, grouping =>
        {
            labels.UnionWith(grouping.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
            return "";
        });
        var selectors = Name().Matches(rest)
            .Where(name => !Words.Contains(name.Groups[1].Value))
            .Select(name => new Selector(
                name.Groups[1].Value,
                [.. Matcher().Matches(name.Groups[2].Value).Select(matcher => new LabelMatcher(
                    matcher.Groups[1].Value, matcher.Groups[2].Value, matcher.Groups[3].Value))]))
            .ToList();
        return new(selectors, labels);
    }

    [GeneratedRegex(@"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")]
    private static partial Regex Grouping();

    /// <summary>A name that is no function, with its matchers; neither within a text nor a duration.</summary>
    [GeneratedRegex("""(?<![\w:.$"])([a-zA-Z_:][\w:]*)\b(?!\s*\()(?![^{]*\})\s*(\{[^}]*\})?""")]
    private static partial Regex Name();

    [GeneratedRegex("""(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"(?=\s*[,}])""")]
    private static partial Regex Matcher();
}

/// <summary>A metric with what its labels must be.</summary>
internal sealed record Selector(string Metric, IReadOnlyList<LabelMatcher> Matchers)
{
    /// <summary>Whether a series of that name has all the labels, and those values that it must have.</summary>
    public bool Fits(IReadOnlyDictionary<string, string> series) =>
        Matchers.All(matcher => series.TryGetValue(matcher.Label, out var value) && (!matcher.IsPositive || matcher.Fits(value)));
}

internal sealed record LabelMatcher(string Label, string Operator, string Value)
{
    public bool IsPositive => Operator[0] == '=';

    public bool Fits(string value) => Operator.Contains('~', StringComparison.Ordinal)
        ? Regex.IsMatch(value, $"^(?:{Value})$")
        : value == Value;
}
