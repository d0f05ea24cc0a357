using System.Net;
using System.Net.Sockets;

namespace LearnFlow.Tests.Integration;

/// <summary>What tests need of the machine. Where a tool is missing a test is skipped, but never in CI: there it fails.</summary>
internal static class Tools
{
    private static bool IsCi => Environment.GetEnvironmentVariable("CI") is "true" or "1";

    public static string Require(string tool, params string[] otherNames)
    {
        var found = otherNames.Prepend(tool).Select(Find).FirstOrDefault(path => path is not null);
        RequireThat(found is not null, $"{tool} is not installed");
        return found!;
    }

    public static void RequireThat(bool isThere, string missing)
    {
        Assert.False(!isThere && IsCi, $"{missing}, and in CI nothing may be skipped");
        Assert.SkipUnless(isThere, missing);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string? Find(string tool) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Append("/usr/bin")
        .Select(folder => Path.Combine(folder, tool))
        .FirstOrDefault(File.Exists);
}
