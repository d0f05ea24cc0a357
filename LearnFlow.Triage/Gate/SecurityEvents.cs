using System.Collections.Concurrent;
using System.Security.Claims;
using LearnFlow.ServiceDefaults;
using StackExchange.Redis;

namespace LearnFlow.Triage.Gate;

/// <summary>What somebody tried and may not do.</summary>
public enum SecurityEvent
{
    /// <summary>They came with a token that is not believed, and not just because it ran out.</summary>
    Token,

    /// <summary>They asked for what their role does not allow.</summary>
    Role,

    /// <summary>They sent more than they may.</summary>
    Limit,

    /// <summary>They asked for another's message.</summary>
    OthersMessage,
}

/// <summary>
/// Counts such events, and how many students had many of them within a day, over all replicas. Events gather for a moment,
/// so that a flood costs Redis nothing; nobody waits for it, and while Redis is away they gather on.
/// </summary>
/// <param name="redis">Redis.</param>
/// <param name="metrics">Shows the numbers.</param>
/// <param name="time">The clock.</param>
public sealed class SecurityEvents(RedisPipeline redis, TriageMetrics metrics, TimeProvider time) : BackgroundService
{
    /// <summary>Events of a student from which on they count as many.</summary>
    public const int Many = 5;

    /// <summary>Students whose events gather at once; those beyond are not counted.</summary>
    private const int MostStudents = 10_000;

    /// <summary>How long events gather.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>How long the number of a day is kept.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(2);

    private static readonly RedisScript CountScript = new("""
        local count = redis.call('INCRBY', KEYS[1], ARGV[1])
        if count == tonumber(ARGV[1]) then
          redis.call('EXPIRE', KEYS[1], 86400)
        end
        return count
        """);

    private readonly ConcurrentDictionary<string, int> _gathered = new();

    /// <summary>Counts one.</summary>
    /// <param name="kind">What happened.</param>
    /// <param name="user">Who did it, where that is known.</param>
    public void Add(SecurityEvent kind, ClaimsPrincipal user)
    {
        metrics.Happened(kind);
        if (user.Identity is { IsAuthenticated: true } && user.Role() == Roles.Student
            && (_gathered.ContainsKey(user.Id()) || _gathered.Count < MostStudents))
        {
            Gather(user.Id(), 1);
        }
    }

    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        time.DoEveryAsync(Interval, TryCountAsync, stoppingToken);

    private async Task TryCountAsync()
    {
        try
        {
            var day = StateKeys.OftenRefused(DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));
            foreach (var student in _gathered.Keys)
            {
                if (await CountAsync(student) >= Many)
                {
                    await redis.SendAsync(database => database.HyperLogLogAddAsync(day, student));
                    await redis.SendAsync(database => database.KeyExpireAsync(day, Lifetime));
                }
            }

            metrics.OftenRefusedAre(await redis.SendAsync(database => database.HyperLogLogLengthAsync(day)));
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            // They gather on.
        }
    }

    private async Task<long> CountAsync(string student)
    {
        if (!_gathered.TryRemove(student, out var count))
        {
            return 0;
        }

        try
        {
            return (long)await CountScript.RunAsync(redis, [StateKeys.SecurityEvents(student)], [count]);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            Gather(student, count);
            throw;
        }
    }

    private void Gather(string student, int count) => _gathered.AddOrUpdate(student, count, (_, before) => before + count);
}
