using System.Diagnostics;
using LearnFlow.AppHost;
using StackExchange.Redis;

namespace LearnFlow.Tests.Integration;

/// <summary>A Redis that tests may stop and start.</summary>
public abstract class RedisUnderTest : IAsyncDisposable
{
    protected int Port { get; } = Tools.FreePort();

    protected string Folder { get; } = Directory.CreateTempSubdirectory("learnflow-redis-").FullName;

    public virtual string ConnectionString => $"127.0.0.1:{Port}";

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
public class RedisServerUnderTest : RedisUnderTest
{
    private Process? _server;

    /// <summary>Arguments beside the usual ones.</summary>
    protected virtual IEnumerable<string> Settings => [];

    public override async Task StartAsync()
    {
        var program = Tools.Require("redis-server");
        _server = Process.Start(new ProcessStartInfo(
            program, ["--port", $"{Port}", "--bind", "127.0.0.1", "--dir", Folder, "--appendonly", "yes", "--save", "", .. Settings])
        {
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

/// <summary>
/// redis-server that loses nothing which it acknowledged when it is killed. With <c>everysec</c>, which is usual, it
/// acknowledges what lies in its memory for up to two seconds where the disk is slow.
/// </summary>
public sealed class DurableRedisServerUnderTest : RedisServerUnderTest
{
    protected override IEnumerable<string> Settings => ["--appendfsync", "always"];
}

/// <summary>Three nodes of redis-server in cluster mode, each with a third of the slots.</summary>
public sealed class RedisClusterUnderTest : RedisUnderTest
{
    private const int Slots = 16384;

    private readonly (int Port, int Bus)[] _nodes = [.. Enumerable.Range(0, 3).Select(_ => (Tools.FreePort(), Tools.FreePort()))];
    private readonly Dictionary<int, Process> _servers = [];
    private bool _isMade;

    public override string ConnectionString => string.Join(',', _nodes.Select(node => $"127.0.0.1:{node.Port}"));

    /// <summary>Which node has a slot.</summary>
    public static int NodeOf(int slot) => slot * 3 / Slots;

    public override async Task StartAsync()
    {
        for (var node = 0; node < _nodes.Length; node++)
        {
            await StartAsync(node);
        }

        if (!_isMade)
        {
            await MakeAsync();
            _isMade = true;
        }

        foreach (var (port, _) in _nodes)
        {
            await Eventually.HoldsAsync("the cluster serves", async () =>
                (await AskAsync(port, "CLUSTER", "INFO")).Contains("cluster_state:ok", StringComparison.Ordinal));
        }
    }

    public override async Task StopAsync()
    {
        foreach (var node in _servers.Keys)
        {
            await StopAsync(node);
        }
    }

    public async Task StopAsync(int node)
    {
        if (_servers.Remove(node, out var server))
        {
            server.Kill();
            await server.WaitForExitAsync();
            server.Dispose();
        }
    }

    private async Task StartAsync(int node)
    {
        var (port, bus) = _nodes[node];
        var server = Process.Start(new ProcessStartInfo(Tools.Require("redis-server"))
        {
            ArgumentList =
            {
                "--port", $"{port}", "--bind", "127.0.0.1", "--appendonly", "yes", "--save", "",
                "--dir", Directory.CreateDirectory(Path.Combine(Folder, $"{port}")).FullName,
                "--cluster-enabled", "yes", "--cluster-port", $"{bus}",
            },
            RedirectStandardOutput = true,
        })!;
        server.BeginOutputReadLine();
        _servers.Add(node, server);
        await Eventually.HoldsAsync("a node listens", () => Task.FromResult(!ServiceDefaults.ServiceProgram.IsPortFree(port)));
    }

    private async Task MakeAsync()
    {
        for (var i = 0; i < _nodes.Length; i++)
        {
            await AskAsync(
                _nodes[i].Port, "CLUSTER", "ADDSLOTSRANGE", Slots * i / _nodes.Length, (Slots * (i + 1) / _nodes.Length) - 1);
            await AskAsync(_nodes[i].Port, "CLUSTER", "MEET", "127.0.0.1", _nodes[0].Port, _nodes[0].Bus);
        }
    }

    /// <summary>Asks one node, whatever it knows of the others.</summary>
    private static async Task<string> AskAsync(int port, string command, params object[] arguments)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{port},allowAdmin=true");
        return (string)(await connection.GetServer("127.0.0.1", port).ExecuteAsync(command, arguments))!;
    }
}
