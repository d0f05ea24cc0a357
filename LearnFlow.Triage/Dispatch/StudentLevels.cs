using LearnFlow.ServiceDefaults.Contracts;
using Microsoft.Extensions.Caching.Memory;

namespace LearnFlow.Triage.Dispatch;

/// <summary>How far students are, as the progress agent says, for what it may tip or fit to them.</summary>
/// <param name="agents">Asks it.</param>
/// <param name="time">The clock.</param>
public sealed class StudentLevels(AgentClient agents, TimeProvider time) : IDisposable
{
    /// <summary>How long a message waits for it: a hint is not worth more.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a level is remembered, since it changes with practice only.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    private readonly MemoryCache _levels = new(new MemoryCacheOptions { SizeLimit = 10_000 });

    /// <summary>A student's mastery over all topics, 0 to 100; null where the progress agent does not say at once.</summary>
    /// <param name="student">The student.</param>
    /// <param name="cancellation">The student went away.</param>
    public async Task<int?> OverallAsync(string student, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var progress = agents.GetAsync(
            AgentRole.Progress, AgentRoutes.PathFor(AgentRole.Progress, AgentRoutes.Progress, student),
            ContractsJson.Default.ProgressReport, patience.Token);
        try
        {
            return (await progress.WaitAsync(Patience, time, cancellation)).Value?.Overall;
        }
        catch (TimeoutException)
        {
            await patience.CancelAsync();
            return null;
        }
    }

    /// <summary>A student's level, at most a minute old; a beginner where nobody says.</summary>
    /// <param name="student">The student.</param>
    /// <param name="cancellation">The student went away.</param>
    public async ValueTask<MasteryLevel> LevelAsync(string student, CancellationToken cancellation)
    {
        if (_levels.TryGetValue(student, out MasteryLevel known))
        {
            return known;
        }

        var level = MasteryLevels.Of(await OverallAsync(student, cancellation) ?? 0);
        _levels.Set(student, level, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Lifetime });
        return level;
    }

    /// <inheritdoc />
    public void Dispose() => _levels.Dispose();
}
