using System.Net;
using System.Runtime.CompilerServices;
using LearnFlow.ServiceDefaults.Contracts;

/// <summary>LearnFlow as it is deployed, each service a process, all on this machine, over a redis-server.</summary>
internal sealed class LocalStack : IDisposable
{
    private const int RedisPort = 16381;
    private const int FirstAgentPort = 17011;

    /// <summary>The most that can be set, and more than a bench sends: measured is the limiter's work, not its refusals.</summary>
    private static readonly string[] Unlimited = ["--RateLimit:PerMinute=100000", "--RateLimit:OtherPerMinute=100000"];

    /// <summary>A service that is not ready by then is not going to be.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Dictionary<AgentRole, Measured> _agents = [];

    /// <summary>Whether one process serves all the agents' roles.</summary>
    private readonly bool _together;

    private LocalStack(bool together) => _together = together;

    /// <summary>Where triage is.</summary>
    public const string Address = "http://127.0.0.1:17010";

    public Measured Redis { get; private set; } = null!;

    public Measured Triage { get; private set; } = null!;

    /// <summary>The processes of the agents.</summary>
    public IReadOnlyDictionary<AgentRole, Measured> Agents => _agents;

    /// <summary>Where an agent is.</summary>
    /// <param name="role">Which.</param>
    public string AddressOf(AgentRole role) => $"http://127.0.0.1:{FirstAgentPort + (_together ? 0 : AgentRole.All.ToList().IndexOf(role))}";

    /// <summary>Starts it, and waits until it is ready.</summary>
    /// <param name="together">Whether one process serves all the agents' roles, as where few cores are shared; else each has its own.</param>
    public static async Task<LocalStack> StartAsync(bool together = false)
    {
        var stack = new LocalStack(together) { Redis = Measured.StartRedis(RedisPort) };
        foreach (var role in AgentRole.All)
        {
            stack.StartAgent(role);
        }

        stack.Triage = Start(
            "LearnFlow.Triage",
            [$"--urls={Address}", .. Students.Believed, .. Unlimited, "--Audit:Keys:0=YSBrZXkgdGhhdCBpcyBvZiBubyB1c2UgdG8gYW55Ym9keQ==",
                .. AgentRole.All.Select(role => $"--{Topology.AddressSetting(role)}={stack.AddressOf(role)}")]);
        foreach (var address in AgentRole.All.Select(stack.AddressOf).Append(Address))
        {
            await ReadyAsync(address);
        }

        return stack;
    }

    /// <summary>Starts an agent, at first or again.</summary>
    /// <param name="role">Which.</param>
    public void StartAgent(AgentRole role) => _agents[role] = _together && _agents.Count > 0
        ? _agents.Values.First()
        : Start("LearnFlow.Agents", [$"--urls={AddressOf(role)}", $"--{Topology.RolesSetting}={(_together ? "" : role.Name)}"]);

    /// <summary>Waits until a service is ready, or, where it has no health route, until it answers.</summary>
    /// <param name="address">Where it is.</param>
    public static async Task ReadyAsync(string address)
    {
        using var client = new HttpClient();
        for (var started = DateTime.UtcNow; DateTime.UtcNow - started < Patience;)
        {
            try
            {
                using var reply = await client.GetAsync($"{address}{Topology.HealthPath}");
                if (reply.StatusCode is not HttpStatusCode.ServiceUnavailable)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // It is not there yet.
            }

            await Task.Delay(100);
        }

        throw new InvalidOperationException($"{address} does not answer.");
    }

    public void Dispose()
    {
        foreach (var part in _agents.Values.Distinct().Append(Triage).Append(Redis).OfType<Measured>())
        {
            part.Dispose();
        }
    }

    /// <summary>The program itself, with its own settings of the runtime.</summary>
    private static Measured Start(string project, IEnumerable<string> settings)
    {
        var data = Directory.CreateTempSubdirectory("learnflow-bench-").FullName;
        return Measured.Start(
            "dotnet",
            [Path.Combine(Root(), project, "bin", "Release", "net10.0", $"{project}.dll"), "--environment=Production",
                $"--{Topology.RedisSetting}=127.0.0.1:{RedisPort}", $"--{Topology.DataFolderSetting}={data}", .. settings]);
    }

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));
}
