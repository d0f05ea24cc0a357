using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;

namespace LearnFlow.Tests.Integration.Chaos;

/// <summary>
/// Accepted is never lost, and answered once, whatever breaks: processes are killed and stopped, connections cut, slowed and
/// left half-way. A run follows from its seed. <c>LEARNFLOW_CHAOS_SEED</c> names the first seed, and is the only one unless
/// <c>LEARNFLOW_CHAOS_RUNS</c> says how many; <c>LEARNFLOW_CHAOS_WORLDS</c> is how many run at once, each with processes of
/// its own, and <c>LEARNFLOW_CHAOS_LOG</c> a file that tells of each run.
/// </summary>
[Collection(ChaosCollection.Name)]
public sealed class ChaosTests
{
    private readonly string? _log = Environment.GetEnvironmentVariable("LEARNFLOW_CHAOS_LOG");
    private readonly ConcurrentQueue<string> _violations = new();
    private readonly Lock _writing = new();
    private ChaosCount _count = new();

    [Fact]
    public async Task Whatever_breaks_what_was_accepted_is_answered_once_or_a_dead_letter()
    {
        // An open breaker would make most of a run a wait for its thirty seconds.
        await RunAsync(usualRuns: 24, FaultPlan.Of, "--FeatureManagement:EnableCircuitBreaker=false");
    }

    [Fact]
    public async Task Nor_is_anything_lost_while_a_breaker_is_open()
    {
        await RunAsync(usualRuns: 1, FaultPlan.WithOpenBreaker);

        Assert.True(_count.Queued > 0, "nothing had to wait for the breaker");
    }

    private async Task RunAsync(int usualRuns, Func<int, FaultPlan> planOf, params string[] settings)
    {
        Tools.Require("redis-server");
        var first = Setting("SEED");
        var runs = Setting("RUNS") ?? (first is null ? usualRuns : 1);
        var worlds = Channel.CreateUnbounded<ChaosWorld>();
        List<ChaosWorld> all = [];
        try
        {
            for (var i = 0; i < Math.Min(Setting("WORLDS") ?? 2, runs); i++)
            {
                all.Add(new ChaosWorld(settings));
            }

            await Task.WhenAll(all.Select(world => world.StartAsync()));
            all.ForEach(world => worlds.Writer.TryWrite(world));

            await Parallel.ForEachAsync(
                Enumerable.Range(first ?? 1, runs), new ParallelOptions { MaxDegreeOfParallelism = all.Count, CancellationToken = TestContext.Current.CancellationToken }, async (seed, stop) =>
                {
                    var world = await worlds.Reader.ReadAsync(stop);
                    await RunAsync(world, planOf(seed));
                    worlds.Writer.TryWrite(world);
                });
        }
        finally
        {
            foreach (var world in all)
            {
                await world.DisposeAsync();
            }
        }

        Write($"{_count}");
        Assert.True(_violations.IsEmpty, string.Join("\n\n", _violations.Prepend($"{_count}")));
    }

    private async Task RunAsync(ChaosWorld world, FaultPlan plan)
    {
        var clock = Stopwatch.StartNew();
        List<string> violations = [];
        try
        {
            var history = await new ChaosRun(world, plan).RunAsync();
            violations.AddRange(ChaosChecker.Check(history));
            lock (_writing)
            {
                _count = _count.With(plan, history);
            }
        }
        catch (Exception exception)
        {
            violations.Add($"{exception}");
        }

        violations.AddRange(world.Died);
        Write($"seed {plan.Seed}: {clock.Elapsed.TotalSeconds:0.0} s, {plan.Faults.Count} faults, {violations.Count} violations");
        if (violations.Count > 0)
        {
            var violation = $"{plan}\n{string.Join('\n', violations)}\n{world.Describe()}";
            Write(violation);
            _violations.Enqueue(violation);
        }
    }

    private static int? Setting(string name) => Environment.GetEnvironmentVariable($"LEARNFLOW_CHAOS_{name}") is { Length: > 0 } value
        ? int.Parse(value, CultureInfo.InvariantCulture)
        : null;

    private void Write(string line)
    {
        lock (_writing)
        {
            if (_log is not null)
            {
                File.AppendAllText(_log, $"{line}\n");
            }
        }
    }
}

/// <summary>Nothing else runs meanwhile: it would be slowed, and what is killed would slow it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ChaosCollection
{
    public const string Name = "Chaos";
}

/// <summary>What runs came to.</summary>
internal sealed record ChaosCount(
    int Runs = 0, int Faults = 0, int Accepted = 0, int Answered = 0, int Dead = 0, int Degraded = 0, int Queued = 0, int Unheard = 0)
{
    public ChaosCount With(FaultPlan plan, ChaosHistory history)
    {
        var accepted = history.Told.Where(told => !told.Message.IsIntruder && told.Status is 200 or 202).ToLookup(told => told.Message.RequestId);
        return new(
            Runs + 1,
            Faults + plan.Faults.Count,
            Accepted + accepted.Count,
            Answered + history.Finals.Values.Count(end => end.Text("status") == "answered"),
            Dead + accepted.Count(message => history.Dead.Contains(message.Key)),
            Degraded + accepted.Count(message => message.All(told => told.IsDegraded)),
            Queued + accepted.Count(message => message.Any(told => told.IsQueued)),
            Unheard + history.Told.Count(told => told.Status == 0));
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Runs} runs, {Faults} faults, {Accepted} messages accepted ({Queued} of them kept for later), {Answered} answered, {Dead} dead letters, {Degraded} answered without being kept, {Unheard} requests without a reply");
}
