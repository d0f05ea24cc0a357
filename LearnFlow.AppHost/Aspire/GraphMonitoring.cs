using Aspire.Hosting;

namespace LearnFlow.AppHost.Aspire;

/// <summary>Prometheus and Grafana in containers beside the graph, where that is asked for.</summary>
internal static class GraphMonitoring
{
    /// <summary>The argument that asks for it.</summary>
    public const string Switch = "--monitoring";

    private const string Deploy = "../deploy";
    private const int PrometheusPort = 9090;
    private const int GrafanaPort = 3000;

    /// <summary>Adds both, with the alerts and dashboards of <c>deploy</c>.</summary>
    /// <param name="builder">The graph.</param>
    public static void AddMonitoring(this IDistributedApplicationBuilder builder)
    {
        var prometheus = builder.AddContainer("prometheus", "prom/prometheus", "v3.5.0")
            .WithBindMount($"{Deploy}/prometheus", "/etc/prometheus", isReadOnly: true)
            // By this name it finds the services, which run outside of containers; without Docker Desktop nobody else gives it.
            .WithContainerRuntimeArgs("--add-host=host.docker.internal:host-gateway")
            .WithHttpEndpoint(port: PrometheusPort, targetPort: PrometheusPort, name: "http");
        builder.AddContainer("grafana", "grafana/grafana", "12.1.0")
            .WithBindMount($"{Deploy}/grafana/provisioning", "/etc/grafana/provisioning", isReadOnly: true)
            .WithBindMount($"{Deploy}/grafana/dashboards", "/var/lib/grafana/dashboards", isReadOnly: true)
            .WithEnvironment("PROMETHEUS_URL", prometheus.GetEndpoint("http"))
            .WithEnvironment("GF_AUTH_ANONYMOUS_ENABLED", "true")
            .WithHttpEndpoint(port: GrafanaPort, targetPort: GrafanaPort, name: "http");
    }
}
