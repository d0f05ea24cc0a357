using LearnFlow.ServiceDefaults;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.FeatureManagement;

namespace LearnFlow.Triage.Flags;

/// <summary>The flags, read from the configuration each time they are asked for.</summary>
internal static class FlagServices
{
    private const string Section = "FeatureManagement";

    /// <exception cref="StartupException">A flag is neither true nor false.</exception>
    public static void AddFlags(this WebApplicationBuilder builder)
    {
        // The library takes a flag that it does not know for off; any other source of settings overrides this one.
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = Flag.All.Select(flag => KeyValuePair.Create(SettingOf(flag), (string?)bool.TrueString)),
        });
        foreach (var flag in Flag.All)
        {
            // And what it cannot read.
            if (builder.Configuration[SettingOf(flag)] is var value && !bool.TryParse(value, out _))
            {
                throw new StartupException($"{SettingOf(flag)} is \"{value}\"; it must be true or false.");
            }
        }

        builder.Services.AddFeatureManagement();
    }

    /// <summary>The setting of a flag.</summary>
    /// <param name="flag">One of <see cref="Flag"/>.</param>
    public static string SettingOf(string flag) => $"{Section}:{flag}";
}
