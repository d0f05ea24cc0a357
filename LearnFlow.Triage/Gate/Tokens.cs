using System.Security.Claims;
using LearnFlow.ServiceDefaults;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect.Configuration;
using Microsoft.IdentityModel.Tokens;

namespace LearnFlow.Triage.Gate;

/// <summary>Who asks: JWT bearer tokens with <c>sub</c>, <c>exp</c>, <c>iss</c>, <c>aud</c> and <c>role</c>.</summary>
internal static class Tokens
{
    /// <summary>The longest life of a token.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromHours(24);

    /// <summary>How far the clocks of issuer and triage may differ.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    public const string RoleClaim = "role";

    /// <summary>The longest <c>sub</c>.</summary>
    public const int LongestSubject = 256;

    private const string WasRevoked = "It was revoked; sign in again.";

    // Why a token was refused, as metrics name it.
    private const string NoToken = "missing";
    private const string RanOut = "expired";
    private const string RoleNotAllowed = "role";

    /// <summary>How soon a key that an issuer has withdrawn is not believed any more.</summary>
    private static readonly TimeSpan KeysReadAgain = TimeSpan.FromMinutes(15);

    /// <summary>How often tokens with a key that is not known may make us ask the issuer for new ones.</summary>
    private static readonly TimeSpan KeysReadAgainAtMost = TimeSpan.FromSeconds(30);

    /// <summary>How long the first student waits for an issuer that does not answer.</summary>
    private static readonly TimeSpan IssuerTimeout = TimeSpan.FromSeconds(5);

    public static void AddTokens(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<TokenOptions>().BindConfiguration(TokenOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IPostConfigureOptions<TokenOptions>, DevelopmentKeys>();
        builder.Services.AddSingleton<IValidateOptions<TokenOptions>, TokenOptionsCheck>();
        builder.Services.AddSingleton<RememberedTokens>();
        builder.Services.AddSingleton<RevokedTokens>();
        builder.Services.AddHostedService(services => services.GetRequiredService<RevokedTokens>());

        // Authentication brings cookies' key ring along; nothing here uses it, and it would write to the home folder.
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        builder.Services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme)
            .Configure<IOptions<TokenOptions>, RevokedTokens, IHostEnvironment, TimeProvider>((bearer, tokens, revoked, environment, time) =>
                Configure(bearer, tokens.Value, revoked, environment, time))
            .PostConfigure(FollowAuthority);
        builder.Services.AddScoped<AuthenticationService>();
        builder.Services.AddSingleton<IAuthenticationService, TokenAuthentication>();
    }

    /// <summary>The student's id: the <c>sub</c> of their token.</summary>
    public static string Id(this ClaimsPrincipal user) => user.FindFirstValue(JwtRegisteredClaimNames.Sub)!;

    /// <summary>Their role.</summary>
    public static string Role(this ClaimsPrincipal user) => user.FindFirstValue(RoleClaim)!;

    private static void Configure(JwtBearerOptions bearer, TokenOptions tokens, RevokedTokens revoked, IHostEnvironment environment, TimeProvider time)
    {
        // Whose tokens a fixed key signs; those of an authority's keys are the authority's.
        var issuers = tokens.SigningKeys.ToDictionary(key => key.ToSecurityKey(), tokens.IssuerOf);
        bearer.MapInboundClaims = false;
        bearer.TimeProvider = time;
        bearer.Authority = tokens.Authority;
        bearer.RequireHttpsMetadata = !environment.IsDevelopment();
        bearer.BackchannelTimeout = IssuerTimeout;
        bearer.AutomaticRefreshInterval = KeysReadAgain;
        bearer.RefreshInterval = KeysReadAgainAtMost;
        // New ones: the framework has let Authentication:Schemes:Bearer, where dotnet user-jwts writes, loosen the old ones.
        bearer.TokenValidationParameters = new TokenValidationParameters
        {
            ValidAlgorithms = [SigningKey.Hs256, SigningKey.Rs256],
            IssuerSigningKeys = issuers.Keys,
            ValidIssuer = tokens.Issuer,
            ValidIssuers = issuers.Values.Distinct(),
            ValidAudience = tokens.Audience,
            ClockSkew = ClockSkew,
            NameClaimType = JwtRegisteredClaimNames.Sub,
            RoleClaimType = RoleClaim,
        };
        bearer.Events = new JwtBearerEvents
        {
            OnTokenValidated = async context =>
            {
                var token = (JsonWebToken)context.SecurityToken;
                if (Refusal(context.Principal!, token, time.GetUtcNow().UtcDateTime) is { } reason)
                {
                    context.Fail(reason);
                }
                else if (revoked.Contains(token.Id))
                {
                    context.Fail(WasRevoked);
                }
                else if (token.Issuer != (issuers.TryGetValue(token.SigningKey, out var issuer) ? issuer : await AuthorityAsync(context)))
                {
                    context.Fail("It was signed by the key of another issuer.");
                }
            },
            OnChallenge = context =>
            {
                context.HandleResponse();
                Count(context.HttpContext, ReasonOf(context.AuthenticateFailure));
                context.Response.Headers.WWWAuthenticate = JwtBearerDefaults.AuthenticationScheme;
                return Problems.WriteAsync(context.HttpContext, Problems.Create(
                    ProblemType.Unauthenticated, Explain(context.AuthenticateFailure)));
            },
            OnForbidden = context =>
            {
                Count(context.HttpContext, RoleNotAllowed);
                return Problems.WriteAsync(context.HttpContext, Problems.Create(
                    ProblemType.Forbidden, "Your role does not allow this."));
            },
        };

        async Task<string> AuthorityAsync(TokenValidatedContext context) => tokens.Issuer
            ?? (await bearer.ConfigurationManager!.GetConfigurationAsync(context.HttpContext.RequestAborted)).Issuer;
    }

    /// <summary>Reads an authority's keys, where there is one.</summary>
    private static void FollowAuthority(JwtBearerOptions bearer)
    {
        if (bearer.ConfigurationManager is null)
        {
            return;
        }

        // The framework's own would take documents without keys for the issuer's word, in place of those that it knows.
        bearer.ConfigurationManager = new ConfigurationManager<OpenIdConnectConfiguration>(
            bearer.MetadataAddress, new OpenIdConnectConfigurationRetriever(),
            new HttpDocumentRetriever(bearer.Backchannel) { RequireHttps = bearer.RequireHttpsMetadata },
            new OpenIdConnectConfigurationValidator())
        {
            AutomaticRefreshInterval = bearer.AutomaticRefreshInterval,
            RefreshInterval = bearer.RefreshInterval,
            // Else a key would be believed for an hour after the issuer has withdrawn it.
            UseLastKnownGoodConfiguration = false,
        };
    }

    /// <summary>What is wrong with a token whose signature and dates are right.</summary>
    private static string? Refusal(ClaimsPrincipal principal, JsonWebToken token, DateTime now)
    {
        if (principal.FindAll(JwtRegisteredClaimNames.Sub).ToList() is not [{ Value: var subject }] || !IsSubject(subject))
        {
            return $"It needs one sub of 1 to {LongestSubject} visible characters.";
        }

        if (principal.FindAll(RoleClaim).ToList() is not [{ Value: var role }] || !Roles.All.Contains(role))
        {
            return $"It needs one role: {string.Join(", ", Roles.All.Order())}.";
        }

        // What we must understand, and the library passes over.
        if (token.TryGetHeaderValue<object>("crit", out _))
        {
            return "It has a crit header, and no extension is understood here.";
        }

        // The library takes both; one token has one form, by which it is remembered.
        if (token.EncodedSignature.EndsWith('='))
        {
            return "Its signature is padded, which base64url in a token is not.";
        }

        // What a token does not say about its beginning, or says of the future, cannot make its life shorter.
        var begins = ((DateTime[])[token.IssuedAt, token.ValidFrom, now]).Where(date => date > DateTime.UnixEpoch).Min();
        return token.ValidTo - begins > LongestLife + ClockSkew
            ? $"It is valid for longer than {LongestLife.TotalHours:0} hours."
            : null;
    }

    /// <summary>A name of dots alone would be a step in a path, wherever it is put into one.</summary>
    private static bool IsSubject(string subject) =>
        subject.Length <= LongestSubject
        && !string.IsNullOrWhiteSpace(subject)
        && subject.Any(c => c != '.')
        && !subject.Any(char.IsControl);

    private static string Explain(Exception? failure) => failure switch
    {
        null => "Send a token: Authorization: Bearer … (in Development, POST /api/v1/session gives one).",
        SecurityTokenExpiredException => "The token has expired; sign in again.",
        // Ours, from above; what the library says names keys and its own parts, and stays here.
        AuthenticationFailureException => $"The token is not accepted. {failure.Message}",
        _ => "The token is not accepted; sign in again.",
    };

    private static string ReasonOf(Exception? failure) => failure switch
    {
        null => NoToken,
        SecurityTokenExpiredException => RanOut,
        AuthenticationFailureException { Message: WasRevoked } => "revoked",
        AuthenticationFailureException => "claims",
        SecurityTokenInvalidSignatureException or SecurityTokenInvalidAlgorithmException => "signature",
        SecurityTokenInvalidIssuerException => "issuer",
        SecurityTokenInvalidAudienceException => "audience",
        _ => "malformed",
    };

    /// <summary>Whoever has no token, or one that ran out, did nothing that they may not: the page gets a new one.</summary>
    private static void Count(HttpContext context, string reason)
    {
        context.RequestServices.GetRequiredService<TriageMetrics>().AuthFailed(reason);
        if (reason is not (NoToken or RanOut))
        {
            context.RequestServices.GetRequiredService<SecurityEvents>()
                .Add(reason == RoleNotAllowed ? SecurityEvent.Role : SecurityEvent.Token, context.User);
        }
    }
}
