using System.Text;
using LearnFlow.Agents.Debug;
using LearnFlow.Agents.Exercise;
using LearnFlow.ServiceDefaults;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace LearnFlow.Agents.Content;

/// <summary>Reads what LearnFlow teaches from files that a teacher may edit, and names file and line where one is wrong.</summary>
public static class ContentFile
{
    private const string FrontMatterMark = "---";

    private static readonly IDeserializer Yaml = new DeserializerBuilder()
        .WithNamingConvention(CamelCaseNamingConvention.Instance)
        .WithEnforceRequiredMembers()
        .WithDuplicateKeyChecking()
        .WithTypeMapping<IReadOnlyList<string>, List<string>>()
        .WithTypeMapping<IReadOnlyList<Topic>, List<Topic>>()
        .WithTypeMapping<IReadOnlyList<ExerciseTest>, List<ExerciseTest>>()
        .WithTypeMapping<IReadOnlyList<AnsweredQuestion>, List<AnsweredQuestion>>()
        .WithTypeMapping<IReadOnlyList<MessageShape>, List<MessageShape>>()
        .Build();

    /// <summary>The files of a kind, in the order of their names.</summary>
    /// <param name="folder">A folder below <c>Content</c>.</param>
    /// <param name="extension">Such as <c>.md</c>.</param>
    public static IEnumerable<string> In(string folder, string extension) => Directory
        .EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Content", folder), "*" + extension)
        .Order(StringComparer.Ordinal);

    /// <summary>The id that a file's name gives to what it holds.</summary>
    /// <param name="file">The file.</param>
    public static string Id(string file) => Path.GetFileNameWithoutExtension(file);

    /// <summary>Reads a YAML file.</summary>
    /// <typeparam name="T">What it holds.</typeparam>
    /// <param name="file">The file.</param>
    /// <exception cref="StartupException">It does not fit; the sentence names file and line.</exception>
    public static T ReadYaml<T>(string file) => Parse<T>(file, File.ReadAllText(file), 0);

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
            throw Wrong(file, 1, "it must begin with its YAML between two lines of three dashes");
        }

        var yaml = text[(FrontMatterMark.Length + 1)..(end + 1)];
        return (Parse<T>(file, yaml, 1), text[(end + FrontMatterMark.Length + 2)..].Trim());
    }

    /// <summary>The error for a file that is well formed and yet does not fit.</summary>
    /// <param name="file">The file.</param>
    /// <param name="culprit">The text in it that does not fit; its first line is named.</param>
    /// <param name="reason">What is wrong, as the rest of a sentence.</param>
    public static StartupException Wrong(string file, string culprit, string reason)
    {
        var at = Array.FindIndex(File.ReadAllLines(file), line => line.Contains(culprit, StringComparison.Ordinal));
        return Wrong(file, Math.Max(at, 0) + 1, reason);
    }

    private static StartupException Wrong(string file, long line, string reason) =>
        new($"{file}, line {line}: {reason}.");

    private static T Parse<T>(string file, string yaml, int linesBefore)
    {
        try
        {
            return Yaml.Deserialize<T>(yaml) ?? throw Wrong(file, 1, "it is empty");
        }
        catch (YamlException exception)
        {
            var reason = new StringBuilder(exception.Message);
            for (var inner = exception.InnerException; inner is not null; inner = inner.InnerException)
            {
                reason.Append(": ").Append(inner.Message);
            }

            throw Wrong(file, exception.Start.Line + linesBefore, reason.ToString().TrimEnd('.'));
        }
    }
}
