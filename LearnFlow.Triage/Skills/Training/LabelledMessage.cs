using System.Text.Json;
using LearnFlow.ServiceDefaults;

namespace LearnFlow.Triage.Skills;

/// <summary>A message and what it is.</summary>
/// <param name="Text">The message.</param>
/// <param name="Label">Its label.</param>
public sealed record LabelledMessage(string Text, string Label)
{
    /// <summary>The label of what belongs to no other.</summary>
    public const string OutOfScope = "out_of_scope";

    /// <summary>Reads a file of JSON objects, one on a line, each with <c>text</c> and <c>label</c>; other fields are left alone.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="StartupException">A line does not fit; the sentence names file, line and what is wrong.</exception>
    public static List<LabelledMessage> ReadJsonLines(string file)
    {
        if (!File.Exists(file))
        {
            throw new StartupException($"There is no file {file}.");
        }

        var messages = new List<LabelledMessage>();
        var number = 0;
        foreach (var line in File.ReadLines(file))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                messages.Add(Parse(line, reason => new StartupException($"{file}, line {number}: {reason}.")));
            }
        }

        return messages.Count > 0 ? messages : throw new StartupException($"{file} holds no message.");
    }

    private static LabelledMessage Parse(string line, Func<string, StartupException> wrong)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new LabelledMessage(Field("text"), Field("label"))
                : throw wrong("it is no JSON object");

            string Field(string name) => !document.RootElement.TryGetProperty(name, out var value) ? throw wrong($"the field \"{name}\" is missing")
                : value.ValueKind != JsonValueKind.String ? throw wrong($"the field \"{name}\" is no string")
                : string.IsNullOrWhiteSpace(value.GetString()) ? throw wrong($"the field \"{name}\" is empty")
                : value.GetString()!;
        }
        catch (JsonException exception)
        {
            throw wrong($"it is no JSON: {exception.Message.TrimEnd('.')}");
        }
        catch (InvalidOperationException)
        {
            throw wrong("it holds half a character (a lone surrogate)");
        }
    }
}
