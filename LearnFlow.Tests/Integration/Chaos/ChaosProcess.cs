using System.Collections.Concurrent;
using System.Diagnostics;

namespace LearnFlow.Tests.Integration.Chaos;

/// <summary>A service as a process of its own, which is killed, stopped and started again.</summary>
/// <param name="name">What it is called.</param>
/// <param name="assembly">Its program.</param>
/// <param name="arguments">Its settings.</param>
internal sealed class ChaosProcess(string name, string assembly, IEnumerable<string> arguments) : IDisposable
{
    private const int KeptLines = 200;

    /// <summary>What orchestrators grant before they kill, and as much again for a loaded machine.</summary>
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(60);

    private readonly ConcurrentQueue<string> _output = new();
    private Process? _process;

    public string Name => name;

    /// <summary>What it said last.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Whether it ended although nobody killed it.</summary>
    public bool HasDied => _process is { HasExited: true };

    public bool IsRunning => _process is { HasExited: false };

    public void Start()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, $"{assembly}.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // Quick starts count here, and nothing runs for long.
            Environment = { ["DOTNET_TieredPGO"] = "0" },
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    /// <summary>Asks it to end, as an orchestrator does, and waits until it has.</summary>
    public async Task StopAsync()
    {
        if (_process is { } process)
        {
            await SignalAsync("-TERM");
            _process = null;
            await process.WaitForExitAsync().WaitAsync(LongestStop);
            process.Dispose();
        }
    }

    /// <summary>Lets it stand still.</summary>
    public Task PauseAsync() => SignalAsync("-STOP");

    /// <summary>Lets it go on.</summary>
    public Task GoOnAsync() => SignalAsync("-CONT");

    public void Dispose()
    {
        _process?.Kill();
        _process?.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        if (_process is { } process)
        {
            using var kill = Process.Start("kill", [signal, $"{process.Id}"]);
            await kill.WaitForExitAsync();
        }
    }

    private void Keep(string? line)
    {
        _output.Enqueue(line ?? "");
        while (_output.Count > KeptLines)
        {
            _output.TryDequeue(out _);
        }
    }
}
