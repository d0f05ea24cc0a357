using System.Net;
using System.Security.Cryptography;
using LearnFlow.Tests.Triage;
using LearnFlow.Triage.Gate;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace LearnFlow.Tests.Integration;

/// <summary>Tokens of an OIDC issuer: its keys are discovered, follow it, and are missed where it is away.</summary>
public sealed class IssuerTests
{
    private static readonly byte[] FixedSecret = RandomNumberGenerator.GetBytes(32);

    private static readonly Dictionary<string, RequestDelegate> Failures = new()
    {
        ["answers with an error"] = context =>
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return Task.CompletedTask;
        },
        ["answers with a page"] = context => context.Response.WriteAsync("<html>Under maintenance</html>"),
        ["answers with nothing of use"] = context => context.Response.WriteAsync("{}"),
        ["does not answer"] = context => Task.Delay(Timeout.Infinite, context.RequestAborted),
    };

    public static TheoryData<string> FailureKinds => [.. Failures.Keys];

    [Fact]
    public async Task A_key_that_the_issuer_publishes_and_a_fixed_one_each_sign_for_their_own_issuer()
    {
        await using var issuer = await IssuerStandIn.StartAsync();
        await using var triage = await StartAsync(issuer.Address);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(triage, issuer.Sign()));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(triage, SignFixed(TokenOptions.DefaultIssuer)));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(triage, issuer.Sign(claims => claims["iss"] = TokenOptions.DefaultIssuer)));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(triage, SignFixed(issuer.Address)));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(triage, issuer.Sign(claims => claims["aud"] = "others")));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(triage, issuer.Sign(claims => claims["exp"] = Jwt.FromNow(25 * 3600))));
    }

    [Fact]
    public async Task A_new_key_is_found_and_the_withdrawn_one_is_not_believed_any_more()
    {
        await using var issuer = await IssuerStandIn.StartAsync();
        await using var triage = await StartAsync(issuer.Address);
        var manager = (BaseConfigurationManager)triage.Services.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>()
            .Get(JwtBearerDefaults.AuthenticationScheme).ConfigurationManager!;
        // The least that there is; half a minute would be the same behaviour, later.
        manager.RefreshInterval = BaseConfigurationManager.MinimumRefreshInterval;

        for (var rotation = 0; rotation < 2; rotation++)
        {
            var (remembered, unseen) = (issuer.Sign(), issuer.Sign());
            await Eventually.HoldsAsync("a token of the key is accepted", async () =>
                await StatusAsync(triage, remembered) == HttpStatusCode.OK);

            issuer.Rotate();
            var renewed = issuer.Sign();

            await Eventually.HoldsAsync("a token of the new key is accepted", async () =>
                await StatusAsync(triage, renewed) == HttpStatusCode.OK);
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(triage, remembered));
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(triage, unseen));
        }
    }

    [Theory]
    [MemberData(nameof(FailureKinds))]
    public async Task While_an_issuer_fails_whoever_has_a_token_is_told_to_come_again_and_all_is_well_once_it_is(string kind)
    {
        await using var issuer = await IssuerStandIn.StartAsync();
        issuer.Failure = Failures[kind];
        await using var triage = await StartAsync(issuer.Address);

        await RequireUnavailableAsync(triage, issuer.Sign());
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(triage, null));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(triage, null, "/alive"));

        issuer.Failure = null;

        await Eventually.HoldsAsync("tokens are believed", async () => await StatusAsync(triage, issuer.Sign()) == HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_issuer_that_is_not_there_is_found_when_it_comes_and_missed_by_nobody_once_its_keys_are_known()
    {
        var port = Tools.FreePort();
        await using var triage = await StartAsync($"http://127.0.0.1:{port}");
        await RequireUnavailableAsync(triage, SignFixed(TokenOptions.DefaultIssuer));

        string token;
        await using (var issuer = await IssuerStandIn.StartAsync(port))
        {
            token = issuer.Sign();
            await Eventually.HoldsAsync("tokens are believed", async () => await StatusAsync(triage, issuer.Sign()) == HttpStatusCode.OK);
        }

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(triage, token));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(triage, SignFixed("somebody")));
    }

    [Fact]
    public async Task Where_an_issuer_signs_and_no_key_is_ours_there_is_no_demo_sign_in()
    {
        await using var triage = await TriageAlone.StartAsync("Development", "--Authentication:Authority=http://127.0.0.1:1");
        using var client = new HttpClient { BaseAddress = new Uri(triage.Urls.Single()) };

        using var content = new StringContent("""{"user":"maya"}""", System.Text.Encoding.UTF8, "application/json");
        using var reply = await client.PostAsync("/api/v1/session", content);

        Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
    }

    private static Task<WebApplication> StartAsync(string authority) => TriageAlone.StartAsync(
        "Development",
        $"--Authentication:Authority={authority}",
        "--Authentication:SigningKeys:0:Id=fixed",
        $"--Authentication:SigningKeys:0:Issuer={TokenOptions.DefaultIssuer}",
        $"--Authentication:SigningKeys:0:Key={Convert.ToBase64String(FixedSecret)}",
        "--FeatureManagement:EnableRateLimiting=false");

    private static string SignFixed(string issuer) => Jwt.Sign(
        new() { ["alg"] = "HS256", ["kid"] = "fixed" }, Jwt.Claims(issuer), Jwt.Hs256(FixedSecret));

    private static async Task RequireUnavailableAsync(WebApplication triage, string token)
    {
        using var client = Client(triage, token);
        using var reply = await client.GetAsync(TokenStack.Probe);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, reply.StatusCode);
        Assert.NotNull(reply.Headers.RetryAfter);
        var problem = await reply.ReadAsync();
        Assert.Equal("urn:learnflow:problem:unavailable", problem.Text("type"));
        Assert.DoesNotContain("127.0.0.1", problem.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("IDX", problem.GetRawText(), StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> StatusAsync(WebApplication triage, string? token, string path = TokenStack.Probe)
    {
        using var client = Client(triage, token);
        using var reply = await client.GetAsync(path);
        return reply.StatusCode;
    }

    private static HttpClient Client(WebApplication triage, string? token)
    {
        var client = new HttpClient { BaseAddress = new Uri(triage.Urls.Single()) };
        client.DefaultRequestHeaders.Authorization = token is null ? null : new("Bearer", token);
        return client;
    }
}
