using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Flags;

namespace LearnFlow.Tests.Integration;

/// <summary>A stack that sends its telemetry to a stand-in for a collector and asks a stand-in for an agent.</summary>
public sealed class FlagTracingStack : LearnFlowStack<GarnetUnderTest>
{
    public AgentStandIn Concepts { get; } = new();

    public CollectorStandIn Collector { get; } = new();

    protected override IEnumerable<string> Settings => Collector.Settings;

    protected override string? AgentAddress(AgentRole role) => role == AgentRole.Concepts ? Concepts.Address : null;

    public override async ValueTask InitializeAsync()
    {
        await Collector.InitializeAsync();
        await Concepts.InitializeAsync();
        await base.InitializeAsync();
    }

    /// <summary>Ends the services, so that nothing is on its way any more.</summary>
    public Task FlushAsync() => StopAsync();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Concepts.DisposeAsync();
        await Collector.DisposeAsync();
    }
}

/// <summary>Spans are made per process: whoever gathers them beside would have them made here too.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FlagTracingCollection : ICollectionFixture<FlagTracingStack>
{
    public const string Name = "Tracing by itself";
}

/// <summary>Both sides of the flag for tracing.</summary>
[Collection(FlagTracingCollection.Name)]
public sealed class FlagTracingTests(FlagTracingStack stack)
{
    [Fact]
    public async Task Distributed_tracing_on_a_message_is_traced_off_it_is_not_here_or_in_its_agent()
    {
        using var admin = await stack.SignInAsync("admin");
        using var maya = await stack.SignInAsync("maya");

        var before = await AskAsync();
        string off;
        await using (await SwitchedFlag.SwitchAsync(admin, Flag.EnableDistributedTracing, enabled: false))
        {
            off = await AskAsync();
        }

        var after = await AskAsync();
        await stack.FlushAsync();

        var traces = stack.Collector.Received("traces");
        Assert.Contains(before, traces, StringComparison.Ordinal);
        Assert.DoesNotContain(off, traces, StringComparison.Ordinal);
        Assert.Contains(after, traces, StringComparison.Ordinal);
        // What an agent does with the message is traced as the caller says.
        Assert.True(IsSampled(before));
        Assert.False(IsSampled(off));
        Assert.True(IsSampled(after));

        async Task<string> AskAsync() =>
            (await maya.AskAsync(new { query = "what is a list?", intent = "concept_explanation" })).Text("requestId");

        bool IsSampled(string requestId) =>
            stack.Concepts.Calls.Single(call => call.Question.Text("requestId") == requestId)
                .Headers.GetValueOrDefault("traceparent", "").EndsWith("-01", StringComparison.Ordinal);
    }
}
