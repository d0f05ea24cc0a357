using System.Text.Json.Serialization;
using LearnFlow.ServiceDefaults.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace LearnFlow.ServiceDefaults;

/// <summary>What every service of LearnFlow has in common.</summary>
public static class ServiceDefaults
{
    /// <summary>How long a stopping service goes on with the requests that it has begun.</summary>
    public static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Objects and lists in one another, in what is sent and in what is answered.</summary>
    private const int DeepestJson = 32;

    /// <summary>What the framework says of every request is in the traces; any other source of settings overrides this.</summary>
    private static readonly Dictionary<string, string?> QuietLogs = new()
    {
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        ["Logging:LogLevel:System.Net.Http.HttpClient"] = "Warning",
        ["Logging:LogLevel:Polly"] = "Warning",
    };

    /// <summary>Adds telemetry, health checks, Redis, service discovery, problem details and request ids.</summary>
    /// <param name="builder">The service.</param>
    /// <param name="serviceName">What the service is called in telemetry, unless <c>OTEL_SERVICE_NAME</c> says otherwise.</param>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder, string serviceName)
    {
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = QuietLogs });
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        builder.Services.Configure<JsonOptions>(options =>
        {
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, ContractsJson.Default);
            options.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            options.SerializerOptions.MaxDepth = DeepestJson;
            // Of two values for a field one would be taken that somebody else has not looked at.
            options.SerializerOptions.AllowDuplicateProperties = false;
        });
        // What a caller sends wrongly becomes an exception, and that a problem with the field's name (Problems).
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);

        builder.AddTelemetry(serviceName);
        builder.AddRedisConnection();
        builder.Services.AddSingleton<RedisPipeline>();
        builder.Services.AddSingleton<ServiceMetrics>();
        builder.AddHealth();
        builder.AddProblems();
        builder.Services.AddServiceDiscovery();
        return builder;
    }

    /// <summary>Adds what has to stand first in the pipeline, and the health routes.</summary>
    /// <param name="app">The service.</param>
    public static WebApplication UseServiceDefaults(this WebApplication app)
    {
        // Before the host starts, which would tell wrong settings with a stack trace.
        app.Services.GetService<IStartupValidator>()?.Validate();
        // Connects now rather than within the first student's message.
        app.Services.GetRequiredService<IConnectionMultiplexer>();
        app.Services.GetRequiredService<ServiceMetrics>();
        app.UseMiddleware<RequestIdentity>();
        app.UseRedisTracing();
        app.UseProblems();
        app.MapHealth();
        return app;
    }
}
