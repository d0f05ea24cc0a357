using k8s.Models;
using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Tests.Deploy;

/// <summary>Who reaches whom in the cluster: what a network plugin makes of the policies.</summary>
public sealed class NetworkPolicyTests(Production production) : IClassFixture<Production>
{
    private const string Ours = "learnflow";

    private static readonly Peer Gateway = new("kong", "kong", Label("learnflow/gateway"));
    private static readonly Peer Prometheus = new("prometheus", "monitoring", Label("learnflow/monitoring"));
    private static readonly Peer Stranger = new("stranger", "elsewhere", []);
    private static readonly Peer Dns = new("dns", "kube-system", [], new Dictionary<string, string> { ["k8s-app"] = "kube-dns" });

    public static TheoryData<string> Agents => [.. AgentRole.All.Select(role => role.Resource)];

    [Theory]
    [MemberData(nameof(Agents))]
    public void An_agent_is_reached_from_triage_only(string agent)
    {
        var others = production.Cluster.Workloads.Select(one => Own(one.Name)).Where(one => one.Name != agent);

        Assert.Equal(
            [Topology.Triage],
            others.Concat([Gateway, Prometheus, Stranger]).Where(from => Reaches(from, Own(agent), 8080)).Select(from => from.Name));
    }

    [Theory]
    [MemberData(nameof(Agents))]
    public void An_agent_reaches_Redis_and_names_and_nothing_else(string agent)
    {
        Assert.True(Reaches(Own(agent), Own(Topology.Redis), 6379));
        Assert.True(Reaches(Own(agent), Dns, 53));
        Assert.False(Reaches(Own(agent), Own(Topology.Triage), 8080));
        Assert.False(Reaches(Own(agent), Stranger, 443));
        Assert.False(Reaches(Own(agent), Own(Topology.Redis), 8080));
    }

    [Fact]
    public void Triage_is_reached_from_what_stands_in_front_and_from_Prometheus()
    {
        Assert.True(Reaches(Gateway, Own(Topology.Triage), 8080));
        Assert.True(Reaches(Prometheus, Own(Topology.Triage), 8080));
        Assert.False(Reaches(Stranger, Own(Topology.Triage), 8080));
        Assert.False(Reaches(Gateway, Own(Topology.Triage), 9090));
    }

    [Fact]
    public void Triage_reaches_Redis_and_names_and_not_the_world()
    {
        Assert.True(Reaches(Own(Topology.Triage), Own(Topology.Redis), 6379));
        Assert.True(Reaches(Own(Topology.Triage), Dns, 53));
        Assert.False(Reaches(Own(Topology.Triage), Stranger, 443));
    }

    [Fact]
    public void Redis_is_reached_from_our_services_only_and_reaches_nobody()
    {
        Assert.All([Gateway, Prometheus, Stranger], from => Assert.False(Reaches(from, Own(Topology.Redis), 6379)));
        Assert.All([Own(Topology.Triage), Stranger, Dns], to => Assert.All([53, 443, 8080], port => Assert.False(Reaches(Own(Topology.Redis), to, port))));
    }

    private static Dictionary<string, string> Label(string name) => new() { [name] = "true" };

    private Peer Own(string workload) => new(
        workload, Ours, [], production.Cluster.Workloads.Single(one => one.Name == workload).Template.Metadata.Labels);

    /// <summary>Both sides have to allow it; a side that no policy is about allows everything.</summary>
    private bool Reaches(Peer from, Peer to, int port) =>
        Allows(from, "Egress", policy => (policy.Spec.Egress ?? []).Any(rule => Fits(rule.To, to) && Fits(rule.Ports, port)))
        && Allows(to, "Ingress", policy => (policy.Spec.Ingress ?? []).Any(rule => Fits(rule.FromProperty, from) && Fits(rule.Ports, port)));

    private bool Allows(Peer pod, string type, Predicate<V1NetworkPolicy> allows)
    {
        var about = production.Cluster.NetworkPolicies
            .Where(policy => pod.Namespace == Ours && policy.Spec.PolicyTypes.Contains(type) && policy.Spec.PodSelector.Selects(pod.Labels))
            .ToList();
        return about.Count == 0 || about.Exists(allows);
    }

    private static bool Fits(IList<V1NetworkPolicyPeer>? peers, Peer peer) => peers is not { Count: > 0 } || peers.Any(one =>
        one.IpBlock is null
        && (one.NamespaceSelector is null ? peer.Namespace == Ours : one.NamespaceSelector.Selects(peer.NamespaceLabels))
        && (one.PodSelector is null || one.PodSelector.Selects(peer.Labels)));

    private static bool Fits(IList<V1NetworkPolicyPort>? ports, int port) =>
        ports is not { Count: > 0 } || ports.Any(one => one.Port is null || one.Port.Value == $"{port}");

    /// <summary>A pod, ours or somebody else's.</summary>
    private sealed record Peer(string Name, string Namespace, Dictionary<string, string> LabelsOfNamespace, IDictionary<string, string>? OwnLabels = null)
    {
        public IDictionary<string, string> Labels { get; } = OwnLabels ?? new Dictionary<string, string>();

        /// <summary>Kubernetes labels each namespace with its name.</summary>
        public Dictionary<string, string> NamespaceLabels { get; } =
            new(LabelsOfNamespace) { ["kubernetes.io/metadata.name"] = Namespace };
    }
}
