using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text;
using LearnFlow.Tests.Triage.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LearnFlow.Tests.Integration;

/// <summary>
/// A stack that sends its telemetry to a stand-in for a collector, which keeps it as it came, and asks a model that
/// refuses its key and repeats it.
/// </summary>
public sealed class TelemetryStack : LearnFlowStack<GarnetUnderTest>
{
    public const string ModelKey = "sk-nobody-may-see-this";

    private readonly ModelStandIn _model = new() { Reply = ModelStandIn.Refuses(401) };
    private readonly ConcurrentQueue<(string Signal, string Content)> _received = new();
    private WebApplication? _collector;

    /// <summary>Everything that was sent of a signal: <c>logs</c>, <c>traces</c> or <c>metrics</c>.</summary>
    public string Received(string signal) =>
        string.Concat(_received.Where(entry => entry.Signal == signal).Select(entry => entry.Content));

    protected override IEnumerable<string> Settings =>
    [
        $"--OTEL_EXPORTER_OTLP_ENDPOINT={_collector!.Urls.Single()}",
        "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
        "--Logging:LogLevel:Default=Information",
        "--Models:Provider=openai",
        $"--Models:Endpoint={_model.OpenAiEndpoint}",
        $"--Models:ApiKey={ModelKey}",
    ];

    public override async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        _collector = builder.Build();
        _collector.MapPost("/v1/{signal}", async (string signal, HttpRequest request) =>
        {
            using var content = new MemoryStream();
            await request.Body.CopyToAsync(content);
            // Protobuf holds text as it is.
            _received.Enqueue((signal, Encoding.UTF8.GetString(content.ToArray())));
        });
        await _collector.StartAsync();
        await _model.InitializeAsync();
        await base.InitializeAsync();
    }

    /// <summary>Ends the services, so that nothing is on its way any more.</summary>
    public Task FlushAsync() => StopAsync();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _model.DisposeAsync();
        await _collector!.DisposeAsync();
    }
}

public sealed class TelemetryTests(TelemetryStack stack) : IClassFixture<TelemetryStack>
{
    [Fact]
    public async Task Logs_traces_and_metrics_arrive_with_the_message_id_and_without_a_students_words()
    {
        const string words = "xylophone";
        var requestId = $"seen-{Guid.NewGuid():N}";
        using var maya = await stack.SignInAsync("maya");
        await maya.AskAsync(new { query = $"what is a list of {words}s?", code = $"{words} = 1", requestId });
        await maya.AskAsync(new { query = "why does this fail", error = $"NameError: name '{words}' is not defined" });
        await maya.AskAsync(new { query = "?" });
        using (await maya.PostAsJsonAsync("/api/v1/run", new { code = $"print('{words}')" }))
        using (await maya.PostAsJsonAsync("/api/v1/triage", new { query = words, conversation = new { id = words, turn = -1 } }))
        using (await maya.GetAsync($"/api/v1/quizzes/{words}"))
        {
            // What goes wrong is logged too.
        }

        await stack.FlushAsync();

        // The attribute and its value, with protobuf's tags and lengths between.
        Assert.Matches($"(?s)RequestId.{{1,6}}{requestId}", stack.Received("logs"));
        Assert.Contains(requestId, stack.Received("traces"), StringComparison.Ordinal);
        Assert.Contains("learnflow.triage.messages", stack.Received("metrics"), StringComparison.Ordinal);
        Assert.Contains("learnflow.triage.tokens.saved", stack.Received("metrics"), StringComparison.Ordinal);
        Assert.Matches("(?s)learnflow.triage.model.requests.*outcome.{1,9}unauthorized", stack.Received("metrics"));
        Assert.Contains("gave no reading: Unauthorized", stack.Received("logs"), StringComparison.Ordinal);
        Assert.All((string[])["logs", "traces", "metrics"], signal =>
            Assert.DoesNotContain(TelemetryStack.ModelKey, stack.Received(signal), StringComparison.Ordinal));
        Assert.DoesNotContain(words, stack.Received("logs"), StringComparison.Ordinal);
        Assert.DoesNotContain(words, stack.Received("metrics"), StringComparison.Ordinal);
    }
}
