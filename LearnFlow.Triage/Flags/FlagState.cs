namespace LearnFlow.Triage.Flags;

/// <summary>What is switched on now.</summary>
/// <param name="configuration">Says so; what was switched at run time is a part of it.</param>
/// <remarks>
/// Read anew each time. Microsoft.FeatureManagement keeps what it has read until the next change, and whoever was reading
/// while a flag was switched could leave the old value there: the switch then went unheard until another one.
/// </remarks>
public sealed class FlagState(IConfiguration configuration)
{
    /// <summary>Whether a flag is on. What is neither true nor false, which no start allows, is off.</summary>
    /// <param name="flag">One of <see cref="Flag"/>.</param>
    public bool IsOn(string flag) => bool.TryParse(configuration[Flag.SettingOf(flag)], out var isOn) && isOn;
}
