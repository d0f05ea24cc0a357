using LearnFlow.ServiceDefaults;
using Microsoft.Extensions.Configuration.Memory;

namespace LearnFlow.Triage.Flags;

/// <summary>The flags, read from the configuration each time they are asked for.</summary>
public static class FlagServices
{
    /// <summary>Adds the flags.</summary>
    /// <param name="builder">Triage.</param>
    /// <exception cref="StartupException">A flag is neither true nor false, or off where it must not be.</exception>
    public static void AddFlags(this WebApplicationBuilder builder)
    {
        // What nothing is said of is as documented; any other source of settings overrides this one.
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = Flag.Defaults.Select(flag => KeyValuePair.Create(Flag.SettingOf(flag.Key), (string?)flag.Value.ToString())),
        });
        foreach (var flag in Flag.Defaults.Keys)
        {
            if (builder.Configuration[Flag.SettingOf(flag)] is var value && !bool.TryParse(value, out var isOn))
            {
                throw new StartupException($"{Flag.SettingOf(flag)} is \"{value}\"; it must be true or false.");
            }

            if (!isOn && IsFixed(flag, builder.Environment))
            {
                throw new StartupException($"{Flag.SettingOf(flag)} is false; that is for Development alone. Take the setting out.");
            }
        }

        var overrides = new FlagOverrideSource();
        builder.Configuration.Sources.Add(overrides);
        builder.Services.AddSingleton(overrides);
        builder.Services.AddSingleton<FlagOverrides>();
        builder.Services.AddHostedService(services => services.GetRequiredService<FlagOverrides>());
        builder.Services.AddSingleton<FlagState>();
    }

    /// <summary>Lets the flags hold for what is set up without them.</summary>
    /// <param name="app">Triage.</param>
    public static void UseFlags(this WebApplication app)
    {
        var flags = app.Services.GetRequiredService<FlagState>();
        app.Services.GetRequiredService<TracingSwitch>().IsOn = () => flags.IsOn(Flag.EnableDistributedTracing);
    }

    /// <summary>Whether a flag cannot be switched off here: outside Development tokens are always validated.</summary>
    /// <param name="flag">One of <see cref="Flag"/>.</param>
    /// <param name="environment">Where triage runs.</param>
    public static bool IsFixed(string flag, IHostEnvironment environment) =>
        flag == Flag.EnableJwtValidation && !environment.IsDevelopment();
}
