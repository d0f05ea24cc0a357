using System.Globalization;

namespace LearnFlow.Tests.Integration.Chaos;

/// <summary>How something breaks.</summary>
internal enum FaultKind
{
    /// <summary>SIGKILL, and a start a while later.</summary>
    Kill,

    /// <summary>SIGTERM, and a start a while after it has ended.</summary>
    Stop,

    /// <summary>SIGSTOP, and SIGCONT a while later.</summary>
    Pause,

    /// <summary>All connections are reset.</summary>
    Cut,

    /// <summary>All connections are reset, and new ones too.</summary>
    Refuse,

    /// <summary>Whatever is sent comes late.</summary>
    Slow,

    /// <summary>What is asked arrives, and the answers do not: the sender cannot know that it was done.</summary>
    HoldAnswers,

    /// <summary>Nothing arrives.</summary>
    HoldAll,

    /// <summary>Half of an answer, and then the connection is reset.</summary>
    HalfThenCut,

    /// <summary>Half of an answer, and then silence.</summary>
    HalfThenHold,

    /// <summary>Connections that are there now stay and lead nowhere; new ones are well.</summary>
    Swallow,
}

/// <summary>Something that breaks for a while.</summary>
/// <param name="AtMs">When, in milliseconds from the beginning.</param>
/// <param name="Kind">How.</param>
/// <param name="Target">What: a process or a link.</param>
/// <param name="ForMs">For how long.</param>
/// <param name="Loses">Whether a link loses what it held back.</param>
/// <param name="DelayMs">How late things come over a slow link.</param>
internal sealed record Fault(int AtMs, FaultKind Kind, string Target, int ForMs, bool Loses, int DelayMs)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{AtMs,5} ms: {Kind} {Target} for {ForMs} ms{(Loses ? ", losing what was held" : "")}{(Kind == FaultKind.Slow ? $", {DelayMs} ms late" : "")}");
}

/// <summary>What breaks during a run: all of it follows from the seed.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Faults">The first first.</param>
/// <param name="HasPoison">Whether the debug agent fails at some messages until they are dead letters, which are then sent again.</param>
internal sealed record FaultPlan(int Seed, IReadOnlyList<Fault> Faults, bool HasPoison)
{
    /// <summary>Within that time after the beginning faults begin, and messages are sent.</summary>
    public const int WindowMs = 1_200;

    /// <summary>How much longer that is where messages have to become dead letters meanwhile.</summary>
    private const int PoisonStretch = 6;

    private static readonly FaultKind[] OfLinks =
        [FaultKind.Cut, FaultKind.Refuse, FaultKind.Slow, FaultKind.HoldAnswers, FaultKind.HoldAll, FaultKind.HalfThenCut, FaultKind.HalfThenHold];

    /// <summary>The plan of a seed.</summary>
    /// <param name="seed">The seed.</param>
    public static FaultPlan Of(int seed)
    {
        var random = new Random(seed);
        List<Fault> faults = [];
        // In most runs something has to wait in the queue, and its delivery meets what else breaks.
        if (random.NextDouble() < 0.8)
        {
            var kind = random.NextDouble() < 0.6 ? FaultKind.Refuse : KindOf(random);
            faults.Add(OfLink(random, ChaosWorld.DebugLinks, kind, at: random.Next(200), longest: 2_500));
        }

        if (random.NextDouble() < 0.6)
        {
            faults.Add(OfProcess(random));
        }

        var links = ChaosWorld.LinkNames.ToArray();
        random.Shuffle(links);
        foreach (var link in links.Take(random.Next(faults.Count == 0 ? 1 : 0, 4)))
        {
            faults.Add(OfLink(random, link, KindOf(random), random.Next(WindowMs), longest: 1_200));
        }

        var hasPoison = random.NextDouble() < 0.08;
        return new(
            seed,
            [.. faults.Select(fault => hasPoison ? fault with { AtMs = fault.AtMs * PoisonStretch } : fault).OrderBy(fault => fault.AtMs)],
            hasPoison);
    }

    /// <summary>A plan under which a breaker opens, and more happens while it is open.</summary>
    /// <param name="seed">The seed.</param>
    public static FaultPlan WithOpenBreaker(int seed)
    {
        var plan = Of(seed);
        return plan with
        {
            // It would open the breaker again and again.
            HasPoison = false,
            Faults = [new(0, FaultKind.Refuse, ChaosWorld.DebugLinks, 8_000, Loses: true, 0), .. plan.Faults.Where(fault => fault.Target != ChaosWorld.DebugLinks)],
        };
    }

    /// <summary>Whether Redis can be reached all the time.</summary>
    public bool HasRedis => !Faults.Any(fault => fault.Target.EndsWith(ChaosWorld.Redis, StringComparison.Ordinal));

    public override string ToString() => $"seed {Seed}{(HasPoison ? ", with poison" : "")}\n{string.Join('\n', Faults)}";

    private static Fault OfProcess(Random random)
    {
        var target = ChaosWorld.ProcessNames[random.Next(ChaosWorld.ProcessNames.Count)];
        // Some while students ask, some while what they asked is delivered.
        var at = random.Next(2 * WindowMs);
        // A replica that stands still for longer than its claims and leases hold goes on in a world that has gone on without it.
        return target != ChaosWorld.Redis && random.NextDouble() < 0.4
            ? new(at, FaultKind.Pause, target, random.NextDouble() < 0.1 ? random.Next(5_000, 12_000) : random.Next(100, 2_500), false, 0)
            : new(
                at, target != ChaosWorld.Redis && random.NextDouble() < 0.25 ? FaultKind.Stop : FaultKind.Kill,
                target, random.Next(50, 800), false, 0);
    }

    private static FaultKind KindOf(Random random) =>
        random.NextDouble() < 0.04 ? FaultKind.Swallow : OfLinks[random.Next(OfLinks.Length)];

    private static Fault OfLink(Random random, string link, FaultKind kind, int at, int longest) =>
        new(at, kind, link, random.Next(100, longest), random.NextDouble() < 0.5, random.Next(20, 400));
}
