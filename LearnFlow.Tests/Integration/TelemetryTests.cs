using System.Net.Http.Json;
using LearnFlow.Tests.Triage.Models;

namespace LearnFlow.Tests.Integration;

/// <summary>
/// A stack that sends its telemetry to a stand-in for a collector, and asks a model that refuses its key and repeats it.
/// </summary>
public sealed class TelemetryStack : LearnFlowStack<GarnetUnderTest>
{
    public const string ModelKey = "sk-nobody-may-see-this";

    private readonly ModelStandIn _model = new() { Reply = ModelStandIn.Refuses(401) };
    private readonly CollectorStandIn _collector = new();

    /// <summary>Everything that was sent of a signal: <c>logs</c>, <c>traces</c> or <c>metrics</c>.</summary>
    public string Received(string signal) => _collector.Received(signal);

    protected override IEnumerable<string> Settings =>
    [
        .. _collector.Settings,
        "--Logging:LogLevel:Default=Information",
        "--Logging:LogLevel:LearnFlow=Debug",
        "--Models:Provider=openai",
        $"--Models:Endpoint={_model.OpenAiEndpoint}",
        $"--Models:ApiKey={ModelKey}",
    ];

    public override async ValueTask InitializeAsync()
    {
        await _collector.InitializeAsync();
        await _model.InitializeAsync();
        await base.InitializeAsync();
    }

    /// <summary>Ends the services, so that nothing is on its way any more.</summary>
    public Task FlushAsync() => StopAsync();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _model.DisposeAsync();
        await _collector.DisposeAsync();
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
        Assert.Contains("learnflow.triage.tokens.baseline", stack.Received("metrics"), StringComparison.Ordinal);
        Assert.Matches("(?s)learnflow.triage.model.requests.*outcome.{1,9}unauthorized", stack.Received("metrics"));
        Assert.Contains("gave no reading: Unauthorized", stack.Received("logs"), StringComparison.Ordinal);
        Assert.All((string[])["logs", "traces", "metrics"], signal =>
            Assert.DoesNotContain(TelemetryStack.ModelKey, stack.Received(signal), StringComparison.Ordinal));
        Assert.DoesNotContain(words, stack.Received("logs"), StringComparison.Ordinal);
        Assert.DoesNotContain(words, stack.Received("metrics"), StringComparison.Ordinal);
    }
}
