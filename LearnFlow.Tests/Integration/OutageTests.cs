using System.Net;
using System.Net.Http.Json;

namespace LearnFlow.Tests.Integration;

/// <summary>A stack whose Redis these tests take away.</summary>
public sealed class OutageStack : LearnFlowStack<GarnetUnderTest>
{
    /// <summary>Nobody listens where this stack looks for the review agent.</summary>
    protected override IEnumerable<string> Settings =>
        [$"--services:review-agent:http:0=http://127.0.0.1:{Tools.FreePort()}"];
}

/// <summary>What is away takes nothing else with it.</summary>
public sealed class OutageTests(OutageStack stack) : IClassFixture<OutageStack>
{
    [Fact]
    public async Task Without_Redis_questions_are_answered_and_everything_comes_back_with_it()
    {
        using var maya = await stack.SignInAsync("maya");
        await stack.Redis.StopAsync();

        await Eventually.HoldsAsync("not ready", async () => await StatusOf("/health") == HttpStatusCode.ServiceUnavailable);
        Assert.Equal(HttpStatusCode.OK, await StatusOf("/alive"));
        var answer = await maya.AskAsync(new { query = "what is a list?" });
        Assert.Equal("answered", answer.Text("status"));
        Assert.True(answer.GetProperty("degraded").GetBoolean());
        // What was told before is not known, so that each hint is the first.
        for (var turn = 1; turn <= 2; turn++)
        {
            var hint = await maya.AskAsync(new { query = "NameError: name 'totl' is not defined", conversation = new { id = "outage", turn } });
            Assert.Equal(1, hint.GetProperty("answer").GetProperty("diagnosis").GetProperty("step").GetInt32());
        }

        using (var progress = await maya.GetAsync("/api/v1/progress"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, progress.StatusCode);
            Assert.NotNull(progress.Headers.RetryAfter);
        }

        // A message that would have to be kept is not accepted where that cannot be done.
        using (var review = await maya.PostAsJsonAsync("/api/v1/triage", Review))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, review.StatusCode);
            Assert.NotNull(review.Headers.RetryAfter);
            Assert.Contains("review-agent", (await review.ReadAsync()).Text("detail"), StringComparison.Ordinal);
        }

        await stack.Redis.StartAsync();

        await Eventually.HoldsAsync("ready again", async () => await StatusOf("/health") == HttpStatusCode.OK);
        await Eventually.HoldsAsync("answers are kept again", async () =>
            !(await maya.AskAsync(new { query = "what is a list?" })).TryGetProperty("degraded", out _));
    }

    [Fact]
    public async Task Without_its_agent_a_message_is_kept_and_others_are_answered()
    {
        using var maya = await stack.SignInAsync("maya");

        using var reply = await maya.PostAsJsonAsync("/api/v1/triage", Review);

        Assert.Equal(HttpStatusCode.Accepted, reply.StatusCode);
        var answer = await reply.ReadAsync();
        Assert.Equal("queued", answer.Text("status"));
        Assert.Equal("review-agent", answer.Text("agent"));
        Assert.Equal("concepts-agent", (await maya.AskAsync(new { query = "what is a list?" })).Text("agent"));
    }

    private static object Review => new { query = "please review my code", code = "print(1)" };

    private async Task<HttpStatusCode> StatusOf(string path)
    {
        using var client = stack.Anonymous();
        using var reply = await client.GetAsync(path);
        return reply.StatusCode;
    }
}
