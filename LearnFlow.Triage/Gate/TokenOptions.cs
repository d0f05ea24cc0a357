using System.Security.Cryptography;
using LearnFlow.ServiceDefaults;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace LearnFlow.Triage.Gate;

/// <summary>Whose tokens are believed.</summary>
public sealed class TokenOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Authentication";

    /// <summary>An OIDC issuer to discover keys from; or else <see cref="SigningKeys"/>.</summary>
    public string? Authority { get; set; }

    /// <summary>The <c>iss</c> that a token must have; discovered where an authority is named and this is not.</summary>
    public string? Issuer { get; set; }

    /// <summary>The <c>aud</c> that a token must have.</summary>
    public string Audience { get; set; } = "learnflow";

    /// <summary>Fixed keys.</summary>
    public List<SigningKey> SigningKeys { get; set; } = [];

    /// <summary>The issuer of tokens that are signed by a fixed key.</summary>
    public const string DefaultIssuer = "learnflow";

    /// <summary>The <c>iss</c> of tokens that a fixed key signs.</summary>
    /// <param name="key">One of <see cref="SigningKeys"/>.</param>
    public string IssuerOf(SigningKey key) => key.Issuer ?? Issuer ?? DefaultIssuer;
}

/// <summary>A key that signs tokens.</summary>
public sealed class SigningKey
{
    /// <summary>HMAC with SHA-256.</summary>
    public const string Hs256 = "HS256";

    /// <summary>RSA with SHA-256.</summary>
    public const string Rs256 = "RS256";

    private const int LeastHmacBytes = 32;

    /// <summary>The <c>kid</c> of tokens that it signs.</summary>
    public string Id { get; set; } = "";

    /// <summary><c>HS256</c> or <c>RS256</c>.</summary>
    public string Algorithm { get; set; } = Hs256;

    /// <summary>HS256: at least 32 bytes in base64. RS256: a public key in PEM.</summary>
    public string Key { get; set; } = "";

    /// <summary>The <c>iss</c> of tokens that it signs; <see cref="TokenOptions.Issuer"/> unless set.</summary>
    public string? Issuer { get; set; }

    /// <summary>The key as the token library takes it.</summary>
    /// <exception cref="FormatException">The key does not fit its algorithm; the message says how it should be.</exception>
    public SecurityKey ToSecurityKey()
    {
        try
        {
            if (Algorithm == Hs256)
            {
                var secret = new byte[Key.Length];
                return !Convert.TryFromBase64String(Key, secret, out var length) ? throw new FormatException("is no base64")
                    : length >= LeastHmacBytes ? new SymmetricSecurityKey(secret[..length]) { KeyId = Id }
                    : throw new FormatException($"needs at least {LeastHmacBytes} bytes, in base64");
            }

            if (Algorithm == Rs256)
            {
                var rsa = RSA.Create();
                rsa.ImportFromPem(Key);
                return new RsaSecurityKey(rsa) { KeyId = Id };
            }
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            throw new FormatException("is no public key in PEM", exception);
        }

        throw new FormatException($"has the algorithm \"{Algorithm}\"; {Hs256} and {Rs256} are known");
    }
}

/// <summary>Refuses to start where nobody's tokens could be believed, or with a key that is none.</summary>
internal sealed class TokenOptionsCheck(IHostEnvironment environment) : IValidateOptions<TokenOptions>
{
    public ValidateOptionsResult Validate(string? name, TokenOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Authority) && options.SigningKeys.Count == 0)
        {
            return ValidateOptionsResult.Fail(
                "Nobody could sign in: set Authentication:Authority to an OIDC issuer, or Authentication:SigningKeys:0:Id, "
                + ":Algorithm and :Key to a key.");
        }

        List<string> failures = [];
        if (!string.IsNullOrWhiteSpace(options.Authority) && !IsAddress(options.Authority))
        {
            failures.Add("Authentication:Authority must be an https address, such as https://login.example.org/; in Development it may be http.");
        }

        for (var i = 0; i < options.SigningKeys.Count; i++)
        {
            try
            {
                options.SigningKeys[i].ToSecurityKey();
            }
            catch (FormatException exception)
            {
                // The message never holds the key.
                failures.Add($"Authentication:SigningKeys:{i}:Key {exception.Message}.");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private bool IsAddress(string authority) => Uri.TryCreate(authority, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && environment.IsDevelopment()));
}

/// <summary>
/// In Development without a key of its own, triage signs with one that it makes at first start and keeps in the data
/// folder, so that replicas on one machine share it. It also believes what <c>dotnet user-jwts</c> signs.
/// </summary>
internal sealed class DevelopmentKeys(IConfiguration configuration, IHostEnvironment environment)
    : IPostConfigureOptions<TokenOptions>
{
    private const string FileName = "development.key";

    /// <summary>Where <c>dotnet user-jwts</c> keeps its keys, in the user secrets.</summary>
    private const string UserJwtsSection = "Authentication:Schemes:Bearer:SigningKeys";

    public void PostConfigure(string? name, TokenOptions options)
    {
        if (!environment.IsDevelopment())
        {
            return;
        }

        if (string.IsNullOrWhiteSpace(options.Authority)
            && !options.SigningKeys.Exists(key => key.Algorithm == SigningKey.Hs256))
        {
            options.SigningKeys.Add(new SigningKey { Id = "development", Key = ReadOrMake() });
        }

        options.SigningKeys.AddRange(configuration.GetSection(UserJwtsSection).GetChildren().Select(key => new SigningKey
        {
            Id = key["Id"] ?? "",
            Key = key["Value"] ?? "",
            Issuer = key["Issuer"],
        }));
    }

    private string ReadOrMake()
    {
        var file = Path.Combine(DataFolder.Open(configuration, "keys"), FileName);
        if (!File.Exists(file))
        {
            var made = $"{file}.{Guid.NewGuid():N}";
            File.WriteAllText(made, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(made, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            try
            {
                // Where another replica was quicker, its key holds.
                File.Move(made, file, overwrite: false);
            }
            catch (IOException) when (File.Exists(file))
            {
                File.Delete(made);
            }
        }

        return File.ReadAllText(file).Trim();
    }
}
