using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace LearnFlow.ServiceDefaults;

/// <summary>Reads the YAML that people edit, and names file and line where it is wrong.</summary>
public static class YamlFile
{
    private static readonly IDeserializer Yaml = new DeserializerBuilder()
        .WithNamingConvention(CamelCaseNamingConvention.Instance)
        .WithEnforceRequiredMembers()
        .WithDuplicateKeyChecking()
        .Build();

    /// <summary>Reads a file.</summary>
    /// <typeparam name="T">What it holds; a member that is missing, unknown or said twice is an error.</typeparam>
    /// <param name="file">The file.</param>
    /// <exception cref="StartupException">It does not fit; the sentence names file and line.</exception>
    public static T Read<T>(string file) => Parse<T>(file, File.ReadAllText(file), 0);

    /// <summary>Reads a part of a file.</summary>
    /// <typeparam name="T">What it holds; a member that is missing, unknown or said twice is an error.</typeparam>
    /// <param name="file">The file, for the error.</param>
    /// <param name="yaml">The part.</param>
    /// <param name="linesBefore">Lines of the file before it.</param>
    /// <exception cref="StartupException">It does not fit; the sentence names file and line.</exception>
    public static T Parse<T>(string file, string yaml, int linesBefore)
    {
        try
        {
            return Yaml.Deserialize<T>(yaml) ?? throw Wrong(file, 1, "it is empty");
        }
        catch (YamlException exception)
        {
            var reasons = new List<string>();
            for (Exception? inner = exception; inner is not null; inner = inner.InnerException)
            {
                reasons.Add(inner.Message.TrimEnd('.'));
            }

            throw Wrong(file, exception.Start.Line + linesBefore, string.Join(": ", reasons));
        }
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
}
