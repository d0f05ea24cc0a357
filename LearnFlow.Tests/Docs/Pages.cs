using System.Runtime.CompilerServices;

namespace LearnFlow.Tests.Docs;

/// <summary>The pages of <c>docs</c>.</summary>
internal static class Pages
{
    public static string Of(string name) => Path.GetFullPath(Path.Combine(Here(), "..", "..", "docs", name));

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
