using LearnFlow.ServiceDefaults.Contracts;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LearnFlow.Triage.Dispatch;

/// <summary>Whether triage has been told where each agent is, or that Dapr knows. One that is down is the breaker's business, not readiness'.</summary>
/// <param name="configuration">Where service discovery reads it.</param>
internal sealed class AgentsKnownCheck(IConfiguration configuration) : IHealthCheck
{
    public const string Name = "agents";

    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var missing = DaprSidecar.IsThere(configuration)
            ? []
            : AgentRole.All.Where(role => configuration[Topology.AddressSetting(role)] is null).ToList();
        return Task.FromResult(missing.Count == 0
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy($"Not configured: {string.Join(", ", missing.Select(Topology.AddressSetting))}."));
    }
}
