using System.Globalization;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using LearnFlow.Agents.Exercise;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Gate;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace LearnFlow.Tests.Integration.Chaos;

/// <summary>
/// Two replicas of triage, the agents and redis-server, each a process, and a link of ours on every way between them. The
/// debug agent alone lives in the tests: it answers each call differently, so that no answer can be taken for another.
/// </summary>
/// <param name="settings">Settings of triage beside the usual ones.</param>
internal sealed class ChaosWorld(params string[] settings) : IAsyncDisposable
{
    public const int Replicas = 2;
    public const string Agents = "agents";
    public const string Redis = "redis";

    /// <summary>Both replicas' links to the debug agent.</summary>
    public const string DebugLinks = "all ways to debug";

    /// <summary>What the debug agent cannot bear to read while it <see cref="IsPoisonous"/>.</summary>
    public const string Poison = "poison";

    /// <summary>The quiz that students answer.</summary>
    public const string QuizTopic = "control-flow";

    private const string Issuer = TokenOptions.DefaultIssuer;

    /// <summary>Long enough for a loaded machine: who is not up by then does not come.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);
    private readonly string _dataFolder = Directory.CreateTempSubdirectory("learnflow-chaos-").FullName;
    private readonly DurableRedisServerUnderTest _redis = new();
    private readonly AgentStandIn _debug = new();
    private readonly List<ChaosProcess> _replicas = [];
    private readonly List<Uri> _direct = [];
    private readonly Dictionary<string, TcpChaosProxy> _links = [];
    private ChaosProcess _agents = null!;
    private Uri _agentsDirect = null!;
    private bool _isRedisUp;
    private int _calls;

    public static IReadOnlyList<string> ProcessNames { get; } = [ReplicaName(0), ReplicaName(1), Agents, Redis];

    public static IReadOnlyList<string> LinkNames { get; } =
    [
        "agents to redis",
        .. Enumerable.Range(0, Replicas).SelectMany(replica => (string[])
            [$"students to {ReplicaName(replica)}", $"{ReplicaName(replica)} to redis", $"{ReplicaName(replica)} to debug", $"{ReplicaName(replica)} to agents"]),
    ];

    /// <summary>Whether the debug agent fails at some messages.</summary>
    public bool IsPoisonous { get; set; }

    /// <summary>Each replica as students reach it.</summary>
    public IReadOnlyList<HttpClient> Students { get; private set; } = [];

    /// <summary>The right answers of the quiz, by question.</summary>
    public IReadOnlyDictionary<string, string> QuizAnswers { get; private set; } = new Dictionary<string, string>();

    public async Task StartAsync()
    {
        await _redis.StartAsync();
        _isRedisUp = true;
        await _debug.InitializeAsync();
        _debug.Reply = (call, context) => ReplyTo(call)(call, context);
        var redisPort = int.Parse(_redis.ConnectionString.Split(':')[1], CultureInfo.InvariantCulture);
        var agentsPort = Tools.FreePort();
        _agentsDirect = new($"http://127.0.0.1:{agentsPort}");
        Link("agents to redis", redisPort);
        _agents = new(Agents, "LearnFlow.Agents", Common(agentsPort, "agents to redis"));
        _agents.Start();
        for (var i = 0; i < Replicas; i++)
        {
            var (name, port) = (ReplicaName(i), Tools.FreePort());
            _direct.Add(new($"http://127.0.0.1:{port}"));
            Link($"students to {name}", port);
            Link($"{name} to redis", redisPort);
            Link($"{name} to debug", new Uri(_debug.Address).Port);
            Link($"{name} to agents", agentsPort);
            var replica = new ChaosProcess(name, "LearnFlow.Triage",
            [
                .. Common(port, $"{name} to redis"),
                .. AgentRole.All.Select(role =>
                    $"--{Topology.AddressSetting(role)}={AddressOf(role == AgentRole.Debug ? $"{name} to debug" : $"{name} to agents")}"),
                "--Authentication:SigningKeys:0:Id=chaos",
                $"--Authentication:SigningKeys:0:Key={Convert.ToBase64String(_secret)}",
                .. ((string[])["PerMinute", "RunsPerMinute", "SubmissionsPerMinute", "OtherPerMinute", "AnonymousPerMinute"])
                    .Select(limit => $"--RateLimit:{limit}=100000"),
                "--Delivery:FirstPauseMs=10",
                .. settings,
            ]);
            replica.Start();
            _replicas.Add(replica);
        }

        Students = [.. Enumerable.Range(0, Replicas).Select(replica => new HttpClient
        {
            BaseAddress = new(AddressOf($"students to {ReplicaName(replica)}")),
            // Longer than a replica waits for another one that died.
            Timeout = TimeSpan.FromSeconds(12),
        })];
        await using var agents = global::LearnFlow.Agents.Program.Create([.. Common(0, "agents to redis")]);
        QuizAnswers = agents.Services.GetRequiredService<QuizLibrary>().Find(QuizTopic)!.Questions
            .ToDictionary(question => question.Id, question => question.Answer);
        await HealAsync();
        // The first message takes a process far longer than any other, and would sleep through its faults.
        using var client = new HttpClient();
        await Task.WhenAll(_direct.Select(async replica =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(replica, "/api/v1/triage"))
            {
                Content = JsonContent.Create(new { query = "NameError: name 'first' is not defined", intent = "syntax_help" }),
            };
            request.Headers.Authorization = new("Bearer", TokenOf("first"));
            using var reply = await client.SendAsync(request);
        }));
    }

    /// <summary>What the debug agent says when it is called.</summary>
    public static string AnswerOf(int call, string query) => string.Create(CultureInfo.InvariantCulture, $"Call {call}: {query}");

    public string TokenOf(string subject, string role = "student") => Jwt.Sign(
        new JsonObject { ["alg"] = SigningKey.Hs256, ["typ"] = "JWT", ["kid"] = "chaos" }, Jwt.Claims(Issuer, subject, role), Jwt.Hs256(_secret));

    /// <summary>Lets something break, and repairs it when its time is over.</summary>
    public async Task SufferAsync(Fault fault)
    {
        await Task.Delay(fault.AtMs);
        if (fault.Target == Redis)
        {
            _isRedisUp = false;
            await _redis.StopAsync();
            await Task.Delay(fault.ForMs);
            await _redis.StartAsync();
            _isRedisUp = true;
        }
        else if (Find(fault.Target) is { } process)
        {
            await (fault.Kind switch
            {
                FaultKind.Pause => process.PauseAsync(),
                FaultKind.Stop => process.StopAsync(),
                _ => process.KillAsync(),
            });
            await Task.Delay(fault.ForMs);
            if (fault.Kind == FaultKind.Pause)
            {
                await process.GoOnAsync();
            }
            else
            {
                process.Start();
            }
        }
        else
        {
            var links = fault.Target == DebugLinks
                ? Enumerable.Range(0, Replicas).Select(replica => _links[$"{ReplicaName(replica)} to debug"]).ToList()
                : [_links[fault.Target]];
            links.ForEach(link => link.Break(fault.Kind, fault.DelayMs));
            await Task.Delay(fault.ForMs);
            links.ForEach(link => link.Heal(fault.Loses));
        }
    }

    /// <summary>Waits until everything is up again after its faults.</summary>
    public async Task HealAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        using var client = new HttpClient();
        foreach (var address in _direct.Append(_agentsDirect))
        {
            while (!await IsHealthyAsync(client, new Uri(address, Topology.HealthPath)))
            {
                Assert.False(patience.IsCancellationRequested, $"{address} does not come up\n{Describe()}");
                await Task.Delay(50, CancellationToken.None);
            }
        }
    }

    /// <summary>Who ended by themselves, with what they said.</summary>
    public IEnumerable<string> Died => _replicas.Append(_agents).Where(process => process.HasDied)
        .Select(process => $"{process.Name} ended by itself: {process.Output}");

    /// <summary>What the services said last.</summary>
    public string Describe() => string.Join('\n', _replicas.Append(_agents)
        .Select(process => $"--- {process.Name}, {(process.IsRunning ? "running" : "not running")}:\n{process.Output}"));

    /// <summary>Asks Redis, past all links.</summary>
    public async Task<T> InRedisAsync<T>(Func<IDatabase, Task<T>> read)
    {
        Assert.True(_isRedisUp);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(_redis.ConnectionString);
        return await read(connection.GetDatabase());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _replicas.Append(_agents).OfType<ChaosProcess>())
        {
            process.Dispose();
        }

        foreach (var link in _links.Values)
        {
            await link.DisposeAsync();
        }

        foreach (var students in Students)
        {
            students.Dispose();
        }

        await _debug.DisposeAsync();
        await _redis.DisposeAsync();
        Directory.Delete(_dataFolder, recursive: true);
    }

    private static string ReplicaName(int replica) => $"replica {replica}";

    private Func<AgentCall, HttpContext, Task> ReplyTo(AgentCall call)
    {
        if (call.Question.ValueKind != JsonValueKind.Object)
        {
            // A probe of the breaker.
            return AgentStandIn.Answers("I am here.");
        }

        var query = call.Question.Text("query");
        return IsPoisonous && query.Contains(Poison, StringComparison.Ordinal)
            ? AgentStandIn.Refuses(500)
            : AgentStandIn.Answers(AnswerOf(Interlocked.Increment(ref _calls), query));
    }

    private ChaosProcess? Find(string name) => name == Agents ? _agents : _replicas.Find(replica => replica.Name == name);

    private void Link(string name, int target) => _links.Add(name, new TcpChaosProxy(target));

    private string AddressOf(string link) => $"http://127.0.0.1:{_links[link].Port}";

    private IEnumerable<string> Common(int port, string redisLink) =>
    [
        "--environment=Development",
        $"--urls=http://127.0.0.1:{port}",
        "--Logging:LogLevel:Default=Warning",
        // It tells of each attempt that failed, with its stack.
        "--Logging:LogLevel:Polly=None",
        $"--{Topology.RedisSetting}=127.0.0.1:{_links[redisLink].Port}",
        $"--{Topology.DataFolderSetting}={_dataFolder}",
        "--LearnFlow:GatherTelemetry=false",
    ];

    private static async Task<bool> IsHealthyAsync(HttpClient client, Uri address)
    {
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            using var health = await client.GetAsync(address, patience.Token);
            return health.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
