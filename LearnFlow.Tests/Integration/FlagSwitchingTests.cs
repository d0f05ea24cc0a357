using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Tests.Triage;
using LearnFlow.Triage.Flags;
using LearnFlow.Triage.Gate;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace LearnFlow.Tests.Integration;

/// <summary>Two replicas, with a flag that is set to something else than it is where nothing is said.</summary>
public sealed class FlagReplicas<TRedis> : LearnFlowStack<TRedis>
    where TRedis : RedisUnderTest, new()
{
    protected override int Replicas => 2;

    protected override IEnumerable<string> Settings => [$"--{Flag.SettingOf(Flag.EnableBatchProcessing)}=true"];
}

/// <summary>Flags that an admin switches while LearnFlow runs: on all replicas, and held where Redis is away.</summary>
public abstract class FlagSwitchingTests<TRedis>(FlagReplicas<TRedis> stack)
    where TRedis : RedisUnderTest, new()
{
    private const string Switched = Flag.EnableMlClassifier;
    private const string FlagsPath = "/api/v1/admin/flags";

    public static TheoryData<string, string[]> WrongSwitches => new()
    {
        { "{}", ["enabled", "reason"] },
        { """{"reason":"why not"}""", ["enabled"] },
        { """{"enabled":null,"reason":"why not"}""", ["enabled"] },
        { """{"enabled":"no","reason":"why not"}""", ["enabled"] },
        { """{"enabled":false}""", ["reason"] },
        { """{"enabled":false,"reason":" "}""", ["reason"] },
        { $$"""{"enabled":false,"reason":"{{new string('x', 501)}}"}""", ["reason"] },
    };

    [Fact]
    public async Task A_switched_flag_says_who_when_and_why_on_every_replica_until_its_setting_holds_again()
    {
        using var admin = await stack.SignInAsync("admin");
        using var elsewhere = await stack.SignInAsync("admin", replica: 1);
        var before = DateTimeOffset.UtcNow;

        using var switched = await admin.PutAsJsonAsync(
            SwitchedFlag.PathOf(Flag.EnableBatchProcessing), new { enabled = false, reason = "import is over" });

        Assert.Equal(HttpStatusCode.OK, switched.StatusCode);
        var flag = await switched.ReadAsync();
        Assert.Equal(Flag.EnableBatchProcessing, flag.Text("name"));
        Assert.False(flag.GetProperty("enabled").GetBoolean());
        Assert.True(flag.GetProperty("configured").GetBoolean());
        var change = flag.GetProperty("override");
        Assert.False(change.GetProperty("enabled").GetBoolean());
        Assert.Equal("admin", change.Text("by"));
        Assert.Equal("import is over", change.Text("reason"));
        Assert.InRange(change.GetProperty("at").GetDateTimeOffset(), before, DateTimeOffset.UtcNow);
        await Eventually.HoldsAsync("the other replica says the same", async () =>
            (await SwitchedFlag.ReadAsync(elsewhere, Flag.EnableBatchProcessing)).GetRawText() == flag.GetRawText());

        using var cleared = await elsewhere.DeleteAsync(SwitchedFlag.PathOf(Flag.EnableBatchProcessing));

        var asConfigured = await cleared.ReadAsync();
        Assert.True(asConfigured.GetProperty("enabled").GetBoolean());
        Assert.False(asConfigured.TryGetProperty("override", out _));
        await Eventually.HoldsAsync("its setting holds on the other replica", async () =>
            (await SwitchedFlag.ReadAsync(admin, Flag.EnableBatchProcessing)).GetRawText() == asConfigured.GetRawText());
    }

    [Fact]
    public async Task Every_flag_can_be_switched_whatever_the_case_of_its_name()
    {
        using var admin = await stack.SignInAsync("admin");
        foreach (var name in Flag.Defaults.Keys)
        {
            var before = await SwitchedFlag.ReadAsync(admin, name);
            var isOn = before.GetProperty("enabled").GetBoolean();

            await using (await SwitchedFlag.SwitchAsync(admin, name.ToUpperInvariant(), !isOn))
            {
                var switched = await SwitchedFlag.ReadAsync(admin, name);
                Assert.Equal(!isOn, switched.GetProperty("enabled").GetBoolean());
                Assert.Equal(isOn, switched.GetProperty("configured").GetBoolean());
            }

            Assert.Equal(before.GetRawText(), (await SwitchedFlag.ReadAsync(admin, name)).GetRawText());
        }
    }

    [Theory]
    [MemberData(nameof(WrongSwitches), DisableDiscoveryEnumeration = true)]
    public async Task A_switch_that_does_not_say_to_what_and_why_changes_nothing(string body, string[] fields)
    {
        using var admin = await stack.SignInAsync("admin");

        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var reply = await admin.PutAsync(SwitchedFlag.PathOf(Switched), content);

        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        var problem = await reply.ReadAsync();
        Assert.Equal(fields, problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        Assert.False((await SwitchedFlag.ReadAsync(admin, Switched)).TryGetProperty("override", out _));
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task A_flag_that_there_is_not_is_answered_with_those_that_there_are(string method)
    {
        using var admin = await stack.SignInAsync("admin");

        using var reply = await CallAsync(admin, method, "EnableTimeTravel");

        Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
        var problem = await reply.ReadAsync();
        Assert.Equal("urn:learnflow:problem:not-found", problem.Text("type"));
        Assert.All(Flag.Defaults.Keys, name => Assert.Contains(name, problem.Text("detail"), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("maya")]
    [InlineData("rodriguez")]
    public async Task Only_an_admin_sees_and_switches_flags(string user)
    {
        using var client = await stack.SignInAsync(user);
        using var admin = await stack.SignInAsync("admin");

        using var list = await client.GetAsync(FlagsPath);
        using var put = await CallAsync(client, "PUT", Switched);
        using var delete = await CallAsync(client, "DELETE", Switched);

        Assert.All([list, put, delete], reply => Assert.Equal(HttpStatusCode.Forbidden, reply.StatusCode));
        Assert.False((await SwitchedFlag.ReadAsync(admin, Switched)).TryGetProperty("override", out _));
    }

    [Fact]
    public async Task Without_Redis_what_was_known_last_holds_and_what_was_changed_meanwhile_is_taken_when_it_is_back()
    {
        using var admin = await stack.SignInAsync("admin");
        using var elsewhere = await stack.SignInAsync("admin", replica: 1);
        await using var off = await SwitchedFlag.SwitchAsync(admin, Switched, enabled: false, elsewhere);
        var known = (await SwitchedFlag.ReadAsync(admin, Switched)).GetRawText();

        await stack.Redis.StopAsync();

        foreach (var replica in (HttpClient[])[admin, elsewhere])
        {
            foreach (var method in (string[])["PUT", "DELETE"])
            {
                using var refused = await CallAsync(replica, method, Switched);
                Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
                Assert.Equal("urn:learnflow:problem:unavailable", (await refused.ReadAsync()).Text("type"));
            }

            Assert.Equal(known, (await SwitchedFlag.ReadAsync(replica, Switched)).GetRawText());
        }

        await stack.Redis.StartAsync();
        await WriteAsync(
            (Switched, Override(true, "changed while they were away")),
            (Flag.EnableRetryPolicy, Override(false, "changed while they were away")));

        foreach (var replica in (HttpClient[])[admin, elsewhere])
        {
            await Eventually.HoldsAsync("what was changed is taken", async () =>
                ReasonOf(await SwitchedFlag.ReadAsync(replica, Switched)) == "changed while they were away"
                && (await SwitchedFlag.ReadAsync(replica, Switched)).GetProperty("enabled").GetBoolean()
                && !(await SwitchedFlag.ReadAsync(replica, Flag.EnableRetryPolicy)).GetProperty("enabled").GetBoolean());
        }

        await using var third = await StartReplicaAsync("Development");
        using var newcomer = ClientOf(third, admin);
        Assert.False((await SwitchedFlag.ReadAsync(newcomer, Flag.EnableRetryPolicy)).GetProperty("enabled").GetBoolean());
        using (await CallAsync(newcomer, "DELETE", Flag.EnableRetryPolicy))
        {
            await Eventually.HoldsAsync("the newcomer is heard", async () =>
                (await SwitchedFlag.ReadAsync(elsewhere, Flag.EnableRetryPolicy)).GetProperty("enabled").GetBoolean());
        }
    }

    [Theory]
    [InlineData("off with you")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"by":"somebody","at":"2026-01-01T00:00:00Z","reason":"does not say to what"}""")]
    [InlineData("""{"enabled":"maybe","by":"somebody","at":"2026-01-01T00:00:00Z","reason":"why not"}""")]
    public async Task An_override_that_cannot_be_read_leaves_its_flag_as_it_was_and_the_others_alone(string garbage)
    {
        using var admin = await stack.SignInAsync("admin");
        using var elsewhere = await stack.SignInAsync("admin", replica: 1);
        await using var off = await SwitchedFlag.SwitchAsync(admin, Switched, enabled: false, elsewhere);
        var known = (await SwitchedFlag.ReadAsync(admin, Switched)).GetRawText();
        using var log = new LogLines();
        stack.TriageServices.GetRequiredService<ILoggerFactory>().AddProvider(log);

        // The second is of a version that has more flags.
        await WriteAsync((Switched, garbage), ("EnableTimeTravel", Override(true, "of another version")));

        // Each switch reads all of them again.
        await using (await SwitchedFlag.SwitchAsync(admin, Flag.EnableRetryPolicy, enabled: false, elsewhere))
        {
            Assert.Equal(known, (await SwitchedFlag.ReadAsync(admin, Switched)).GetRawText());
            Assert.Equal(known, (await SwitchedFlag.ReadAsync(elsewhere, Switched)).GetRawText());

            // Who never knew what was meant goes by the setting.
            await using var third = await StartReplicaAsync("Development");
            using var newcomer = ClientOf(third, admin);
            var flag = await SwitchedFlag.ReadAsync(newcomer, Switched);
            Assert.True(flag.GetProperty("enabled").GetBoolean());
            Assert.False(flag.TryGetProperty("override", out _));
        }

        Assert.Single(log.Lines, line => line.Contains(Switched, StringComparison.Ordinal));
        using var mended = await CallAsync(admin, "PUT", Switched);
        Assert.True((await mended.ReadAsync()).GetProperty("enabled").GetBoolean());
    }

    [Fact]
    public async Task Outside_Development_tokens_are_validated_whatever_an_admin_or_another_replica_says()
    {
        var key = stack.TriageServices.GetRequiredService<IOptions<TokenOptions>>().Value.SigningKeys[0];
        await using var production = await StartReplicaAsync(
            "Production", "--Authentication:SigningKeys:0:Id=one", $"--Authentication:SigningKeys:0:Key={key.Key}");
        using var inDevelopment = stack.As("anna", "admin");
        using var admin = ClientOf(production, inDevelopment);
        using var nobody = new HttpClient { BaseAddress = admin.BaseAddress };

        using var refused = await admin.PutAsJsonAsync(
            SwitchedFlag.PathOf(Flag.EnableJwtValidation), new { enabled = false, reason = "just for a moment" });
        await using var off = await SwitchedFlag.SwitchAsync(inDevelopment, Flag.EnableJwtValidation, enabled: false);
        await using var seen = await SwitchedFlag.SwitchAsync(inDevelopment, Switched, enabled: false);
        await Eventually.HoldsAsync("the replica in Production has read what was switched", async () =>
            !(await SwitchedFlag.ReadAsync(admin, Switched)).GetProperty("enabled").GetBoolean());

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Equal("urn:learnflow:problem:flag-fixed", (await refused.ReadAsync()).Text("type"));
        using var reply = await nobody.GetAsync(FlagsPath);
        Assert.Equal(HttpStatusCode.Unauthorized, reply.StatusCode);
        Assert.True((await SwitchedFlag.ReadAsync(admin, Flag.EnableJwtValidation)).GetProperty("enabled").GetBoolean());
    }

    private static string Override(bool enabled, string reason) => JsonSerializer.Serialize(
        new { enabled, by = "somebody", at = DateTimeOffset.UtcNow, reason });

    private static string? ReasonOf(JsonElement flag) => flag.TryGetProperty("override", out var change) ? change.Text("reason") : null;

    private static Task<HttpResponseMessage> CallAsync(HttpClient client, string method, string flag) => method == "PUT"
        ? client.PutAsJsonAsync(SwitchedFlag.PathOf(flag), new { enabled = true, reason = "a test" })
        : client.DeleteAsync(SwitchedFlag.PathOf(flag));

    private static HttpClient ClientOf(WebApplication triage, HttpClient signedIn) => new()
    {
        BaseAddress = new Uri(triage.Urls.Single()),
        DefaultRequestHeaders = { Authorization = signedIn.DefaultRequestHeaders.Authorization },
    };

    private Task<WebApplication> StartReplicaAsync(string environment, params string[] settings) =>
        TriageAlone.StartAsync(environment, [$"--{Topology.RedisSetting}={stack.Redis.ConnectionString}", .. settings]);

    /// <summary>Puts overrides into Redis without telling the replicas.</summary>
    private async Task WriteAsync(params (string Flag, string Override)[] overrides)
    {
        await using var client = await ConnectionMultiplexer.ConnectAsync(stack.Redis.ConnectionString);
        await client.GetDatabase().HashSetAsync(
            StateKeys.FlagOverrides, [.. overrides.Select(entry => new HashEntry(entry.Flag, entry.Override))]);
    }
}

public sealed class FlagSwitchingOverGarnetTests(FlagReplicas<GarnetUnderTest> stack)
    : FlagSwitchingTests<GarnetUnderTest>(stack), IClassFixture<FlagReplicas<GarnetUnderTest>>;

public sealed class FlagSwitchingOverRedisServerTests(FlagReplicas<RedisServerUnderTest> stack)
    : FlagSwitchingTests<RedisServerUnderTest>(stack), IClassFixture<FlagReplicas<RedisServerUnderTest>>;
