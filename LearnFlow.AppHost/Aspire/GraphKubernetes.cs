using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Kubernetes.Resources;
using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.AppHost.Aspire;

/// <summary>
/// The Helm chart that <c>aspire publish</c> writes: its pods are as restricted, as patient and as many as those of
/// <c>deploy/kubernetes/overlays/production</c>, and have the labels by which the policies there know them.
/// </summary>
internal static class GraphKubernetes
{
    private const long Nobody = 10001;

    /// <summary>Adds the cluster as what is published to.</summary>
    /// <param name="builder">The graph.</param>
    public static void AddCluster(this IDistributedApplicationBuilder builder)
    {
        if (builder.IsChart())
        {
            builder.AddKubernetesEnvironment("k8s").WithProperties(cluster =>
            {
                // Redis on a disk; without this its data would go with its pod.
                cluster.DefaultStorageType = "pvc";
                cluster.DefaultStorageSize = "8Gi";
                cluster.DefaultImagePullPolicy = "Always";
            });
        }
    }

    /// <summary>Has a resource published as production needs it.</summary>
    /// <param name="resource">A service, or Redis.</param>
    /// <param name="tier">The label by which policies know several at once.</param>
    public static IResourceBuilder<T> InCluster<T>(this IResourceBuilder<T> resource, string? tier = null)
        where T : IComputeResource => !resource.ApplicationBuilder.IsChart() ? resource
        : resource.PublishAsKubernetesService(published =>
        {
            if (published.Workload is not { } workload)
            {
                return;
            }

            Restrict(workload.PodTemplate, resource.Resource.Name, tier);
            if (workload is Deployment deployment)
            {
                // The name that the autoscalers know.
                deployment.Metadata.Name = resource.Resource.Name;
                deployment.Spec.Replicas = 3;
                deployment.Spec.RevisionHistoryLimit = 5;
                deployment.Spec.Strategy = new()
                {
                    Type = "RollingUpdate",
                    RollingUpdate = new() { MaxUnavailable = 0, MaxSurge = 1 },
                };
                Probe(deployment.PodTemplate.Spec);
            }
        });

    /// <summary>The manifest of azd and aspirate may hold nothing that is not in its schema.</summary>
    private static bool IsChart(this IDistributedApplicationBuilder builder) =>
        builder.ExecutionContext is { IsPublishMode: true, PublisherName: not "manifest" };

    private static void Restrict(PodTemplateSpecV1 template, string name, string? tier)
    {
        template.Metadata.Labels["app"] = name;
        if (tier is not null)
        {
            template.Metadata.Labels["tier"] = tier;
        }

        var pod = template.Spec;
        pod.AutomountServiceAccountToken = false;
        pod.SecurityContext = new()
        {
            RunAsNonRoot = true,
            RunAsUser = Nobody,
            RunAsGroup = Nobody,
            FsGroup = Nobody,
            SeccompProfile = new() { Type = "RuntimeDefault" },
        };
        pod.Volumes.Add(new() { Name = "tmp", EmptyDir = new() { SizeLimit = "256Mi" } });
        var container = pod.Containers[0];
        container.VolumeMounts.Add(new() { Name = "tmp", MountPath = "/tmp" });
        container.SecurityContext = new()
        {
            Privileged = false,
            AllowPrivilegeEscalation = false,
            ReadOnlyRootFilesystem = true,
            Capabilities = new() { Drop = { "ALL" } },
        };
        container.Resources = new()
        {
            Requests = { ["cpu"] = "1", ["memory"] = "1Gi", ["ephemeral-storage"] = "1Gi" },
            Limits = { ["cpu"] = "1", ["memory"] = "1Gi", ["ephemeral-storage"] = "1Gi" },
        };
    }

    /// <summary>Probes of our own: the publisher's say <c>http</c> where Kubernetes takes <c>HTTP</c> alone.</summary>
    private static void Probe(PodSpecV1 pod)
    {
        pod.TerminationGracePeriodSeconds = 45;
        var container = pod.Containers[0];
        container.StartupProbe = Ask(Topology.AlivePath, periodSeconds: 2, failureThreshold: 60);
        container.LivenessProbe = Ask(Topology.AlivePath, periodSeconds: 30, failureThreshold: 3);
        container.ReadinessProbe = Ask(Topology.HealthPath, periodSeconds: 5, failureThreshold: 2);
        container.Lifecycle = new() { PreStop = new() { Sleep = new() { Seconds = 5 } } };

        static ProbeV1 Ask(string path, int periodSeconds, int failureThreshold) => new()
        {
            HttpGet = new() { Path = path, Port = Topology.HttpEndpoint },
            PeriodSeconds = periodSeconds,
            TimeoutSeconds = 3,
            FailureThreshold = failureThreshold,
        };
    }
}
