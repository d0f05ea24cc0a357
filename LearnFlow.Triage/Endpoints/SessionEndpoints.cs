using LearnFlow.ServiceDefaults;
using LearnFlow.Triage.Gate;
using LearnFlow.Triage.Gate.Limits;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace LearnFlow.Triage.Endpoints;

/// <summary>Who wants to sign in.</summary>
/// <param name="User">A demo user: maya, james, rodriguez or admin.</param>
public sealed record SessionRequest(string? User);

/// <summary>A sign-in.</summary>
/// <param name="AccessToken">The token to send as <c>Authorization: Bearer …</c>.</param>
/// <param name="ExpiresAt">Until when.</param>
/// <param name="Role">As what.</param>
public sealed record Session(string AccessToken, DateTimeOffset ExpiresAt, string Role);

/// <summary>The demo sign-in, in Development alone.</summary>
internal static class SessionEndpoints
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(8);

    /// <summary>Whether there is a key to sign with; where an authority signs, people sign in there.</summary>
    /// <param name="options">Whose tokens are believed.</param>
    public static bool CanSign(TokenOptions options) => options.SigningKeys.Exists(IsOurs);

    public static void MapSession(this RouteGroupBuilder api) => api.MapPost("/session", SignIn)
        .AllowAnonymous()
        .WithRateLimit(RateLimit.SignIns)
        .WithTags("Session")
        .WithSummary("Sign in as a demo user (Development only)");

    private static Results<Ok<Session>, ProblemHttpResult> SignIn(
        SessionRequest request, IOptions<TokenOptions> options, TimeProvider time)
    {
        if (request.User is not { } user || !DemoUsers.RoleByName.TryGetValue(user, out var role))
        {
            return TypedResults.Problem(Problems.InvalidInput(
                "user", $"must be one of {string.Join(", ", DemoUsers.RoleByName.Keys.Order())}."));
        }

        var now = time.GetUtcNow();
        var key = options.Value.SigningKeys.First(IsOurs);
        var token = new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = options.Value.IssuerOf(key),
            Audience = options.Value.Audience,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = (now + Lifetime).UtcDateTime,
            Claims = new Dictionary<string, object>
            {
                [JwtRegisteredClaimNames.Sub] = user,
                [Tokens.RoleClaim] = role,
                [JwtRegisteredClaimNames.Jti] = Guid.CreateVersion7().ToString("N"),
            },
            SigningCredentials = new SigningCredentials(key.ToSecurityKey(), SecurityAlgorithms.HmacSha256),
        });
        return TypedResults.Ok(new Session(token, now + Lifetime, role));
    }

    private static bool IsOurs(SigningKey key) => key.Algorithm == SigningKey.Hs256;
}
