using System.Text.Json;
using System.Text.Json.Serialization;
using LearnFlow.ServiceDefaults;
using StackExchange.Redis;

namespace LearnFlow.Triage.Flags;

/// <summary>A flag that was switched at run time.</summary>
/// <param name="Enabled">What it was switched to.</param>
/// <param name="By">Who did.</param>
/// <param name="At">When.</param>
/// <param name="Reason">Why, in their words.</param>
public sealed record FlagOverride([property: JsonRequired] bool Enabled, string By, DateTimeOffset At, string Reason);

/// <summary>
/// What was switched at run time, kept in Redis for all replicas. It is a source of the configuration that goes before all
/// others, so that whoever reads a flag reads it with this.
/// </summary>
/// <param name="redis">Redis.</param>
/// <param name="source">Where it becomes configuration.</param>
/// <param name="environment">Where triage runs.</param>
/// <param name="logger">The log.</param>
internal sealed partial class FlagOverrides(
    IConnectionMultiplexer redis, FlagOverrideSource source, IHostEnvironment environment, ILogger<FlagOverrides> logger)
    : RedisMirror<IReadOnlyDictionary<string, FlagOverride>>(
        redis, "learnflow:flags", new Dictionary<string, FlagOverride>(), logger)
{
    /// <summary>The flags whose overrides could not be read the last time; each is told once.</summary>
    private HashSet<string> _unreadable = [];

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
    protected override async Task<IReadOnlyDictionary<string, FlagOverride>> ReadAsync(IDatabase database)
    {
        var overrides = new Dictionary<string, FlagOverride>();
        var unreadable = new HashSet<string>();
        foreach (var entry in await database.HashGetAllAsync(StateKeys.FlagOverrides))
        {
            var flag = (string)entry.Name!;
            // Of a newer version there may be flags that this one does not know.
            if (!Flag.Defaults.ContainsKey(flag))
            {
                continue;
            }

            var value = TryParse((byte[])entry.Value!);
            if (value is null)
            {
                unreadable.Add(flag);
                // Better the last that was meant than a guess, and the others go on.
                value = Current.GetValueOrDefault(flag);
            }

            // A triage in Development may have switched off, in the same Redis, what is fixed here.
            if (value is not null && (value.Enabled || !FlagServices.IsFixed(flag, environment)))
            {
                overrides[flag] = value;
            }
        }

        foreach (var flag in unreadable.Except(_unreadable))
        {
            LogUnreadable(logger, flag);
        }

        _unreadable = unreadable;
        return overrides;
    }

    /// <inheritdoc />
    protected override void OnRead(IReadOnlyDictionary<string, FlagOverride> copy) => source.Replace(copy);

    private static FlagOverride? TryParse(byte[] json)
    {
        try
        {
            // What does not say who and why was not written by us.
            return JsonSerializer.Deserialize(json, TriageJson.Default.FlagOverride) is { By: not null, Reason: not null } value
                ? value
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The override of {Flag} in Redis cannot be read; what held here before holds. Switch the flag again, or take the override back")]
    private static partial void LogUnreadable(ILogger logger, string flag);
}

/// <summary>The overrides as configuration.</summary>
internal sealed class FlagOverrideSource : ConfigurationProvider, IConfigurationSource
{
    /// <inheritdoc />
    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    /// <summary>Takes what was read. Flags are read anew each time, so that nobody has to be told.</summary>
    public void Replace(IReadOnlyDictionary<string, FlagOverride> overrides) => Data = overrides.ToDictionary(
        entry => Flag.SettingOf(entry.Key), entry => (string?)entry.Value.Enabled.ToString(), StringComparer.OrdinalIgnoreCase);
}
