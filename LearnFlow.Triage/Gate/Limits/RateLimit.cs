namespace LearnFlow.Triage.Gate.Limits;

/// <summary>What is counted together. A route names its own; one that names none counts as <see cref="Other"/>.</summary>
/// <param name="Name">Its name in Redis and in the headers <c>RateLimit</c> and <c>RateLimit-Policy</c>.</param>
/// <param name="PerMinute">How much somebody in a role may send.</param>
/// <param name="IsByAddress">Whether the address is counted instead of the person.</param>
public sealed record RateLimit(string Name, Func<RateLimitOptions, string, int> PerMinute, bool IsByAddress = false)
{
    /// <summary>The time in which that much may be sent.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    /// <summary>Messages to the tutor.</summary>
    public static readonly RateLimit Messages = new("messages", (options, role) => options.MessagesPerMinute(role));

    /// <summary>Programs that are run.</summary>
    public static readonly RateLimit Runs = new("runs", (options, _) => options.RunsPerMinute);

    /// <summary>What is handed in.</summary>
    public static readonly RateLimit Submissions = new("submissions", (options, _) => options.SubmissionsPerMinute);

    /// <summary>Everything else with a token.</summary>
    public static readonly RateLimit Other = new("other", (options, _) => options.OtherPerMinute);

    /// <summary>Demo sign-ins.</summary>
    public static readonly RateLimit SignIns = new("sign-ins", (options, _) => options.SignInsPerMinute, IsByAddress: true);

    /// <summary>Calls without a token, or with one that is not accepted.</summary>
    public static readonly RateLimit Anonymous = new("anonymous", (options, _) => options.AnonymousPerMinute, IsByAddress: true);
}

/// <summary>
/// Metadata of a route that takes from its limit itself, since one request may count for several. The request as such
/// counts as <see cref="RateLimit.Other"/>.
/// </summary>
public sealed class TakesFromRateLimit;

/// <summary>Says on a route or a group what it counts as.</summary>
internal static class RateLimitMetadata
{
    public static TBuilder WithRateLimit<TBuilder>(this TBuilder builder, RateLimit limit)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(limit);
}
