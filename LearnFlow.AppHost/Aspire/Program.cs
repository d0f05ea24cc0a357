using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using LearnFlow.AppHost.Aspire;
using LearnFlow.ServiceDefaults.Contracts;

// Without a value the switch would take the next argument for one.
var builder = DistributedApplication.CreateBuilder([.. args.Where(argument => argument != GraphMonitoring.Switch)]);
var settings = new GraphSettings(builder.Configuration, builder.ExecutionContext.IsRunMode);

builder.AddCluster();

// Disposed when the graph has stopped, so that its data is complete; null where Redis runs in a container.
using var embedded = GraphRedis.StartEmbedded(settings);
var redis = GraphRedis.Add(builder, embedded);

var agents = new List<IResourceBuilder<ProjectResource>>();
foreach (var role in AgentRole.All)
{
    agents.Add(builder.AddProject<Projects.LearnFlow_Agents>(role.Resource, launchProfileName: null)
        .WithEnvironment(Topology.AsEnvironmentVariable(Topology.RolesSetting), role.Name)
        .WithServiceDefaults(settings, role.Port)
        .WithReference(redis)
        .WaitFor(redis)
        .InCluster(tier: "agent"));
}

var triage = builder.AddProject<Projects.LearnFlow_Triage>(Topology.Triage, launchProfileName: null)
    .WithServiceDefaults(settings, Topology.TriagePort)
    .WithKeys(settings)
    .WithReference(redis)
    .WaitFor(redis)
    .WithExternalHttpEndpoints()
    .WithReplicas(settings.TriageReplicas)
    .InCluster();
foreach (var agent in agents)
{
    triage.WithReference(agent).WaitFor(agent);
}

if (settings.IsRun)
{
    if (args.Contains(GraphMonitoring.Switch))
    {
        builder.AddMonitoring();
    }

    Console.WriteLine("LearnFlow runs under Aspire; with -p:UseAspire=false everything runs in one process.");
}

builder.Build().Run();
