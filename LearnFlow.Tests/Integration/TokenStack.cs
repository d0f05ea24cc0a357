using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using LearnFlow.Triage.Gate;

namespace LearnFlow.Tests.Integration;

/// <summary>Two replicas that believe three fixed keys: their own, and those of two issuers beside it.</summary>
public sealed class TokenStack : LearnFlowStack<GarnetUnderTest>
{
    /// <summary>The issuer of each key, which is also its id.</summary>
    public const string Own = TokenOptions.DefaultIssuer;
    public const string School = "school";
    public const string Club = "club";

    /// <summary>A route that an admin's token opens, and that needs neither Redis nor an agent.</summary>
    public const string Probe = "/api/v1/admin/flags";

    private readonly byte[] _clubSecret = RandomNumberGenerator.GetBytes(32);

    /// <summary>Long enough for every HMAC, so that no other one is refused for its length.</summary>
    public byte[] OwnSecret { get; } = RandomNumberGenerator.GetBytes(64);

    public RSA SchoolKey { get; } = RSA.Create(2048);

    /// <summary>The settings of the keys, for a replica beside the stack's own.</summary>
    public string[] Keys =>
    [
        .. Key(0, Own, SigningKey.Hs256, Convert.ToBase64String(OwnSecret)),
        .. Key(1, School, SigningKey.Rs256, SchoolKey.ExportSubjectPublicKeyInfoPem()),
        $"--Authentication:SigningKeys:1:Issuer={School}",
        .. Key(2, Club, SigningKey.Hs256, Convert.ToBase64String(_clubSecret)),
        $"--Authentication:SigningKeys:2:Issuer={Club}",
    ];

    protected override int Replicas => 2;

    protected override IEnumerable<string> Settings => Keys;

    /// <summary>A token by one of the keys, right in everything that is not changed.</summary>
    public string Sign(string key, Action<JsonObject, JsonObject>? change = null)
    {
        var header = new JsonObject { ["alg"] = key == School ? SigningKey.Rs256 : SigningKey.Hs256, ["typ"] = "JWT", ["kid"] = key };
        var claims = Jwt.Claims(key);
        change?.Invoke(header, claims);
        return Jwt.Sign(header, claims, key switch
        {
            School => Jwt.Rs256(SchoolKey),
            Club => Jwt.Hs256(_clubSecret),
            _ => Jwt.Hs256(OwnSecret),
        });
    }

    /// <summary>What the probe answers to a token.</summary>
    public Task<HttpStatusCode> StatusOfAsync(string token, int replica = 0) => SendAsync($"Bearer {token}", replica: replica);

    /// <summary>What the probe answers to an <c>Authorization</c> header.</summary>
    public async Task<HttpStatusCode> SendAsync(string? authorization, string query = "", int replica = 0)
    {
        using var client = Anonymous(replica);
        if (authorization is not null)
        {
            Assert.True(client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization));
        }

        using var reply = await client.GetAsync(Probe + query);
        return reply.StatusCode;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        SchoolKey.Dispose();
    }

    private static string[] Key(int n, string id, string algorithm, string key) =>
    [
        $"--Authentication:SigningKeys:{n}:Id={id}",
        $"--Authentication:SigningKeys:{n}:Algorithm={algorithm}",
        $"--Authentication:SigningKeys:{n}:Key={key}",
    ];
}
