using LearnFlow.ServiceDefaults.Contracts;
using Microsoft.Extensions.Configuration;

namespace LearnFlow.AppHost.Aspire;

/// <summary>What of the graph is configured, and what differs between running it and writing its manifest.</summary>
/// <param name="configuration">The AppHost's configuration.</param>
/// <param name="isRun">True where the graph runs here; false where a manifest is written.</param>
internal sealed class GraphSettings(IConfiguration configuration, bool isRun)
{
    /// <summary>Whether the graph runs here.</summary>
    public bool IsRun => isRun;

    /// <summary>Processes of triage, on one port.</summary>
    public int TriageReplicas => configuration.GetValue(Topology.TriageReplicasSetting, 1);

    /// <summary>The configuration, for the data folder.</summary>
    public IConfiguration Configuration => configuration;

    /// <summary>
    /// The fixed port of a resource here. None in a manifest: there a fixed port would become the cluster's, while
    /// references between services name another one.
    /// </summary>
    /// <param name="resource">The resource.</param>
    /// <param name="usual">Its port where none is configured.</param>
    public int? PortOf(string resource, int usual) =>
        isRun ? configuration.GetValue(Topology.PortSetting(resource), usual) : null;
}
