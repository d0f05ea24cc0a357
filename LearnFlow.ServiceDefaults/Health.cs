using LearnFlow.ServiceDefaults.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using StackExchange.Redis;

namespace LearnFlow.ServiceDefaults;

/// <summary>
/// <c>/alive</c> says that the process serves; <c>/health</c> says whether it should get messages, with each check by
/// name; both say which build it is. A service whose Redis is away is alive and not ready.
/// </summary>
public static class Health
{
    internal static void AddHealth(this WebApplicationBuilder builder) =>
        builder.Services.AddHealthChecks().AddCheck<RedisCheck>(Topology.Redis, timeout: TimeSpan.FromSeconds(2));

    internal static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks(Topology.AlivePath, new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync })
            .AllowAnonymous()
            .WithMetadata(new ForMachines());
        app.MapHealthChecks(Topology.HealthPath, new HealthCheckOptions { ResponseWriter = WriteAsync })
            .AllowAnonymous()
            .WithMetadata(new ForMachines());
    }

    private static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(
        new HealthAnswer(
            report.Status.ToString(),
            Build.Version,
            report.Entries.ToDictionary(
                entry => entry.Key, entry => new HealthEntry(entry.Value.Status.ToString(), entry.Value.Description))),
        HealthJson.Default.HealthAnswer);

    private sealed class RedisCheck(IConnectionMultiplexer redis) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await redis.GetDatabase().PingAsync();
                return HealthCheckResult.Healthy();
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                return HealthCheckResult.Unhealthy("Redis does not answer.");
            }
        }
    }
}

/// <summary>Metadata of a route that probes and scrapers ask, and that is answered however often they do.</summary>
public sealed class ForMachines;

/// <summary>What a health route answers.</summary>
/// <param name="Status">The worst of the checks: Healthy, Degraded or Unhealthy.</param>
/// <param name="Version">Which build answers.</param>
/// <param name="Checks">Each check.</param>
internal sealed record HealthAnswer(string Status, string Version, IReadOnlyDictionary<string, HealthEntry> Checks);

/// <summary>One check.</summary>
/// <param name="Status">Healthy, Degraded or Unhealthy.</param>
/// <param name="Description">What is wrong.</param>
internal sealed record HealthEntry(string Status, string? Description);

[System.Text.Json.Serialization.JsonSourceGenerationOptions(
    System.Text.Json.JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
[System.Text.Json.Serialization.JsonSerializable(typeof(HealthAnswer))]
internal sealed partial class HealthJson : System.Text.Json.Serialization.JsonSerializerContext;
