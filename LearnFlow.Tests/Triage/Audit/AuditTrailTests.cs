using System.Diagnostics.Metrics;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Tests.Integration;
using LearnFlow.Triage;
using LearnFlow.Triage.Audit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace LearnFlow.Tests.Triage.Audit;

/// <summary>From the moment at which a record is handed over to that at which it is on record, with Redis there, away and stalled.</summary>
public abstract class AuditTrailTests<TRedis>(RedisAlone<TRedis> redis) : IClassFixture<RedisAlone<TRedis>>, IDisposable
    where TRedis : RedisUnderTest, new()
{
    /// <summary>Of all tests: their actors share chains.</summary>
    private static readonly AuditKeys Keys = AuditKit.Keys(AuditKit.NewKey());

    private readonly string _folder = Directory.CreateTempSubdirectory("learnflow-trail-").FullName;

    /// <summary>Of this test alone, in several chains.</summary>
    private readonly string[] _actors = [.. Enumerable.Range(0, 5).Select(_ => $"student-{Guid.NewGuid():N}")];

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task While_Redis_is_away_records_wait_in_files_and_each_comes_in_once_when_it_is_back()
    {
        await using var process = await StartAsync();
        var records = process.Add(Records(3));
        await AreOnRecordAsync(records);

        await redis.Server.StopAsync();
        records.AddRange(process.Add(Records(20)));
        await WaitInFilesAsync();
        records.AddRange(process.Add(Records(20)));
        await Eventually.HoldsAsync("the trail is seen to be behind", () => Task.FromResult(process.Lag > 3));
        await redis.Server.StartAsync();

        await AreOnRecordAsync(records);
        await Eventually.HoldsAsync("the trail is seen to be complete", () => Task.FromResult(process.Lag < 1));
        Assert.Equal(0, process.Dropped);
    }

    [Fact]
    public async Task What_waits_when_a_process_stops_without_Redis_the_next_one_brings_in()
    {
        List<AuditRecord> records;
        await redis.Server.StopAsync();
        try
        {
            await using var process = await StartAsync();
            records = process.Add(Records(30));
            await process.StopAsync();
            Assert.Equal(records.Count, Files.Sum(file => File.ReadLines(file).Count()));
            Assert.Equal(0, process.Dropped);
        }
        finally
        {
            await redis.Server.StartAsync();
        }

        await using var next = await StartAsync();

        await AreOnRecordAsync(records);
    }

    [Fact]
    public async Task A_stop_with_Redis_there_leaves_nothing_behind()
    {
        await using var process = await StartAsync();
        // Both connections are there, and Redis knows the script.
        await AreOnRecordAsync(process.Add(Records(20)));
        var records = process.Add(Records(1_000));

        await process.StopAsync();

        Assert.Equal(records.Count, await OnRecordAsync(records));
        Assert.Empty(Files);
        Assert.Equal(0, process.Dropped);
    }

    [Fact]
    public async Task Where_there_is_no_disk_either_records_wait_in_memory_and_those_that_a_stop_loses_are_counted()
    {
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "a file is no folder");
        await using var process = await StartAsync(file);
        await redis.Server.StopAsync();
        var records = process.Add(Records(10));
        await redis.Server.StartAsync();
        await AreOnRecordAsync(records);

        await redis.Server.StopAsync();
        try
        {
            process.Add(Records(7));
            await process.StopAsync();
        }
        finally
        {
            await redis.Server.StartAsync();
        }

        Assert.Equal(7, process.Dropped);
    }

    /// <summary>Records of all actors in turn.</summary>
    protected List<AuditRecord> Records(int count)
    {
        var now = DateTimeOffset.UtcNow;
        return [.. Enumerable.Range(0, count).Select(i => AuditKit.Record(_actors[i % _actors.Length], now.AddMicroseconds(i)))];
    }

    protected async Task<AuditProcess> StartAsync(string? folder = null) =>
        await AuditProcess.StartAsync(await redis.ConnectAsync(), Keys, folder ?? _folder);

    protected Task WaitInFilesAsync() => Eventually.HoldsAsync(
        "records wait in files", () => Task.FromResult(LengthOfFiles > 0));

    protected long LengthOfFiles => Files.Sum(file => new FileInfo(file).Length);

    /// <summary>Waits until all are there, and sees that none is there twice and their chains are whole.</summary>
    protected async Task AreOnRecordAsync(List<AuditRecord> records)
    {
        await Eventually.HoldsAsync("all are on record", async () =>
        {
            try
            {
                return await OnRecordAsync(records) >= records.Count;
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                return false;
            }
        });
        // What waits may be there already, and come in once more.
        await Eventually.HoldsAsync("nothing waits in files", () => Task.FromResult(!Files.Any()));
        Assert.Equal(records.Count, await OnRecordAsync(records));
        var log = Log;
        Assert.All(
            await Task.WhenAll(_actors.Select(AuditLog.ChainOf).Distinct().Select(log.VerifyAsync)),
            report => Assert.Empty(report.Problems));
    }

    private IEnumerable<string> Files => Directory.EnumerateFiles(_folder, "*.jsonl", SearchOption.AllDirectories);

    private AuditLog Log => new(redis.Connection, Keys, TimeProvider.System);

    private async Task<int> OnRecordAsync(List<AuditRecord> records)
    {
        var ids = records.Select(record => record.Id).ToHashSet(StringComparer.Ordinal);
        var found = 0;
        foreach (var chain in _actors.Select(AuditLog.ChainOf).Distinct())
        {
            found += (await Log.IdsAsync(chain)).Count(ids.Contains);
        }

        return found;
    }
}

/// <summary>What writes the audit trail in a process, with a connection of its own.</summary>
public sealed class AuditProcess : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterReadings _readings;
    private readonly IConnectionMultiplexer _connection;
    private readonly AuditSpool _spool;
    private readonly AuditTrail _trail;

    private AuditProcess(IConnectionMultiplexer connection, AuditKeys keys, string folder)
    {
        _connection = connection;
        var meters = _services.GetRequiredService<IMeterFactory>();
        _readings = new(_services);
        _spool = new(
            new ConfigurationBuilder().AddInMemoryCollection([new(Topology.DataFolderSetting, folder)]).Build(),
            NullLogger<AuditSpool>.Instance);
        _trail = new(
            new AuditLog(connection, keys, TimeProvider.System), _spool, new TriageMetrics(meters, new(TimeProvider.System), TimeProvider.System), TimeProvider.System,
            NullLogger<AuditTrail>.Instance);
    }

    /// <summary>Records that it lost, as its metric has it.</summary>
    public double Dropped => _readings.Last("learnflow.triage.audit.dropped");

    /// <summary>Seconds since its trail was complete, as its metric has it.</summary>
    public double Lag => _readings.Last("learnflow.triage.audit.lag");

    public static async Task<AuditProcess> StartAsync(IConnectionMultiplexer connection, AuditKeys keys, string folder)
    {
        var process = new AuditProcess(connection, keys, folder);
        await process._trail.StartAsync(CancellationToken.None);
        return process;
    }

    public List<AuditRecord> Add(List<AuditRecord> records)
    {
        records.ForEach(_trail.Add);
        return records;
    }

    /// <summary>Stops it as a host does.</summary>
    public async Task StopAsync()
    {
        await _trail.StopAsync(CancellationToken.None);
        _spool.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _trail.Dispose();
        _readings.Dispose();
        await _services.DisposeAsync();
        await _connection.DisposeAsync();
    }
}

public sealed class AuditTrailOverGarnetTests(RedisAlone<GarnetUnderTest> redis) : AuditTrailTests<GarnetUnderTest>(redis);

public sealed class AuditTrailOverRedisServerTests(RedisAlone<RedisServerUnderTest> redis) : AuditTrailTests<RedisServerUnderTest>(redis)
{
    private readonly RedisServerUnderTest _server = redis.Server;

    [Fact]
    public async Task What_Redis_took_without_saying_so_is_not_put_on_record_twice()
    {
        await using var process = await StartAsync();
        var records = process.Add(Records(5));
        await AreOnRecordAsync(records);

        await _server.PauseAsync();
        records.AddRange(process.Add(Records(10)));
        await WaitInFilesAsync();
        // With these it is another batch that is handed over again.
        var waiting = LengthOfFiles;
        records.AddRange(process.Add(Records(10)));
        await Eventually.HoldsAsync("more records wait in files", () => Task.FromResult(LengthOfFiles > waiting));
        await _server.ResumeAsync();

        await AreOnRecordAsync(records);
    }
}
