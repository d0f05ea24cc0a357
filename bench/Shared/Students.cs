using LearnFlow.Triage.Gate;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

/// <summary>Those who ask.</summary>
internal static class Students
{
    /// <summary>What signs their tokens.</summary>
    public const string Secret = "a key that is of no use to anybody";

    /// <summary>The settings by which triage believes them.</summary>
    public static string[] Believed =>
    [
        "--Authentication:SigningKeys:0:Id=a",
        $"--Authentication:SigningKeys:0:Key={Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Secret))}",
    ];

    /// <summary>A student's token.</summary>
    /// <param name="student">The student.</param>
    public static string Token(string student) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = TokenOptions.DefaultIssuer,
        Audience = "learnflow",
        Expires = DateTime.UtcNow.AddHours(1),
        Claims = new Dictionary<string, object> { ["sub"] = student, ["role"] = "student", ["jti"] = student },
        SigningCredentials = new SigningCredentials(
            new SymmetricSecurityKey(System.Text.Encoding.UTF8.GetBytes(Secret)), SecurityAlgorithms.HmacSha256),
    });
}
