using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace LearnFlow.Tests.Integration;

/// <summary>An OIDC issuer that publishes one key, and that can be made to fail.</summary>
internal sealed class IssuerStandIn : IAsyncDisposable
{
    private readonly WebApplication _app;
    private RSA _key = RSA.Create(2048);
    private int _generation;

    private IssuerStandIn(WebApplication app) => _app = app;

    /// <summary>What it answers instead of its documents; null while it is well.</summary>
    public RequestDelegate? Failure { get; set; }

    public string Address => _app.Urls.Single();

    private string KeyId => $"key-{_generation}";

    public static async Task<IssuerStandIn> StartAsync(int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder([$"--urls=http://127.0.0.1:{port}"]);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var issuer = new IssuerStandIn(app);
        app.Use((context, next) => issuer.Failure is { } failure ? failure(context) : next(context));
        app.MapGet("/.well-known/openid-configuration", () => Results.Json(new { issuer = issuer.Address, jwks_uri = $"{issuer.Address}/keys" }));
        app.MapGet("/keys", issuer.Publish);
        await app.StartAsync();
        return issuer;
    }

    /// <summary>Publishes another key in place of the one before.</summary>
    public void Rotate()
    {
        _generation++;
        _key = RSA.Create(2048);
    }

    /// <summary>A token by the key that it publishes now.</summary>
    public string Sign(Action<JsonObject>? change = null)
    {
        var claims = Jwt.Claims(Address);
        change?.Invoke(claims);
        return Jwt.Sign(new JsonObject { ["alg"] = "RS256", ["kid"] = KeyId }, claims, Jwt.Rs256(_key));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IResult Publish()
    {
        var parts = _key.ExportParameters(includePrivateParameters: false);
        return Results.Json(new
        {
            keys = new[]
            {
                new
                {
                    kty = "RSA",
                    use = "sig",
                    alg = "RS256",
                    kid = KeyId,
                    n = Base64UrlEncoder.Encode(parts.Modulus),
                    e = Base64UrlEncoder.Encode(parts.Exponent),
                },
            },
        });
    }
}
