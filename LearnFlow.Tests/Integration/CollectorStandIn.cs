using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LearnFlow.Tests.Integration;

/// <summary>Stands in for a collector of telemetry (OTLP over HTTP) and keeps what it gets as it came.</summary>
public sealed class CollectorStandIn : IAsyncLifetime
{
    private readonly ConcurrentQueue<(string Signal, string Content)> _received = new();
    private WebApplication _server = null!;

    /// <summary>What makes a service send its telemetry here.</summary>
    public IEnumerable<string> Settings =>
        [$"--OTEL_EXPORTER_OTLP_ENDPOINT={_server.Urls.Single()}", "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"];

    /// <summary>Everything that was sent of a signal: <c>logs</c>, <c>traces</c> or <c>metrics</c>.</summary>
    public string Received(string signal) =>
        string.Concat(_received.Where(entry => entry.Signal == signal).Select(entry => entry.Content));

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        _server = builder.Build();
        _server.MapPost("/v1/{signal}", async (string signal, HttpRequest request) =>
        {
            using var content = new MemoryStream();
            await request.Body.CopyToAsync(content);
            // Protobuf holds text as it is.
            _received.Enqueue((signal, Encoding.UTF8.GetString(content.ToArray())));
        });
        await _server.StartAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
