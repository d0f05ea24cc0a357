using System.Net;
using System.Security.Cryptography;
using LearnFlow.Tests.Integration;
using LearnFlow.Triage.Gate;
using Microsoft.Extensions.Options;

namespace LearnFlow.Tests.Triage.Gate;

/// <summary>Which keys triage starts with, and what it says where it cannot.</summary>
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

    [Theory]
    [InlineData("http://login.example.org/")]
    [InlineData("login.example.org")]
    [InlineData("file:///etc/keys")]
    public async Task In_Production_keys_are_asked_for_over_https_alone(string authority)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            TriageAlone.StartAsync("Production", $"--Authentication:Authority={authority}"));

        Assert.Contains("https", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_Production_the_key_of_Development_is_not_believed()
    {
        var folder = Directory.CreateTempSubdirectory("learnflow-keys-").FullName;
        await using var development = await TriageAlone.StartAsync("Development", $"--LearnFlow:DataFolder={folder}");
        await using var production = await TriageAlone.StartAsync(
            "Production", $"--LearnFlow:DataFolder={folder}", "--Authentication:SigningKeys:0:Id=development",
            $"--Authentication:SigningKeys:0:Key={Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}");
        using var admin = new HttpClient { BaseAddress = new Uri(development.Urls.Single()) };
        await admin.SignInAsync("admin");
        using var stranger = new HttpClient { BaseAddress = new Uri(production.Urls.Single()) };
        stranger.DefaultRequestHeaders.Authorization = admin.DefaultRequestHeaders.Authorization;

        using var welcome = await admin.GetAsync(TokenStack.Probe);
        using var reply = await stranger.GetAsync(TokenStack.Probe);

        Assert.Equal(HttpStatusCode.OK, welcome.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, reply.StatusCode);
        Directory.Delete(folder, recursive: true);
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
