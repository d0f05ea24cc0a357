using k8s.Models;
using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Tests.Deploy;

/// <summary><c>deploy/kubernetes/overlays/production</c>, rendered: what kube-score, the API server and the issue ask of it.</summary>
public sealed class ManifestTests(Production production) : IClassFixture<Production>
{
    private static readonly string[] Services = [Topology.Triage, .. AgentRole.All.Select(role => role.Resource)];

    private Cluster Cluster => production.Cluster;

    public static TheoryData<string> KubeScoreChecks => [.. KubeScore.Checks.Keys];

    public static TheoryData<string> PodSecurityControls => [.. PodSecurity.Controls.Keys];

    [Theory]
    [MemberData(nameof(KubeScoreChecks))]
    public void It_passes_kube_score(string check) => Assert.Empty(KubeScore.Checks[check](Cluster));

    [Theory]
    [MemberData(nameof(PodSecurityControls))]
    public void It_keeps_to_the_restricted_profile(string control) => Assert.Empty(PodSecurity.Controls[control](Cluster));

    /// <summary>The checks see what they look for: what aspirate generates has it.</summary>
    [Theory]
    [InlineData("container-resources")]
    [InlineData("container-cpu-requests-equal-limits")]
    [InlineData("container-memory-requests-equal-limits")]
    [InlineData("container-image-pull-policy")]
    [InlineData("container-ephemeral-storage-request-and-limit")]
    [InlineData("container-ephemeral-storage-request-equals-limit")]
    [InlineData("pod-networkpolicy")]
    [InlineData("pod-probes")]
    [InlineData("container-security-context-user-group-id")]
    [InlineData("container-security-context-privileged")]
    [InlineData("container-security-context-readonlyrootfilesystem")]
    [InlineData("container-seccomp-profile")]
    [InlineData("statefulset-has-servicename")]
    [InlineData("deployment-strategy")]
    [InlineData("deployment-replicas")]
    public void Without_the_overlay_kube_score_finds(string check) => Assert.NotEmpty(KubeScore.Checks[check](production.Base));

    [Theory]
    [InlineData("Capabilities")]
    [InlineData("Privilege Escalation")]
    [InlineData("Running as Non-root")]
    [InlineData("Seccomp")]
    public void Without_the_overlay_these_controls_are_broken(string control) =>
        Assert.NotEmpty(PodSecurity.Controls[control](production.Base));

    [Fact]
    public void The_API_server_holds_the_namespace_to_the_restricted_profile() => Assert.Equal(
        "restricted",
        Assert.Single(Cluster.Objects.OfType<V1Namespace>()).Metadata.Labels["pod-security.kubernetes.io/enforce"]);

    [Fact]
    public void Every_service_and_Redis_are_there_and_in_one_namespace()
    {
        Assert.Equal(
            Services.Append(Topology.Redis).Order(StringComparer.Ordinal),
            Cluster.Workloads.Select(one => one.Name).Order(StringComparer.Ordinal));
        Assert.All(
            Cluster.Objects.Where(one => one is not V1Namespace).Cast<k8s.IKubernetesObject<V1ObjectMeta>>(),
            one => Assert.Equal("learnflow", one.Metadata.NamespaceProperty));
    }

    [Fact]
    public void Three_of_each_service_run_and_none_is_missing_while_it_is_replaced() => Assert.All(Services, name =>
    {
        var deployment = Cluster.Deployments.Single(one => one.Metadata.Name == name);
        Assert.Equal("RollingUpdate", deployment.Spec.Strategy.Type);
        Assert.Equal("0", deployment.Spec.Strategy.RollingUpdate.MaxUnavailable.Value);
        Assert.Equal(3, Cluster.Autoscalers.Single(one => one.Spec.ScaleTargetRef.Name == name).Spec.MinReplicas);
        var budget = Cluster.DisruptionBudgets.Single(one => one.Spec.Selector.Selects(deployment.Spec.Template.Metadata.Labels));
        Assert.Equal("1", budget.Spec.MaxUnavailable.Value);
        // Nobody sends any more before it stops, and what has begun is finished before it is killed.
        var sleep = deployment.Spec.Template.Spec.Containers[0].Lifecycle.PreStop.Sleep.Seconds;
        Assert.True(deployment.Spec.Template.Spec.TerminationGracePeriodSeconds
            >= sleep + ServiceDefaults.ServiceDefaults.ShutdownTimeout.TotalSeconds);
    });

    [Fact]
    public void Every_service_is_asked_whether_it_has_started_lives_and_is_ready() => Assert.All(Services, name =>
    {
        var container = Assert.Single(Cluster.Deployments.Single(one => one.Metadata.Name == name).Spec.Template.Spec.Containers);
        Assert.Equal((Topology.AlivePath, "8080"), Asked(container.StartupProbe));
        Assert.Equal((Topology.AlivePath, "8080"), Asked(container.LivenessProbe));
        Assert.Equal((Topology.HealthPath, "8080"), Asked(container.ReadinessProbe));
        Assert.Equal((30, 3), (container.LivenessProbe.PeriodSeconds, container.LivenessProbe.TimeoutSeconds));
        Assert.Equal(3, container.ReadinessProbe.TimeoutSeconds);
        Assert.InRange(container.ReadinessProbe.PeriodSeconds!.Value, 1, 30);
        Assert.Equal(8080, Assert.Single(container.Ports).ContainerPort);

        static (string Path, string Port) Asked(V1Probe probe) => (probe.HttpGet.Path, probe.HttpGet.Port.Value);
    });

    [Fact]
    public void Every_pod_has_an_account_of_its_own_that_can_do_nothing() => Assert.All(Cluster.Workloads, one =>
    {
        Assert.Equal(one.Name, one.Pod.ServiceAccountName);
        Assert.False(one.Pod.AutomountServiceAccountToken);
        Assert.False(Cluster.Objects.OfType<V1ServiceAccount>().Single(account => account.Metadata.Name == one.Name).AutomountServiceAccountToken);
    });

    [Fact]
    public void Pods_of_a_service_are_spread_over_nodes_and_zones() => Assert.All(Cluster.Deployments, one =>
    {
        var spread = one.Spec.Template.Spec.TopologySpreadConstraints;
        Assert.Equal(["kubernetes.io/hostname", "topology.kubernetes.io/zone"], spread.Select(each => each.TopologyKey).Order());
        var terms = one.Spec.Template.Spec.Affinity.PodAntiAffinity.PreferredDuringSchedulingIgnoredDuringExecution;
        Assert.All(
            spread.Select(each => (each.LabelSelector, each.MatchLabelKeys))
                .Concat(terms.Select(term => (term.PodAffinityTerm.LabelSelector, term.PodAffinityTerm.MatchLabelKeys))),
            each =>
            {
                Assert.Contains("app", each.MatchLabelKeys);
                Assert.True(each.LabelSelector.Selects(one.Spec.Template.Metadata.Labels));
                // The API server refuses a key that stands in both.
                Assert.DoesNotContain(each.MatchLabelKeys, each.LabelSelector.MatchLabels.ContainsKey);
            });
    });

    [Fact]
    public void Secrets_are_referenced_and_not_contained()
    {
        Assert.Empty(Cluster.Objects.OfType<V1Secret>());
        var contained = Cluster.Objects.OfType<V1ConfigMap>().SelectMany(map => map.Data ?? new Dictionary<string, string>())
            .Concat(Cluster.Workloads.SelectMany(one => one.Containers).SelectMany(container => container.Env)
                .Where(variable => variable.Value is not null)
                .Select(variable => KeyValuePair.Create(variable.Name, variable.Value)))
            .ToList();
        var secrets = production.Base.Objects.OfType<V1ConfigMap>().SelectMany(map => map.Data)
            .Where(setting => setting.Value.Contains("set-by-the-overlay", StringComparison.Ordinal))
            .Select(setting => setting.Key)
            .ToHashSet();

        Assert.Equal(4, secrets.Count);
        Assert.DoesNotContain(contained, setting => setting.Value.Contains("set-by-the-overlay", StringComparison.Ordinal));
        Assert.All(
            contained.Where(setting => secrets.Contains(setting.Key)),
            setting => Assert.Equal("redis:6379,password=$(REDIS_PASSWORD)", setting.Value));
        Assert.Equal(
            ["audit-key", "redis-password", "signing-key"],
            Cluster.Workloads.SelectMany(one => one.Containers).SelectMany(container => container.Env)
                .Select(variable => variable.ValueFrom?.SecretKeyRef)
                .OfType<V1SecretKeySelector>()
                .Where(secret => secret.Name == "learnflow")
                .Select(secret => secret.Key)
                .Distinct()
                .Order());
    }
}
