using System.Security.Claims;
using LearnFlow.ServiceDefaults;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;

namespace LearnFlow.Triage.Gate;

/// <summary>Who asks: JWT bearer tokens with <c>sub</c>, <c>exp</c>, <c>iss</c>, <c>aud</c> and <c>role</c>.</summary>
internal static class Tokens
{
    /// <summary>The longest life of a token.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromHours(24);

    /// <summary>How far the clocks of issuer and triage may differ.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    public const string RoleClaim = "role";

    public static void AddTokens(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<TokenOptions>().BindConfiguration(TokenOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IPostConfigureOptions<TokenOptions>, DevelopmentKey>();
        builder.Services.AddSingleton<IValidateOptions<TokenOptions>, TokenOptionsCheck>();

        // Authentication brings cookies' key ring along; nothing here uses it, and it would write to the home folder.
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        builder.Services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme)
            .Configure<IOptions<TokenOptions>, TimeProvider>((bearer, tokens, time) => Configure(bearer, tokens.Value, time));

        // A route that says nothing about who may call it needs a token.
        builder.Services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
    }

    /// <summary>The student's id: the <c>sub</c> of their token.</summary>
    public static string Id(this ClaimsPrincipal user) => user.FindFirstValue(JwtRegisteredClaimNames.Sub)!;

    private static void Configure(JwtBearerOptions bearer, TokenOptions tokens, TimeProvider time)
    {
        bearer.MapInboundClaims = false;
        bearer.TimeProvider = time;
        bearer.Authority = tokens.Authority;
        bearer.Audience = tokens.Audience;
        var validation = bearer.TokenValidationParameters;
        validation.ValidAlgorithms = [SigningKey.Hs256, SigningKey.Rs256];
        validation.IssuerSigningKeys = tokens.SigningKeys.Select(key => key.ToSecurityKey()).ToList();
        validation.ValidIssuer = tokens.Issuer ?? (tokens.Authority is null ? TokenOptions.DefaultIssuer : null);
        validation.ClockSkew = ClockSkew;
        validation.NameClaimType = JwtRegisteredClaimNames.Sub;
        validation.RoleClaimType = RoleClaim;
        bearer.Events = new JwtBearerEvents
        {
            OnTokenValidated = context =>
            {
                if (Refusal(context.Principal!, (JsonWebToken)context.SecurityToken, time) is { } reason)
                {
                    context.Fail(reason);
                }

                return Task.CompletedTask;
            },
            OnChallenge = context =>
            {
                context.HandleResponse();
                context.Response.Headers.WWWAuthenticate = JwtBearerDefaults.AuthenticationScheme;
                return Problems.WriteAsync(context.HttpContext, Problems.Create(
                    StatusCodes.Status401Unauthorized, "unauthenticated", "Who are you?", Explain(context.AuthenticateFailure)));
            },
            OnForbidden = context => Problems.WriteAsync(context.HttpContext, Problems.Create(
                StatusCodes.Status403Forbidden, "forbidden", "Not yours", "Your role does not allow this.")),
        };
    }

    /// <summary>What is wrong with a token whose signature and dates are right.</summary>
    private static string? Refusal(ClaimsPrincipal principal, JsonWebToken token, TimeProvider time)
    {
        if (string.IsNullOrWhiteSpace(principal.FindFirstValue(JwtRegisteredClaimNames.Sub)))
        {
            return "It has no sub.";
        }

        if (principal.FindFirstValue(RoleClaim) is not { } role || !Roles.All.Contains(role))
        {
            return $"Its role must be one of {string.Join(", ", Roles.All.Order())}.";
        }

        var from = token.IssuedAt > DateTime.UnixEpoch ? token.IssuedAt : time.GetUtcNow().UtcDateTime;
        return token.ValidTo - from > LongestLife + ClockSkew
            ? $"It is valid for longer than {LongestLife.TotalHours:0} hours."
            : null;
    }

    private static string Explain(Exception? failure) => failure switch
    {
        null => "Send a token: Authorization: Bearer … (in Development, POST /api/v1/session gives one).",
        Microsoft.IdentityModel.Tokens.SecurityTokenExpiredException => "The token has expired; sign in again.",
        // Ours, from Refusal; what the library says names keys and its own parts, and stays here.
        AuthenticationFailureException => $"The token is not accepted. {failure.Message}",
        _ => "The token is not accepted; sign in again.",
    };
}
