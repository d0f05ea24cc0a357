using System.Security.Claims;
using LearnFlow.Triage.Flags;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace LearnFlow.Triage.Gate;

/// <summary>
/// Stands before the framework's authentication: that validates a token the first time that it comes; here it is remembered,
/// so that the next time costs microseconds.
/// </summary>
/// <param name="bearer">How tokens are validated.</param>
/// <param name="remembered">The tokens that were found right.</param>
/// <param name="revoked">The tokens that are not believed any more.</param>
/// <param name="flags">Whether tokens are validated at all.</param>
/// <param name="environment">Where triage runs.</param>
internal sealed class TokenAuthentication(
    IOptionsMonitor<JwtBearerOptions> bearer, RememberedTokens remembered, RevokedTokens revoked, FlagState flags,
    IHostEnvironment environment) : IAuthenticationService
{
    private const string Prefix = "Bearer ";

    /// <summary>Whose a message is that comes without a token while tokens are not validated.</summary>
    private const string NobodyInParticular = "anonymous";

    private readonly bool _mayBelieve = environment.IsDevelopment();

    public Task<AuthenticateResult> AuthenticateAsync(HttpContext context, string? scheme)
    {
        var token = Read(context.Request);
        if (_mayBelieve && !flags.IsOn(Flag.EnableJwtValidation))
        {
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(Believe(token), JwtBearerDefaults.AuthenticationScheme)));
        }

        if (token is null)
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        var hash = RememberedTokens.Hash(token);
        return bearer.Get(JwtBearerDefaults.AuthenticationScheme).ConfigurationManager is { } published
            ? RecogniseAsync(context, scheme, hash, published)
            : Find(hash, null) ?? ValidateAsync(context, scheme, hash, null);
    }

    public Task ChallengeAsync(HttpContext context, string? scheme, AuthenticationProperties? properties) =>
        Framework(context).ChallengeAsync(context, scheme, properties);

    public Task ForbidAsync(HttpContext context, string? scheme, AuthenticationProperties? properties) =>
        Framework(context).ForbidAsync(context, scheme, properties);

    public Task SignInAsync(HttpContext context, string? scheme, ClaimsPrincipal principal, AuthenticationProperties? properties) =>
        Framework(context).SignInAsync(context, scheme, principal, properties);

    public Task SignOutAsync(HttpContext context, string? scheme, AuthenticationProperties? properties) =>
        Framework(context).SignOutAsync(context, scheme, properties);

    private static AuthenticationService Framework(HttpContext context) =>
        context.RequestServices.GetRequiredService<AuthenticationService>();

    private static string? Read(HttpRequest request) =>
        request.Headers.Authorization is [{ } header] && header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            ? header[Prefix.Length..].Trim()
            : null;

    /// <summary>With keys that an issuer publishes, as one object that is replaced when they change.</summary>
    private async Task<AuthenticateResult> RecogniseAsync(
        HttpContext context, string? scheme, RememberedTokens.UInt256 hash, IConfigurationManager<OpenIdConnectConfiguration> published)
    {
        OpenIdConnectConfiguration keys;
        try
        {
            keys = await published.GetConfigurationAsync(context.RequestAborted);
        }
        catch (InvalidOperationException exception)
        {
            throw new IssuerUnavailableException(exception);
        }

        return await (Find(hash, keys) ?? ValidateAsync(context, scheme, hash, keys));
    }

    private Task<AuthenticateResult>? Find(RememberedTokens.UInt256 hash, object? keys) =>
        remembered.Find(hash, keys) is { } known && !revoked.Contains(known.TokenId) ? known.Result : null;

    private async Task<AuthenticateResult> ValidateAsync(
        HttpContext context, string? scheme, RememberedTokens.UInt256 hash, object? keys)
    {
        var result = await Framework(context).AuthenticateAsync(context, scheme);
        if (result is { Succeeded: true, Ticket: { } ticket })
        {
            remembered.Add(hash, new(
                Task.FromResult(result),
                ticket.Principal.FindFirstValue(JwtRegisteredClaimNames.Jti),
                ticket.Properties.ExpiresUtc!.Value + Tokens.ClockSkew,
                keys));
        }

        return result;
    }

    /// <summary>What a token says of its bearer, whoever signed it.</summary>
    private static ClaimsPrincipal Believe(string? token)
    {
        var claims = token is not null && TryParse(token) is { } read ? read.Claims.ToList() : [];
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
