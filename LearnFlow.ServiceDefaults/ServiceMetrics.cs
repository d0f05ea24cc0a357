using System.Diagnostics.Metrics;
using System.Globalization;
using StackExchange.Redis;

namespace LearnFlow.ServiceDefaults;

/// <summary>What every service shows of itself: which build it is, whether it has Redis, how much memory it may take.</summary>
public sealed class ServiceMetrics
{
    /// <summary>The meter of what all services measure.</summary>
    internal const string MeterName = Telemetry.SourcePrefix + "ServiceDefaults";

    /// <summary>Where Linux says what a container may take; <c>max</c> where that is not limited.</summary>
    private const string ContainerMemory = "/sys/fs/cgroup/memory.max";

    /// <summary>Creates the instruments.</summary>
    /// <param name="meters">Makes the meter.</param>
    /// <param name="connection">The connection to Redis.</param>
    /// <param name="pipeline">Knows whether Redis answers.</param>
    public ServiceMetrics(IMeterFactory meters, IConnectionMultiplexer connection, RedisPipeline pipeline)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge(
            "learnflow.build.info", () => new Measurement<int>(1, new KeyValuePair<string, object?>("version", Build.Version)),
            description: "1, for the version that it is labelled with.");
        meter.CreateObservableGauge(
            "learnflow.redis.up", () => connection.IsConnected && !pipeline.IsAway ? 1 : 0,
            description: "Whether this process has Redis: 1, or 0 where it does without.");
        meter.CreateObservableGauge(
            "learnflow.redis.outstanding", () => connection.GetCounters().TotalOutstanding, "{command}",
            "Commands that Redis has not answered yet.");
        meter.CreateObservableGauge(
            "learnflow.memory.limit", MemoryLimit, "By", "Memory that this process may take: its container's, or else the machine's.");
    }

    private static long MemoryLimit() =>
        File.Exists(ContainerMemory)
        && long.TryParse(File.ReadAllText(ContainerMemory), NumberStyles.Integer, CultureInfo.InvariantCulture, out var limit)
            ? limit
            : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
}
