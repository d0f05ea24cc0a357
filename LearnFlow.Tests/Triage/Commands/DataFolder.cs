using System.Text.Json;

namespace LearnFlow.Tests.Triage.Commands;

/// <summary>A folder for the files of a command, gone with the test.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("learnflow-command-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The path of a file in it.</summary>
    public string this[string name] => Path.Combine(_folder, name);

    /// <summary>Writes messages as a command reads them.</summary>
    public string Write(string name, IEnumerable<(string Text, string Label)> messages) =>
        Write(name, string.Join('\n', messages.Select(message => JsonSerializer.Serialize(new { text = message.Text, label = message.Label }))));

    /// <summary>Writes a file.</summary>
    public string Write(string name, string content)
    {
        File.WriteAllText(this[name], content);
        return this[name];
    }
}
