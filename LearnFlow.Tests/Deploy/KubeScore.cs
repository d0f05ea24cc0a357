using System.Text.RegularExpressions;
using k8s.Models;

namespace LearnFlow.Tests.Deploy;

/// <summary>The checks of kube-score, default and optional, by their ids. Each gives what it finds wrong.</summary>
internal static partial class KubeScore
{
    private const string Hostname = "kubernetes.io/hostname";
    private const long LowestUserId = 10_000;
    private const int FewestReplicas = 2;

    private static readonly string[] Resources = ["cpu", "memory"];

    /// <summary>Versions that Kubernetes has taken back.</summary>
    private static readonly HashSet<string> Deprecated =
        ["extensions/v1beta1", "apps/v1beta1", "apps/v1beta2", "batch/v1beta1", "policy/v1beta1", "networking.k8s.io/v1beta1"];

    public static IReadOnlyDictionary<string, Func<Cluster, IEnumerable<string>>> Checks { get; } =
        new Dictionary<string, Func<Cluster, IEnumerable<string>>>
        {
            ["ingress-targets-service"] = cluster => cluster.Objects.OfType<V1Ingress>()
                .Where(ingress => ingress.Spec.Rules.SelectMany(rule => rule.Http.Paths)
                    .Any(path => cluster.Services.All(service => service.Metadata.Name != path.Backend.Service.Name)))
                .Select(ingress => ingress.Metadata.Name),
            ["cronjob-has-deadline"] = cluster => cluster.Objects.OfType<V1CronJob>()
                .Where(job => job.Spec.StartingDeadlineSeconds is null)
                .Select(job => job.Metadata.Name),
            ["cronjob-restartpolicy"] = cluster => cluster.Objects.OfType<V1CronJob>()
                .Where(job => job.Spec.JobTemplate.Spec.Template.Spec.RestartPolicy is null)
                .Select(job => job.Metadata.Name),
            ["container-resources"] = Containers(container => Resources.All(resource =>
                IsSet(container.Resources?.Limits, resource) && IsSet(container.Resources?.Requests, resource))),
            ["container-resource-requests-equal-limits"] = Containers(container => Resources.All(resource => AreEqual(container, resource))),
            ["container-cpu-requests-equal-limits"] = Containers(container => AreEqual(container, "cpu")),
            ["container-memory-requests-equal-limits"] = Containers(container => AreEqual(container, "memory")),
            ["container-image-tag"] = Containers(container => TagOf(container) is not (null or "latest")),
            ["container-image-pull-policy"] = Containers(container =>
                container.ImagePullPolicy is null ? TagOf(container) is null or "latest" : container.ImagePullPolicy == "Always"),
            ["container-ephemeral-storage-request-and-limit"] = Containers(container =>
                IsSet(container.Resources?.Limits, "ephemeral-storage") && IsSet(container.Resources?.Requests, "ephemeral-storage")),
            ["container-ephemeral-storage-request-equals-limit"] = Containers(container => AreEqual(container, "ephemeral-storage")),
            ["container-ports-check"] = Containers(container => (container.Ports ?? []).All(port =>
                    port.ContainerPort is > 0 and <= 65_535 && port.Name is null or { Length: <= 15 })
                && (container.Ports ?? []).Select(port => port.Name).Distinct().Count() == (container.Ports ?? []).Count),
            ["environment-variable-key-duplication"] = Containers(container =>
                (container.Env ?? []).Select(variable => variable.Name).Distinct().Count() == (container.Env ?? []).Count),
            ["statefulset-has-poddisruptionbudget"] = cluster => cluster.StatefulSets
                .Where(one => one.Spec.Replicas is null or >= FewestReplicas && !HasBudget(cluster, one.Spec.Template))
                .Select(one => one.Metadata.Name),
            ["deployment-has-poddisruptionbudget"] = cluster => cluster.Deployments
                .Where(one => one.Spec.Replicas is null or >= FewestReplicas && !HasBudget(cluster, one.Spec.Template))
                .Select(one => one.Metadata.Name),
            ["poddisruptionbudget-has-policy"] = cluster => cluster.DisruptionBudgets
                .Where(budget => budget.Spec.MinAvailable is null && budget.Spec.MaxUnavailable is null)
                .Select(budget => budget.Metadata.Name),
            ["pod-networkpolicy"] = cluster => cluster.Workloads
                .Where(one => ((string[])["Ingress", "Egress"]).Any(type => !cluster.NetworkPolicies.Any(policy =>
                    // One that selects everything is no policy of this pod.
                    policy.Spec.PodSelector is { MatchLabels.Count: > 0 } or { MatchExpressions.Count: > 0 }
                    && policy.Spec.PodSelector.Selects(one.Template.Metadata.Labels)
                    && policy.Spec.PolicyTypes.Contains(type))))
                .Select(one => one.ToString()),
            ["networkpolicy-targets-pod"] = cluster => cluster.NetworkPolicies
                .Where(policy => !cluster.Workloads.Any(one => policy.Spec.PodSelector.Selects(one.Template.Metadata.Labels)))
                .Select(policy => policy.Metadata.Name),
            ["pod-probes"] = cluster => cluster.Workloads
                .Where(one => one.Containers.All(container => container.ReadinessProbe is null)
                    || one.Containers.All(container => container.LivenessProbe is null))
                .Select(one => one.ToString()),
            ["pod-probes-identical"] = Containers(container => !AreIdentical(container.ReadinessProbe, container.LivenessProbe)),
            ["container-security-context-user-group-id"] = Contexts((pod, context) =>
                (context?.RunAsUser ?? pod?.RunAsUser) >= LowestUserId && (context?.RunAsGroup ?? pod?.RunAsGroup) >= LowestUserId),
            ["container-security-context-privileged"] = Contexts((_, context) => context is { Privileged: false }),
            ["container-security-context-readonlyrootfilesystem"] = Contexts((_, context) => context is { ReadOnlyRootFilesystem: true }),
            ["container-seccomp-profile"] = Contexts((pod, context) => (context?.SeccompProfile ?? pod?.SeccompProfile) is not null),
            ["service-targets-pod"] = cluster => cluster.Services
                .Where(service => service.Spec.Type != "ExternalName"
                    && !cluster.Workloads.Any(one => service.Spec.Selector.Selects(one.Template.Metadata.Labels)))
                .Select(service => service.Metadata.Name),
            ["service-type"] = cluster => cluster.Services
                .Where(service => service.Spec.Type == "NodePort")
                .Select(service => service.Metadata.Name),
            ["stable-version"] = cluster => cluster.Objects.OfType<k8s.IKubernetesObject>()
                .Where(one => Deprecated.Contains(one.ApiVersion))
                .Select(one => one.Kind),
            ["deployment-has-host-podantiaffinity"] = cluster => cluster.Deployments
                .Where(one => one.Spec.Replicas is null or >= FewestReplicas && !IsKeptApart(one.Spec.Template))
                .Select(one => one.Metadata.Name),
            ["statefulset-has-host-podantiaffinity"] = cluster => cluster.StatefulSets
                .Where(one => one.Spec.Replicas is null or >= FewestReplicas && !IsKeptApart(one.Spec.Template))
                .Select(one => one.Metadata.Name),
            ["deployment-targeted-by-hpa-does-not-have-replicas-configured"] = cluster => cluster.Deployments
                .Where(one => one.Spec.Replicas is not null && AutoscalerOf(cluster, one) is not null)
                .Select(one => one.Metadata.Name),
            ["statefulset-has-servicename"] = cluster => cluster.StatefulSets
                .Where(one => !cluster.Services.Any(service => service.Metadata.Name == one.Spec.ServiceName
                    && service.Spec.ClusterIP == "None"
                    && service.Spec.Selector.Selects(one.Spec.Template.Metadata.Labels)))
                .Select(one => one.Metadata.Name),
            ["deployment-pod-selector-labels-match-template-metadata-labels"] = cluster => cluster.Deployments
                .Where(one => !one.Spec.Selector.Selects(one.Spec.Template.Metadata.Labels))
                .Select(one => one.Metadata.Name),
            ["statefulset-pod-selector-labels-match-template-metadata-labels"] = cluster => cluster.StatefulSets
                .Where(one => !one.Spec.Selector.Selects(one.Spec.Template.Metadata.Labels))
                .Select(one => one.Metadata.Name),
            ["label-values"] = cluster => cluster.Objects.OfType<k8s.IKubernetesObject<V1ObjectMeta>>()
                .SelectMany(one => one.Metadata.Labels ?? new Dictionary<string, string>())
                .Concat(cluster.Workloads.SelectMany(one => one.Template.Metadata.Labels))
                .Where(label => !LabelValue().IsMatch(label.Value))
                .Select(label => label.Key),
            ["horizontalpodautoscaler-has-target"] = cluster => cluster.Autoscalers
                .Where(one => !cluster.Deployments.Any(deployment => AutoscalerOf(cluster, deployment) == one))
                .Select(one => one.Metadata.Name),
            ["horizontalpodautoscaler-replicas"] = cluster => cluster.Autoscalers
                .Where(one => !(one.Spec.MinReplicas >= FewestReplicas))
                .Select(one => one.Metadata.Name),
            ["pod-topology-spread-constraints"] = cluster => cluster.Workloads
                .Where(one => (one.Pod.TopologySpreadConstraints ?? []).Any(spread => spread.LabelSelector is null
                    || spread.MaxSkew == 0
                    || spread.MinDomains == 0
                    || string.IsNullOrEmpty(spread.TopologyKey)
                    || spread.WhenUnsatisfiable is not ("DoNotSchedule" or "ScheduleAnyway")))
                .Select(one => one.ToString()),
            ["deployment-strategy"] = cluster => cluster.Deployments
                .Where(one => one.Spec.Strategy?.Type is not (null or "RollingUpdate"))
                .Select(one => one.Metadata.Name),
            ["deployment-replicas"] = cluster => cluster.Deployments
                .Where(one => AutoscalerOf(cluster, one) is null && !(one.Spec.Replicas >= FewestReplicas))
                .Select(one => one.Metadata.Name),
        };

    private static Func<Cluster, IEnumerable<string>> Containers(Predicate<V1Container> isRight) => cluster =>
        cluster.Workloads.Where(one => !one.Containers.All(container => isRight(container))).Select(one => one.ToString());

    private static Func<Cluster, IEnumerable<string>> Contexts(Func<V1PodSecurityContext?, V1SecurityContext?, bool> isRight) => cluster =>
        cluster.Workloads
            .Where(one => !one.Containers.All(container => isRight(one.Pod.SecurityContext, container.SecurityContext)))
            .Select(one => one.ToString());

    private static bool IsSet(IDictionary<string, ResourceQuantity>? quantities, string resource) =>
        quantities is not null && quantities.TryGetValue(resource, out var quantity) && quantity.ToDecimal() > 0;

    private static bool AreEqual(V1Container container, string resource) =>
        IsSet(container.Resources?.Requests, resource)
        && IsSet(container.Resources?.Limits, resource)
        && container.Resources!.Requests[resource].ToDecimal() == container.Resources.Limits[resource].ToDecimal();

    private static string? TagOf(V1Container container)
    {
        var name = container.Image[(container.Image.LastIndexOf('/') + 1)..];
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : name[(colon + 1)..];
    }

    private static bool AreIdentical(V1Probe? one, V1Probe? other) => one is not null && other is not null
        && (one.HttpGet is { } get && other.HttpGet is { } otherGet && (get.Path, get.Port.Value) == (otherGet.Path, otherGet.Port.Value)
            || one.TcpSocket is { } tcp && other.TcpSocket is { } otherTcp && tcp.Port.Value == otherTcp.Port.Value
            || one.Exec is { } exec && other.Exec is { } otherExec && exec.Command.SequenceEqual(otherExec.Command));

    private static bool HasBudget(Cluster cluster, V1PodTemplateSpec template) =>
        cluster.DisruptionBudgets.Any(budget => budget.Spec.Selector.Selects(template.Metadata.Labels));

    private static bool IsKeptApart(V1PodTemplateSpec template)
    {
        var apart = template.Spec.Affinity?.PodAntiAffinity;
        return (apart?.PreferredDuringSchedulingIgnoredDuringExecution ?? []).Select(preferred => preferred.PodAffinityTerm)
            .Concat(apart?.RequiredDuringSchedulingIgnoredDuringExecution ?? [])
            .Any(term => term.TopologyKey == Hostname && term.LabelSelector.Selects(template.Metadata.Labels));
    }

    private static V2HorizontalPodAutoscaler? AutoscalerOf(Cluster cluster, V1Deployment deployment) =>
        cluster.Autoscalers.FirstOrDefault(one => one.Spec.ScaleTargetRef is { ApiVersion: "apps/v1", Kind: "Deployment" } target
            && target.Name == deployment.Metadata.Name);

    [GeneratedRegex("^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$")]
    private static partial Regex LabelValue();
}
