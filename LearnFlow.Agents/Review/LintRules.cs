using System.Text.RegularExpressions;
using LearnFlow.Agents.Content;
using LearnFlow.Agents.Review.Ruff;
using LearnFlow.ServiceDefaults;

namespace LearnFlow.Agents.Review;

/// <summary>A rule of the linter in words for beginners.</summary>
public sealed class LintRule
{
    /// <summary>The field's code, such as <c>B006</c>.</summary>
    public required string Code { get; init; }

    /// <summary>The linter's name for it.</summary>
    public required string Linter { get; init; }

    /// <summary>Its name in plain words.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// What was found, with <c>{text}</c> for the place in the student's program, and <c>{1}</c>, <c>{2}</c> for what the
    /// linter's own message puts in code marks.
    /// </summary>
    public required string Message { get; init; }

    /// <summary>Why it matters.</summary>
    public required string Why { get; init; }

    /// <summary>A small program that has it.</summary>
    public required string Before { get; init; }

    /// <summary>That program without it.</summary>
    public required string After { get; init; }

    /// <summary>Codes that say the same better: it is not told of a place that one of them is about.</summary>
    public List<string> Unless { get; init; } = [];
}

/// <summary>A file of rules.</summary>
public sealed class LintRuleFile
{
    /// <summary>The rules, the most important first.</summary>
    public required List<LintRule> Rules { get; init; }
}

/// <summary>Which of the linter's rules are told, and how: a file of <c>Content/review</c> for each severity.</summary>
public sealed partial class LintRules
{
    private const int LongestText = 40;

    /// <summary>A number that is compared once needs no name; one that comes again does.</summary>
    private const int FewestMagicNumbers = 2;

    private readonly Dictionary<string, (LintRule Rule, ReviewRule Told)> _byLinter;

    private LintRules(IReadOnlyList<(LintRule Rule, ReviewRule Told)> rules)
    {
        All = [.. rules.Select(rule => rule.Rule)];
        Told = [.. rules.Select(rule => rule.Told)];
        _byLinter = rules.ToDictionary(rule => rule.Rule.Linter, StringComparer.Ordinal);
    }

    /// <summary>All rules.</summary>
    public IReadOnlyList<LintRule> All { get; }

    /// <summary>The same as reviews tell them.</summary>
    internal IReadOnlyList<ReviewRule> Told { get; }

    /// <summary>Reads the rules.</summary>
    /// <exception cref="StartupException">A file does not fit.</exception>
    public static LintRules Load()
    {
        var rules = new List<(LintRule, ReviewRule)>();
        var codes = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in ContentFile.In("review", ".yaml"))
        {
            var severity = ContentFile.Id(file);
            if (!ReviewSeverity.All.Contains(severity))
            {
                throw YamlFile.Wrong(file, "rules", $"its name is none of {string.Join(", ", ReviewSeverity.All)}");
            }

            foreach (var rule in YamlFile.Read<LintRuleFile>(file).Rules)
            {
                if (!codes.Add(rule.Code))
                {
                    throw YamlFile.Wrong(file, rule.Code, $"{rule.Code} stands there twice");
                }

                var told = new ReviewRule(rule.Code, rule.Name, severity, rule.Why, rule.Before.TrimEnd(), rule.After.TrimEnd());
                rules.Add((rule, told with { Place = rules.Count + 1 }));
            }
        }

        return new LintRules(rules);
    }

    /// <summary>What to tell of what the linter found.</summary>
    /// <param name="found">What it found.</param>
    /// <param name="lines">The lines of the program.</param>
    internal IEnumerable<ReviewFinding> Tell(IReadOnlyList<RuffFinding> found, IReadOnlyList<string> lines)
    {
        var known = found
            .Where(finding => _byLinter.ContainsKey(finding.Rule))
            .Select(finding => (Finding: finding, _byLinter[finding.Rule].Rule, _byLinter[finding.Rule].Told))
            .ToList();
        var covered = known.ToLookup(
            one => one.Rule.Code, one => (one.Finding.Line, one.Finding.EndLine), StringComparer.Ordinal);
        foreach (var (finding, rule, told) in known)
        {
            var isSaidBetter = rule.Unless.Any(code =>
                covered[code].Any(place => place.Line <= finding.Line && finding.Line <= place.EndLine));
            if (!isSaidBetter && IsWorthTelling(finding, rule, found, lines))
            {
                yield return told.At(Math.Clamp(finding.Line, 1, Math.Max(1, lines.Count)), Fill(rule.Message, finding, lines));
            }
        }
    }

    /// <summary>Rules that are stricter than is good for a beginner.</summary>
    private static bool IsWorthTelling(
        RuffFinding finding, LintRule rule, IReadOnlyList<RuffFinding> found, IReadOnlyList<string> lines) => rule.Code switch
        {
            // `for i in range(3)` is how everyone writes "three times".
            "B007" => !LineOf(finding, lines).Contains(" range(", StringComparison.Ordinal),
            // `line = line.strip()` in a loop over lines is how everyone writes it.
            "PLW2901" => finding.Message.Contains("by inner", StringComparison.Ordinal),
            // The rule wants two blank lines; that one is there at all is what helps.
            "E302" or "E305" => finding.Message.Contains("found 0", StringComparison.Ordinal) || finding.Message.Contains("found (0)", StringComparison.Ordinal),
            "PLR2004" => found.Where(other => other.Rule == finding.Rule && other.Message == finding.Message).ToList() is var same
                && same.Count >= FewestMagicNumbers && same[0] == finding,
            _ => true,
        };

    private static string Fill(string message, RuffFinding finding, IReadOnlyList<string> lines)
    {
        var marked = Marked().Matches(finding.Message);
        return Placeholder().Replace(message, hole => hole.Groups["what"].Value switch
        {
            "text" => Shorten(TextOf(finding, lines)),
            var number when int.Parse(number, System.Globalization.CultureInfo.InvariantCulture) is var index && index <= marked.Count =>
                Shorten(marked[index - 1].Groups["text"].Value),
            _ => "this",
        });
    }

    private static string LineOf(RuffFinding finding, IReadOnlyList<string> lines) =>
        finding.Line >= 1 && finding.Line <= lines.Count ? lines[finding.Line - 1] : "";

    /// <summary>The first line of the place.</summary>
    private static string TextOf(RuffFinding finding, IReadOnlyList<string> lines)
    {
        var line = LineOf(finding, lines);
        var start = Math.Clamp(finding.Column - 1, 0, line.Length);
        return finding.EndLine == finding.Line
            ? line[start..Math.Clamp(finding.EndColumn - 1, start, line.Length)]
            : $"{line[start..].TrimEnd()} …";
    }

    /// <summary>It stands in code marks, so a backtick in it would end them.</summary>
    private static string Shorten(string text)
    {
        var plain = text.Replace('`', '\'');
        if (plain.Length <= LongestText)
        {
            return plain;
        }

        var end = char.IsHighSurrogate(plain[LongestText - 1]) ? LongestText - 1 : LongestText;
        return $"{plain[..end]} …";
    }

    [GeneratedRegex("`(?<text>[^`]*)`")]
    private static partial Regex Marked();

    [GeneratedRegex(@"\{(?<what>text|\d)\}")]
    private static partial Regex Placeholder();
}
