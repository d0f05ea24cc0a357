using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Tests.Triage;
using Microsoft.AspNetCore.Builder;
using Microsoft.IdentityModel.Tokens;

namespace LearnFlow.Tests.Integration;

/// <summary>Which tokens are believed, how they come, and how one is taken back.</summary>
public sealed class TokenTests(TokenStack stack) : IClassFixture<TokenStack>
{
    private static readonly Dictionary<string, Func<TokenStack, string>> Refused = new()
    {
        ["signed with HMAC by the public key as it is configured"] = stack => Jwt.Sign(
            Header("HS256", TokenStack.School), Jwt.Claims(TokenStack.School),
            Jwt.Hs256(Encoding.ASCII.GetBytes(stack.SchoolKey.ExportSubjectPublicKeyInfoPem()))),
        ["signed with HMAC by the public key's bytes"] = stack => Jwt.Sign(
            Header("HS256", TokenStack.School), Jwt.Claims(TokenStack.School),
            Jwt.Hs256(stack.SchoolKey.ExportSubjectPublicKeyInfo())),
        ["alg none"] = _ => Jwt.Sign(Header("none", TokenStack.Own), Jwt.Claims(TokenStack.Own), _ => []),
        ["alg None"] = _ => Jwt.Sign(Header("None", TokenStack.Own), Jwt.Claims(TokenStack.Own), _ => []),
        ["alg nOnE"] = _ => Jwt.Sign(Header("nOnE", TokenStack.Own), Jwt.Claims(TokenStack.Own), _ => []),
        ["alg none with a signature that is right"] = stack => stack.Sign(TokenStack.Own, (header, _) => header["alg"] = "none"),
        ["no alg"] = stack => stack.Sign(TokenStack.Own, (header, _) => header.Remove("alg")),
        ["HS384"] = stack => Jwt.Sign(
            Header("HS384", TokenStack.Own), Jwt.Claims(TokenStack.Own), bytes => HMACSHA384.HashData(stack.OwnSecret, bytes)),
        ["HS512"] = stack => Jwt.Sign(
            Header("HS512", TokenStack.Own), Jwt.Claims(TokenStack.Own), bytes => HMACSHA512.HashData(stack.OwnSecret, bytes)),
        ["RS384"] = stack => Jwt.Sign(
            Header("RS384", TokenStack.School), Jwt.Claims(TokenStack.School),
            bytes => stack.SchoolKey.SignData(bytes, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1)),
        ["PS256"] = stack => Jwt.Sign(
            Header("PS256", TokenStack.School), Jwt.Claims(TokenStack.School),
            bytes => stack.SchoolKey.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)),
        ["ES256"] = _ => Jwt.Sign(Header("ES256", TokenStack.School), Jwt.Claims(TokenStack.School), SignWithCurve),
        ["jwk"] = _ => ByAttacker((header, attacker) => header["jwk"] = PublicJwk(attacker)),
        ["jku"] = _ => ByAttacker((header, _) => header["jku"] = "https://attacker.example.org/keys"),
        ["x5c"] = _ => ByAttacker((header, attacker) => header["x5c"] = new JsonArray(Certificate(attacker))),
        ["x5u"] = _ => ByAttacker((header, _) => header["x5u"] = "https://attacker.example.org/certificate"),
        ["crit that names an extension"] = stack => stack.Sign(TokenStack.Own, (header, _) =>
            (header["crit"], header["b64"]) = (new JsonArray("b64"), true)),
        ["crit that is no list"] = stack => stack.Sign(TokenStack.Own, (header, _) => header["crit"] = "exp"),
        ["two roles"] = stack => WithClaim(stack, "role", new JsonArray("student", "admin")),
        ["a list of subs"] = stack => WithClaim(stack, "sub", new JsonArray("maya", "james")),
        ["a sub that is an object"] = stack => WithClaim(stack, "sub", new JsonObject { ["id"] = "maya" }),
        ["a sub of dots"] = stack => WithClaim(stack, "sub", ".."),
        ["a sub of spaces"] = stack => WithClaim(stack, "sub", "  "),
        ["a sub with a line break"] = stack => WithClaim(stack, "sub", "maya\nX-Role: admin"),
        ["a sub with a NUL"] = stack => WithClaim(stack, "sub", "maya\0"),
        ["a sub that is too long"] = stack => WithClaim(stack, "sub", new string('m', 257)),
        ["exp in words"] = stack => WithClaim(stack, "exp", "tomorrow"),
        ["exp in the past as text"] = stack => stack.Sign(TokenStack.Own, (_, claims) =>
            (claims["iat"], claims["nbf"], claims["exp"]) = (Jwt.FromNow(-7200), Jwt.FromNow(-7200), $"{Jwt.FromNow(-3600)}")),
        ["exp null"] = stack => WithClaim(stack, "exp", null),
        ["exp beyond all numbers"] = stack => WithClaim(stack, "exp", 1e300),
        ["expired for longer than clocks may differ"] = stack => Ended(stack, 31),
        ["exp before nbf"] = stack => WithClaim(stack, "exp", Jwt.FromNow(-5)),
        ["not valid before a time that clocks cannot explain"] = stack => WithClaim(stack, "nbf", Jwt.FromNow(300)),
        ["life too long by an iat of the future"] = stack => stack.Sign(TokenStack.Own, (_, claims) =>
            (claims["iat"], claims["exp"]) = (Jwt.FromNow(48 * 3600), Jwt.FromNow(49 * 3600))),
        ["life too long without iat and nbf"] = stack => stack.Sign(TokenStack.Own, (_, claims) =>
        {
            claims.Remove("iat");
            claims.Remove("nbf");
            claims["exp"] = Jwt.FromNow(25 * 3600);
        }),
        ["life too long by an iat of zero"] = stack => stack.Sign(TokenStack.Own, (_, claims) =>
            (claims["iat"], claims["nbf"], claims["exp"]) = (0, 0, Jwt.FromNow(25 * 3600))),
        ["life too long though nearly over"] = stack => stack.Sign(TokenStack.Own, (_, claims) =>
            (claims["iat"], claims["nbf"], claims["exp"]) = (Jwt.FromNow(-24 * 3600), Jwt.FromNow(-24 * 3600), Jwt.FromNow(600))),
        ["padded signature"] = stack => stack.Sign(TokenStack.Own) + "=",
        ["encrypted, by its number of parts"] = stack => stack.Sign(TokenStack.Own) + ".AAAA.AAAA",
    };

    private static readonly Dictionary<string, Func<TokenStack, string>> Accepted = new()
    {
        ["RS256"] = stack => stack.Sign(TokenStack.School),
        ["without typ and kid"] = stack => stack.Sign(TokenStack.School, (header, _) =>
        {
            header.Remove("typ");
            header.Remove("kid");
        }),
        ["begins within what clocks may differ"] = stack => WithClaim(stack, "nbf", Jwt.FromNow(20)),
        ["ended within what clocks may differ"] = stack => Ended(stack, 5),
        ["lives for exactly as long as it may"] = stack => WithClaim(stack, "exp", Jwt.FromNow(24 * 3600)),
        ["for us and others"] = stack => WithClaim(stack, "aud", new JsonArray("others", "learnflow")),
    };

    public static TheoryData<string> RefusedKinds => [.. Refused.Keys];

    public static TheoryData<string> AcceptedKinds => [.. Accepted.Keys];

    [Theory]
    [MemberData(nameof(RefusedKinds))]
    public async Task A_token_that_is_wrong_in_one_thing_is_refused(string kind)
    {
        using var client = stack.Anonymous();
        client.DefaultRequestHeaders.Authorization = new("Bearer", Refused[kind](stack));

        using var reply = await client.GetAsync(TokenStack.Probe);

        Assert.Equal(HttpStatusCode.Unauthorized, reply.StatusCode);
        var problem = await reply.ReadAsync();
        Assert.Equal("urn:learnflow:problem:unauthenticated", problem.Text("type"));
        Assert.DoesNotContain("IDX", problem.Text("detail"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(AcceptedKinds))]
    public async Task A_token_that_is_right_is_accepted(string kind) =>
        Assert.Equal(HttpStatusCode.OK, await stack.StatusOfAsync(Accepted[kind](stack)));

    [Theory]
    [InlineData(TokenStack.Own, TokenStack.Own, HttpStatusCode.OK)]
    [InlineData(TokenStack.School, TokenStack.School, HttpStatusCode.OK)]
    [InlineData(TokenStack.Club, TokenStack.Club, HttpStatusCode.OK)]
    [InlineData(TokenStack.Own, TokenStack.School, HttpStatusCode.Unauthorized)]
    [InlineData(TokenStack.School, TokenStack.Own, HttpStatusCode.Unauthorized)]
    [InlineData(TokenStack.Club, TokenStack.Own, HttpStatusCode.Unauthorized)]
    [InlineData(TokenStack.Club, TokenStack.School, HttpStatusCode.Unauthorized)]
    public async Task A_key_signs_the_tokens_of_its_own_issuer_alone(string key, string issuer, HttpStatusCode status) =>
        Assert.Equal(status, await stack.StatusOfAsync(stack.Sign(key, (_, claims) => claims["iss"] = issuer)));

    [Theory]
    [InlineData("Bearer {0}", HttpStatusCode.OK)]
    [InlineData("bearer {0}", HttpStatusCode.OK)]
    [InlineData("BEARER {0}", HttpStatusCode.OK)]
    [InlineData("Bearer   {0}  ", HttpStatusCode.OK)]
    [InlineData("Bearer\t{0}", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer{0}", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer", HttpStatusCode.Unauthorized)]
    [InlineData("{0}", HttpStatusCode.Unauthorized)]
    [InlineData("Basic {0}", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer Bearer {0}", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer {0} {0}", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer {0},Bearer {0}", HttpStatusCode.Unauthorized)]
    public async Task A_token_comes_in_its_header_as_it_should_also_when_it_is_remembered(string form, HttpStatusCode status)
    {
        var token = stack.Sign(TokenStack.Own);
        var header = form.Replace("{0}", token, StringComparison.Ordinal);

        Assert.Equal(status, await stack.SendAsync(header));
        Assert.Equal(HttpStatusCode.OK, await stack.StatusOfAsync(token));
        Assert.Equal(status, await stack.SendAsync(header));
    }

    [Theory]
    [InlineData("access_token")]
    [InlineData("token")]
    [InlineData("Authorization")]
    public async Task A_token_in_an_address_is_none(string name)
    {
        var token = stack.Sign(TokenStack.Own);
        Assert.Equal(HttpStatusCode.OK, await stack.StatusOfAsync(token));

        Assert.Equal(HttpStatusCode.Unauthorized, await stack.SendAsync(null, $"?{name}={token}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await stack.SendAsync(null, $"?{name}=Bearer%20{token}"));
    }

    [Fact]
    public async Task A_remembered_token_ends_when_it_expires_and_the_difference_of_clocks_is_over()
    {
        // Has expired, and is still within what clocks may differ for a few seconds.
        var token = Ended(stack, 26);

        Assert.Equal(HttpStatusCode.OK, await stack.StatusOfAsync(token));
        await Eventually.HoldsAsync("it is refused", async () =>
            await stack.StatusOfAsync(token) == HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_demo_sign_in_is_by_the_first_key_that_can_sign_and_as_its_issuer()
    {
        await using var triage = await TriageAlone.StartAsync(
            "Development", "--Authentication:SigningKeys:0:Id=a", "--Authentication:SigningKeys:0:Issuer=somebody",
            $"--Authentication:SigningKeys:0:Key={Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}");
        using var admin = new HttpClient { BaseAddress = new Uri(triage.Urls.Single()) };

        await admin.SignInAsync("admin");

        using var reply = await admin.GetAsync(TokenStack.Probe);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
    }

    [Fact]
    public async Task A_revoked_token_is_refused_on_every_replica_and_others_of_the_same_bearer_are_not()
    {
        var id = Guid.NewGuid().ToString("N");
        var revoked = WithClaim(stack, "jti", id);
        var other = stack.Sign(TokenStack.Own);
        await RequireOnBothAsync(HttpStatusCode.OK, revoked);
        await RequireOnBothAsync(HttpStatusCode.OK, other);

        using (var admin = stack.As("admin", "admin"))
        {
            Assert.Equal(HttpStatusCode.NoContent, await RevokeAsync(admin, id));
        }

        // Where it was revoked from the very next request on; elsewhere as soon as the news are there.
        Assert.Equal(HttpStatusCode.Unauthorized, await stack.StatusOfAsync(revoked));
        await Eventually.HoldsAsync("the other replica refuses it", async () =>
            await stack.StatusOfAsync(revoked, replica: 1) == HttpStatusCode.Unauthorized);
        await RequireOnBothAsync(HttpStatusCode.OK, other);
    }

    [Theory]
    [InlineData("student")]
    [InlineData("teacher")]
    public async Task Nobody_but_an_admin_revokes(string role)
    {
        var id = Guid.NewGuid().ToString("N");
        var token = WithClaim(stack, "jti", id);
        using var client = stack.As("maya", role);

        Assert.Equal(HttpStatusCode.Forbidden, await RevokeAsync(client, id));

        await RequireOnBothAsync(HttpStatusCode.OK, token);
    }

    [Fact]
    public async Task A_replica_that_starts_later_refuses_what_was_revoked_before_and_one_that_starts_without_Redis_once_it_is_back()
    {
        var id = Guid.NewGuid().ToString("N");
        var token = WithClaim(stack, "jti", id);
        using (var admin = stack.As("admin", "admin"))
        {
            Assert.Equal(HttpStatusCode.NoContent, await RevokeAsync(admin, id));
        }

        await using (var later = await StartReplicaAsync())
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAtAsync(later, token));
            Assert.Equal(HttpStatusCode.OK, await StatusAtAsync(later, stack.Sign(TokenStack.Own)));
        }

        await stack.Redis.StopAsync();
        await using var early = await StartReplicaAsync();
        await stack.StartRedisAgainAsync();

        await Eventually.HoldsAsync("it is refused where nothing was known of it", async () =>
            await StatusAtAsync(early, token) == HttpStatusCode.Unauthorized);
        await Eventually.HoldsAsync("it is still refused where it was known", async () =>
            await stack.StatusOfAsync(token) == HttpStatusCode.Unauthorized
            && await stack.StatusOfAsync(token, replica: 1) == HttpStatusCode.Unauthorized);
    }

    private Task<WebApplication> StartReplicaAsync() => TriageAlone.StartAsync(
        "Development",
        [$"--{Topology.RedisSetting}={stack.Redis.ConnectionString}", "--FeatureManagement:EnableRateLimiting=false", .. stack.Keys]);

    private static async Task<HttpStatusCode> StatusAtAsync(WebApplication triage, string token)
    {
        using var client = new HttpClient { BaseAddress = new Uri(triage.Urls.Single()) };
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        using var reply = await client.GetAsync(TokenStack.Probe);
        return reply.StatusCode;
    }

    private static async Task<HttpStatusCode> RevokeAsync(HttpClient client, string tokenId)
    {
        using var reply = await client.PutAsJsonAsync($"/api/v1/admin/revoked-tokens/{tokenId}", new { reason = "lost laptop" });
        return reply.StatusCode;
    }

    private async Task RequireOnBothAsync(HttpStatusCode status, string token)
    {
        Assert.Equal(status, await stack.StatusOfAsync(token));
        Assert.Equal(status, await stack.StatusOfAsync(token, replica: 1));
    }

    private static string WithClaim(TokenStack stack, string name, JsonNode? value) =>
        stack.Sign(TokenStack.Own, (_, claims) => claims[name] = value);

    /// <summary>A token that was right an hour long, until some seconds ago.</summary>
    private static string Ended(TokenStack stack, int secondsAgo) => stack.Sign(TokenStack.Own, (_, claims) =>
        (claims["iat"], claims["nbf"], claims["exp"]) = (Jwt.FromNow(-3600), Jwt.FromNow(-3600), Jwt.FromNow(-secondsAgo)));

    private static JsonObject Header(string algorithm, string key) => new() { ["alg"] = algorithm, ["typ"] = "JWT", ["kid"] = key };

    private static byte[] SignWithCurve(byte[] bytes)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.SignData(bytes, HashAlgorithmName.SHA256);
    }

    private static string ByAttacker(Action<JsonObject, RSA> point)
    {
        using var attacker = RSA.Create(2048);
        var header = Header("RS256", TokenStack.School);
        point(header, attacker);
        return Jwt.Sign(header, Jwt.Claims(TokenStack.School), Jwt.Rs256(attacker));
    }

    private static JsonObject PublicJwk(RSA key)
    {
        var parts = key.ExportParameters(includePrivateParameters: false);
        return new()
        {
            ["kty"] = "RSA",
            ["kid"] = TokenStack.School,
            ["n"] = Base64UrlEncoder.Encode(parts.Modulus),
            ["e"] = Base64UrlEncoder.Encode(parts.Exponent),
        };
    }

    private static string Certificate(RSA key)
    {
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest(
            "CN=school", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return Convert.ToBase64String(certificate.RawData);
    }
}
