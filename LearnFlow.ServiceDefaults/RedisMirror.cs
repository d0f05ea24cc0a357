using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace LearnFlow.ServiceDefaults;

/// <summary>
/// This replica's copy of something small in Redis that seldom changes: it is read again when a replica says that it
/// changed, when the connection is back, and once a second, since what was said while a connection hung is not repeated.
/// Where Redis is away the last copy holds.
/// </summary>
/// <typeparam name="T">What is copied; never changed in place.</typeparam>
public abstract partial class RedisMirror<T> : BackgroundService
    where T : class
{
    /// <summary>The longest time between two readings while Redis answers.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly IConnectionMultiplexer _redis;
    private readonly RedisChannel _channel;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _stale = new(0, 1);
    private readonly SemaphoreSlim _reading = new(1, 1);
    private volatile T _current;
    private bool _isSubscribed;
    private bool _isAway;

    /// <summary>Creates it; nothing is read before the service starts.</summary>
    /// <param name="redis">Redis.</param>
    /// <param name="channel">The channel on which replicas say that it changed.</param>
    /// <param name="initial">What holds until it was read for the first time.</param>
    /// <param name="logger">The log.</param>
    protected RedisMirror(IConnectionMultiplexer redis, string channel, T initial, ILogger logger) =>
        (_redis, _channel, _current, _logger) = (redis, RedisChannel.Literal(channel), initial, logger);

    /// <summary>The copy.</summary>
    public T Current => _current;

    /// <summary>The database that holds the original.</summary>
    protected IDatabase Database => _redis.GetDatabase();

    /// <summary>Reads once before the service serves, so that the first request meets what holds.</summary>
    /// <param name="cancellationToken">The service is stopped.</param>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        _redis.ConnectionRestored += OnConnectionRestored;
        await TryReadAsync();
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _redis.ConnectionRestored -= OnConnectionRestored;
        await base.StopAsync(cancellationToken);
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        base.Dispose();
        _stale.Dispose();
        _reading.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Reads the original.</summary>
    /// <param name="database">Where it is.</param>
    protected abstract Task<T> ReadAsync(IDatabase database);

    /// <summary>A new copy is there.</summary>
    /// <param name="copy">The copy.</param>
    protected virtual void OnRead(T copy)
    {
    }

    /// <summary>Tells all replicas that the original changed, and reads it here before it returns.</summary>
    protected async Task SayChangedAsync()
    {
        await _redis.GetSubscriber().PublishAsync(_channel, RedisValue.EmptyString);
        await ReadNowAsync();
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await _stale.WaitAsync(Interval, stoppingToken);
                await TryReadAsync();
            }
            catch (OperationCanceledException)
            {
                // The service stops.
            }
        }

        if (_isSubscribed)
        {
            _redis.GetSubscriber().Unsubscribe(_channel, OnMessage, CommandFlags.FireAndForget);
        }
    }

    private async Task TryReadAsync()
    {
        try
        {
            // First to listen and then to read, so that no change falls between the two.
            if (!_isSubscribed)
            {
                await _redis.GetSubscriber().SubscribeAsync(_channel, OnMessage);
                _isSubscribed = true;
            }

            await ReadNowAsync();
            _isAway = false;
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            if (!_isAway)
            {
                LogAway(_logger, _channel.ToString(), exception.GetType().Name);
            }

            _isAway = true;
        }
    }

    /// <summary>One reading at a time, so that an older one never replaces a newer one.</summary>
    private async Task ReadNowAsync()
    {
        await _reading.WaitAsync();
        try
        {
            _current = await ReadAsync(Database);
            OnRead(_current);
        }
        finally
        {
            _reading.Release();
        }
    }

    private void OnMessage(RedisChannel channel, RedisValue message) => MarkStale();

    private void OnConnectionRestored(object? sender, ConnectionFailedEventArgs restored) => MarkStale();

    private void MarkStale()
    {
        try
        {
            _stale.Release();
        }
        catch (Exception exception) when (exception is SemaphoreFullException or ObjectDisposedException)
        {
            // It is known already, or nobody asks any more.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Channel} cannot be read again ({Reason}); what was read last holds")]
    private static partial void LogAway(ILogger logger, string channel, string reason);
}
