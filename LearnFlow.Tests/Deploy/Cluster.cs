using k8s;
using k8s.Models;
using LearnFlow.Tests.Docs;

namespace LearnFlow.Tests.Deploy;

/// <summary>What a folder of manifests has the cluster run: kubectl renders it, the client of Kubernetes reads it strictly.</summary>
/// <param name="objects">The objects.</param>
public sealed class Cluster(IReadOnlyList<object> objects)
{
    public IReadOnlyList<object> Objects => objects;

    public IEnumerable<V1Deployment> Deployments => objects.OfType<V1Deployment>();

    public IEnumerable<V1StatefulSet> StatefulSets => objects.OfType<V1StatefulSet>();

    public IEnumerable<V1Service> Services => objects.OfType<V1Service>();

    public IEnumerable<V1NetworkPolicy> NetworkPolicies => objects.OfType<V1NetworkPolicy>();

    public IEnumerable<V1PodDisruptionBudget> DisruptionBudgets => objects.OfType<V1PodDisruptionBudget>();

    public IEnumerable<V2HorizontalPodAutoscaler> Autoscalers => objects.OfType<V2HorizontalPodAutoscaler>();

    /// <summary>What runs pods, whichever kind it is of.</summary>
    public IEnumerable<Workload> Workloads => Deployments
        .Select(one => new Workload(one.Kind, one.Metadata.Name, one.Spec.Template))
        .Concat(StatefulSets.Select(one => new Workload(one.Kind, one.Metadata.Name, one.Spec.Template)));

    public static async Task<Cluster> RenderAsync(string folder) => new(KubernetesYaml.LoadAllFromString(
        await Command.OutputOfAsync("kubectl", "kustomize", Pages.Of($"../deploy/kubernetes/{folder}")), strict: true));
}

/// <summary>Pods of a kind.</summary>
/// <param name="Kind">Deployment or StatefulSet.</param>
/// <param name="Name">Its name.</param>
/// <param name="Template">The pods.</param>
public sealed record Workload(string Kind, string Name, V1PodTemplateSpec Template)
{
    public V1PodSpec Pod => Template.Spec;

    public IEnumerable<V1Container> Containers => (Pod.InitContainers ?? []).Concat(Pod.Containers);

    public override string ToString() => $"{Kind} {Name}";
}

/// <summary>Selectors of labels as Kubernetes reads them.</summary>
internal static class Selectors
{
    public static bool Selects(this V1LabelSelector selector, IDictionary<string, string> labels) =>
        (selector.MatchLabels ?? new Dictionary<string, string>()).Selects(labels)
        && (selector.MatchExpressions ?? []).All(expression => expression.OperatorProperty switch
        {
            "In" => labels.TryGetValue(expression.Key, out var value) && expression.Values.Contains(value),
            "NotIn" => !labels.TryGetValue(expression.Key, out var value) || !expression.Values.Contains(value),
            "Exists" => labels.ContainsKey(expression.Key),
            "DoesNotExist" => !labels.ContainsKey(expression.Key),
            _ => throw new InvalidDataException($"no operator: {expression.OperatorProperty}"),
        });

    public static bool Selects(this IDictionary<string, string> selector, IDictionary<string, string> labels) =>
        selector.All(label => labels.TryGetValue(label.Key, out var value) && value == label.Value);
}

/// <summary>The overlay for production over the sample of what aspirate generates.</summary>
public sealed class Production : IAsyncLifetime
{
    public Cluster Cluster { get; private set; } = null!;

    /// <summary>What aspirate generates, as it is.</summary>
    public Cluster Base { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Cluster = await Cluster.RenderAsync("overlays/production");
        Base = await Cluster.RenderAsync("base");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
