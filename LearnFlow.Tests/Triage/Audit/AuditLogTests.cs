using LearnFlow.ServiceDefaults;
using LearnFlow.Tests.Integration;
using LearnFlow.Triage.Audit;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;

namespace LearnFlow.Tests.Triage.Audit;

/// <summary>The chains by themselves over a real Redis; each test has one of its own.</summary>
public abstract class AuditLogTests<TRedis>(RedisAlone<TRedis> redis) : IClassFixture<RedisAlone<TRedis>>
    where TRedis : RedisUnderTest, new()
{
    private readonly AuditKeys _keys = AuditKit.Keys(AuditKit.NewKey());

    [Fact]
    public async Task Whatever_replicas_write_to_a_chain_at_once_nothing_is_lost_nothing_is_there_twice_and_it_is_whole()
    {
        const int chain = 0;
        var replicas = Enumerable.Range(0, 4).Select(replica => AuditKit.Records($"maya-{replica}", 120)).ToList();

        await Task.WhenAll(replicas.Select(records => Task.Run(async () =>
        {
            await using var connection = await redis.ConnectAsync();
            var log = new AuditLog(connection, _keys, TimeProvider.System);
            foreach (var batch in records.Chunk(3))
            {
                while (true)
                {
                    try
                    {
                        await log.AppendAsync(chain, batch);
                        break;
                    }
                    catch (Exception exception) when (exception is RedisException or TimeoutException)
                    {
                        // As the trail does: what is not taken is handed over again.
                    }
                }
            }
        })));

        var log = Create();
        var ids = (await log.IdsAsync(chain)).ToList();
        Assert.Equal(replicas.Sum(records => records.Count), ids.Count);
        Assert.All(replicas, records => Assert.Equal(
            records.Select(record => record.Id), ids.Where(id => records.Any(record => record.Id == id))));
        await IsWholeAsync(log, chain, ids.Count);
    }

    [Fact]
    public async Task What_is_older_than_90_days_goes_with_the_next_record_and_the_rest_is_whole()
    {
        const int chain = 1;
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var log = Create(clock);
        List<string> ids = [];
        for (var day = 0; day < 100; day += 10)
        {
            var record = AuditKit.Record("maya", clock.GetUtcNow());
            ids.Add(record.Id);
            await log.AppendAsync(chain, [record]);
            clock.Advance(TimeSpan.FromDays(10));
        }

        // Written on the days 0 to 90, and the last writing was on the 90th: the first was not yet older than that.
        Assert.Equal(ids[1..], await log.IdsAsync(chain));
        await IsWholeAsync(log, chain, 9);
        await IsWholeAsync(Create(clock), chain, 9);
    }

    [Fact]
    public async Task What_is_older_than_90_days_goes_although_nobody_writes_and_the_rest_is_whole()
    {
        const int chain = 2;
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var log = Create(clock);
        for (var i = 0; i < 3; i++)
        {
            await log.AppendAsync(chain, [AuditKit.Record("maya", clock.GetUtcNow())]);
            clock.Advance(TimeSpan.FromDays(40));
        }

        await log.PruneAsync();
        await IsWholeAsync(log, chain, 2);

        clock.Advance(TimeSpan.FromDays(100));
        await log.PruneAsync();
        await IsWholeAsync(log, chain, 0);
        await IsWholeAsync(Create(clock), chain, 0);

        await log.AppendAsync(chain, [AuditKit.Record("maya", clock.GetUtcNow())]);
        await IsWholeAsync(log, chain, 1);
    }

    [Fact]
    public async Task Redis_forgets_a_chain_by_itself_a_day_after_its_last_record_has_gone()
    {
        const int chain = 3;
        await Create().AppendAsync(chain, AuditKit.Records("maya", 2));

        Assert.All(
            await Task.WhenAll(Redis.KeyTimeToLiveAsync(StateKeys.AuditLog(chain)), Redis.KeyTimeToLiveAsync(StateKeys.AuditHead(chain))),
            left => Assert.InRange(left!.Value, TimeSpan.FromDays(90), TimeSpan.FromDays(91)));
    }

    [Fact]
    public async Task Records_by_the_key_before_are_checked_with_it_and_counted_without_it_and_can_be_erased()
    {
        const int chain = 4;
        var (old, @new) = (AuditKit.NewKey(), AuditKit.NewKey());
        await Create(AuditKit.Keys(old)).AppendAsync(chain, AuditKit.Records("maya", 3));
        await Create(AuditKit.Keys(@new, old)).AppendAsync(chain, AuditKit.Records("james", 2));

        await IsWholeAsync(Create(AuditKit.Keys(@new, old)), chain, 5);
        await IsWholeAsync(Create(AuditKit.Keys(@new)), chain, 5, unknownKeys: 3);

        Assert.Equal(3, await Create(AuditKit.Keys(@new)).EraseAsync(chain, record => record.Actor == "maya"));
        await IsWholeAsync(Create(AuditKit.Keys(@new, old)), chain, 5, erased: 3);
        await IsWholeAsync(Create(AuditKit.Keys(@new)), chain, 5, unknownKeys: 3, erased: 3);
    }

    [Fact]
    public async Task A_record_is_not_hidden_behind_a_key_that_nobody_has()
    {
        const int chain = 5;
        await Create().AppendAsync(chain, AuditKit.Records("maya", 3));
        var middle = (await Create().ReadAsync(chain))[1];
        var body = middle.Body.Replace("maya", "nobody", StringComparison.Ordinal);
        await ReplaceAsync(chain, middle, middle with { Body = body, Hash = $"aaaaaaaa.{middle.Hash.Split('.')[1]}" });

        var report = await Create().VerifyAsync(chain);

        Assert.Equal(1, report.UnknownKeys);
        Assert.Equal("entries before it are missing", Assert.Single(report.Problems).Problem);
    }

    [Theory]
    [InlineData(11, 199)]
    [InlineData(12, 200)]
    [InlineData(13, 201)]
    [InlineData(14, 400)]
    public async Task A_chain_of_any_length_is_whole_and_read_once_whatever_range_is_asked_for(int chain, int length)
    {
        var log = Create();
        await log.AppendAsync(chain, AuditKit.Records("maya", length));
        await IsWholeAsync(log, chain, length);
        var entries = await log.ReadAsync(chain);
        Assert.Equal(length, entries.Count);

        Assert.Equal(1, await CountAsync(entries[4].Place + 1, entries[4].Place));
        Assert.Equal(0, await CountAsync(entries[4].Place, entries[4].Place));
        Assert.Equal(0, await CountAsync(entries[4].Place, entries[7].Place));

        async Task<int> CountAsync(long before, long from) => await log.NewestFirstAsync(chain, before, from).CountAsync();
    }

    [Theory]
    [InlineData(9, 0)]
    [InlineData(10, 2)]
    public async Task A_chain_that_went_back_is_known_to_have_although_more_was_put_on_record_since(int chain, int left)
    {
        var log = Create();
        await log.AppendAsync(chain, AuditKit.Records("maya", 2));
        var head = left == 0 ? RedisValue.EmptyString : await Redis.StringGetAsync(StateKeys.AuditHead(chain));
        await log.AppendAsync(chain, AuditKit.Records("maya", 3));

        await Redis.SortedSetRemoveRangeByRankAsync(StateKeys.AuditLog(chain), left, -1);
        await Redis.StringSetAsync(StateKeys.AuditHead(chain), head);
        Assert.Single((await log.VerifyAsync(chain)).Problems);
        await log.AppendAsync(chain, AuditKit.Records("maya", 1));

        var report = await log.VerifyAsync(chain);
        Assert.Equal(left + 1, report.Entries);
        Assert.Equal("what this replica saw at the head is gone", Assert.Single(report.Problems).Problem);
    }

    [Fact]
    public async Task What_others_put_into_a_long_chain_shows_wherever_it_stands()
    {
        const int chain = 6;
        await Create().AppendAsync(chain, AuditKit.Records("maya", 410));
        var entries = await Create().ReadAsync(chain);

        // Also in the place of the last entry that one reading takes, and behind the head.
        foreach (var place in (long[])[entries[0].Place - 1, entries[199].Place, entries[199].Place + 1, entries[300].Place, entries[^1].Place + 1])
        {
            var copy = entries[7].ToString();
            foreach (var forged in (string[])[$"0{copy}", $"~{copy}"])
            {
                await Redis.SortedSetAddAsync(StateKeys.AuditLog(chain), forged, place);
                Assert.NotEmpty((await Create().VerifyAsync(chain)).Problems);
                await Redis.SortedSetRemoveAsync(StateKeys.AuditLog(chain), forged);
            }
        }

        await IsWholeAsync(Create(), chain, entries.Count);
    }

    [Fact]
    public async Task A_chain_that_others_write_to_meanwhile_is_whole_whenever_it_is_verified()
    {
        const int chain = 7;
        var writing = Task.Run(async () =>
        {
            var log = Create();
            foreach (var batch in AuditKit.Records("maya", 600).Chunk(4))
            {
                await log.AppendAsync(chain, batch);
            }
        });
        var verifier = Create();
        do
        {
            Assert.Empty((await verifier.VerifyAsync(chain)).Problems);
        }
        while (!writing.IsCompleted);

        await writing;
        await IsWholeAsync(verifier, chain, 600);
    }

    [Fact]
    public async Task However_often_a_record_is_erased_it_is_counted_once_and_others_stay()
    {
        const int chain = 8;
        var log = Create();
        await log.AppendAsync(chain, [.. AuditKit.Records("maya", 450), .. AuditKit.Records("james", 5)]);

        Assert.Equal(450, await log.EraseAsync(chain, record => record.Actor == "maya"));
        Assert.Equal(0, await log.EraseAsync(chain, record => record.Actor == "maya"));

        Assert.Equal(5, (await log.ReadAsync(chain)).Count(entry => entry.Record is { Actor: "james" }));
        await IsWholeAsync(log, chain, 455, erased: 450);
    }

    private IDatabase Redis => redis.Connection.GetDatabase();

    private AuditLog Create(TimeProvider? time = null) => new(redis.Connection, _keys, time ?? TimeProvider.System);

    private AuditLog Create(AuditKeys keys) => new(redis.Connection, keys, TimeProvider.System);

    private async Task ReplaceAsync(int chain, AuditEntry entry, AuditEntry other)
    {
        await Redis.SortedSetRemoveAsync(StateKeys.AuditLog(chain), entry.ToString());
        await Redis.SortedSetAddAsync(StateKeys.AuditLog(chain), other.ToString(), entry.Place);
    }

    private static async Task IsWholeAsync(AuditLog log, int chain, long entries, long unknownKeys = 0, long erased = 0)
    {
        var report = await log.VerifyAsync(chain);
        Assert.Empty(report.Problems);
        Assert.Equal((entries, unknownKeys, erased), (report.Entries, report.UnknownKeys, report.Erased));
    }
}

public sealed class AuditLogOverGarnetTests(RedisAlone<GarnetUnderTest> redis) : AuditLogTests<GarnetUnderTest>(redis);

public sealed class AuditLogOverRedisServerTests(RedisAlone<RedisServerUnderTest> redis) : AuditLogTests<RedisServerUnderTest>(redis);
