using System.Diagnostics;

namespace LearnFlow.Tests.Triage.Commands;

/// <summary>Triage as a user calls it: a process of its own, with arguments.</summary>
internal static class TriageProgram
{
    /// <summary>What a call left behind.</summary>
    /// <param name="ExitCode">Its exit code.</param>
    /// <param name="Output">The lines of its output.</param>
    /// <param name="Error">What it complained of.</param>
    internal sealed record Result(int ExitCode, string[] Output, string Error);

    /// <summary>Calls it and waits for its end.</summary>
    public static Task<Result> RunAsync(params string[] arguments) => RunWithAsync([], arguments);

    /// <summary>Calls it with variables in its environment.</summary>
    public static async Task<Result> RunWithAsync(Dictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "LearnFlow.Triage.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(2));
        return new Result(process.ExitCode, (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries), await error);
    }
}
