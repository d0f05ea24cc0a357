using System.Diagnostics.Metrics;
using System.Globalization;
using LearnFlow.ServiceDefaults;
using LearnFlow.Triage;
using LearnFlow.Triage.Gate.Limits;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace LearnFlow.Tests.Integration;

/// <summary>The limiter by itself over a real Redis, two of them as two replicas have them.</summary>
public abstract class LimiterTests<TRedis>(LearnFlowStack<TRedis> stack)
    where TRedis : RedisUnderTest, new()
{
    private const int Most = 100;
    private const long WindowMicroseconds = 60_000_000;

    private readonly string _student = $"student-{Guid.NewGuid():N}";

    private IDatabase Redis => stack.TriageServices.GetRequiredService<IConnectionMultiplexer>().GetDatabase();

    private string Key => StateKeys.RateLimit(_student, RateLimit.Messages.Name);

    [Fact]
    public async Task However_many_come_at_once_to_however_many_replicas_exactly_the_limit_is_let_in()
    {
        using var other = CreateReplica();
        RequestLimiter[] replicas = [stack.TriageServices.GetRequiredService<RequestLimiter>(), other];

        var admissions = await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            List<Admission> all = [];
            for (var i = 0; i < 100; i++)
            {
                all.Add(await replicas[(caller + i) % 2].TakeAsync(RateLimit.Messages, _student, Most, 1));
            }

            return all;
        })));

        Assert.Equal(Most, admissions.SelectMany(all => all).Sum(admission => admission.Admitted));
        Assert.Equal(Most, await Redis.ListLengthAsync(Key));
        Assert.All(admissions.SelectMany(all => all).Where(admission => admission.Admitted == 0), refused =>
            Assert.InRange(refused.FreeIn, TimeSpan.FromSeconds(1), RateLimit.Window));
    }

    [Fact]
    public async Task Of_many_that_come_together_as_many_as_fit_are_let_in()
    {
        using var limiter = CreateReplica();

        Assert.Equal((70, 30), Of(await limiter.TakeAsync(RateLimit.Messages, _student, Most, 70)));
        Assert.Equal((30, 0), Of(await limiter.TakeAsync(RateLimit.Messages, _student, Most, 70)));
        Assert.Equal((0, 0), Of(await limiter.TakeAsync(RateLimit.Messages, _student, Most, 70)));
    }

    [Fact]
    public async Task A_place_is_free_again_when_the_oldest_is_more_than_a_window_old_and_that_is_what_callers_are_told()
    {
        using var limiter = CreateReplica();
        var oldest = await NowAsync() - WindowMicroseconds + 1_500_000;
        await FillAsync([oldest, .. Enumerable.Repeat(oldest + 20_000_000, Most - 1)]);

        var refused = await limiter.TakeAsync(RateLimit.Messages, _student, Most, 1);
        var askedAgainAt = await NowAsync() + (long)refused.FreeIn.TotalMicroseconds;
        await Eventually.HoldsAsync("a place is free", async () =>
            (await limiter.TakeAsync(RateLimit.Messages, _student, Most, 1)).Admitted == 1);

        Assert.Equal(0, refused.Admitted);
        // By Redis' clock: it was told the truth to within a second, and nobody came in before that.
        Assert.InRange(askedAgainAt - (oldest + WindowMicroseconds), 0, 1_000_000);
        var admittedAt = (long)await Redis.ListGetByIndexAsync(Key, 0);
        Assert.True(admittedAt > oldest + WindowMicroseconds, $"{admittedAt - oldest} µs after the oldest");
        Assert.Equal(0, (await limiter.TakeAsync(RateLimit.Messages, _student, Most, 1)).Admitted);
    }

    [Fact]
    public async Task A_clock_that_was_set_back_lets_nobody_in_twice_and_a_wrong_one_locks_nobody_out()
    {
        using var limiter = CreateReplica();
        await FillAsync(Enumerable.Repeat(await NowAsync() + 30_000_000, Most));
        Assert.Equal(0, (await limiter.TakeAsync(RateLimit.Messages, _student, Most, 1)).Admitted);

        using var another = CreateReplica();
        await Redis.KeyDeleteAsync(Key);
        await FillAsync(Enumerable.Repeat(await NowAsync() + (10 * WindowMicroseconds), Most));

        Assert.Equal(1, (await another.TakeAsync(RateLimit.Messages, _student, Most, 1)).Admitted);
    }

    [Fact]
    public async Task A_limit_that_was_lowered_holds_at_once()
    {
        using var limiter = CreateReplica();
        var now = await NowAsync();
        await FillAsync(Enumerable.Range(1, 10).Select(i => now - WindowMicroseconds + (i * 5_000_000)));

        var refused = await limiter.TakeAsync(RateLimit.Messages, _student, most: 4, wanted: 1);

        // When six of the ten have left... and the seventh, for four may stay at most.
        Assert.Equal(0, refused.Admitted);
        Assert.InRange(refused.FreeIn, TimeSpan.FromSeconds(34), TimeSpan.FromSeconds(35.1));
    }

    [Fact]
    public async Task A_student_does_not_live_in_Redis_longer_than_a_window_and_a_moment()
    {
        using var limiter = CreateReplica();
        await limiter.TakeAsync(RateLimit.Messages, _student, Most, 1);

        Assert.InRange((await Redis.KeyTimeToLiveAsync(Key))!.Value, TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(61));
    }

    [Fact]
    public async Task Students_limits_and_names_do_not_mix()
    {
        using var limiter = CreateReplica();
        await limiter.TakeAsync(RateLimit.Messages, _student, 1, 1);

        Assert.Equal(0, (await limiter.TakeAsync(RateLimit.Messages, _student, 1, 1)).Admitted);
        Assert.Equal(1, (await limiter.TakeAsync(RateLimit.Runs, _student, 1, 1)).Admitted);
        Assert.Equal(1, (await limiter.TakeAsync(RateLimit.Messages, $"{_student}}}:limit:messages", 1, 1)).Admitted);
    }

    private static (int Admitted, int Free) Of(Admission admission) => (admission.Admitted, admission.Free);

    private RequestLimiter CreateReplica() => ActivatorUtilities.CreateInstance<RequestLimiter>(stack.TriageServices);

    private async Task<long> NowAsync()
    {
        var time = (RedisResult[])(await Redis.ScriptEvaluateAsync("return redis.call('TIME')"))!;
        return (long.Parse((string)time[0]!, CultureInfo.InvariantCulture) * 1_000_000) + long.Parse((string)time[1]!, CultureInfo.InvariantCulture);
    }

    private Task<long> FillAsync(IEnumerable<long> oldestFirst) =>
        Redis.ListLeftPushAsync(Key, [.. oldestFirst.Select(time => (RedisValue)time)]);
}

[Collection(GarnetCollection.Name)]
public sealed class LimiterOverGarnetTests(GarnetStack stack) : LimiterTests<GarnetUnderTest>(stack);

[Collection(RedisServerCollection.Name)]
public sealed class LimiterOverRedisServerTests(RedisServerStack stack) : LimiterTests<RedisServerUnderTest>(stack);

[Collection(RedisClusterCollection.Name)]
public sealed class LimiterOverRedisClusterTests(RedisClusterStack stack) : LimiterTests<RedisClusterUnderTest>(stack);

/// <summary>A stack whose Redis these tests take away.</summary>
public sealed class LimiterOutageStack : LearnFlowStack<GarnetUnderTest>;

/// <summary>The limiter without Redis.</summary>
public sealed class LimiterOutageTests(LimiterOutageStack stack) : IClassFixture<LimiterOutageStack>
{
    private const int Most = 5;

    [Fact]
    public async Task Without_Redis_each_replica_limits_by_itself_says_so_once_and_what_it_let_in_counts_when_Redis_is_back()
    {
        using var log = new LogLines();
        using var logging = LoggerFactory.Create(builder => builder.AddProvider(log));
        var local = 0L;
        using var meters = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "learnflow.triage.limiter.local")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        meters.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref local, value));
        meters.Start();
        using var one = Create(logging);
        using var other = Create(logging);
        Assert.Equal(2, await TakeAsync(one, "maya", 2));

        await stack.Redis.StopAsync();

        // What it let in through Redis counts on.
        Assert.Equal(Most - 2, await TakeAsync(one, "maya", 20));
        Assert.Equal(Most, await TakeAsync(other, "maya", 20));
        Assert.Equal(Most, await TakeAsync(one, "james", 20));
        Assert.True(one.IsLocal);
        Assert.Equal(2, log.Lines.Count(line => line.StartsWith("Warning", StringComparison.Ordinal)));
        Assert.True(local >= 3 * Most - 2, $"{local}");

        await stack.StartRedisAgainAsync();
        await Eventually.HoldsAsync("Redis is asked again", async () =>
        {
            await TakeAsync(one, $"student-{Guid.NewGuid():N}", 1);
            return !one.IsLocal;
        });

        Assert.Equal(0, await TakeAsync(one, "maya", 1));
        Assert.Equal(0, await TakeAsync(one, "james", 1));
        Assert.Equal(2, log.Lines.Count(line => line.StartsWith("Warning", StringComparison.Ordinal)));
        Assert.Contains(log.Lines, line => line.StartsWith("Information", StringComparison.Ordinal));
    }

    private static async Task<int> TakeAsync(RequestLimiter limiter, string student, int times)
    {
        var admitted = 0;
        for (; times > 0; times--)
        {
            admitted += (await limiter.TakeAsync(RateLimit.Messages, student, Most, 1)).Admitted;
        }

        return admitted;
    }

    private RequestLimiter Create(ILoggerFactory logging) => new(
        stack.TriageServices.GetRequiredService<RedisPipeline>(),
        stack.TriageServices.GetRequiredService<TriageMetrics>(),
        TimeProvider.System,
        logging.CreateLogger<RequestLimiter>());
}
