using LearnFlow.ServiceDefaults.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace LearnFlow.Tests.Integration;

/// <summary>Triage and the agents on real ports over a real Redis; one for all tests of a collection.</summary>
/// <typeparam name="TRedis">Which Redis.</typeparam>
public class LearnFlowStack<TRedis> : IAsyncLifetime
    where TRedis : RedisUnderTest, new()
{
    private WebApplication? _agents;
    private WebApplication? _triage;

    public TRedis Redis { get; } = new();

    public Uri Address { get; private set; } = null!;

    public IServiceProvider AgentServices => _agents!.Services;

    public IServiceProvider TriageServices => _triage!.Services;

    /// <summary>Settings of all services beside the usual ones.</summary>
    protected virtual IEnumerable<string> Settings => [];

    public virtual async ValueTask InitializeAsync()
    {
        await Redis.StartAsync();
        _agents = global::LearnFlow.Agents.Program.Create([.. Common, .. Settings, "--LearnFlow:GatherTelemetry=false"]);
        await _agents.StartAsync();
        var agents = AddressOf(_agents);
        _triage = global::LearnFlow.Triage.Program.Create(
        [
            .. Common,
            .. AgentRole.All.Select(role => $"--{Topology.AddressSetting(role)}={agents}"),
            .. Settings,
        ]);
        await _triage.StartAsync();
        Address = new Uri(AddressOf(_triage));
    }

    private string[] Common =>
    [
        "--environment=Development",
        "--urls=http://127.0.0.1:0",
        "--Logging:LogLevel:Default=Warning",
        $"--{Topology.RedisSetting}={Redis.ConnectionString}",
        // Tests share users and an address; those of the limits set their own.
        .. ((string[])["PerMinute", "RunsPerMinute", "SubmissionsPerMinute", "OtherPerMinute", "SignInsPerMinute", "AnonymousPerMinute"])
            .Select(limit => $"--RateLimit:{limit}=100000"),
    ];

    public virtual async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Redis.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Stops the services, which send what telemetry they still hold.</summary>
    protected async Task StopAsync()
    {
        // In the order of a shutdown: first who asks, then who is asked.
        foreach (var app in (WebApplication?[])[_triage, _agents])
        {
            if (app is not null)
            {
                await app.StopAsync();
                await app.DisposeAsync();
            }
        }

        (_triage, _agents) = (null, null);
    }

    public HttpClient Anonymous() => new() { BaseAddress = Address };

    /// <summary>A client with the token of a demo user.</summary>
    public async Task<HttpClient> SignInAsync(string user)
    {
        var client = Anonymous();
        await client.SignInAsync(user);
        return client;
    }

    private static string AddressOf(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
}

/// <summary>The stack over Garnet.</summary>
public sealed class GarnetStack : LearnFlowStack<GarnetUnderTest>;

/// <summary>The stack over redis-server.</summary>
public sealed class RedisServerStack : LearnFlowStack<RedisServerUnderTest>;

/// <summary>Tests that share the stack over Garnet.</summary>
[CollectionDefinition(Name)]
public sealed class GarnetCollection : ICollectionFixture<GarnetStack>
{
    public const string Name = "Garnet";
}

/// <summary>Tests that share the stack over redis-server.</summary>
[CollectionDefinition(Name)]
public sealed class RedisServerCollection : ICollectionFixture<RedisServerStack>
{
    public const string Name = "redis-server";
}
