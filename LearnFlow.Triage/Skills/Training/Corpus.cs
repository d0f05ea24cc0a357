using System.Security.Cryptography;
using System.Text;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Gate;

namespace LearnFlow.Triage.Skills;

/// <summary>
/// The examples of the skill library: what people write, and whose it is. A file holds messages, each ended by a line with
/// nothing but <c>%</c>, as fortune files do; a counter-example, which looks like this skill's and is another's, begins
/// with a line that names the other: <c>belongs to: review</c>.
/// </summary>
public static class Corpus
{
    private const string Examples = "examples.txt";
    private const string CounterExamples = "counter-examples.txt";
    private const string BelongsTo = "belongs to: ";
    private const string End = "%";

    /// <summary>Reads the examples of a library.</summary>
    /// <param name="folder">The library.</param>
    /// <exception cref="StartupException">A file does not fit; the sentence names it and the line.</exception>
    public static List<LabelledMessage> Read(string folder)
    {
        var messages = new List<LabelledMessage>();
        foreach (var intent in SkillLibrary.Intents)
        {
            var skill = Path.Combine(folder, FolderOf(intent));
            messages.AddRange(ReadFile(Path.Combine(skill, Examples), IntentNames.LabelOf(intent)));
            messages.AddRange(ReadFile(Path.Combine(skill, CounterExamples), label: null));
        }

        return messages;
    }

    /// <summary>A fingerprint of everything that a model is trained from; line ends do not count.</summary>
    /// <param name="folder">The library.</param>
    public static string FingerprintOf(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => file.EndsWith(".yaml", StringComparison.Ordinal) || file.EndsWith(".txt", StringComparison.Ordinal))
            .OrderBy(file => Path.GetRelativePath(folder, file).Replace('\\', '/'), StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(File.ReadAllText(file).Replace("\r", "", StringComparison.Ordinal)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string FolderOf(Intent intent) => IntentNames.LabelOf(intent).Replace('_', '-');

    private static IEnumerable<LabelledMessage> ReadFile(string file, string? label)
    {
        if (!File.Exists(file))
        {
            throw new StartupException($"There is no file {file}.");
        }

        var message = new StringBuilder();
        var (number, start, of) = (0, 1, label);
        foreach (var line in File.ReadLines(file))
        {
            number++;
            if (line.TrimEnd() == End)
            {
                var text = message.ToString().Trim();
                yield return text.Length is > 0 and <= AskRules.LongestQuery
                    ? new LabelledMessage(text, of ?? throw Wrong($"begins with \"{BelongsTo}…\" and the label whose it is"))
                    : throw Wrong($"has 1 to {AskRules.LongestQuery} characters; this one has {text.Length}");
                message.Clear();
                (start, of) = (number + 1, label);
            }
            else if (label is null && number == start && line.StartsWith(BelongsTo, StringComparison.Ordinal))
            {
                of = IntentNames.Labels.FirstOrDefault(known => known == line[BelongsTo.Length..].Trim())
                    ?? throw Wrong($"belongs to one of {string.Join(", ", IntentNames.Labels)}");
            }
            else
            {
                message.Append(line).Append('\n');
            }
        }

        if (!string.IsNullOrWhiteSpace(message.ToString()))
        {
            throw Wrong($"ends with a line that holds nothing but {End}");
        }

        StartupException Wrong(string rule) => new($"{file}, line {start}: a message {rule}.");
    }
}
