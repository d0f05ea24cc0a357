using System.Text;
using System.Text.RegularExpressions;

namespace LearnFlow.Tests.Docs;

/// <summary>Links within the repository lead to what is there, to the heading.</summary>
public sealed partial class LinkTests
{
    [Fact]
    public void No_link_of_any_page_is_dead()
    {
        Assert.True(Pages.All.Count > 50, "hardly a page was found");
        Assert.Empty(Pages.All.SelectMany(page => DeadLinks(page, File.ReadAllText(Path.Combine(Pages.Root, page)))));
    }

    [Theory]
    [InlineData("[a](nowhere.md)")]
    [InlineData("[a](../nowhere)")]
    [InlineData("[a](README.MD)")]
    [InlineData("[a](README.md#nothing)")]
    [InlineData("[a](#nothing)")]
    [InlineData("[a][b]\n\n[b]: nowhere.md")]
    [InlineData("![a](nowhere.png)")]
    public void A_dead_link_is_found(string text) => Assert.Single(DeadLinks("docs/some.md", text));

    [Theory]
    [InlineData("[a](README.md)")]
    [InlineData("[a](../README.md#test-it)")]
    [InlineData("[a](decisions)")]
    [InlineData("[a](#and-this-one-too-1)\n# `And` this, one *too*!\n## And this one too")]
    [InlineData("[a](https://example.org/nowhere)")]
    [InlineData("`[a](nowhere.md)`")]
    [InlineData("```md\n[a](nowhere.md)\n```")]
    public void Other_links_are_not(string text) => Assert.Empty(DeadLinks("docs/some.md", text));

    private static IEnumerable<string> DeadLinks(string page, string text) =>
        from line in Pages.Split(page, text).Prose
        from match in Link().Matches(InlineCode().Replace(line.Text, ""))
        let target = match.Groups[1].Value + match.Groups[2].Value
        where !target.Contains(':', StringComparison.Ordinal) && !Leads(page, text, target)
        select $"{page}, line {line.Number}: {target}";

    private static bool Leads(string page, string text, string target)
    {
        var (path, anchor) = target.Split('#', 2) is [var before, var behind] ? (before, behind) : (target, null);
        var full = path.Length == 0
            ? null
            : Path.GetFullPath(Path.Combine(Pages.Root, Path.GetDirectoryName(page)!, Uri.UnescapeDataString(path)));
        if (full is not null && !IsThere(full))
        {
            return false;
        }

        return anchor is null || Anchors(page, full is null ? text : File.ReadAllText(full)).Contains(anchor);
    }

    /// <summary>Whether it is there by that very name, also where the file system would take another case for the same.</summary>
    private static bool IsThere(string path) => Path.GetDirectoryName(path.TrimEnd('/')) is { } folder
        && Directory.Exists(folder)
        && Directory.EnumerateFileSystemEntries(folder).Contains(path.TrimEnd('/'), StringComparer.Ordinal);

    /// <summary>What GitHub makes of the headings.</summary>
    private static HashSet<string> Anchors(string page, string text)
    {
        var anchors = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (_, line) in Pages.Split(page, text).Prose)
        {
            if (Heading().Match(line) is { Success: true } heading)
            {
                var anchor = Anchor(LinkText().Replace(heading.Groups[1].Value, "$1"));
                for (var again = 0; !anchors.Add(again == 0 ? anchor : $"{anchor}-{again}"); again++)
                {
                }
            }
        }

        return anchors;
    }

    private static string Anchor(string heading)
    {
        var anchor = new StringBuilder();
        foreach (var c in heading.Trim().ToLowerInvariant())
        {
            if (char.IsLetterOrDigit(c) || c is '-' or '_' or ' ')
            {
                anchor.Append(c == ' ' ? '-' : c);
            }
        }

        return anchor.ToString();
    }

    [GeneratedRegex(@"\]\(([^()\s]+)\)|^\[[^\]]+\]:\s*(\S+)")]
    private static partial Regex Link();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex InlineCode();

    [GeneratedRegex("^#{1,6} (.*)$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex LinkText();
}
