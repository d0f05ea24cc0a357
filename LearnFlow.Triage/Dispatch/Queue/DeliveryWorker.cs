using System.Collections.Concurrent;
using System.Text.Json;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Flags;
using StackExchange.Redis;

namespace LearnFlow.Triage.Dispatch.Queue;

/// <summary>
/// Delivers what waits, in every replica: takes messages whose agents may be called, finds out whether an agent that was
/// left alone is back, and then does not let its messages wait any longer.
/// </summary>
/// <param name="queue">What waits.</param>
/// <param name="delivery">Delivers a message.</param>
/// <param name="agents">Says whether an agent is back.</param>
/// <param name="breakers">Which agents may be called.</param>
/// <param name="flags">Whether breakers have a say.</param>
/// <param name="metrics">Shows how much waits.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
public sealed partial class DeliveryWorker(
    WaitingMessages queue, Delivery delivery, AgentClient agents, Breakers breakers, FlagState flags, TriageMetrics metrics,
    TimeProvider time, ILogger<DeliveryWorker> logger) : BackgroundService
{
    /// <summary>Messages of one agent that are delivered at once; students who wait at their screens come first.</summary>
    private const int MostAtOnce = 8;

    /// <summary>How often is looked for messages that have become due.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>How often the depth of the queue is measured.</summary>
    private static readonly TimeSpan MeasureInterval = TimeSpan.FromSeconds(5);

    /// <summary>How often old dead letters are looked for.</summary>
    private static readonly TimeSpan PruneInterval = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim _free = new(0, 1);
    private readonly ConcurrentDictionary<TaskCompletionSource, AgentRole> _deliveries = new();
    private readonly ConcurrentDictionary<AgentRole, Task> _probes = new();
    private readonly HashSet<AgentRole> _leftAlone = [];
    private DateTimeOffset _measureAt;
    private DateTimeOffset _pruneAt;
    private bool _isAway;

    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        // What is under way is brought to its end; what that does not reach comes again when its lease has ended.
        await Task.WhenAll(_deliveries.Keys.Select(done => done.Task)).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        base.Dispose();
        _free.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookAfterAgentsAsync(stoppingToken);
                await TakeAsync();
                await MeasureAsync();
                _isAway = false;
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException or JsonException)
            {
                if (!_isAway)
                {
                    LogAway(logger, exception.GetType().Name);
                }

                _isAway = true;
            }

            try
            {
                await _free.WaitAsync(Interval, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                // The service stops.
            }
        }
    }

    /// <summary>Starts the delivery of as much as may be delivered.</summary>
    private async Task TakeAsync()
    {
        var busy = AgentRole.All.ToDictionary(role => role, role => _deliveries.Values.Count(other => other == role));
        for (var shard = 0; shard < WaitingMessages.Shards; shard++)
        {
            foreach (var leased in await queue.TakeAsync(shard, role => MayCall(role) ? MostAtOnce - busy[role] : 0))
            {
                busy[leased.Message.Agent]++;
                Start(leased);
            }
        }
    }

    private void Start(LeasedMessage leased)
    {
        var done = new TaskCompletionSource();
        _deliveries.TryAdd(done, leased.Message.Agent);
        _ = DeliverAsync(leased, done);
    }

    private async Task DeliverAsync(LeasedMessage leased, TaskCompletionSource done)
    {
        try
        {
            await delivery.DeliverAsync(leased);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            LogAway(logger, exception.GetType().Name);
        }
        catch (Exception exception)
        {
            // A fault of ours: it is tried again when the lease has ended, and is dead after so many tries.
            LogFailed(logger, exception, leased.Message.RequestId);
        }

        _deliveries.TryRemove(done, out _);
        done.SetResult();
        SayFree();
    }

    private async Task LookAfterAgentsAsync(CancellationToken stopping)
    {
        foreach (var role in AgentRole.All)
        {
            if (MayCall(role))
            {
                if (_leftAlone.Contains(role))
                {
                    await queue.HastenAsync(role);
                    _leftAlone.Remove(role);
                }
            }
            else
            {
                _leftAlone.Add(role);
                if (breakers.Of(role).State == BreakerState.HalfOpen && (!_probes.TryGetValue(role, out var probe) || probe.IsCompleted))
                {
                    _probes[role] = ProbeAsync(role, stopping);
                }
            }
        }
    }

    /// <summary>Not with a student's message, for each failed delivery brings that nearer to the dead letters.</summary>
    private async Task ProbeAsync(AgentRole role, CancellationToken stopping)
    {
        try
        {
            while (breakers.Of(role).State == BreakerState.HalfOpen && await agents.ProbeAsync(role, stopping))
            {
                // One more.
            }
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }

        SayFree();
    }

    private async Task MeasureAsync()
    {
        var now = time.GetUtcNow();
        if (now >= _measureAt)
        {
            metrics.QueueIs(await queue.DepthAsync());
            _measureAt = now + MeasureInterval;
        }

        if (now >= _pruneAt)
        {
            await queue.PruneAsync();
            _pruneAt = now + PruneInterval;
        }
    }

    private bool MayCall(AgentRole role) =>
        !flags.IsOn(Flag.EnableCircuitBreaker) || breakers.Of(role).State == BreakerState.Closed;

    private void SayFree()
    {
        try
        {
            _free.Release();
        }
        catch (Exception exception) when (exception is SemaphoreFullException or ObjectDisposedException)
        {
            // It is known already, or nobody asks any more.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What waits cannot be delivered ({Reason}); it is tried again")]
    private static partial void LogAway(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The delivery of {RequestId} failed unexpectedly")]
    private static partial void LogFailed(ILogger logger, Exception exception, string requestId);
}
