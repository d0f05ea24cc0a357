using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace LearnFlow.Tests.Integration;

/// <summary>Two replicas with small limits, each another, behind a gateway on this machine that is believed.</summary>
public sealed class RateLimitStack : LearnFlowStack<GarnetUnderTest>
{
    public const int Messages = 5;
    public const int TeachersMessages = 8;
    public const int Runs = 3;
    public const int Submissions = 4;
    public const int Other = 6;
    public const int SignIns = 7;
    public const int Nobodys = 9;

    protected override int Replicas => 2;

    protected override IEnumerable<string> Settings =>
    [
        $"--RateLimit:PerMinute={Messages}",
        $"--RateLimit:Roles:teacher={TeachersMessages}",
        $"--RateLimit:RunsPerMinute={Runs}",
        $"--RateLimit:SubmissionsPerMinute={Submissions}",
        $"--RateLimit:OtherPerMinute={Other}",
        $"--RateLimit:SignInsPerMinute={SignIns}",
        $"--RateLimit:AnonymousPerMinute={Nobodys}",
        "--Gateway:TrustedNetworks:0=127.0.0.0/8",
        "--FeatureManagement:EnableBatchProcessing=true",
    ];
}

/// <summary>The limits as callers meet them. Each test has students and addresses of its own.</summary>
public sealed partial class RateLimitTests(RateLimitStack stack) : IClassFixture<RateLimitStack>
{
    private const string Triage = "/api/v1/triage";
    private const string Session = "/api/v1/session";

    private static int _clients;

    private readonly string _student = $"student-{Guid.NewGuid():N}";
    private readonly int _client = Interlocked.Increment(ref _clients);

    // Of the networks that are kept for documentation.
    private string Here => $"192.0.2.{_client}";

    private string Elsewhere => $"198.51.100.{_client}";

    [Fact]
    public async Task Each_answer_says_how_many_are_left_and_a_429_when_to_come_again()
    {
        using var student = stack.As(_student);
        for (var left = RateLimitStack.Messages - 1; left >= 0; left--)
        {
            // Words or none: what counts is that it was sent.
            var query = left % 2 == 0 ? "what is a list?" : "";
            using var reply = await student.PostAsJsonAsync(Triage, new { query });

            Assert.Equal(left % 2 == 0 ? HttpStatusCode.OK : HttpStatusCode.BadRequest, reply.StatusCode);
            var standing = StandingOf(reply);
            Assert.Equal(("messages", RateLimitStack.Messages, left), (standing.Limit, standing.Most, standing.Left));
            Assert.InRange(standing.Seconds, 1, 60);
            Assert.Null(reply.Headers.RetryAfter);
        }

        using var refused = await student.PostAsJsonAsync(Triage, new { query = "what is a list?" });

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        var refusedStanding = StandingOf(refused);
        Assert.Equal(("messages", RateLimitStack.Messages, 0), (refusedStanding.Limit, refusedStanding.Most, refusedStanding.Left));
        var retryAfter = refused.Headers.RetryAfter!.Delta!.Value;
        Assert.Equal(refusedStanding.Seconds, retryAfter.TotalSeconds);
        Assert.InRange(retryAfter, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType!.MediaType);
        var problem = await refused.ReadAsync();
        Assert.Equal("urn:learnflow:problem:rate-limited", problem.Text("type"));
        Assert.Equal(429, problem.GetProperty("status").GetInt32());
        Assert.Equal(refused.Headers.GetValues("X-Request-Id").Single(), problem.Text("requestId"));
        Assert.Contains($"{retryAfter.TotalSeconds} s", problem.Text("detail"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("student", RateLimitStack.Messages)]
    [InlineData("teacher", RateLimitStack.TeachersMessages)]
    [InlineData("admin", RateLimitStack.Messages)]
    public async Task A_role_may_have_a_limit_of_its_own(string role, int most)
    {
        using var client = stack.As(_student, role);

        Assert.Equal(most, await AdmittedAsync(most + 3, () => client.PostAsJsonAsync(Triage, new { })));
    }

    [Fact]
    public async Task A_limit_is_a_students_whatever_tokens_and_replicas_they_use()
    {
        List<HttpClient> clients = [.. Enumerable.Range(0, 4).Select(i => stack.As(_student, replica: i % 2))];
        using var another = stack.As($"{_student}-2");

        var statuses = await Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
        {
            using var reply = await clients[i % 4].PostAsJsonAsync(Triage, new { });
            return reply.StatusCode;
        }));

        Assert.Equal(RateLimitStack.Messages, statuses.Count(status => status == HttpStatusCode.BadRequest));
        Assert.Equal(40 - RateLimitStack.Messages, statuses.Count(status => status == HttpStatusCode.TooManyRequests));
        using var others = await another.PostAsJsonAsync(Triage, new { });
        Assert.Equal(RateLimitStack.Messages - 1, StandingOf(others).Left);
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task What_is_limited_by_itself_does_not_touch_the_rest()
    {
        using var student = stack.As(_student);
        (string Limit, int Most, Func<Task<HttpResponseMessage>>[] Calls)[] limits =
        [
            ("runs", RateLimitStack.Runs, [() => student.PostAsJsonAsync("/api/v1/run", new { })]),
            ("submissions", RateLimitStack.Submissions,
            [
                () => student.PostAsJsonAsync("/api/v1/exercises/none/submissions", new { }),
                () => student.PostAsJsonAsync("/api/v1/quizzes/loops/answers", new { }),
            ]),
            // Also what they may not do, what is not there, and what is no message.
            ("other", RateLimitStack.Other,
            [
                () => student.GetAsync("/api/v1/progress"),
                () => student.GetAsync("/api/v1/admin/flags"),
                () => student.GetAsync($"{Triage}/none"),
                () => student.DeleteAsync(Triage),
                () => student.PostAsJsonAsync($"{Triage}/batch", new { messages = new[] { new { query = "what is a list?" } } }),
            ]),
            ("messages", RateLimitStack.Messages, [() => student.PostAsJsonAsync(Triage, new { })]),
        ];

        foreach (var (limit, most, calls) in limits)
        {
            for (var left = most - 1; left >= 0; left--)
            {
                using var reply = await calls[left % calls.Length]();

                Assert.NotEqual(HttpStatusCode.TooManyRequests, reply.StatusCode);
                var standing = StandingOf(reply);
                Assert.Equal((limit, most, left), (standing.Limit, standing.Most, standing.Left));
            }
        }

        foreach (var call in limits.SelectMany(limit => limit.Calls))
        {
            using var reply = await call();

            Assert.Equal(HttpStatusCode.TooManyRequests, reply.StatusCode);
        }
    }

    [Fact]
    public async Task Calls_without_a_token_that_is_accepted_count_for_their_address()
    {
        using var nobody = From(Here);
        using var pretender = From(Here);
        pretender.DefaultRequestHeaders.Authorization = new("Bearer", "not.a.token");
        using var late = From(Here);
        late.DefaultRequestHeaders.Authorization = new("Bearer", stack.SignToken(_student, change: token =>
            (token.IssuedAt, token.NotBefore, token.Expires) = (DateTime.UtcNow.AddHours(-2), DateTime.UtcNow.AddHours(-2), DateTime.UtcNow.AddHours(-1))));
        HttpClient[] clients = [nobody, pretender, late];
        for (var left = RateLimitStack.Nobodys - 1; left >= 0; left--)
        {
            using var reply = await clients[left % 3].PostAsJsonAsync(Triage, new { query = "what is a list?" });

            Assert.Equal(HttpStatusCode.Unauthorized, reply.StatusCode);
            var standing = StandingOf(reply);
            Assert.Equal(("anonymous", RateLimitStack.Nobodys, left), (standing.Limit, standing.Most, standing.Left));
            Assert.Null(reply.Headers.RetryAfter);
        }

        foreach (var client in clients)
        {
            using var refused = await client.GetAsync("/api/v1/progress");

            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        using var student = From(Here);
        student.DefaultRequestHeaders.Authorization = new("Bearer", stack.SignToken(_student));
        Assert.Equal("answered", (await student.AskAsync(new { query = "what is a list?" })).Text("status"));
        using var elsewhere = From(Elsewhere);
        using var unknown = await elsewhere.GetAsync("/api/v1/progress");
        Assert.Equal(HttpStatusCode.Unauthorized, unknown.StatusCode);
    }

    [Fact]
    public async Task Sign_ins_count_for_their_address_whoever_they_are_for_and_whoever_asks()
    {
        using var client = From(Here);
        using var student = From(Here);
        student.DefaultRequestHeaders.Authorization = new("Bearer", stack.SignToken(_student));
        string[] users = ["maya", "james", "nobody"];
        for (var left = RateLimitStack.SignIns - 1; left >= 0; left--)
        {
            using var reply = await client.PostAsJsonAsync(Session, new { user = users[left % 3] });

            Assert.Equal(left % 3 == 2 ? HttpStatusCode.BadRequest : HttpStatusCode.OK, reply.StatusCode);
            var standing = StandingOf(reply);
            Assert.Equal(("sign-ins", RateLimitStack.SignIns, left), (standing.Limit, standing.Most, standing.Left));
        }

        using var refused = await client.PostAsJsonAsync(Session, new { user = "maya" });
        using var withToken = await student.PostAsJsonAsync(Session, new { user = "maya" });
        using var elsewhere = From(Elsewhere);
        using var elsewhereReply = await elsewhere.PostAsJsonAsync(Session, new { user = "maya" });
        using var unknown = await client.GetAsync("/api/v1/progress");

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, withToken.StatusCode);
        Assert.Equal(HttpStatusCode.OK, elsewhereReply.StatusCode);
        Assert.Equal(RateLimitStack.Nobodys - 1, StandingOf(unknown).Left);
    }

    /// <summary>Addresses of one client, and one of another.</summary>
    public static TheoryData<string, string, string> Addresses => new()
    {
        { "2001:db8:7:1::1", "2001:db8:7:1:ffff:ffff:ffff:ffff", "2001:db8:7:2::1" },
        { "203.0.113.1", "::ffff:203.0.113.1", "::ffff:203.0.113.2" },
        // A gateway adds the address that it sees behind whatever its client wrote there.
        { "203.0.113.3", "203.0.113.5, 203.0.113.3", "203.0.113.3, 203.0.113.4" },
    };

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task A_client_is_an_address_or_an_IPv6_network_as_the_gateway_saw_it(string one, string same, string other)
    {
        using var client = From(one);
        using var sameClient = From(same);
        using var otherClient = From(other);

        Assert.Equal(RateLimitStack.Nobodys, await AdmittedAsync(RateLimitStack.Nobodys + 1, () => client.GetAsync("/api/v1/progress")));
        Assert.Equal(0, await AdmittedAsync(1, () => sameClient.GetAsync("/api/v1/progress")));
        Assert.Equal(1, await AdmittedAsync(1, () => otherClient.GetAsync("/api/v1/progress")));
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/alive")]
    [InlineData("/metrics")]
    public async Task Probes_and_scrapers_are_answered_however_often_they_ask_and_whoever_else_is_at_their_address(string path)
    {
        using var client = From(Here);
        for (var i = 0; i < RateLimitStack.Nobodys; i++)
        {
            using var probe = await client.GetAsync(path);
            using var unknown = await client.GetAsync("/api/v1/progress");

            Assert.Equal(HttpStatusCode.OK, probe.StatusCode);
            // What machines ask counts for nothing.
            Assert.Equal(RateLimitStack.Nobodys - 1 - i, StandingOf(unknown).Left);
        }

        using var last = await client.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, last.StatusCode);
        Assert.False(last.Headers.Contains("RateLimit"));
        Assert.Equal(0, await AdmittedAsync(1, () => client.GetAsync("/api/v1/progress")));
    }

    [Fact]
    public async Task Of_a_batch_as_many_are_answered_as_the_limit_has_room_for()
    {
        const int first = 5;
        const int room = RateLimitStack.TeachersMessages - first;
        using var teacher = stack.As(_student, "teacher");

        using var whole = await SendBatchAsync(teacher, first);
        using var partly = await SendBatchAsync(teacher, first);
        using var notAtAll = await SendBatchAsync(teacher, 1);
        using var alone = await teacher.PostAsJsonAsync(Triage, new { query = "what is a list?" });

        Assert.Equal(Enumerable.Repeat(200, first), StatusesOf(await ResultsAsync(whole)));
        Assert.Equal(("messages", room), (StandingOf(whole).Limit, StandingOf(whole).Left));
        Assert.Null(whole.Headers.RetryAfter);
        var results = await ResultsAsync(partly);
        Assert.Equal([.. Enumerable.Repeat(200, room), .. Enumerable.Repeat(429, first - room)], StatusesOf(results));
        Assert.Equal("urn:learnflow:problem:rate-limited", results[room].GetProperty("problem").Text("type"));
        Assert.Equal(0, StandingOf(partly).Left);
        Assert.NotNull(partly.Headers.RetryAfter);
        Assert.Equal([429], StatusesOf(await ResultsAsync(notAtAll)));
        Assert.Equal(HttpStatusCode.TooManyRequests, alone.StatusCode);
    }

    [Fact]
    public async Task Batches_that_hold_no_message_are_limited_too()
    {
        using var teacher = stack.As(_student, "teacher");

        Assert.Equal(RateLimitStack.Other, await AdmittedAsync(RateLimitStack.Other + 3, () => SendBatchAsync(teacher, 0)));
    }

    internal static async Task<int> AdmittedAsync(int times, Func<Task<HttpResponseMessage>> call)
    {
        var admitted = 0;
        for (; times > 0; times--)
        {
            using var reply = await call();
            admitted += reply.StatusCode == HttpStatusCode.TooManyRequests ? 0 : 1;
        }

        return admitted;
    }

    private static Task<HttpResponseMessage> SendBatchAsync(HttpClient client, int messages) => client.PostAsJsonAsync(
        $"{Triage}/batch", new { messages = Enumerable.Repeat(new { query = "what is a list?" }, messages) });

    private static async Task<List<JsonElement>> ResultsAsync(HttpResponseMessage batch) =>
        [.. (await batch.ReadAsync()).GetProperty("results").EnumerateArray()];

    private static IEnumerable<int> StatusesOf(List<JsonElement> results) => results.Select(result => result.GetProperty("status").GetInt32());

    /// <summary>Both fields, which are structured: a string, and parameters that are integers.</summary>
    private static Standing StandingOf(HttpResponseMessage reply)
    {
        var field = Field().Match(Assert.Single(reply.Headers.GetValues("RateLimit")));
        var policy = Policy().Match(Assert.Single(reply.Headers.GetValues("RateLimit-Policy")));
        Assert.True(field.Success && policy.Success, reply.Headers.ToString());
        Assert.Equal(field.Groups["limit"].Value, policy.Groups["limit"].Value);
        return new(
            field.Groups["limit"].Value,
            int.Parse(policy.Groups["most"].Value, CultureInfo.InvariantCulture),
            int.Parse(field.Groups["left"].Value, CultureInfo.InvariantCulture),
            int.Parse(field.Groups["seconds"].Value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex("""^"(?<limit>[a-z-]+)";r=(?<left>\d{1,15});t=(?<seconds>\d{1,15})$""")]
    private static partial Regex Field();

    [GeneratedRegex("""^"(?<limit>[a-z-]+)";q=(?<most>\d{1,15});w=60$""")]
    private static partial Regex Policy();

    private HttpClient From(string forwardedFor)
    {
        var client = stack.Anonymous();
        client.DefaultRequestHeaders.Add("X-Forwarded-For", forwardedFor);
        return client;
    }

    private readonly record struct Standing(string Limit, int Most, int Left, int Seconds);
}
