using System.Globalization;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LearnFlow.Tests.Integration;

/// <summary>Two replicas with small limits whose Redis these tests take away; no gateway is believed.</summary>
public sealed class RateLimitOutageStack : LearnFlowStack<GarnetUnderTest>
{
    public const int Messages = 5;
    public const int Submissions = 4;
    public const int Nobodys = 9;

    private readonly LogLines _log = new();

    /// <summary>What the first replica logged.</summary>
    public IEnumerable<string> Log => _log.Lines;

    protected override int Replicas => 2;

    protected override IEnumerable<string> Settings =>
    [
        $"--RateLimit:PerMinute={Messages}",
        $"--RateLimit:SubmissionsPerMinute={Submissions}",
        $"--RateLimit:AnonymousPerMinute={Nobodys}",
    ];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        TriageServices.GetRequiredService<ILoggerFactory>().AddProvider(_log);
    }
}

/// <summary>The limits as callers meet them where Redis, or a gateway to believe, is missing.</summary>
public sealed class RateLimitOutageTests(RateLimitOutageStack stack) : IClassFixture<RateLimitOutageStack>
{
    private readonly string _student = $"student-{Guid.NewGuid():N}";

    [Fact]
    public async Task Without_Redis_each_replica_keeps_the_limit_by_itself_and_with_it_all_do_together_again()
    {
        Assert.Equal(2, await AdmittedAsync(_student, 0, 2));
        var before = Warnings();

        await stack.Redis.StopAsync();

        // Many at once find out, and one of them says so.
        var strangers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => AdmittedAsync($"{_student}-at-once-{i}", 0, 1)));
        Assert.Equal(20, strangers.Sum());
        // What was let in before, by whoever let it in, counts on there.
        Assert.Equal(RateLimitOutageStack.Messages - 2, await AdmittedAsync(_student, 0, 20));
        Assert.Equal(RateLimitOutageStack.Messages, await AdmittedAsync(_student, 1, 20));
        Assert.Equal(RateLimitOutageStack.Messages, await AdmittedAsync($"{_student}-2", 0, 20));
        Assert.Equal(RateLimitOutageStack.Submissions, await AdmittedAsync(_student, 0, 20, "/api/v1/exercises/none/submissions"));
        // Nobody else's submissions are limited without Redis in this process.
        await Eventually.HoldsAsync("the metrics say so", async () =>
            await LocalDecisionsAsync("submissions") >= RateLimitOutageStack.Submissions);
        Assert.Equal(before + 1, Warnings());

        await stack.Redis.StartAsync();

        for (var replica = 0; replica < 2; replica++)
        {
            await Eventually.HoldsAsync("Redis is asked again", async () =>
            {
                var somebody = $"student-{Guid.NewGuid():N}";
                await AdmittedAsync(somebody, replica, RateLimitOutageStack.Messages);
                // Who was let in through Redis is known to the other replica.
                return await AdmittedAsync(somebody, 1 - replica, 1) == 0;
            });
        }

        Assert.Equal(0, await AdmittedAsync(_student, 0, 1));
        Assert.Equal(0, await AdmittedAsync(_student, 1, 1));
    }

    [Fact]
    public async Task Who_is_no_gateway_cannot_say_to_be_somewhere_else()
    {
        var number = 0;

        var admitted = await RateLimitTests.AdmittedAsync(RateLimitOutageStack.Nobodys + 3, async () =>
        {
            using var client = stack.Anonymous();
            client.DefaultRequestHeaders.Add("X-Forwarded-For", $"203.0.113.{++number}");
            return await client.GetAsync("/api/v1/progress");
        });

        Assert.Equal(RateLimitOutageStack.Nobodys, admitted);
    }

    private int Warnings() =>
        stack.Log.Count(line => line.Contains("each replica limits callers by itself", StringComparison.Ordinal));

    private async Task<int> AdmittedAsync(string student, int replica, int times, string path = "/api/v1/triage")
    {
        using var client = stack.As(student, replica: replica);
        return await RateLimitTests.AdmittedAsync(times, () => client.PostAsJsonAsync(path, new { }));
    }

    private async Task<double> LocalDecisionsAsync(string limit)
    {
        using var client = stack.Anonymous();
        return (await client.GetStringAsync("/metrics")).Split('\n')
            .Where(line => line.StartsWith("learnflow_triage_limiter_local", StringComparison.Ordinal)
                && line.Contains($"limit=\"{limit}\"", StringComparison.Ordinal))
            .Sum(line => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
    }
}
