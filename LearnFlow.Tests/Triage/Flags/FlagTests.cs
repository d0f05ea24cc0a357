using LearnFlow.ServiceDefaults;
using LearnFlow.Triage.Flags;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LearnFlow.Tests.Triage.Flags;

public sealed class FlagTests
{
    [Fact]
    public async Task Every_flag_is_as_documented_where_nothing_is_said_and_follows_its_setting_while_triage_runs()
    {
        await using var triage = await TriageAlone.StartAsync("Development", "--FeatureManagement:EnableOpenAiRouter=false");
        var flags = triage.Services.GetRequiredService<FlagState>();
        string[] off = [Flag.EnableResponseCaching, Flag.EnableBatchProcessing, Flag.EnableOpenAiRouter];
        foreach (var flag in Flag.Defaults.Keys)
        {
            Assert.True(flags.IsOn(flag) != off.Contains(flag), flag);
            triage.Services.SetFlag(flag, false);
            Assert.False(flags.IsOn(flag), flag);
            triage.Services.SetFlag(flag, true);
            Assert.True(flags.IsOn(flag), flag);
        }
    }

    [Theory]
    [InlineData("Development", "EnableSkillLibrary=sometimes", "true or false")]
    [InlineData("Production", "EnableJwtValidation=false", "Development alone")]
    public async Task A_flag_that_cannot_be_so_is_told_at_start(string environment, string setting, string reason)
    {
        var error = await Assert.ThrowsAsync<StartupException>(() =>
            TriageAlone.StartAsync(environment, $"--FeatureManagement:{setting}"));

        Assert.Contains($"FeatureManagement:{setting.Split('=')[0]}", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}

internal static class FlagSettings
{
    /// <summary>Switches a flag of running services, as a change of their settings does.</summary>
    public static void SetFlag(this IServiceProvider services, string flag, bool isOn) =>
        services.GetRequiredService<IConfiguration>()[Flag.SettingOf(flag)] = isOn ? "true" : "false";
}
