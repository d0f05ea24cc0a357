using LearnFlow.Agents.Python;
using LearnFlow.Tests.Docs;

namespace LearnFlow.Tests.Deploy;

/// <summary>A service as dotnet publish lays it out for its image.</summary>
/// <param name="project">Its project.</param>
public abstract class PublishedService(string project) : IAsyncLifetime
{
    /// <summary>Debug or Release, as the tests were built: what is published is what they were built with.</summary>
    private static readonly string Configuration =
        Directory.GetParent(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory))!.Name;

    public string Folder { get; } = Directory.CreateTempSubdirectory("learnflow-published-").FullName;

    public IEnumerable<string> Files => Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories);

    public static string ProjectFolder(string project) => Pages.Of($"../{project}");

    public async ValueTask InitializeAsync() => await Command.OutputOfAsync(
        "dotnet", "publish", ProjectFolder(project), "--no-build", "--configuration", Configuration, "--output", Folder);

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

/// <summary>The agents, published.</summary>
public sealed class PublishedAgents() : PublishedService("LearnFlow.Agents")
{
    public bool HasPython => Files.Any(file => Path.GetFileName(file) == $"python-{PythonRuntime.Version}.wasm");
}

/// <summary>Triage, published.</summary>
public sealed class PublishedTriage() : PublishedService("LearnFlow.Triage");
