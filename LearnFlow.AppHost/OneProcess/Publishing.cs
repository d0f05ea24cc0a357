using LearnFlow.ServiceDefaults;

namespace LearnFlow.AppHost.OneProcess;

/// <summary>Manifests describe Aspire's resource graph, which this face does not have.</summary>
internal static class Publishing
{
    /// <summary>Refuses what only the Aspire face can do.</summary>
    /// <param name="args">The program's arguments.</param>
    /// <exception cref="StartupException">They ask for publishing.</exception>
    public static void Refuse(string[] args)
    {
        var operation = Array.IndexOf(args, "--operation");
        if (args.Any(arg => arg == "--publisher" || arg.StartsWith("--publisher=", StringComparison.Ordinal))
            || args.Contains("--operation=publish")
            || (operation >= 0 && operation + 1 < args.Length && args[operation + 1] == "publish"))
        {
            throw new StartupException(
                "Publishing needs Aspire, and this build is without it. Install the Aspire CLI, or build with "
                + "UseAspire=true: dotnet run --project LearnFlow.AppHost -p:UseAspire=true -- --publisher manifest "
                + "--output-path manifest.json.");
        }
    }
}
