using System.Text.Json;
using LearnFlow.ServiceDefaults;
using StackExchange.Redis;

namespace LearnFlow.Triage.Flags;

/// <summary>A flag that was switched at run time.</summary>
/// <param name="Enabled">What it was switched to.</param>
/// <param name="By">Who did.</param>
/// <param name="At">When.</param>
/// <param name="Reason">Why, in their words.</param>
public sealed record FlagOverride(bool Enabled, string By, DateTimeOffset At, string Reason);

/// <summary>
/// What was switched at run time, kept in Redis for all replicas. It is a source of the configuration that goes before all
/// others, so that whoever reads a flag reads it with this.
/// </summary>
/// <param name="redis">Redis.</param>
/// <param name="source">Where it becomes configuration.</param>
/// <param name="logger">The log.</param>
internal sealed class FlagOverrides(IConnectionMultiplexer redis, FlagOverrideSource source, ILogger<FlagOverrides> logger)
    : RedisMirror<IReadOnlyDictionary<string, FlagOverride>>(
        redis, "learnflow:flags", new Dictionary<string, FlagOverride>(), logger)
{
    /// <summary>Switches a flag on all replicas.</summary>
    public async Task SetAsync(string flag, FlagOverride value)
    {
        await Database.HashSetAsync(
            StateKeys.FlagOverrides, flag, JsonSerializer.SerializeToUtf8Bytes(value, TriageJson.Default.FlagOverride));
        await SayChangedAsync();
    }

    /// <summary>Lets a flag be again what its setting says.</summary>
    public async Task ClearAsync(string flag)
    {
        await Database.HashDeleteAsync(StateKeys.FlagOverrides, flag);
        await SayChangedAsync();
    }

    /// <inheritdoc />
    protected override async Task<IReadOnlyDictionary<string, FlagOverride>> ReadAsync(IDatabase database) =>
        (await database.HashGetAllAsync(StateKeys.FlagOverrides))
            // Of a newer version there may be flags that this one does not know.
            .Where(entry => Flag.Defaults.ContainsKey(entry.Name!))
            .ToDictionary(
                entry => (string)entry.Name!,
                entry => JsonSerializer.Deserialize((byte[])entry.Value!, TriageJson.Default.FlagOverride)!);

    /// <inheritdoc />
    protected override void OnRead(IReadOnlyDictionary<string, FlagOverride> copy) => source.Replace(copy);
}

/// <summary>The overrides as configuration.</summary>
internal sealed class FlagOverrideSource : ConfigurationProvider, IConfigurationSource
{
    /// <inheritdoc />
    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    /// <summary>Takes what was read; who watches the configuration is told where it differs.</summary>
    public void Replace(IReadOnlyDictionary<string, FlagOverride> overrides)
    {
        var next = overrides.ToDictionary(
            entry => Flag.SettingOf(entry.Key), entry => (string?)entry.Value.Enabled.ToString(), StringComparer.OrdinalIgnoreCase);
        if (next.Count != Data.Count || next.Any(entry => !Data.TryGetValue(entry.Key, out var old) || old != entry.Value))
        {
            Data = next;
            OnReload();
        }
    }
}
