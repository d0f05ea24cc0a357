using System.Net;
using LearnFlow.ServiceDefaults.Contracts;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace LearnFlow.Triage.Dispatch;

/// <summary>
/// The HTTP clients of the agents, two for each: a quick one for questions, which may be repeated, and a patient one for
/// what runs code, which may not. Each has a breaker of its own, so that one agent's trouble is not another's.
/// </summary>
internal static class AgentHttp
{
    /// <summary>The time that an agent has for an answer, each attempt.</summary>
    public static readonly TimeSpan QuickTimeout = TimeSpan.FromSeconds(2);

    /// <summary>The time for what runs code: the sandbox's five seconds, a wait for a place in it, and the way.</summary>
    public static readonly TimeSpan PatientTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Attempts after the first.</summary>
    public const int Retries = 2;

    /// <summary>Failures in a row that open the breaker.</summary>
    public const int BreakerFailures = 5;

    /// <summary>The pause before the first repetition; it doubles with each.</summary>
    public static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    /// <summary>How long the breaker stays open.</summary>
    public static readonly TimeSpan BreakerPause = TimeSpan.FromSeconds(30);

    public static string Quick(AgentRole role) => role.Resource;

    public static string Patient(AgentRole role) => $"{role.Resource}-run";

    public static void AddAgentHttp(this IServiceCollection services)
    {
        services.AddHttpContextAccessor();
        services.AddSingleton<AgentClient>();
        foreach (var role in AgentRole.All)
        {
            services.AddAgent(Quick(role), role, QuickTimeout, mayRepeat: true);
            services.AddAgent(Patient(role), role, PatientTimeout, mayRepeat: false);
        }
    }

    private static void AddAgent(
        this IServiceCollection services, string name, AgentRole role, TimeSpan timeout, bool mayRepeat) => services
        .AddHttpClient(name, client => client.BaseAddress = new Uri($"http://{role.Resource}"))
        .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
        {
            // Agents move; a connection that lives for ever would not notice.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            AllowAutoRedirect = false,
        })
        .AddServiceDiscovery()
        .AddResilienceHandler(name, pipeline =>
        {
            if (mayRepeat)
            {
                pipeline.AddRetry(new HttpRetryStrategyOptions
                {
                    MaxRetryAttempts = Retries,
                    Delay = RetryDelay,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                });
            }

            pipeline.AddCircuitBreaker(new HttpCircuitBreakerStrategyOptions
            {
                FailureRatio = 1,
                MinimumThroughput = BreakerFailures,
                SamplingDuration = BreakerPause,
                BreakDuration = BreakerPause,
            });
            pipeline.AddTimeout(timeout);
        });
}
