using System.Net;
using System.Net.Http.Json;
using LearnFlow.ServiceDefaults;
using LearnFlow.Triage.Gate;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using StackExchange.Redis;

namespace LearnFlow.Tests.Integration;

/// <summary>Two replicas, so that nobody's events are all on one.</summary>
public sealed class RefusalStack : LearnFlowStack<GarnetUnderTest>
{
    protected override int Replicas => 2;

    protected override IEnumerable<string> Settings => ["--RateLimit:RunsPerMinute=1"];
}

/// <summary>What the gate refuses is measured by its reason, and how many students were refused often, and never who.</summary>
public sealed class RefusalMetricsTests(RefusalStack stack) : IClassFixture<RefusalStack>
{
    private const string AdminsOnly = "/api/v1/admin/flags";

    [Fact]
    public async Task A_refused_token_counts_by_its_reason_and_is_a_security_event_unless_it_is_missing_or_ran_out()
    {
        using var readings = new MeterReadings(stack.TriageServices);
        (string? Token, string Reason)[] tokens =
        [
            (null, "missing"),
            (stack.SignToken("maya", change: token => (token.IssuedAt, token.NotBefore, token.Expires) = (At(-2), At(-2), At(-1))), "expired"),
            (stack.SignToken("maya")[..^9] + "AAAAAAAAA", "signature"),
            (stack.SignToken("maya", change: token => token.Issuer = "somebody"), "issuer"),
            (stack.SignToken("maya", change: token => token.Audience = "others"), "audience"),
            (stack.SignToken("maya", role: "king"), "claims"),
            ("not.a.token", "malformed"),
        ];

        foreach (var (token, _) in tokens)
        {
            using var client = stack.Anonymous();
            client.DefaultRequestHeaders.Authorization = token is null ? null : new("Bearer", token);
            using var reply = await client.GetAsync("/api/v1/progress");
            Assert.Equal(HttpStatusCode.Unauthorized, reply.StatusCode);
        }

        Assert.All(tokens, token => Assert.Equal(1, readings.Sum("learnflow.triage.auth.failures", ("reason", token.Reason))));
        Assert.Equal(tokens.Length - 2, readings.Sum("learnflow.triage.security.events", ("kind", "token")));

        static DateTime At(int hours) => DateTime.UtcNow.AddHours(hours);
    }

    [Fact]
    public async Task A_revoked_token_and_a_limit_that_is_exceeded_count_as_such()
    {
        using var readings = new MeterReadings(stack.TriageServices);
        using var admin = stack.As("head", "admin");
        using var maya = stack.As($"maya-{Guid.NewGuid():N}");
        var token = new JsonWebToken(maya.DefaultRequestHeaders.Authorization!.Parameter);

        for (var i = 0; i < 3; i++)
        {
            using var run = await maya.PostAsJsonAsync("/api/v1/run", new { code = "" });
            Assert.Equal(i == 0, run.StatusCode != HttpStatusCode.TooManyRequests);
        }

        using var revoked = await admin.PutAsJsonAsync($"/api/v1/admin/revoked-tokens/{token.Id}", new { reason = "a test" });
        Assert.True(revoked.IsSuccessStatusCode, await revoked.Content.ReadAsStringAsync());
        using var reply = await maya.GetAsync("/api/v1/progress");

        Assert.Equal(HttpStatusCode.Unauthorized, reply.StatusCode);
        Assert.Equal(1, readings.Sum("learnflow.triage.auth.failures", ("reason", "revoked")));
        Assert.Equal(2, readings.Sum("learnflow.triage.limiter.refusals", ("limit", "runs")));
        Assert.Equal(2, readings.Sum("learnflow.triage.security.events", ("kind", "limit")));
    }

    [Fact]
    public async Task Students_who_were_refused_five_times_on_whichever_replica_are_counted_and_nobody_can_tell_who_they_are()
    {
        var id = $"{Guid.NewGuid():N}";
        await TryAsync($"often-{id}", "student", SecurityEvents.Many);
        await TryAsync($"seldom-{id}", "student", SecurityEvents.Many - 1);
        await TryAsync($"grown-{id}", "teacher", SecurityEvents.Many);
        using var readings = new MeterReadings(stack.TriageServices);

        await Eventually.HoldsAsync("one student counts", () => Task.FromResult(readings.Last("learnflow.triage.security.students") == 1));
        await Eventually.HoldsAsync("what the others did is counted too", async () =>
            await CountAsync($"seldom-{id}") == SecurityEvents.Many - 1);

        Assert.Equal(1, readings.Last("learnflow.triage.security.students"));
        Assert.Equal(SecurityEvents.Many, await CountAsync($"often-{id}"));
        Assert.Equal(0, await CountAsync($"grown-{id}"));
        Assert.DoesNotContain(readings.Labels, label => label.Contains(id, StringComparison.Ordinal));
        var number = await Database.StringGetAsync(StateKeys.OftenRefused(DateOnly.FromDateTime(DateTime.UtcNow)));
        Assert.DoesNotContain(id, number.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task To_ask_for_another_s_message_is_a_security_event_and_to_ask_for_none_is_not()
    {
        using var readings = new MeterReadings(stack.TriageServices);
        using var maya = stack.As("maya");
        using var james = stack.As("james");
        var requestId = (await maya.AskAsync(new { query = "what is a list?", intent = "concept_explanation" })).Text("requestId");

        foreach (var id in (string[])["nothing", requestId])
        {
            using var reply = await james.GetAsync($"/api/v1/triage/{id}");
            Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
        }

        Assert.Equal(1, readings.Sum("learnflow.triage.security.events", ("kind", "others_message")));
    }

    private IDatabase Database =>
        stack.TriageServices.GetRequiredService<IConnectionMultiplexer>().GetDatabase();

    private async Task<long> CountAsync(string student) => (long)await Database.StringGetAsync(StateKeys.SecurityEvents(student));

    private async Task TryAsync(string subject, string role, int times)
    {
        for (var i = 0; i < times; i++)
        {
            using var client = stack.As(subject, role, replica: i % 2);
            using var reply = await client.GetAsync(AdminsOnly);
            Assert.Equal(HttpStatusCode.Forbidden, reply.StatusCode);
        }
    }
}
