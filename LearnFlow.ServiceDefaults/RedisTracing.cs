using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using StackExchange.Redis;
using StackExchange.Redis.Profiling;

namespace LearnFlow.ServiceDefaults;

/// <summary>
/// Makes each Redis command of a request a span of its trace, from the times that the client's profiler takes. Under
/// Aspire its own Redis package does this, and nothing is watched here.
/// </summary>
internal static class RedisTracing
{
    private static readonly ActivitySource Source = new(Telemetry.SourcePrefix + "Redis");
    private static readonly AsyncLocal<ProfilingSession?> Current = new();

    public static void Watch(IConnectionMultiplexer connection) => connection.RegisterProfiler(() => Current.Value);

    public static void UseRedisTracing(this WebApplication app) => app.Use(async (context, next) =>
    {
        if (Activity.Current is not { Recorded: true } request || !Source.HasListeners())
        {
            await next(context);
            return;
        }

        var session = new ProfilingSession();
        Current.Value = session;
        try
        {
            await next(context);
        }
        finally
        {
            foreach (var command in session.FinishProfiling())
            {
                AddSpan(command, request.Context);
            }
        }
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
}
