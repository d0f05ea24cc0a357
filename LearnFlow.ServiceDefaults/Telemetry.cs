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

    /// <summary>Seconds of a request: most take a millisecond, and what alerts and objectives name is a bound.</summary>
    private static readonly double[] RequestSeconds =
        [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

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
                .AddRuntimeInstrumentation()
                .AddView("http.server.request.duration", new ExplicitBucketHistogramConfiguration { Boundaries = RequestSeconds }));
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
