using System.Diagnostics;
using LearnFlow.Tests.Integration;

namespace LearnFlow.Tests.Deploy;

/// <summary>Prometheus' own checks of what is written for it.</summary>
internal static class Promtool
{
    public static async Task SucceedsAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Tools.Require("promtool"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{await output}\n{error}");
    }
}
