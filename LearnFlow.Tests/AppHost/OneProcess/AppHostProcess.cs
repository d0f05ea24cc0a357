using System.Collections.Concurrent;
using System.Diagnostics;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Tests.Integration;

namespace LearnFlow.Tests.AppHost.OneProcess;

/// <summary>The one-process face as a process of its own, which tests may kill.</summary>
internal sealed class AppHostProcess : IDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();

    private AppHostProcess(Process process, Uri address)
    {
        (_process, Address) = (process, address);
        _process.OutputDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public Uri Address { get; }

    public string Output => string.Join('\n', _output);

    /// <summary>Starts it on free ports.</summary>
    public static AppHostProcess Start(string dataFolder, params string[] settings)
    {
        var triage = Tools.FreePort();
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "LearnFlow.AppHost.dll") },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_ENVIRONMENT"] = "Development", ["ASPNETCORE_ENVIRONMENT"] = "Development" },
        };
        foreach (var argument in (string[])
        [
            $"--{Topology.DataFolderSetting}={dataFolder}",
            // Compiled once for all tests; the interpreter is not what is tested here.
            $"--Sandbox:CacheFolder={Sandboxes.Cache}",
            $"--{Topology.PortSetting(Topology.Triage)}={triage}",
            $"--{Topology.PortSetting(Topology.Redis)}={Tools.FreePort()}",
            .. AgentRole.All.Select(role => $"--{Topology.PortSetting(role.Resource)}={Tools.FreePort()}"),
            .. settings,
        ])
        {
            start.ArgumentList.Add(argument);
        }

        return new AppHostProcess(Process.Start(start)!, new Uri($"http://127.0.0.1:{triage}"));
    }

    public async Task<HttpClient> SignInAsync(string user)
    {
        var client = new HttpClient { BaseAddress = Address };
        await Eventually.HoldsAsync($"the process answers; it said: {Output}", async () =>
        {
            Assert.False(_process.HasExited, Output);
            try
            {
                using var health = await client.GetAsync("/health");
                return health.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
        await client.SignInAsync(user);
        return client;
    }

    /// <summary>Kills it as a power cut would.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Stops it as Ctrl+C does.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> InterruptAsync()
    {
        await SignalInterruptAsync();
        return await ExitAsync();
    }

    /// <summary>Sends it what Ctrl+C sends, and does not wait.</summary>
    public async Task SignalInterruptAsync()
    {
        using var kill = Process.Start("kill", ["-INT", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits until it ends by itself.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(1));
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
