using LearnFlow.Tests.Integration;
using Microsoft.Extensions.Options;

namespace LearnFlow.Tests.Triage.Models;

public sealed class ModelOptionsTests
{
    [Theory]
    [InlineData("Provider=gpt", "openai or ollama")]
    [InlineData("Endpoint=api.example", "http or https")]
    [InlineData("Endpoint=ftp://api.example", "http or https")]
    [InlineData("Endpoint=http://maya:secret@api.example/v1", "without a password")]
    [InlineData("ApiKey=secret\n", "paste it again")]
    [InlineData("Timeout=00:00:03", "at most 00:00:02")]
    [InlineData("Timeout=00:00:00", "more than 0")]
    public async Task Wrong_settings_are_told_at_start_without_being_shown(string setting, string sentence)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            TriageAlone.StartAsync("Development", $"--Models:{setting}"));

        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
        Assert.Contains($"Models:{setting.Split('=')[0]}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_is_slower_than_its_time_keeps_nobody_waiting()
    {
        await using var model = new ModelStandIn { Reply = ModelStandIn.Dawdles };
        await model.InitializeAsync();
        await using var triage = await TriageAlone.StartAsync(
            "Development",
            "--Models:Provider=openai",
            $"--Models:Endpoint={model.OpenAiEndpoint}",
            "--Models:Timeout=00:00:00.05",
            "--FeatureManagement:EnableSkillLibrary=false");
        using var maya = new HttpClient { BaseAddress = new Uri(triage.Urls.Single()) };
        await maya.SignInAsync("maya");

        var answer = await maya.AskAsync(new { query = "what's the weather tomorrow?" });

        Assert.Equal("declined", answer.Text("status"));
        Assert.Equal("fallback", answer.GetProperty("decision").Text("by"));
    }
}
