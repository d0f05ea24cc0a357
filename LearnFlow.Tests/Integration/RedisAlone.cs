using StackExchange.Redis;

namespace LearnFlow.Tests.Integration;

/// <summary>A Redis with connections to it, for what is tested without them.</summary>
/// <typeparam name="TRedis">Which Redis.</typeparam>
public sealed class RedisAlone<TRedis> : IAsyncLifetime
    where TRedis : RedisUnderTest, new()
{
    /// <summary>As the services have it.</summary>
    private const int CommandTimeoutMs = 1000;

    /// <summary>For what tests look at themselves, on a loaded machine.</summary>
    private const int PatientTimeoutMs = 30_000;

    public TRedis Server { get; } = new();

    /// <summary>A connection that waits.</summary>
    public IConnectionMultiplexer Connection { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await Server.StartAsync();
        Connection = await ConnectAsync(PatientTimeoutMs);
    }

    /// <summary>A connection of its own, as another process has.</summary>
    public async Task<IConnectionMultiplexer> ConnectAsync(int timeoutMs = CommandTimeoutMs)
    {
        var options = ConfigurationOptions.Parse(Server.ConnectionString);
        options.AbortOnConnectFail = false;
        (options.AsyncTimeout, options.ConnectTimeout) = (timeoutMs, CommandTimeoutMs);
        options.BacklogPolicy = BacklogPolicy.FailFast;
        return await ConnectionMultiplexer.ConnectAsync(options);
    }

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        await Server.DisposeAsync();
    }
}
