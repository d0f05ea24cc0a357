using LearnFlow.ServiceDefaults.Contracts;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace LearnFlow.Tests.Integration;

/// <summary>How long Redis may take is what the connection string says, or a second.</summary>
public sealed class RedisConnectionTests
{
    [Theory]
    [InlineData("", 1000, 1000, 1000)]
    [InlineData(",asyncTimeout=250", 250, 1000, 1000)]
    [InlineData(",syncTimeout=250,connectTimeout=300", 1000, 250, 300)]
    // The library's own defaults are as good as any other number to whoever says them.
    [InlineData(",asyncTimeout=5000,syncTimeout=5000,connectTimeout=5000", 5000, 5000, 5000)]
    public async Task The_connection_string_decides_and_else_it_is_a_second(string said, int async, int sync, int connect)
    {
        // Nobody needs to listen: the connection waits for its server.
        await using var triage = global::LearnFlow.Triage.Program.Create(
            ["--environment=Development", $"--{Topology.RedisSetting}=127.0.0.1:{Tools.FreePort()}{said}"]);

        var options = ConfigurationOptions.Parse(triage.Services.GetRequiredService<IConnectionMultiplexer>().Configuration);

        Assert.Equal((async, sync, connect), (options.AsyncTimeout, options.SyncTimeout, options.ConnectTimeout));
    }
}
