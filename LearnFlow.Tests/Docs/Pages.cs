using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace LearnFlow.Tests.Docs;

/// <summary>A block of code on a page.</summary>
/// <param name="Page">The page, as it is called in the repository.</param>
/// <param name="Line">The line on which it begins.</param>
/// <param name="Language">What it says that it is.</param>
/// <param name="Text">The code.</param>
internal sealed record CodeBlock(string Page, int Line, string Language, string Text)
{
    public override string ToString() => $"{Page}, line {Line}";
}

/// <summary>The repository's pages in Markdown, and what stands on them.</summary>
internal static partial class Pages
{
    private static readonly string[] Generated = ["bin", "obj", "node_modules"];

    /// <summary>The repository's folder.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Here(), "..", ".."));

    /// <summary>All of them, as they are called in the repository.</summary>
    public static IReadOnlyList<string> All { get; } =
        [.. Find(new DirectoryInfo(Root)).Select(file => Path.GetRelativePath(Root, file.FullName)).Order(StringComparer.Ordinal)];

    /// <summary>The path of a page of <c>docs</c>.</summary>
    public static string Of(string name) => Path.Combine(Root, "docs", name);

    /// <summary>The blocks of code of a page.</summary>
    public static IEnumerable<CodeBlock> Blocks(string page) => Split(page, File.ReadAllText(Path.Combine(Root, page))).Blocks;

    /// <summary>What is no block of code, line by line, and the blocks.</summary>
    public static (IReadOnlyList<(int Number, string Text)> Prose, IReadOnlyList<CodeBlock> Blocks) Split(string page, string text)
    {
        var (prose, blocks) = (new List<(int, string)>(), new List<CodeBlock>());
        (int Line, string Language, int Indentation, List<string> Text)? open = null;
        foreach (var (line, number) in text.ReplaceLineEndings("\n").Split('\n').Select((line, i) => (line, i + 1)))
        {
            if (open is { } block)
            {
                if (line.Trim() == "```")
                {
                    blocks.Add(new(page, block.Line, block.Language, string.Join('\n', block.Text)));
                    open = null;
                }
                else
                {
                    block.Text.Add(line[Math.Min(block.Indentation, line.Length - line.TrimStart().Length)..]);
                }
            }
            else if (Fence().Match(line) is { Success: true } fence)
            {
                open = (number, fence.Groups[2].Value, fence.Groups[1].Length, []);
            }
            else
            {
                prose.Add((number, line));
            }
        }

        Assert.True(open is null, $"{page}: the block of line {open?.Line} does not end");
        return (prose, blocks);
    }

    private static IEnumerable<FileInfo> Find(DirectoryInfo folder) => folder.EnumerateFiles("*.md").Concat(folder
        .EnumerateDirectories()
        .Where(inner => !Generated.Contains(inner.Name) && (!inner.Name.StartsWith('.') || inner.Name == ".github"))
        .SelectMany(Find));

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;

    [GeneratedRegex(@"^(\s*)```(\w*)")]
    private static partial Regex Fence();
}
