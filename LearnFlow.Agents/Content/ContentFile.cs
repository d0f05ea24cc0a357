using LearnFlow.ServiceDefaults;

namespace LearnFlow.Agents.Content;

/// <summary>The files below <c>Content</c>: what LearnFlow teaches, for a teacher to edit.</summary>
public static class ContentFile
{
    private const string FrontMatterMark = "---";

    /// <summary>The files of a kind, in the order of their names.</summary>
    /// <param name="folder">A folder below <c>Content</c>.</param>
    /// <param name="extension">Such as <c>.md</c>.</param>
    public static IEnumerable<string> In(string folder, string extension) => Directory
        .EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Content", folder), "*" + extension)
        .Order(StringComparer.Ordinal);

    /// <summary>The id that a file's name gives to what it holds.</summary>
    /// <param name="file">The file.</param>
    public static string Id(string file) => Path.GetFileNameWithoutExtension(file);

    /// <summary>Reads a Markdown file with YAML between two lines of three dashes at its top.</summary>
    /// <typeparam name="T">What stands in the YAML.</typeparam>
    /// <param name="file">The file.</param>
    /// <exception cref="StartupException">It does not fit; the sentence names file and line.</exception>
    public static (T FrontMatter, string Body) ReadMarkdown<T>(string file)
    {
        var text = File.ReadAllText(file).ReplaceLineEndings("\n");
        var end = text.IndexOf($"\n{FrontMatterMark}\n", StringComparison.Ordinal);
        if (!text.StartsWith(FrontMatterMark + "\n", StringComparison.Ordinal) || end < 0)
        {
            throw YamlFile.Wrong(file, FrontMatterMark, "it must begin with its YAML between two lines of three dashes");
        }

        var yaml = text[(FrontMatterMark.Length + 1)..(end + 1)];
        return (YamlFile.Parse<T>(file, yaml, linesBefore: 1), text[(end + FrontMatterMark.Length + 2)..].Trim());
    }
}
