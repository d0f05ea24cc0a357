using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using StackExchange.Redis;
using StackExchange.Redis.Profiling;

namespace LearnFlow.ServiceDefaults;

/// <summary>
/// Makes each Redis command of a request a span of its trace, from the times that the client's profiler takes. Under
/// Aspire its own Redis package does this, and nothing is watched here.
/// </summary>
public static class RedisTracing
{
    private static readonly ActivitySource Source = new(Telemetry.SourcePrefix + "Redis");
    private static readonly AsyncLocal<ProfilingSession?> Current = new();

    internal static void Watch(IConnectionMultiplexer connection) => connection.RegisterProfiler(() => Current.Value);

    /// <summary>Makes what the caller asks of Redis from here on spans below its own.</summary>
    /// <param name="activity">The caller's span.</param>
    /// <returns>Ends that; null where nobody looks at spans.</returns>
    public static IDisposable? Follow(Activity? activity)
    {
        if (activity is not { Recorded: true } || !Source.HasListeners())
        {
            return null;
        }

        var session = new ProfilingSession();
        Current.Value = session;
        return new Following(session, activity.Context);
    }

    internal static void UseRedisTracing(this WebApplication app) => app.Use(async (context, next) =>
    {
        using var following = Follow(Activity.Current);
        await next(context);
    });

    private static void AddSpan(IProfiledCommand command, ActivityContext parent)
    {
        // Names and attributes follow OpenTelemetry's semantic conventions for Redis; arguments hold students' data.
        using var span = Source.StartActivity(
            ActivityKind.Client,
            parent,
            [
                new("db.system.name", "redis"),
                new("db.operation.name", command.Command),
                new("server.address", command.EndPoint?.ToString()),
            ],
            startTime: command.CommandCreated,
            name: command.Command);
        span?.SetEndTime(command.CommandCreated + command.ElapsedTime);
    }

    private sealed class Following(ProfilingSession session, ActivityContext parent) : IDisposable
    {
        public void Dispose()
        {
            foreach (var command in session.FinishProfiling())
            {
                AddSpan(command, parent);
            }
        }
    }
}
