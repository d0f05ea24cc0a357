using System.Diagnostics;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using Microsoft.Extensions.Configuration;

namespace LearnFlow.AppHost.Aspire;

/// <summary>Redis in a container; or, where there is no container runtime, the embedded one of this process.</summary>
internal static class GraphRedis
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Starts the embedded Redis where a container could not be started.</summary>
    /// <param name="settings">The settings of the graph.</param>
    /// <returns>The embedded Redis; null where a container will do.</returns>
    public static EmbeddedRedis? StartEmbedded(GraphSettings settings) =>
        !settings.IsRun || HasContainerRuntime(settings.Configuration) ? null : EmbeddedRedis.Start(
            settings.PortOf(Topology.Redis, Topology.RedisPort) ?? Topology.RedisPort,
            DataFolder.Open(settings.Configuration, Topology.Redis));

    /// <summary>Adds the resource.</summary>
    /// <param name="builder">The graph.</param>
    /// <param name="embedded">The embedded Redis, or null for a container.</param>
    public static IResourceBuilder<IResourceWithConnectionString> Add(
        IDistributedApplicationBuilder builder, EmbeddedRedis? embedded) =>
        embedded is not null ? builder.AddConnectionString(
            Topology.Redis, ReferenceExpression.Create($"{embedded.ConnectionString}"))
        : builder.ExecutionContext.IsRunMode ? builder.AddRedis(Topology.Redis).WithDataVolume()
        : AddDeployed(builder);

    /// <summary>Aspire's would write its data once a minute, to a volume that is named after this machine's folders.</summary>
    private static IResourceBuilder<RedisResource> AddDeployed(IDistributedApplicationBuilder builder) =>
        builder.AddRedis(Topology.Redis)
            .WithDataVolume("learnflow-redis-data")
            .WithArgs(context =>
            {
                context.Args.Clear();
                context.Args.Add("-c");
                context.Args.Add("exec redis-server --requirepass $REDIS_PASSWORD --appendonly yes --appendfsync always");
            })
            .InCluster();

    /// <summary>Whether docker or podman, whichever Aspire is told to use, has an engine that answers.</summary>
    private static bool HasContainerRuntime(IConfiguration configuration)
    {
        var runtime = configuration["ASPIRE_CONTAINER_RUNTIME"] ?? configuration["DOTNET_ASPIRE_CONTAINER_RUNTIME"] ?? "docker";
        try
        {
            using var process = Process.Start(new ProcessStartInfo(runtime, "info")
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            return process.WaitForExit(Patience) && process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // Not installed.
            return false;
        }
    }
}
