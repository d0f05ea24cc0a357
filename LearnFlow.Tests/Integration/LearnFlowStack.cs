using LearnFlow.Agents.Review.Ruff;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Gate;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using IConnectionMultiplexer = StackExchange.Redis.IConnectionMultiplexer;

namespace LearnFlow.Tests.Integration;

/// <summary>Triage and the agents on real ports over a real Redis; one for all tests of a collection.</summary>
/// <typeparam name="TRedis">Which Redis.</typeparam>
public class LearnFlowStack<TRedis> : IAsyncLifetime
    where TRedis : RedisUnderTest, new()
{
    private readonly List<WebApplication> _triage = [];
    private WebApplication? _agents;

    public TRedis Redis { get; } = new();

    /// <summary>Where each replica of triage is.</summary>
    public IReadOnlyList<Uri> Addresses { get; private set; } = [];

    public Uri Address => Addresses[0];

    /// <summary>Where the stack's own agents are.</summary>
    public string AgentsAddress => AddressOf(_agents!);

    public IServiceProvider AgentServices => _agents!.Services;

    public IServiceProvider TriageServices => _triage[0].Services;

    /// <summary>Settings of all services beside the usual ones.</summary>
    protected virtual IEnumerable<string> Settings => [];

    /// <summary>How many processes' worth of triage run over the one Redis.</summary>
    protected virtual int Replicas => 1;

    /// <summary>Where an agent is, in place of the stack's own.</summary>
    protected virtual string? AgentAddress(AgentRole role) => null;

    public virtual async ValueTask InitializeAsync()
    {
        await Redis.StartAsync();
        _agents = global::LearnFlow.Agents.Program.Create([.. Common, .. Settings, "--LearnFlow:GatherTelemetry=false"]);
        await _agents.StartAsync();
        var agents = AddressOf(_agents);
        for (var replica = 0; replica < Replicas; replica++)
        {
            var triage = global::LearnFlow.Triage.Program.Create(
            [
                .. Common,
                .. AgentRole.All.Select(role => $"--{Topology.AddressSetting(role)}={AgentAddress(role) ?? agents}"),
                .. Settings,
            ]);
            _triage.Add(triage);
            await triage.StartAsync();
        }

        await HaveRedisAsync();
        // Compiled once on a machine; until then reviews do without it.
        await _agents.Services.GetRequiredService<RuffLinter>().IsReadyAsync(TestContext.Current.CancellationToken);
        Addresses = [.. _triage.Select(triage => new Uri(AddressOf(triage)))];
    }

    /// <summary>Starts Redis again, for the next test too: it goes on when all services have found it.</summary>
    public async Task StartRedisAgainAsync()
    {
        await Redis.StartAsync();
        await HaveRedisAsync();
    }

    private Task HaveRedisAsync() => Eventually.HoldsAsync("all have Redis", () =>
        Task.FromResult(_triage.Append(_agents!).All(app => HasRedis(app.Services))));

    private string[] Common =>
    [
        "--environment=Development",
        "--urls=http://127.0.0.1:0",
        "--Logging:LogLevel:Default=Warning",
        // On a busy machine a second without an answer is no outage.
        $"--{Topology.RedisSetting}={Redis.ConnectionString},asyncTimeout=5000",
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
        foreach (var app in _triage.Append(_agents).OfType<WebApplication>())
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }

        _triage.Clear();
        _agents = null;
    }

    public HttpClient Anonymous(int replica = 0) => new() { BaseAddress = Addresses[replica] };

    /// <summary>A client with the token of a demo user.</summary>
    public async Task<HttpClient> SignInAsync(string user, int replica = 0)
    {
        var client = Anonymous(replica);
        await client.SignInAsync(user);
        return client;
    }

    /// <summary>A client with a token of somebody who is no demo user.</summary>
    public HttpClient As(string subject, string role = "student", int replica = 0)
    {
        var client = Anonymous(replica);
        client.DefaultRequestHeaders.Authorization = new("Bearer", SignToken(subject, role));
        return client;
    }

    /// <summary>A token by the stack's own key.</summary>
    public string SignToken(string subject, string role = "student", Action<SecurityTokenDescriptor>? change = null)
    {
        var token = new SecurityTokenDescriptor
        {
            Issuer = TokenOptions.DefaultIssuer,
            Audience = "learnflow",
            Expires = DateTime.UtcNow.AddHours(1),
            Claims = new Dictionary<string, object> { ["sub"] = subject, ["role"] = role, ["jti"] = Guid.NewGuid().ToString("N") },
            SigningCredentials = new SigningCredentials(
                TriageServices.GetRequiredService<IOptions<TokenOptions>>().Value.SigningKeys[0].ToSecurityKey(), SecurityAlgorithms.HmacSha256),
        };
        change?.Invoke(token);
        return new JsonWebTokenHandler().CreateToken(token);
    }

    /// <summary>On a busy machine a service may be up before its connections are, above all to a cluster, and limit by itself until then.</summary>
    private static bool HasRedis(IServiceProvider services) =>
        services.GetRequiredService<IConnectionMultiplexer>().GetServers().All(server => server.IsConnected)
        && services.GetService<RedisPipeline>() is not { IsAway: true };

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

/// <summary>The stack over a cluster of three.</summary>
public sealed class RedisClusterStack : LearnFlowStack<RedisClusterUnderTest>;

/// <summary>Tests that share the stack over a cluster.</summary>
[CollectionDefinition(Name)]
public sealed class RedisClusterCollection : ICollectionFixture<RedisClusterStack>
{
    public const string Name = "Redis Cluster";
}
