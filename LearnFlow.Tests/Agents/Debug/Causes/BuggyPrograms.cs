using LearnFlow.ServiceDefaults;

namespace LearnFlow.Tests.Agents.Debug.Causes;

/// <summary>A program with a slip, as the files <c>*-programs.yaml</c> have it.</summary>
public sealed class BuggyProgram
{
    public required string Id { get; init; }

    public required string Says { get; init; }

    public required List<int> Lines { get; init; }

    public string? Raises { get; init; }

    public required string Code { get; init; }

    public override string ToString() => Id;
}

/// <summary>The programs of students that the tests use: with slips, and right.</summary>
internal static class BuggyPrograms
{
    /// <summary>Programs with a slip.</summary>
    /// <param name="file">The file that has them.</param>
    public static IReadOnlyList<BuggyProgram> In(string file) => YamlFile.Read<BuggyFile>(InFolder(file)).Programs;

    public static IReadOnlyList<string> Correct { get; } = YamlFile.Read<CorrectFile>(InFolder("correct-programs.yaml")).Programs;

    private static string InFolder(string file) => Path.Combine(AppContext.BaseDirectory, "Agents", "Debug", "Causes", file);

    private sealed class BuggyFile
    {
        public required List<BuggyProgram> Programs { get; init; }
    }

    private sealed class CorrectFile
    {
        public required List<string> Programs { get; init; }
    }
}
