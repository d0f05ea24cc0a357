using Aspire.Hosting;
using Aspire.Hosting.Testing;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Tests.Integration;

namespace LearnFlow.Tests.Aspire;

/// <summary>The Aspire face: the graph starts, becomes healthy, and answers through two replicas of triage.</summary>
public sealed class AppHostTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly string _folder = Directory.CreateTempSubdirectory("learnflow-aspire-").FullName;
    private DistributedApplication _app = null!;

    public async ValueTask InitializeAsync()
    {
        using var cancellation = new CancellationTokenSource(Patience);
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.LearnFlow_AppHost>(
            [
                "--environment=Development",
                $"--{Topology.DataFolderSetting}={_folder}",
                $"--{Topology.PortSetting(Topology.Redis)}={Tools.FreePort()}",
                $"--{Topology.TriageReplicasSetting}=2",
            ],
            cancellation.Token);
        _app = await builder.BuildAsync(cancellation.Token);
        await _app.StartAsync(cancellation.Token);
        foreach (var resource in AgentRole.All.Select(role => role.Resource).Append(Topology.Triage))
        {
            await _app.ResourceNotifications.WaitForResourceHealthyAsync(resource, cancellation.Token);
        }
    }

    // The folder stays: the AppHost's thread closes its Redis a moment after the graph has stopped.
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Theory]
    [InlineData("what is a list comprehension?", "concepts-agent")]
    [InlineData("how am I doing?", "progress-agent")]
    [InlineData("give me an exercise on loops", "exercise-agent")]
    public async Task A_question_is_answered_through_the_graph(string query, string agent)
    {
        using var client = _app.CreateHttpClient(Topology.Triage, Topology.HttpEndpoint);
        await client.SignInAsync("maya");

        // Either replica may answer; the token of one is good for both.
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(agent, (await client.AskAsync(new { query })).Text("agent"));
        }
    }
}
