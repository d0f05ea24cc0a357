using k8s.Models;

namespace LearnFlow.Tests.Deploy;

/// <summary>
/// The controls of the Pod Security Standards that the profile "restricted" has, those of "baseline" with it. Each gives
/// what breaks it.
/// </summary>
internal static class PodSecurity
{
    private static readonly HashSet<string> SafeSysctls =
    [
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
    ];

    public static IReadOnlyDictionary<string, Func<Cluster, IEnumerable<string>>> Controls { get; } =
        new Dictionary<string, Func<Cluster, IEnumerable<string>>>
        {
            ["HostProcess"] = Pods(pod => pod.SecurityContext?.WindowsOptions?.HostProcess is not true),
            ["Host Namespaces"] = Pods(pod => pod is { HostNetwork: not true, HostPID: not true, HostIPC: not true }),
            ["Privileged Containers"] = Containers((_, context) => context?.Privileged is not true),
            ["Capabilities"] = Containers((_, context) => context?.Capabilities?.Drop?.Contains("ALL") is true
                && (context.Capabilities.Add ?? []).All(added => added == "NET_BIND_SERVICE")),
            ["Volume Types"] = Pods(pod => (pod.Volumes ?? []).All(volume => volume is { ConfigMap: not null }
                or { Csi: not null } or { DownwardAPI: not null } or { EmptyDir: not null } or { Ephemeral: not null }
                or { PersistentVolumeClaim: not null } or { Projected: not null } or { Secret: not null })),
            ["Host Ports"] = Pods(pod => pod.Containers.SelectMany(container => container.Ports ?? []).All(port => port.HostPort is null or 0)),
            ["AppArmor"] = Pods(pod => pod.SecurityContext?.AppArmorProfile?.Type is null or "RuntimeDefault" or "Localhost"),
            ["SELinux"] = Pods(pod => pod.SecurityContext?.SeLinuxOptions is null),
            ["/proc Mount Type"] = Containers((_, context) => context?.ProcMount is null or "Default"),
            ["Sysctls"] = Pods(pod => (pod.SecurityContext?.Sysctls ?? []).All(one => SafeSysctls.Contains(one.Name))),
            ["Host Probes and Lifecycle Hooks"] = Pods(pod => pod.Containers
                .SelectMany(container => (V1Probe?[])[container.LivenessProbe, container.ReadinessProbe, container.StartupProbe])
                .All(probe => string.IsNullOrEmpty(probe?.HttpGet?.Host) && string.IsNullOrEmpty(probe?.TcpSocket?.Host))),
            ["Privilege Escalation"] = Containers((_, context) => context is { AllowPrivilegeEscalation: false }),
            ["Running as Non-root"] = Containers((pod, context) => (context?.RunAsNonRoot ?? pod?.RunAsNonRoot) is true),
            ["Running as Non-root user"] = Containers((pod, context) => (context?.RunAsUser ?? pod?.RunAsUser) is not 0),
            ["Seccomp"] = Containers((pod, context) =>
                (context?.SeccompProfile ?? pod?.SeccompProfile)?.Type is "RuntimeDefault" or "Localhost"),
        };

    private static Func<Cluster, IEnumerable<string>> Pods(Predicate<V1PodSpec> isRight) => cluster =>
        cluster.Workloads.Where(one => !isRight(one.Pod)).Select(one => one.ToString());

    private static Func<Cluster, IEnumerable<string>> Containers(Func<V1PodSecurityContext?, V1SecurityContext?, bool> isRight) => cluster =>
        cluster.Workloads
            .Where(one => !one.Containers.All(container => isRight(one.Pod.SecurityContext, container.SecurityContext)))
            .Select(one => one.ToString());
}
