using System.Collections.Concurrent;
using LearnFlow.ServiceDefaults;
using StackExchange.Redis;

namespace LearnFlow.Triage.Gate.Limits;

/// <summary>What a limiter said.</summary>
/// <param name="Admitted">How many of those that wanted in may come in.</param>
/// <param name="Free">How many more could at this moment.</param>
/// <param name="FreeIn">When one more is free; of a caller with room left, when the oldest that counts leaves the window.</param>
public readonly record struct Admission(int Admitted, int Free, TimeSpan FreeIn);

/// <summary>
/// Lets in at most so many of a caller in any window, exactly, across all replicas: one script in Redis decides by Redis'
/// clock. Where Redis is away each replica decides by what it has let in itself, with the same numbers.
/// </summary>
/// <remarks>
/// What this replica alone has let in is known here and can only be less than what all have: where it fills the window,
/// Redis is not asked. Nor is it asked while it is known that the window is full, so that a flood costs it nothing. After
/// Redis was away, what was let in meanwhile goes on counting here for a window.
/// </remarks>
public sealed partial class RequestLimiter : IDisposable
{
    /// <summary>Callers whose window is known here; those beyond are left to Redis alone. A full one takes 1 KB for a limit of 100.</summary>
    private const int MostCallers = 100_000;

    /// <summary>
    /// A sliding window log: times in microseconds of Redis' clock, the newest first. Should the clock be set back, what was
    /// let in before counts longer; what lies more than a window ahead was written by a wrong clock and is dropped. As few
    /// commands as it takes, for this runs with every message.
    /// </summary>
    private static readonly RedisScript TakeScript = new("""
        local limit, window, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
        local time = redis.call('TIME')
        local now = time[1] * 1000000 + time[2]
        local oldest = tonumber(redis.call('LINDEX', KEYS[1], -1) or now)
        if oldest > now + window then
          redis.call('DEL', KEYS[1])
          oldest = now
        end
        while oldest < now - window do
          redis.call('RPOP', KEYS[1])
          oldest = tonumber(redis.call('LINDEX', KEYS[1], -1) or now)
        end
        local count, admitted = 0, 0
        local stamp = string.format('%.0f', now)
        while admitted < wanted do
          count = redis.call('LPUSH', KEYS[1], stamp)
          if count > limit then
            redis.call('LPOP', KEYS[1])
            count = count - 1
            break
          end
          admitted = admitted + 1
        end
        if admitted > 0 then
          redis.call('PEXPIRE', KEYS[1], ARGV[4])
        end
        if count > limit then
          oldest = tonumber(redis.call('LINDEX', KEYS[1], limit - 1))
        end
        return {admitted, math.max(limit - count, 0), math.ceil(oldest + window - now)}
        """);

    private static readonly RedisValue WindowMicroseconds = (long)RateLimit.Window.TotalMicroseconds;

    /// <summary>Milliseconds that a log is kept: until the newest in it has left the window for sure.</summary>
    private static readonly RedisValue Lifetime = (long)(RateLimit.Window + TimeSpan.FromSeconds(1)).TotalMilliseconds;

    private readonly ConcurrentDictionary<(string Limit, string Caller), SlidingWindow> _windows = new();
    private readonly RedisPipeline _redis;
    private readonly TriageMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _sweep;
    private readonly long _window;
    private int _callers;
    private int _isLocal;

    /// <summary>Creates it.</summary>
    /// <param name="redis">Redis.</param>
    /// <param name="metrics">Counts what was decided here alone.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public RequestLimiter(
        RedisPipeline redis, TriageMetrics metrics, TimeProvider time, ILogger<RequestLimiter> logger)
    {
        (_redis, _metrics, _time, _logger) = (redis, metrics, time, logger);
        _window = Ticks(RateLimit.Window);
        _sweep = time.CreateTimer(_ => Sweep(), null, RateLimit.Window, RateLimit.Window);
    }

    /// <summary>Whether Redis was away when it was last asked.</summary>
    public bool IsLocal => Volatile.Read(ref _isLocal) != 0;

    /// <summary>Lets in as many as may come.</summary>
    /// <param name="limit">What they count as.</param>
    /// <param name="caller">Who wants in.</param>
    /// <param name="most">The most in a window.</param>
    /// <param name="wanted">How many want in.</param>
    public async ValueTask<Admission> TakeAsync(RateLimit limit, string caller, int most, int wanted)
    {
        var window = WindowOf(limit, caller);
        var now = _time.GetTimestamp();
        var (free, freeFrom) = window.Look(now, _window, most);
        if (free == 0)
        {
            return new(0, 0, Span(freeFrom - now));
        }

        if (_redis.IsAway)
        {
            Lost("nor did it a moment ago");
        }
        else
        {
            try
            {
                var reply = (long[])(await TakeScript.RunAsync(
                    _redis,
                    [StateKeys.RateLimit(caller, limit.Name)],
                    [most, WindowMicroseconds, Math.Min(wanted, free), Lifetime]))!;
                Found();
                var admitted = (int)reply[0];
                var freeIn = TimeSpan.FromMicroseconds(reply[2]);
                window.Add(now, admitted);
                if (admitted == 0)
                {
                    window.Block(now, now + Ticks(freeIn));
                }

                return new(admitted, (int)reply[1], freeIn);
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                Lost(exception.GetType().Name);
            }
        }

        _metrics.LimitedLocally(limit.Name);
        var taken = window.Take(_time.GetTimestamp(), _window, most, wanted);
        return new(taken.Admitted, taken.Free, Span(taken.FreeFrom - _time.GetTimestamp()));
    }

    /// <inheritdoc />
    public void Dispose() => _sweep.Dispose();

    private SlidingWindow WindowOf(RateLimit limit, string caller)
    {
        if (_windows.TryGetValue((limit.Name, caller), out var window))
        {
            return window;
        }

        if (Volatile.Read(ref _callers) >= MostCallers && !IsLocal)
        {
            return new SlidingWindow();
        }

        var made = new SlidingWindow();
        window = _windows.GetOrAdd((limit.Name, caller), made);
        if (ReferenceEquals(window, made))
        {
            Interlocked.Increment(ref _callers);
        }

        return window;
    }

    private void Sweep()
    {
        var idleSince = _time.GetTimestamp() - _window;
        foreach (var entry in _windows)
        {
            if (entry.Value.LastUse < idleSince && _windows.TryRemove(entry))
            {
                Interlocked.Decrement(ref _callers);
            }
        }
    }

    private void Found()
    {
        if (IsLocal && Interlocked.Exchange(ref _isLocal, 0) != 0)
        {
            LogFound(_logger);
        }
    }

    private void Lost(string reason)
    {
        if (Interlocked.Exchange(ref _isLocal, 1) == 0)
        {
            LogLost(_logger, reason);
        }
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);

    private TimeSpan Span(long ticks) => TimeSpan.FromSeconds((double)Math.Max(ticks, 0) / _time.TimestampFrequency);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis does not answer ({Reason}): each replica limits callers by itself until it does")]
    private static partial void LogLost(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Redis answers again: callers are limited across replicas")]
    private static partial void LogFound(ILogger logger);
}
