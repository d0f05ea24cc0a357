using System.Threading.Channels;
using StackExchange.Redis;

namespace LearnFlow.Triage.Audit;

/// <summary>
/// Takes records without making anyone wait and puts them on record in batches. Where Redis is away they lie in files of
/// the data folder until it is back. A stop loses nothing; a crash loses at most what came within the last 100 ms, and, in
/// the very moment in which Redis stops answering, within the second until that is noticed.
/// </summary>
/// <param name="log">Where they are put.</param>
/// <param name="spool">Where they wait.</param>
/// <param name="metrics">Counts what could not be kept anywhere.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
public sealed partial class AuditTrail(
    AuditLog log, AuditSpool spool, TriageMetrics metrics, TimeProvider time, ILogger<AuditTrail> logger)
    : BackgroundService
{
    /// <summary>How long a record waits for others to be written with it: half of what a crash may cost.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>How long Redis is left alone after it did not answer.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>How often what is too old is looked for.</summary>
    private static readonly TimeSpan PruneInterval = TimeSpan.FromHours(1);

    /// <summary>Records that wait in memory at most, about 1 KB each, where neither Redis nor the data folder takes them.</summary>
    private const int MostWaiting = 50_000;

    /// <summary>Records that one command appends to a chain.</summary>
    private const int MostAtOnce = 200;

    private readonly Channel<AuditRecord> _incoming = Channel.CreateUnbounded<AuditRecord>(
        new UnboundedChannelOptions { SingleReader = true });

    private List<AuditRecord> _batch = [];
    private int _waiting;
    private bool _isAway;
    private DateTimeOffset _askAgainAt;
    private DateTimeOffset _pruneAt;

    /// <summary>Takes a record.</summary>
    /// <param name="record">The record.</param>
    public void Add(AuditRecord record)
    {
        if (Interlocked.Increment(ref _waiting) > MostWaiting || !_incoming.Writer.TryWrite(record))
        {
            Drop(1);
        }
    }

    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // Nobody asks any more; what came last is written.
        await base.StopAsync(cancellationToken);
        await BringAsync();
        if (_batch.Count > 0)
        {
            Drop(_batch.Count);
        }
    }

    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        time.DoEveryAsync(Interval, BringAsync, stoppingToken);

    /// <summary>Brings what has come to Redis, or else to the disk; what neither takes waits in memory.</summary>
    private async Task BringAsync()
    {
        while (_incoming.Reader.TryRead(out var record))
        {
            _batch.Add(record);
        }

        if (!_isAway || time.GetUtcNow() >= _askAgainAt)
        {
            await TryWriteAsync();
        }

        if (_batch.Count > 0 && await spool.TryAddAsync(_batch))
        {
            Done([]);
        }
    }

    private async Task TryWriteAsync()
    {
        // What waits in files is older.
        var isWritten = await spool.DrainAsync(WriteAsync);
        if (isWritten)
        {
            Done(await WriteAsync(_batch));
            isWritten = _batch.Count == 0;
        }

        if (isWritten && time.GetUtcNow() >= _pruneAt)
        {
            isWritten = await TryAsync(log.PruneAsync);
            _pruneAt = time.GetUtcNow() + PruneInterval;
        }

        if (!isWritten)
        {
            _askAgainAt = time.GetUtcNow() + Pause;
            return;
        }

        metrics.AuditWritten();
        if (_isAway)
        {
            _isAway = false;
            LogBack(logger);
        }
    }

    /// <returns>What could not be written.</returns>
    private async Task<List<AuditRecord>> WriteAsync(IReadOnlyList<AuditRecord> records)
    {
        var left = await Task.WhenAll(records.GroupBy(record => AuditLog.ChainOf(record.Actor)).Select(async chain =>
        {
            List<AuditRecord> waiting = [.. chain];
            while (waiting.Count > 0 && await TryAsync(() => log.AppendAsync(chain.Key, [.. waiting.Take(MostAtOnce)])))
            {
                waiting.RemoveRange(0, Math.Min(waiting.Count, MostAtOnce));
            }

            return waiting;
        }));
        return [.. left.SelectMany(waiting => waiting)];
    }

    private async Task<bool> TryAsync(Func<Task> redis)
    {
        try
        {
            await redis();
            return true;
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            if (!_isAway)
            {
                _isAway = true;
                LogAway(logger, exception.GetType().Name);
            }

            return false;
        }
    }

    private void Done(List<AuditRecord> left)
    {
        Interlocked.Add(ref _waiting, left.Count - _batch.Count);
        _batch = left;
    }

    private void Drop(int many)
    {
        Interlocked.Add(ref _waiting, -many);
        metrics.AuditDropped(many);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The audit trail cannot be written ({Reason}); its records wait in the data folder")]
    private static partial void LogAway(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The audit trail is written again, with what had waited")]
    private static partial void LogBack(ILogger logger);
}
