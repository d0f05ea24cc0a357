using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LearnFlow.Triage.Gate;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace LearnFlow.Tests.Integration;

/// <summary>Who and what may come in.</summary>
[Collection(GarnetCollection.Name)]
public sealed class GateTests(GarnetStack stack)
{
    private static readonly SymmetricSecurityKey OtherKey = new(RandomNumberGenerator.GetBytes(32));

    public static TheoryData<string> RefusedTokens => ["none", "other key", "expired", "too long", "no role", "odd role", "no sub", "audience", "issuer", "garbage", "no exp"];

    [Theory]
    [MemberData(nameof(RefusedTokens))]
    public async Task A_token_that_is_not_ours_is_refused(string kind)
    {
        using var client = stack.Anonymous();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Make(kind));

        using var reply = await client.PostAsJsonAsync("/api/v1/triage", new { query = "what is a list?" });

        Assert.Equal(HttpStatusCode.Unauthorized, reply.StatusCode);
        var problem = await reply.ReadAsync();
        Assert.Equal("urn:learnflow:problem:unauthenticated", problem.Text("type"));
        Assert.DoesNotContain("IDX", problem.Text("detail"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "/api/v1/triage", HttpStatusCode.UnsupportedMediaType, "application/json")]
    [InlineData("DELETE", "/api/v1/triage", HttpStatusCode.MethodNotAllowed, "Allow")]
    [InlineData("GET", "/api/v1/nothing", HttpStatusCode.NotFound, "/openapi/v1.json")]
    public async Task What_the_router_refuses_says_what_to_change(string method, string path, HttpStatusCode status, string word)
    {
        using var maya = await stack.SignInAsync("maya");
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent("text") };

        using var reply = await maya.SendAsync(request);

        Assert.Equal(status, reply.StatusCode);
        Assert.Contains(word, (await reply.ReadAsync()).Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_token_made_rightly_is_accepted()
    {
        using var client = stack.Anonymous();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Make("right"));

        Assert.Equal("answered", (await client.AskAsync(new { query = "what is a list?" })).Text("status"));
    }

    [Fact]
    public async Task No_token_says_how_to_get_one()
    {
        using var client = stack.Anonymous();

        using var reply = await client.PostAsJsonAsync("/api/v1/triage", new { query = "what is a list?" });

        Assert.Equal(HttpStatusCode.Unauthorized, reply.StatusCode);
        Assert.Contains("Authorization", (await reply.ReadAsync()).Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_none_is_told_so_to_anyone()
    {
        using var client = stack.Anonymous();

        using var reply = await client.GetAsync("/no/such/page");

        Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
        Assert.Equal("urn:learnflow:problem:not-found", (await reply.ReadAsync()).Text("type"));
    }

    public static TheoryData<string, string, HttpStatusCode> WrongBodies => new()
    {
        { """{"query":""}""", "query", HttpStatusCode.BadRequest },
        { """{"query":"   "}""", "query", HttpStatusCode.BadRequest },
        { """{}""", "query", HttpStatusCode.BadRequest },
        { $$"""{"query":"{{new string('a', 5001)}}"}""", "query", HttpStatusCode.BadRequest },
        { $$"""{"query":"a","code":"{{new string('a', 20001)}}"}""", "code", HttpStatusCode.BadRequest },
        { $$"""{"query":"a","error":"{{new string('a', 20001)}}"}""", "error", HttpStatusCode.BadRequest },
        { """{"query":5}""", "query", HttpStatusCode.BadRequest },
        { """{"query":"a","code":[1]}""", "code", HttpStatusCode.BadRequest },
        { """{"query":"a","requestId":"a b"}""", "requestId", HttpStatusCode.BadRequest },
        { """{"query":"a","conversation":{"turn":"first"}}""", "conversation.turn", HttpStatusCode.BadRequest },
        { """{"query":"a","intent":"nonsense"}""", "intent", HttpStatusCode.BadRequest },
        { """{"query":"a",""", "body", HttpStatusCode.BadRequest },
        { "[]", "body", HttpStatusCode.BadRequest },
        { "", "body", HttpStatusCode.BadRequest },
        { $$"""{"query":"{{new string('a', 10_000_000)}}"}""", "body", HttpStatusCode.RequestEntityTooLarge },
    };

    [Theory]
    [MemberData(nameof(WrongBodies), DisableDiscoveryEnumeration = true)]
    public async Task A_wrong_body_is_told_by_field_and_the_service_lives(string body, string field, HttpStatusCode status)
    {
        using var maya = await stack.SignInAsync("maya");

        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var reply = await maya.PostAsync("/api/v1/triage", content);

        Assert.Equal(status, reply.StatusCode);
        var problem = await reply.ReadAsync();
        Assert.Equal([field], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        Assert.Equal("answered", (await maya.AskAsync(new { query = "what is a list?" })).Text("status"));
    }

    [Fact]
    public async Task The_longest_message_that_fits_is_answered_even_where_every_character_is_escaped()
    {
        using var maya = await stack.SignInAsync("maya");
        static string Escaped(int length) => string.Concat(Enumerable.Repeat("\\u0061", length));
        var body = $$"""{"query":"{{Escaped(5000)}}","code":"{{Escaped(20000)}}","error":"{{Escaped(20000)}}"}""";

        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var reply = await maya.PostAsync("/api/v1/triage", content);

        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("")]
    public async Task Only_demo_users_sign_in(string user)
    {
        using var client = stack.Anonymous();

        using var reply = await client.PostAsJsonAsync("/api/v1/session", new { user });

        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        Assert.Contains("maya", (await reply.ReadAsync()).GetProperty("errors").GetProperty("user")[0].GetString(), StringComparison.Ordinal);
    }

    private string Make(string kind)
    {
        var now = DateTime.UtcNow;
        var claims = new Dictionary<string, object> { ["sub"] = "maya", ["role"] = "student" };
        var token = new SecurityTokenDescriptor
        {
            Issuer = kind == "issuer" ? "somebody" : TokenOptions.DefaultIssuer,
            Audience = kind == "audience" ? "others" : "learnflow",
            IssuedAt = kind == "expired" ? now.AddHours(-2) : now,
            NotBefore = kind == "expired" ? now.AddHours(-2) : now,
            Expires = kind switch { "expired" => now.AddHours(-1), "too long" => now.AddHours(25), _ => now.AddHours(1) },
            Claims = claims,
            SigningCredentials = new SigningCredentials(kind == "other key" ? OtherKey : OurKey(), SecurityAlgorithms.HmacSha256),
        };
        switch (kind)
        {
            case "no role": claims.Remove("role"); break;
            case "odd role": claims["role"] = "headmaster"; break;
            case "no sub": claims.Remove("sub"); break;
            case "none": return Unsigned(now.AddHours(1));
            case "garbage": return "not.a.token";
        }

        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = kind != "no exp" }
            .CreateToken(kind == "no exp" ? WithoutExpiry(token) : token);
    }

    private static SecurityTokenDescriptor WithoutExpiry(SecurityTokenDescriptor token)
    {
        token.Expires = null;
        return token;
    }

    private static string Unsigned(DateTime expires)
    {
        var header = JsonSerializer.SerializeToUtf8Bytes(new { alg = "none", typ = "JWT" });
        var payload = JsonSerializer.SerializeToUtf8Bytes(new
        {
            sub = "maya",
            role = "student",
            iss = TokenOptions.DefaultIssuer,
            aud = "learnflow",
            exp = new DateTimeOffset(expires).ToUnixTimeSeconds(),
        });
        return $"{Base64UrlEncoder.Encode(header)}.{Base64UrlEncoder.Encode(payload)}.";
    }

    private SecurityKey OurKey() => stack.TriageServices.GetRequiredService<IOptions<TokenOptions>>().Value.SigningKeys[0].ToSecurityKey();
}
