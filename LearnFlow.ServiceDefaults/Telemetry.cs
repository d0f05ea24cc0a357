using LearnFlow.ServiceDefaults.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace LearnFlow.ServiceDefaults;

/// <summary>Logs, metrics and traces by OpenTelemetry, exported where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.</summary>
public static class Telemetry
{
    /// <summary>What the names of our own activity sources and meters begin with.</summary>
    public const string SourcePrefix = "LearnFlow.";

    /// <summary>
    /// Setting: whether this service gathers traces and metrics, true unless set. .NET gathers them per process, so
    /// where several services share one, a single one of them does it.
    /// </summary>
    public const string GatherSetting = "LearnFlow:GatherTelemetry";

    /// <summary>Maps what Prometheus scrapes, where this service gathers metrics.</summary>
    /// <param name="app">The service.</param>
    /// <returns>The route; null where another service of the process gathers.</returns>
    public static IEndpointConventionBuilder? MapMetrics(this WebApplication app) => Gathers(app.Configuration)
        ? app.MapPrometheusScrapingEndpoint(Topology.MetricsPath).AllowAnonymous().WithMetadata(new ForMachines())
        : null;

    private static bool Gathers(IConfiguration configuration) => configuration.GetValue(GatherSetting, true);

    internal static void AddTelemetry(this WebApplicationBuilder builder, string serviceName)
    {
        var name = builder.Configuration["OTEL_SERVICE_NAME"] ?? serviceName;
        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService(name));

        builder.Services.AddSingleton<TracingSwitch>();
        var isExported = !string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        if (Gathers(builder.Configuration))
        {
            telemetry.WithMetrics(metrics => metrics
                .AddPrometheusExporter()
                .AddMeter(SourcePrefix + "*")
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation());
        }

        // Spans that nobody is sent would be made for nothing; ids of traces there are without them.
        if (Gathers(builder.Configuration) && isExported)
        {
            telemetry.WithTracing(tracing => tracing
                .SetSampler(services => new TracingSwitch.Sampler(services.GetRequiredService<TracingSwitch>()))
                .AddSource(SourcePrefix + "*")
                .AddAspNetCoreInstrumentation(options => options.Filter = context =>
                    context.Request.Path != Topology.HealthPath
                    && context.Request.Path != Topology.AlivePath
                    && context.Request.Path != Topology.MetricsPath)
                .AddHttpClientInstrumentation());
        }

        if (isExported)
        {
            builder.Logging.AddOpenTelemetry(logging =>
            {
                logging.IncludeFormattedMessage = true;
                logging.IncludeScopes = true;
            });
            telemetry.UseOtlpExporter();
        }
    }
}
