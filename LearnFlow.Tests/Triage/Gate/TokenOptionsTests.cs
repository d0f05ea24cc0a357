using System.Net;
using System.Security.Cryptography;
using LearnFlow.Triage.Gate;
using Microsoft.Extensions.Options;

namespace LearnFlow.Tests.Triage.Gate;

public sealed class TokenOptionsTests
{
    [Fact]
    public void Keys_of_both_kinds_are_read()
    {
        using var rsa = RSA.Create(2048);

        Assert.Equal("a", new SigningKey { Id = "a", Key = Convert.ToBase64String(new byte[32]) }.ToSecurityKey().KeyId);
        Assert.Equal("b", new SigningKey { Id = "b", Algorithm = SigningKey.Rs256, Key = rsa.ExportSubjectPublicKeyInfoPem() }.ToSecurityKey().KeyId);
    }

    [Theory]
    [InlineData(SigningKey.Hs256, "c2hvcnQ=", "32")]
    [InlineData(SigningKey.Hs256, "not base64!", "base64")]
    [InlineData(SigningKey.Rs256, "no pem", "PEM")]
    [InlineData("HS512", "AAAA", "HS512")]
    public void A_wrong_key_is_told_without_being_shown(string algorithm, string key, string reason)
    {
        var error = Assert.Throws<FormatException>(() => new SigningKey { Algorithm = algorithm, Key = key }.ToSecurityKey());

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(key, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_Production_without_keys_or_authority_triage_does_not_start_and_says_what_to_set()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => TriageAlone.StartAsync("Production"));

        Assert.Contains("Authentication:Authority", error.Message, StringComparison.Ordinal);
        Assert.Contains("Authentication:SigningKeys", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_Production_there_is_no_demo_sign_in()
    {
        await using var triage = await TriageAlone.StartAsync(
            "Production", "--Authentication:SigningKeys:0:Id=a", $"--Authentication:SigningKeys:0:Key={Convert.ToBase64String(new byte[32])}");
        using var client = new HttpClient { BaseAddress = new Uri(triage.Urls.Single()) };

        using var content = new StringContent("""{"user":"maya"}""", System.Text.Encoding.UTF8, "application/json");
        using var reply = await client.PostAsync("/api/v1/session", content);

        // The page takes this as the sign to ask for a token.
        Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/scalar/v1")).StatusCode);
    }
}
