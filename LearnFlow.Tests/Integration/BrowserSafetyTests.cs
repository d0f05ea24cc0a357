using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using LearnFlow.ServiceDefaults;
using LearnFlow.Tests.Triage;
using LearnFlow.Triage.Gate;
using Microsoft.Extensions.Options;

namespace LearnFlow.Tests.Integration;

/// <summary>A stack as it runs behind a gateway, whose word it takes, with a school's pages that may ask it.</summary>
public sealed class GatewayStack : LearnFlowStack<GarnetUnderTest>
{
    public const string School = "https://school.example.org";
    public const int Most = 3;

    protected override IEnumerable<string> Settings =>
    [
        "--environment=Production",
        $"--Cors:Origins:0={School}",
        "--Cors:Origins:1=http://localhost:4000",
        "--Gateway:TrustedNetworks:0=127.0.0.0/8",
        $"--RateLimit:AnonymousPerMinute={Most}",
        "--Authentication:SigningKeys:0:Id=test",
        $"--Authentication:SigningKeys:0:Key={Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}",
    ];
}

/// <summary>A stack that takes nobody's word for an address.</summary>
public sealed class NoGatewayStack : LearnFlowStack<GarnetUnderTest>
{
    protected override IEnumerable<string> Settings => [$"--RateLimit:AnonymousPerMinute={GatewayStack.Most}"];
}

/// <summary>What browsers and gateways are told, and what is believed of them.</summary>
public sealed class BrowserSafetyTests(GatewayStack gateway, NoGatewayStack plain) : IClassFixture<GatewayStack>, IClassFixture<NoGatewayStack>
{
    private const string DataPolicy = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>Addresses that these tests call from, as a gateway names them; each is used once.</summary>
    private static int _lastAddress;

    public static TheoryData<string, string, string, int> Kinds => new()
    {
        { "GET", "/api/v1/progress", "maya", 200 },
        { "GET", "/api/v1/progress", "", 401 },
        { "GET", "/api/v1/admin/flags", "maya", 403 },
        { "GET", "/api/v1/nothing", "maya", 404 },
        { "GET", "/no/such/page", "", 404 },
        { "GET", "/app.txt", "", 404 },
        { "DELETE", "/api/v1/triage", "maya", 405 },
        { "POST", "/api/v1/triage", "maya", 415 },
        { "GET", "/health", "", 200 },
        { "GET", "/alive", "", 200 },
        { "GET", "/metrics", "", 200 },
        { "GET", "/openapi/v1.json", "", 200 },
        { "GET", "/openapi/v2.json", "", 404 },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Every_answer_that_is_data_says_that_nothing_in_it_runs(string method, string path, string user, int status)
    {
        using var client = user.Length > 0 ? gateway.As(user) : gateway.Anonymous();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Content = method == "POST" ? new StringContent("text") : null;
        request.Headers.Add("X-Forwarded-For", NextAddress());

        using var reply = await client.SendAsync(request);

        Assert.Equal(status, (int)reply.StatusCode);
        Assert.Equal(DataPolicy, Header(reply, "Content-Security-Policy"));
        ShouldBeSafe(reply);
        Assert.Contains("no-store", Header(reply, "Cache-Control"), StringComparison.Ordinal);
        Assert.NotNull(Header(reply, RequestIdentity.Header));
        if (status >= 400)
        {
            await reply.ReadSafelyAsync(path);
        }
    }

    [Theory]
    [InlineData("/", "text/html")]
    [InlineData("/index.html", "text/html")]
    [InlineData("/app.js", "text/javascript")]
    [InlineData("/markdown.js", "text/javascript")]
    [InlineData("/app.css", "text/css")]
    public async Task The_page_runs_what_is_its_own_and_nothing_else(string path, string type)
    {
        using var anyone = gateway.Anonymous();

        using var reply = await anyone.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.Equal(type, reply.Content.Headers.ContentType?.MediaType);
        ShouldBeSafe(reply);
        var policy = Header(reply, "Content-Security-Policy")!.Split("; ");
        Assert.Contains("default-src 'none'", policy);
        Assert.Contains("script-src 'self'", policy);
        Assert.Contains("connect-src 'self'", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.Contains("base-uri 'none'", policy);
        Assert.Contains("form-action 'none'", policy);
        Assert.DoesNotContain(policy, part => part.Contains("unsafe", StringComparison.Ordinal) || part.Contains('*', StringComparison.Ordinal));
        Assert.Equal("no-referrer", Header(reply, "Referrer-Policy"));
        Assert.Equal("same-origin", Header(reply, "Cross-Origin-Opener-Policy"));
        Assert.Equal("no-cache", Header(reply, "Cache-Control"));
    }

    [Theory]
    [InlineData("https", "learnflow.example.org", true)]
    [InlineData("http", "learnflow.example.org", false)]
    [InlineData("https", "localhost", false)]
    public async Task Behind_https_browsers_are_told_to_stay_there(string scheme, string host, bool isTold)
    {
        using var anyone = gateway.Anonymous();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/alive") { Headers = { Host = host } };
        request.Headers.Add("X-Forwarded-Proto", scheme);
        request.Headers.Add("X-Forwarded-For", NextAddress());

        using var reply = await anyone.SendAsync(request);

        Assert.Equal(isTold ? "max-age=31536000" : null, Header(reply, "Strict-Transport-Security"));
    }

    [Fact]
    public async Task In_Development_and_from_whom_nobody_believes_nothing_is_said_of_https()
    {
        using var anyone = plain.Anonymous();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/alive") { Headers = { Host = "learnflow.example.org" } };
        request.Headers.Add("X-Forwarded-Proto", "https");

        using var reply = await anyone.SendAsync(request);

        Assert.Null(Header(reply, "Strict-Transport-Security"));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("OPTIONS")]
    public async Task Without_origins_no_page_of_others_may_read_anything(string method)
    {
        using var student = plain.As("maya");
        using var request = new HttpRequestMessage(new HttpMethod(method), "/api/v1/progress");
        request.Headers.Add("Origin", GatewayStack.School);
        request.Headers.Add("Access-Control-Request-Method", "GET");
        request.Headers.Add("Access-Control-Request-Headers", "authorization");

        using var reply = await student.SendAsync(request);

        Assert.DoesNotContain(reply.Headers, header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
        Assert.Equal("same-origin", Header(reply, "Cross-Origin-Resource-Policy"));
    }

    [Theory]
    [InlineData(GatewayStack.School)]
    [InlineData("http://localhost:4000")]
    public async Task A_page_of_a_known_origin_asks_and_reads_what_it_needs(string origin)
    {
        using var anyone = gateway.Anonymous();
        using var ask = new HttpRequestMessage(HttpMethod.Options, "/api/v1/triage");
        ask.Headers.Add("Origin", origin);
        ask.Headers.Add("Access-Control-Request-Method", "POST");
        ask.Headers.Add("Access-Control-Request-Headers", "authorization,content-type,x-request-id");
        using var preflight = await anyone.SendAsync(ask);

        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Equal(origin, Header(preflight, "Access-Control-Allow-Origin"));
        Assert.Contains("POST", Header(preflight, "Access-Control-Allow-Methods"), StringComparison.Ordinal);
        Assert.Contains("Authorization", Header(preflight, "Access-Control-Allow-Headers"), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Content-Type", Header(preflight, "Access-Control-Allow-Headers"), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("3600", Header(preflight, "Access-Control-Max-Age"));
        Assert.Null(Header(preflight, "Access-Control-Allow-Credentials"));

        // Also what is refused can be read, or the page could not say why.
        using var student = gateway.As("maya");
        foreach (var (client, path) in ((HttpClient, string)[])[(student, "/api/v1/progress"), (student, "/api/v1/admin/flags")])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add("Origin", origin);
            using var reply = await client.SendAsync(request);

            Assert.Equal(origin, Header(reply, "Access-Control-Allow-Origin"));
            Assert.Contains("Origin", Header(reply, "Vary"), StringComparison.Ordinal);
            Assert.Null(Header(reply, "Access-Control-Allow-Credentials"));
            var readable = Header(reply, "Access-Control-Expose-Headers")!;
            Assert.All((string[])["X-Request-Id", "RateLimit", "RateLimit-Policy", "Retry-After", "Age"], name =>
                Assert.Contains(name, readable, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("https://school.example.org.evil.example")]
    [InlineData("http://school.example.org")]
    [InlineData("https://school.example.org:8443")]
    [InlineData("null")]
    public async Task A_page_of_another_origin_gets_no_leave(string origin)
    {
        using var student = gateway.As("maya");
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Options])
        {
            using var request = new HttpRequestMessage(method, "/api/v1/progress");
            request.Headers.Add("Origin", origin);
            request.Headers.Add("Access-Control-Request-Method", "GET");
            using var reply = await student.SendAsync(request);

            Assert.Null(Header(reply, "Access-Control-Allow-Origin"));
        }
    }

    [Theory]
    [InlineData("Cors:Origins:0=https://school.example.org/")]
    [InlineData("Cors:Origins:0=https://school.example.org/page")]
    [InlineData("Cors:Origins:0=school.example.org")]
    [InlineData("Cors:Origins:0=*")]
    [InlineData("Cors:Origins:0=null")]
    [InlineData("Cors:Origins:0=file:///page.html")]
    [InlineData("Gateway:TrustedNetworks:0=everybody")]
    [InlineData("Gateway:TrustedNetworks:0=10.0.0.0/33")]
    [InlineData("Gateway:Hops=0")]
    public async Task What_nobody_could_mean_is_told_at_start(string setting)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => TriageAlone.StartAsync("Development", $"--{setting}"));

        var failure = Assert.Single(error.Failures);
        Assert.StartsWith(setting.Split('=')[0].TrimEnd('0').TrimEnd(':'), failure, StringComparison.Ordinal);
        Assert.Contains("must be", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_that_is_believed_says_where_a_call_comes_from()
    {
        var (one, other) = (NextAddress(), NextAddress());
        using var anyone = gateway.Anonymous();

        for (var i = 0; i < GatewayStack.Most; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(anyone, one));
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync(anyone, one));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(anyone, other));
        // It is the gateway's word that counts, the last, not what the caller had put before it.
        Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync(anyone, $"198.51.100.77, {one}"));
        // A household has one IPv6 network.
        for (var i = 0; i < GatewayStack.Most; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(anyone, $"2001:db8:0:1::{i}"));
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync(anyone, "2001:db8:0:1:ffff::1"));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(anyone, "2001:db8:0:2::1"));
    }

    [Fact]
    public async Task Nobody_else_says_where_a_call_comes_from_and_a_refusal_is_as_safe_as_an_answer()
    {
        using var anyone = plain.Anonymous();
        for (var i = 0; i < GatewayStack.Most; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(anyone, NextAddress()));
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/progress");
        request.Headers.Add("X-Forwarded-For", NextAddress());
        request.Headers.Add("Forwarded", "for=192.0.2.1");
        request.Headers.Add("X-Real-IP", "192.0.2.1");
        using var refused = await anyone.SendAsync(request);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        ShouldBeSafe(refused);
        await refused.ReadSafelyAsync("one call too many");
    }

    [Theory]
    [InlineData("X-Consumer-Username", "admin")]
    [InlineData("X-Consumer-Custom-Id", "admin")]
    [InlineData("X-Authenticated-Userid", "admin")]
    [InlineData("X-Credential-Identifier", "admin")]
    [InlineData("X-Forwarded-User", "admin")]
    [InlineData("X-Role", "admin")]
    public async Task No_gateways_word_stands_for_a_token(string header, string name)
    {
        foreach (var (client, path, status) in ((HttpClient, string, HttpStatusCode)[])
        [
            (gateway.Anonymous(), "/api/v1/progress", HttpStatusCode.Unauthorized),
            (gateway.As("maya"), "/api/v1/admin/flags", HttpStatusCode.Forbidden),
        ])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add(header, name);
            request.Headers.Add("X-Forwarded-For", NextAddress());
            using var reply = await client.SendAsync(request);
            Assert.Equal(status, reply.StatusCode);
            client.Dispose();
        }
    }

    [Fact]
    public async Task Whom_the_gateway_names_goes_on_record_beside_the_student_and_only_where_it_is_believed()
    {
        Assert.Equal("classroom-app", await RecordedAsync(gateway, "classroom-app"));
        Assert.Null(await RecordedAsync(plain, "classroom-app"));
        Assert.Null(await RecordedAsync(gateway, new string('x', 129)));
    }

    private static async Task<string?> RecordedAsync(LearnFlowStack<GarnetUnderTest> stack, string consumer)
    {
        var name = $"student-{Guid.NewGuid():N}";
        using var student = stack.As(name);
        student.DefaultRequestHeaders.Add("X-Consumer-Username", consumer);
        await student.AskAsync(new { query = "what is a list?" });
        using var admin = stack.As("admin", Roles.Admin);
        System.Text.Json.JsonElement record = default;
        await Eventually.HoldsAsync("the message is on record", async () =>
        {
            using var reply = await admin.GetAsync($"/api/v1/admin/audit?student={name}");
            var records = (await reply.ReadAsync()).GetProperty("records");
            record = records.GetArrayLength() > 0 ? records[0] : default;
            return records.GetArrayLength() > 0;
        });
        var seen = record.TryGetProperty("record", out var inner) ? inner : record;
        Assert.Equal(name, seen.Text("actor"));
        return seen.TryGetProperty("consumer", out var named) ? named.GetString() : null;
    }

    private static async Task<HttpStatusCode> AskAsync(HttpClient client, string forwardedFor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/progress");
        request.Headers.Add("X-Forwarded-For", forwardedFor);
        using var reply = await client.SendAsync(request);
        return reply.StatusCode;
    }

    private static string NextAddress() => $"203.0.113.{Interlocked.Increment(ref _lastAddress)}";

    private static void ShouldBeSafe(HttpResponseMessage reply)
    {
        Assert.Equal("nosniff", Header(reply, "X-Content-Type-Options"));
        Assert.Equal("same-origin", Header(reply, "Cross-Origin-Resource-Policy"));
        Assert.Null(Header(reply, "Server"));
        Assert.Null(Header(reply, "X-Powered-By"));
    }

    private static string? Header(HttpResponseMessage reply, string name) =>
        reply.Headers.TryGetValues(name, out var values) || reply.Content.Headers.TryGetValues(name, out values)
            ? string.Join(", ", values)
            : null;
}
