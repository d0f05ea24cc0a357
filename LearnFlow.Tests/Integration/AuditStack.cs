using System.Text.Json;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Audit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace LearnFlow.Tests.Integration;

/// <summary>
/// A stack whose audit trail nobody else writes to: its debug agent dawdles, its review agent is away, and what it logs is
/// kept.
/// </summary>
/// <typeparam name="TRedis">Which Redis.</typeparam>
public class AuditStack<TRedis> : LearnFlowStack<TRedis>
    where TRedis : RedisUnderTest, new()
{
    /// <summary>Messages that a student may send in a minute.</summary>
    public const int PerMinute = 2_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("learnflow-audit-").FullName;
    private readonly string _nobody = $"http://127.0.0.1:{Tools.FreePort()}";
    private WebApplication _dawdler = null!;

    internal LogLines Log { get; } = new();

    /// <summary>Is let go when the debug agent is asked.</summary>
    public SemaphoreSlim DebugAsked { get; } = new(0);

    public IDatabase Database => TriageServices.GetRequiredService<IConnectionMultiplexer>().GetDatabase();

    public HttpClient Admin { get; private set; } = null!;

    protected override IEnumerable<string> Settings =>
    [
        $"--LearnFlow:DataFolder={_folder}",
        $"--Sandbox:CacheFolder={Sandboxes.Cache}",
        $"--RateLimit:PerMinute={PerMinute}",
        "--Logging:LogLevel:Default=Debug",
        "--Logging:Console:LogLevel:Default=Error",
    ];

    protected override string? AgentAddress(AgentRole role) =>
        role == AgentRole.Debug ? _dawdler.Urls.Single() : role == AgentRole.Review ? _nobody : null;

    public override async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        _dawdler = builder.Build();
        _dawdler.MapPost(AgentRoutes.Path(AgentRole.Debug, AgentRoutes.Answer), async (HttpContext context) =>
        {
            DebugAsked.Release();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        await _dawdler.StartAsync();
        await base.InitializeAsync();
        TriageServices.GetRequiredService<ILoggerFactory>().AddProvider(Log);
        Admin = As("head", "admin");
    }

    public override async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await base.DisposeAsync();
        await _dawdler.DisposeAsync();
        DebugAsked.Dispose();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>All that fits a query, page by page, the newest first.</summary>
    public async Task<List<JsonElement>> ReadAsync(string query, int limit = 500, Func<Task>? betweenPages = null)
    {
        List<JsonElement> records = [];
        for (string? after = null; ;)
        {
            using var reply = await Admin.GetAsync($"/api/v1/admin/audit?{query}&limit={limit}{(after is null ? "" : $"&after={after}")}");
            var page = await reply.ReadAsync();
            Assert.True(reply.IsSuccessStatusCode, $"{page}");
            var read = page.GetProperty("records").EnumerateArray().ToList();
            Assert.True(read.Count <= limit);
            records.AddRange(read);
            if (!page.TryGetProperty("next", out var next))
            {
                return records;
            }

            after = next.GetString();
            await (betweenPages?.Invoke() ?? Task.CompletedTask);
        }
    }

    /// <summary>What is on record of a student, the oldest first, as soon as it is as much as is waited for.</summary>
    public async Task<List<JsonElement>> WaitForAsync(string student, int count)
    {
        List<JsonElement> records = [];
        await Eventually.HoldsAsync($"{count} records are there", async () =>
            (records = await ReadAsync($"student={Uri.EscapeDataString(student)}")).Count >= count);
        Assert.Equal(count, records.Count);
        return [.. records.Select(record => record.GetProperty("record")).Reverse()];
    }

    public async Task<JsonElement> VerifyAsync()
    {
        using var reply = await Admin.GetAsync("/api/v1/admin/audit/verify");
        Assert.True(reply.IsSuccessStatusCode);
        return await reply.ReadAsync();
    }

    public async Task IsWholeAsync()
    {
        var verification = await VerifyAsync();
        Assert.True(verification.GetProperty("isWhole").GetBoolean(), $"{verification}");
    }

    /// <summary>A chain as it stands in Redis.</summary>
    public async Task<KeptChain> KeepAsync(int chain) => new(
        chain,
        await Database.SortedSetRangeByRankWithScoresAsync(StateKeys.AuditLog(chain)),
        await Database.StringGetAsync(StateKeys.AuditHead(chain)));

    public async Task PutBackAsync(KeptChain kept)
    {
        await Database.KeyDeleteAsync([StateKeys.AuditLog(kept.Chain), StateKeys.AuditHead(kept.Chain)]);
        await Database.SortedSetAddAsync(StateKeys.AuditLog(kept.Chain), kept.Entries);
        await Database.StringSetAsync(StateKeys.AuditHead(kept.Chain), kept.Head);
    }

    /// <summary>Everything that Redis holds of the audit trail.</summary>
    public async Task<string> AllKeptAsync()
    {
        var chains = await Task.WhenAll(Enumerable.Range(0, AuditLog.Chains).Select(KeepAsync));
        return string.Join('\n', chains.SelectMany(chain => chain.Entries.Select(entry => $"{entry.Element}").Append($"{chain.Head}")));
    }
}

/// <summary>A chain as it stood in Redis.</summary>
public sealed record KeptChain(int Chain, SortedSetEntry[] Entries, RedisValue Head);

/// <summary>That stack over Garnet.</summary>
public sealed class AuditGarnetStack : AuditStack<GarnetUnderTest>;

/// <summary>That stack over redis-server.</summary>
public sealed class AuditRedisServerStack : AuditStack<RedisServerUnderTest>;

/// <summary>Tests that share that stack over Garnet.</summary>
[CollectionDefinition(Name)]
public sealed class AuditGarnetCollection : ICollectionFixture<AuditGarnetStack>
{
    public const string Name = "Audit over Garnet";
}

/// <summary>Tests that share that stack over redis-server.</summary>
[CollectionDefinition(Name)]
public sealed class AuditRedisServerCollection : ICollectionFixture<AuditRedisServerStack>
{
    public const string Name = "Audit over redis-server";
}
