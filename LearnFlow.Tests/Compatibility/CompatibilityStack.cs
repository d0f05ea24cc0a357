using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Tests.Integration;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace LearnFlow.Tests.Compatibility;

/// <summary>
/// LearnFlow over a redis-server, its debug agent a stand-in that can be away. It can be fed with a bit of everything that
/// is kept: what each part of it is called stands here once, for whoever feeds and for whoever finds it again.
/// </summary>
public class CompatibilityStack : StandInStack<RedisServerUnderTest>
{
    public const string Student = "compatible-maya";
    public const string Admin = "compatible-root";
    public const string Answered = "compatible-answered";
    public const string Queued = "compatible-queued";
    public const string Dead = "compatible-dead";
    public const string Replayed = "compatible-replayed";
    public const string Conversation = "compatible-talk";
    public const string RevokedToken = "compatible-token";
    public const string SwitchedFlag = "EnableBatchProcessing";
    public const string Quiz = "/api/v1/quizzes/control-flow";

    /// <summary>What was asked with the id <see cref="Answered"/>.</summary>
    public static object Question { get; } = new { query = "what is recursion?", requestId = Answered, conversation = new { id = Conversation } };

    /// <summary>One for all times, or the audit trail of a recording could not be verified. It protects nothing.</summary>
    private static readonly string AuditKey = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes("the key of the compatibility tests")));

    public IConnectionMultiplexer Connection => TriageServices.GetRequiredService<IConnectionMultiplexer>();

    protected override IEnumerable<string> Settings =>
    [
        $"--Audit:Keys:0={AuditKey}",
        "--Delivery:FirstPauseMs=10",
        "--FeatureManagement:EnableCircuitBreaker=false",
        "--FeatureManagement:EnableRetryPolicy=false",
    ];

    protected override string? AgentAddress(AgentRole role) => role == AgentRole.Debug ? base.AgentAddress(role) : null;

    /// <summary>The client of a token that is revoked.</summary>
    public HttpClient WithRevokedToken()
    {
        var client = Anonymous();
        client.DefaultRequestHeaders.Authorization = new("Bearer", SignToken(Student, change: token => token.Claims["jti"] = RevokedToken));
        return client;
    }

    /// <summary>Leaves something behind in every part of the state, by the calls that students and admins make.</summary>
    public async Task FeedAsync()
    {
        using var student = As(Student);
        using var admin = As(Admin, "admin");
        await SendAsync(admin.PutAsJsonAsync($"/api/v1/admin/flags/{SwitchedFlag}", new { enabled = true, reason = "compatibility" }));
        await SendAsync(admin.PutAsJsonAsync($"/api/v1/admin/revoked-tokens/{RevokedToken}", new { reason = "compatibility" }));
        using (var stranger = WithRevokedToken())
        {
            await Eventually.HoldsAsync("the token is refused", async () =>
                (await stranger.GetAsync("/api/v1/progress")).StatusCode == System.Net.HttpStatusCode.Unauthorized);
        }

        await SendAsync(student.GetAsync("/api/v1/admin/flags"), isAllowed: false);
        await student.AskAsync(Question);

        var quiz = await student.GetFromJsonAsync<JsonElement>(Quiz);
        var answers = quiz.GetProperty("questions").EnumerateArray()
            .ToDictionary(question => question.Text("id"), question => question.GetProperty("choices")[0].GetString());
        await SendAsync(student.PostAsJsonAsync($"{Quiz}/answers", new { answers, submissionId = "compatible-quiz" }));
        await Sandboxes.RequireAsync(this);
        await SendAsync(student.PostAsJsonAsync(
            "/api/v1/exercises/bus-ride-time/submissions", new { code = "def nothing():\n    pass\n", submissionId = "compatible-solution" }));

        Agents.Reply = AgentStandIn.Refuses(500);
        foreach (var id in (string[])[Dead, Replayed])
        {
            await AskForAbsentAgentAsync(student, id);
        }

        await Eventually.HoldsAsync("both are dead letters", async () =>
            (await admin.GetFromJsonAsync<JsonElement>("/api/v1/admin/dead-letters")).GetProperty("deadLetters").GetArrayLength() == 2);
        await AskForAbsentAgentAsync(student, Queued);
        await Eventually.HoldsAsync("all is on record", async () =>
            (await admin.GetFromJsonAsync<JsonElement>("/api/v1/admin/audit/verify")).GetProperty("records").GetInt64() >= 6);
    }

    /// <summary>What is kept now, in a moment in which nothing is being delivered.</summary>
    public async Task<RecordedState> RecordAsync()
    {
        IReadOnlyList<RecordedKey> keys = [];
        await Eventually.HoldsAsync("nothing is being delivered", async () =>
        {
            keys = await RecordedState.ReadAsync(Connection);
            return keys.Any(key => key.Key.EndsWith(":due:debug", StringComparison.Ordinal))
                && !keys.Any(key => key.Key.EndsWith(":leases", StringComparison.Ordinal));
        });
        var replies = new List<RecordedReply>();
        foreach (var path in (string[])["/api/v1/progress", $"/api/v1/triage/{Answered}", $"/api/v1/triage/{Dead}"])
        {
            using var student = As(Student);
            replies.Add(new(Student, path, await student.GetFromJsonAsync<JsonElement>(path)));
        }

        return new(DateTimeOffset.UtcNow, keys, replies);
    }

    private static async Task AskForAbsentAgentAsync(HttpClient student, string id) => Assert.Equal(
        "queued", (await student.AskAsync(new { query = "NameError: name 'total' is not defined", requestId = id })).Text("status"));

    private static async Task SendAsync(Task<HttpResponseMessage> call, bool isAllowed = true)
    {
        using var reply = await call;
        Assert.True(reply.IsSuccessStatusCode == isAllowed, await reply.Content.ReadAsStringAsync());
    }
}

/// <summary>That stack on what the version before has left in Redis.</summary>
public sealed class SuccessorStack : CompatibilityStack
{
    internal RecordedState Recorded { get; } = RecordedState.Newest();

    public override async ValueTask InitializeAsync()
    {
        await Redis.StartAsync();
        await using (var redis = await ConnectionMultiplexer.ConnectAsync(Redis.ConnectionString))
        {
            await Recorded.LoadAsync(redis.GetDatabase());
        }

        await base.InitializeAsync();
    }
}
