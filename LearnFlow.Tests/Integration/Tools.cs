using System.Net;
using System.Net.Sockets;

namespace LearnFlow.Tests.Integration;

/// <summary>What tests need of the machine. Where a tool is missing a test is skipped, but never in CI: there it fails.</summary>
internal static class Tools
{
    private const int FirstPort = 10_000;

    /// <summary>Linux gives outgoing connections ports from 32768 on.</summary>
    private const int EndOfPorts = 32_000;

    private static int _lastPort = Random.Shared.Next();

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

    /// <summary>
    /// A port that nobody listens on and no other caller is given. It lies below those that outgoing connections get, one of
    /// which might have it before it is used.
    /// </summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = FirstPort + (int)((uint)Interlocked.Increment(ref _lastPort) % (EndOfPorts - FirstPort));
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }

    private static string? Find(string tool) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Append("/usr/bin")
        .Select(folder => Path.Combine(folder, tool))
        .FirstOrDefault(File.Exists);
}
