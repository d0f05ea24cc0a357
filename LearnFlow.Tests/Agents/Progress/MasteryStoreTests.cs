using LearnFlow.Agents.Progress;
using LearnFlow.Tests.Integration;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;

namespace LearnFlow.Tests.Agents.Progress;

/// <summary>The script that records practice, over either Redis.</summary>
public abstract class MasteryStoreTests<TRedis>(LearnFlowStack<TRedis> stack)
    where TRedis : RedisUnderTest, new()
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero));
    private readonly string _student = $"student {{{Guid.NewGuid():N}}}";

    [Fact]
    public async Task A_streak_grows_by_day_and_starts_again_after_a_gap()
    {
        await using var redis = await ConnectAsync();
        var store = new MasteryStore(redis, _time);

        Assert.Equal(1, (await RecordAsync(store)).StreakDays);
        Assert.Equal(1, (await RecordAsync(store)).StreakDays);
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(2, (await RecordAsync(store)).StreakDays);
        _time.Advance(TimeSpan.FromDays(2));
        Assert.Equal(1, (await RecordAsync(store)).StreakDays);
    }

    [Fact]
    public async Task The_best_score_stays_and_the_latest_replaces()
    {
        await using var redis = await ConnectAsync();
        var store = new MasteryStore(redis, _time);

        await store.RecordAsync(_student, new PracticeRecord("1", ("exercise:x", 100), [("quality:basics", 90)]));
        var progress = await store.RecordAsync(_student, new PracticeRecord("2", ("exercise:x", 40), [("quality:basics", 50)]));

        Assert.True(progress.HasSolved("x"));
        Assert.Equal(50, (double)await redis.GetDatabase().HashGetAsync(
            ServiceDefaults.StateKeys.Progress(_student), StudentProgress.QualityField("basics")));
    }

    [Fact]
    public async Task One_submission_counts_once_however_often_it_comes_at_once()
    {
        await using var redis = await ConnectAsync();
        var store = new MasteryStore(redis, _time);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(i =>
            store.RecordAsync(_student, new PracticeRecord("same", null, [("quality:basics", i)]))));
        var first = await redis.GetDatabase().HashGetAsync(ServiceDefaults.StateKeys.Progress(_student), "quality:basics");
        await store.RecordAsync(_student, new PracticeRecord("same", null, [("quality:basics", 99)]));

        Assert.Equal(first, await redis.GetDatabase().HashGetAsync(ServiceDefaults.StateKeys.Progress(_student), "quality:basics"));
    }

    private Task<StudentProgress> RecordAsync(MasteryStore store) =>
        store.RecordAsync(_student, new PracticeRecord(Guid.NewGuid().ToString(), null, []));

    private async Task<ConnectionMultiplexer> ConnectAsync() => await ConnectionMultiplexer.ConnectAsync(stack.Redis.ConnectionString);
}

[Collection(GarnetCollection.Name)]
public sealed class MasteryStoreOverGarnetTests(GarnetStack stack) : MasteryStoreTests<GarnetUnderTest>(stack);

[Collection(RedisServerCollection.Name)]
public sealed class MasteryStoreOverRedisServerTests(RedisServerStack stack) : MasteryStoreTests<RedisServerUnderTest>(stack);
