using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.AppHost.Aspire;

/// <summary>What the services of the graph have in common.</summary>
internal static class GraphServices
{
    /// <summary>One endpoint, health, and the environment of the AppHost.</summary>
    /// <param name="service">The service.</param>
    /// <param name="settings">The settings of the graph.</param>
    /// <param name="port">Its port here, where none is configured.</param>
    public static IResourceBuilder<ProjectResource> WithServiceDefaults(
        this IResourceBuilder<ProjectResource> service, GraphSettings settings, int port)
    {
        service
            // The connection string alone: REDIS_URI and its friends stay literal placeholders in aspirate's manifests.
            .WithReferenceEnvironment(
                ReferenceEnvironmentInjectionFlags.ConnectionString | ReferenceEnvironmentInjectionFlags.ServiceDiscovery)
            .WithHttpEndpoint(port: settings.PortOf(service.Resource.Name, port), name: Topology.HttpEndpoint)
            .WithHttpHealthCheck(Topology.HealthPath, endpointName: Topology.HttpEndpoint)
            // Deployed, Aspire would have everybody believed who says where a request comes from: Gateway:TrustedNetworks.
            .DisableForwardedHeaders();
        return settings.IsRun
            ? service
                .WithEnvironment("ASPNETCORE_ENVIRONMENT", service.ApplicationBuilder.Environment.EnvironmentName)
                .WithEnvironment(
                    Topology.AsEnvironmentVariable(Topology.DataFolderSetting), DataFolder.Root(settings.Configuration))
            : service;
    }

    /// <summary>
    /// In a manifest the key that signs tokens and the one that chains the audit trail are secret parameters, at least 32
    /// bytes in base64; here triage makes a Development key of its own. Two of them, so that the one can be changed without
    /// the other.
    /// </summary>
    /// <param name="triage">Triage.</param>
    /// <param name="settings">The settings of the graph.</param>
    public static IResourceBuilder<ProjectResource> WithKeys(
        this IResourceBuilder<ProjectResource> triage, GraphSettings settings) =>
        settings.IsRun
            ? triage
            : triage
                .WithEnvironment("Authentication__SigningKeys__0__Id", "deployed")
                .WithEnvironment("Authentication__SigningKeys__0__Algorithm", "HS256")
                .WithEnvironment(
                    "Authentication__SigningKeys__0__Key", triage.ApplicationBuilder.AddParameter("signing-key", secret: true))
                .WithEnvironment("Audit__Keys__0", triage.ApplicationBuilder.AddParameter("audit-key", secret: true));
}
