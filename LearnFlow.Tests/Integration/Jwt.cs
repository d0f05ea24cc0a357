using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;

namespace LearnFlow.Tests.Integration;

/// <summary>Tokens put together by hand, since no library signs what it would refuse.</summary>
internal static class Jwt
{
    /// <summary>The claims of a token that is right in everything.</summary>
    public static JsonObject Claims(string issuer, string subject = "maya", string role = "admin") => new()
    {
        ["sub"] = subject,
        ["role"] = role,
        ["iss"] = issuer,
        ["aud"] = "learnflow",
        ["iat"] = FromNow(0),
        ["nbf"] = FromNow(0),
        ["exp"] = FromNow(3600),
        ["jti"] = Guid.NewGuid().ToString("N"),
    };

    /// <summary>A time as tokens write it.</summary>
    public static long FromNow(long seconds) => DateTimeOffset.UtcNow.ToUnixTimeSeconds() + seconds;

    public static string Sign(JsonObject header, JsonObject claims, Func<byte[], byte[]> sign) =>
        Sign(header.ToJsonString(), claims.ToJsonString(), sign);

    public static string Sign(string header, string claims, Func<byte[], byte[]> sign)
    {
        var signed = $"{Base64UrlEncoder.Encode(header)}.{Base64UrlEncoder.Encode(claims)}";
        return $"{signed}.{Base64UrlEncoder.Encode(sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    public static Func<byte[], byte[]> Hs256(byte[] secret) => bytes => HMACSHA256.HashData(secret, bytes);

    public static Func<byte[], byte[]> Rs256(RSA key) =>
        bytes => key.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
}
