using StackExchange.Redis;

namespace LearnFlow.Tests.Integration;

/// <summary>A Redis with a connection such as the services have, for what is tested without them.</summary>
/// <typeparam name="TRedis">Which Redis.</typeparam>
public sealed class RedisAlone<TRedis> : IAsyncLifetime
    where TRedis : RedisUnderTest, new()
{
    private const int CommandTimeoutMs = 1000;

    public TRedis Server { get; } = new();

    public IConnectionMultiplexer Connection { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await Server.StartAsync();
        Connection = await ConnectAsync();
    }

    /// <summary>A connection of its own, as another process has.</summary>
    public async Task<IConnectionMultiplexer> ConnectAsync()
    {
        var options = ConfigurationOptions.Parse(Server.ConnectionString);
        options.AbortOnConnectFail = false;
        (options.AsyncTimeout, options.ConnectTimeout) = (CommandTimeoutMs, CommandTimeoutMs);
        options.BacklogPolicy = BacklogPolicy.FailFast;
        return await ConnectionMultiplexer.ConnectAsync(options);
    }

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        await Server.DisposeAsync();
    }
}
