using System.Diagnostics;
using LearnFlow.AppHost;

namespace LearnFlow.Tests.Integration;

/// <summary>A Redis that tests may stop and start.</summary>
public abstract class RedisUnderTest : IAsyncDisposable
{
    protected int Port { get; } = Tools.FreePort();

    protected string Folder { get; } = Directory.CreateTempSubdirectory("learnflow-redis-").FullName;

    public string ConnectionString => $"127.0.0.1:{Port}";

    public abstract Task StartAsync();

    public abstract Task StopAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}

/// <summary>Garnet in this process, as the one-process face has it.</summary>
public sealed class GarnetUnderTest : RedisUnderTest
{
    private EmbeddedRedis? _server;

    public override Task StartAsync()
    {
        _server = EmbeddedRedis.Start(Port, Folder);
        return Task.CompletedTask;
    }

    public override Task StopAsync()
    {
        _server?.Dispose();
        _server = null;
        return Task.CompletedTask;
    }
}

/// <summary>redis-server, as it runs in a container.</summary>
public sealed class RedisServerUnderTest : RedisUnderTest
{
    private Process? _server;

    public override async Task StartAsync()
    {
        var program = Tools.Require("redis-server");
        _server = Process.Start(new ProcessStartInfo(program)
        {
            ArgumentList = { "--port", $"{Port}", "--bind", "127.0.0.1", "--dir", Folder, "--appendonly", "yes", "--save", "" },
            RedirectStandardOutput = true,
        })!;
        _server.BeginOutputReadLine();
        await Eventually.HoldsAsync("redis-server listens", () =>
            Task.FromResult(!ServiceDefaults.ServiceProgram.IsPortFree(Port)));
    }

    /// <summary>Has it answer nothing while its connections stay, as a machine that stalls does.</summary>
    public Task PauseAsync() => SignalAsync("STOP");

    /// <summary>Lets it go on.</summary>
    public Task ResumeAsync() => SignalAsync("CONT");

    public override async Task StopAsync()
    {
        if (_server is not null)
        {
            _server.Kill();
            await _server.WaitForExitAsync();
            _server.Dispose();
            _server = null;
        }
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_server!.Id}"]);
        await kill.WaitForExitAsync();
    }
}
