using System.Net;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Flags;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace LearnFlow.Triage.Dispatch;

/// <summary>
/// The HTTP clients of the agents, three for each: a quick one for questions, which may be repeated, a patient one for what
/// runs code, which may not, and one that finds out whether the agent is back. All of an agent share its breaker. The first
/// two have a bulkhead each: so many calls at once, so many that wait, and no more, so that a slow agent cannot take the
/// connections and the memory of the others.
/// </summary>
public static class AgentHttp
{
    /// <summary>The time that an agent has for an answer, each attempt.</summary>
    public static readonly TimeSpan QuickTimeout = TimeSpan.FromSeconds(2);

    /// <summary>The time for what runs code: the sandbox's five seconds, a wait for a place in it, and the way.</summary>
    public static readonly TimeSpan PatientTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Attempts after the first.</summary>
    public const int Retries = 2;

    /// <summary>The pause before the first repetition; it doubles with each.</summary>
    public static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    /// <summary>Calls of a kind to one agent at once.</summary>
    public const int MostAtOnce = 128;

    /// <summary>Calls of a kind to one agent that wait until others are done.</summary>
    public const int MostWaiting = 512;

    /// <summary>The name of the client for questions to an agent.</summary>
    /// <param name="role">The agent.</param>
    public static string Quick(AgentRole role) => role.Resource;

    /// <summary>The name of the client for what an agent runs.</summary>
    /// <param name="role">The agent.</param>
    public static string Patient(AgentRole role) => $"{role.Resource}-run";

    /// <summary>The name of the client that finds out whether an agent is back.</summary>
    /// <param name="role">The agent.</param>
    public static string Probe(AgentRole role) => $"{role.Resource}-probe";

    internal static void AddAgentHttp(this IServiceCollection services)
    {
        services.AddHttpContextAccessor();
        services.AddSingleton<Breakers>();
        services.AddSingleton<AgentClient>();
        foreach (var role in AgentRole.All)
        {
            services.AddAgent(Quick(role), role, QuickTimeout, mayRepeat: true, hasBulkhead: true);
            services.AddAgent(Patient(role), role, PatientTimeout, mayRepeat: false, hasBulkhead: true);
            services.AddAgent(Probe(role), role, QuickTimeout, mayRepeat: false, hasBulkhead: false);
        }
    }

    /// <summary>Whether an attempt shows that the agent or the way to it is broken. What it says of itself as a problem does not.</summary>
    /// <param name="outcome">What came of the attempt.</param>
    public static bool IsFailure(Outcome<HttpResponseMessage> outcome) => outcome switch
    {
        { Exception: HttpRequestException or TimeoutRejectedException } => true,
        { Result: { StatusCode: HttpStatusCode.ServiceUnavailable } reply } => !AgentClient.IsProblem(reply),
        { Result.StatusCode: var status } => status >= HttpStatusCode.InternalServerError,
        _ => outcome.Exception is not null,
    };

    private static void AddAgent(
        this IServiceCollection services, string name, AgentRole role, TimeSpan timeout, bool mayRepeat, bool hasBulkhead) => services
        .AddHttpClient(name)
        // Each call is in the traces and the metrics already.
        .RemoveAllLoggers()
        // The handler renews its connections by itself.
        .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
        .ConfigurePrimaryHttpMessageHandler(provider => new AgentConnections(provider.GetRequiredService<FlagState>()))
        .AddServiceDiscovery()
        .AddResilienceHandler(name, (pipeline, handler) =>
        {
            var flags = handler.ServiceProvider.GetRequiredService<FlagState>();
            var breaker = handler.ServiceProvider.GetRequiredService<Breakers>().Of(role);
            if (hasBulkhead)
            {
                pipeline.AddConcurrencyLimiter(MostAtOnce, MostWaiting);
            }

            if (mayRepeat)
            {
                pipeline.AddRetry(new HttpRetryStrategyOptions
                {
                    MaxRetryAttempts = Retries,
                    Delay = RetryDelay,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    ShouldHandle = attempt => ValueTask.FromResult(
                        attempt.Outcome.Exception is not BrokenCircuitException
                        && IsFailure(attempt.Outcome)
                        && flags.IsOn(Flag.EnableRetryPolicy)),
                });
            }

            pipeline.AddStrategy(_ => new BreakerStrategy(breaker, flags), new BreakerStrategyOptions());
            pipeline.AddTimeout(timeout);
        });

    /// <summary>Polly names each strategy; this one has nothing else to set.</summary>
    private sealed class BreakerStrategyOptions : ResilienceStrategyOptions;
}
