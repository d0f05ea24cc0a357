using System.Security.Claims;
using System.Text.Encodings.Web;
using LearnFlow.Triage.Flags;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;

namespace LearnFlow.Triage.Gate;

/// <summary>
/// Validates a token the first time that it comes, by the framework's handler, and remembers it; refuses those that were
/// revoked meanwhile.
/// </summary>
internal sealed class TokenHandler(
    IOptionsMonitor<JwtBearerOptions> options, ILoggerFactory logger, UrlEncoder encoder, RememberedTokens remembered,
    RevokedTokens revoked, FlagState flags, IHostEnvironment environment)
    : JwtBearerHandler(options, logger, encoder)
{
    private const string Prefix = "Bearer ";

    /// <summary>Whose a message is that comes without a token while tokens are not validated.</summary>
    private const string NobodyInParticular = "anonymous";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var token = Read();
        if (environment.IsDevelopment() && !flags.IsOn(Flag.EnableJwtValidation))
        {
            return AuthenticateResult.Success(new AuthenticationTicket(Believe(token), Scheme.Name));
        }

        if (token is null)
        {
            return AuthenticateResult.NoResult();
        }

        var hash = RememberedTokens.Hash(token);
        var keys = await KeysAsync();
        if (remembered.Find(hash, keys) is { } known)
        {
            return IsRevoked(known.TokenId) ? Revoked() : AuthenticateResult.Success(known.Ticket);
        }

        var result = await base.HandleAuthenticateAsync();
        if (result is not { Succeeded: true, Ticket: { } ticket })
        {
            return result;
        }

        var tokenId = ticket.Principal.FindFirstValue(JwtRegisteredClaimNames.Jti);
        remembered.Add(hash, new(ticket, tokenId, ticket.Properties.ExpiresUtc!.Value + Tokens.ClockSkew, keys));
        return IsRevoked(tokenId) ? Revoked() : result;
    }

    private string? Read() =>
        Request.Headers.Authorization is [{ } header] && header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            ? header[Prefix.Length..].Trim()
            : null;

    /// <summary>
    /// The keys that the issuer publishes, as one object that is replaced when they change; null where the keys are fixed
    /// or nobody could be asked yet.
    /// </summary>
    private async ValueTask<object?> KeysAsync()
    {
        if (Options.ConfigurationManager is not { } published)
        {
            return null;
        }

        try
        {
            return await published.GetConfigurationAsync(Context.RequestAborted);
        }
        catch (InvalidOperationException exception)
        {
            throw new IssuerUnavailableException(exception);
        }
    }

    private bool IsRevoked(string? tokenId) => tokenId is not null && revoked.Contains(tokenId);

    private static AuthenticateResult Revoked() => AuthenticateResult.Fail("It was revoked; sign in again.");

    /// <summary>What a token says of its bearer, whoever signed it.</summary>
    private static ClaimsPrincipal Believe(string? token)
    {
        var claims = token is not null && new JsonWebTokenHandler().CanReadToken(token) && TryParse(token) is { } read
            ? read.Claims.ToList()
            : [];
        AddUnlessThere(JwtRegisteredClaimNames.Sub, NobodyInParticular);
        AddUnlessThere(Tokens.RoleClaim, Roles.Student);
        return new ClaimsPrincipal(new ClaimsIdentity(
            claims, "unvalidated", JwtRegisteredClaimNames.Sub, Tokens.RoleClaim));

        void AddUnlessThere(string type, string value)
        {
            if (!claims.Exists(claim => claim.Type == type))
            {
                claims.Add(new Claim(type, value));
            }
        }
    }

    private static JsonWebToken? TryParse(string token)
    {
        try
        {
            return new JsonWebToken(token);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
