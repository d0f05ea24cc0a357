using LearnFlow.ServiceDefaults;
using LearnFlow.Triage.Flags;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement;

namespace LearnFlow.Tests.Triage.Flags;

public sealed class FlagTests
{
    [Fact]
    public async Task Every_flag_is_on_where_nothing_is_said_and_follows_its_setting_while_triage_runs()
    {
        await using var triage = await TriageAlone.StartAsync("Development", "--FeatureManagement:EnableOpenAiRouter=false");
        var flags = triage.Services.GetRequiredService<IVariantFeatureManager>();
        foreach (var flag in Flag.All)
        {
            Assert.True(await flags.IsEnabledAsync(flag) != (flag == Flag.EnableOpenAiRouter), flag);
            triage.Services.SetFlag(flag, false);
            Assert.False(await flags.IsEnabledAsync(flag), flag);
            triage.Services.SetFlag(flag, true);
            Assert.True(await flags.IsEnabledAsync(flag), flag);
        }
    }

    [Fact]
    public async Task A_flag_that_is_neither_true_nor_false_is_told_at_start()
    {
        var error = await Assert.ThrowsAsync<StartupException>(() =>
            TriageAlone.StartAsync("Development", "--FeatureManagement:EnableSkillLibrary=sometimes"));

        Assert.Contains("FeatureManagement:EnableSkillLibrary", error.Message, StringComparison.Ordinal);
        Assert.Contains("true or false", error.Message, StringComparison.Ordinal);
    }
}

internal static class FlagSettings
{
    /// <summary>Switches a flag of running services, as a change of their settings does.</summary>
    public static void SetFlag(this IServiceProvider services, string flag, bool isOn)
    {
        var configuration = services.GetRequiredService<IConfiguration>();
        configuration[$"FeatureManagement:{flag}"] = isOn ? "true" : "false";
        ((IConfigurationRoot)configuration).Reload();
    }
}
