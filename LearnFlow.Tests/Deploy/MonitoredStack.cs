using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Tests.Integration;
using LearnFlow.Tests.Integration.Chaos;
using LearnFlow.Tests.Triage.Models;
using LearnFlow.Triage.Flags;

namespace LearnFlow.Tests.Deploy;

/// <summary>
/// Triage, the agents, redis-server and Prometheus, each a process, after traffic of all kinds: what is measured in a
/// process of its own is measured by that service and nobody else. The review agent is away.
/// </summary>
public sealed partial class MonitoredStack : IAsyncLifetime
{
    /// <summary>Programs that a student may run in a minute.</summary>
    private const int RunsPerMinute = 3;

    private readonly RedisServerUnderTest _redis = new();
    private readonly ModelStandIn _model = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("learnflow-monitored-");
    private readonly int _triagePort = Tools.FreePort();
    private readonly int _agentsPort = Tools.FreePort();
    private readonly int _prometheusPort = Tools.FreePort();
    private ChaosProcess _triage = null!;
    private ChaosProcess _agents = null!;
    private Process _prometheus = null!;

    /// <summary>What triage and agents show, by metric: the labels of each series.</summary>
    internal ILookup<string, IReadOnlyDictionary<string, string>> Exposed { get; private set; } = null!;

    internal HttpClient Prometheus { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var prometheus = Tools.Require("prometheus");
        await _redis.StartAsync();
        await _model.InitializeAsync();
        _agents = new("agents", "LearnFlow.Agents", Common(_agentsPort));
        _triage = new("triage", "LearnFlow.Triage",
        [
            .. Common(_triagePort),
            .. AgentRole.All.Select(role =>
                $"--{Topology.AddressSetting(role)}=http://127.0.0.1:{(role == AgentRole.Review ? Tools.FreePort() : _agentsPort)}"),
            $"--RateLimit:RunsPerMinute={RunsPerMinute}",
            "--Delivery:FirstPauseMs=10",
            "--Models:Provider=openai",
            $"--Models:Endpoint={_model.OpenAiEndpoint}",
            "--Models:ApiKey=none",
        ]);
        _agents.Start();
        _triage.Start();
        _prometheus = await StartPrometheusAsync(prometheus);
        Prometheus = new() { BaseAddress = new($"http://127.0.0.1:{_prometheusPort}") };

        using var client = new HttpClient { BaseAddress = new($"http://127.0.0.1:{_triagePort}") };
        await UntilHealthyAsync(client);
        await SendTrafficAsync(client);
        await UntilHealthyAsync(client);
        await Eventually.HoldsAsync("a message has become a dead letter, as metrics say", async () =>
        {
            Exposed = Read(await ScrapeAsync(_triagePort) + await ScrapeAsync(_agentsPort));
            return Exposed["learnflow_triage_deliveries_total"].Any(series => series["outcome"] == "dead");
        });
    }

    public async ValueTask DisposeAsync()
    {
        Prometheus?.Dispose();
        _prometheus?.Kill();
        _prometheus?.Dispose();
        _triage?.Dispose();
        _agents?.Dispose();
        await _model.DisposeAsync();
        await _redis.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private string[] Common(int port) =>
    [
        "--environment=Development",
        $"--urls=http://127.0.0.1:{port}",
        "--Logging:LogLevel:Default=Warning",
        $"--{Topology.RedisSetting}={_redis.ConnectionString}",
        $"--{Topology.DataFolderSetting}={_folder.FullName}",
        $"--Sandbox:CacheFolder={Sandboxes.Cache}",
    ];

    private async Task<Process> StartPrometheusAsync(string program)
    {
        var configuration = Path.Combine(_folder.FullName, "prometheus.yml");
        await File.WriteAllTextAsync(configuration, $$"""
            global: { scrape_interval: 1s, evaluation_interval: 1s }
            rule_files: ["{{DeployFiles.Of(AlertRules.File)}}"]
            scrape_configs:
              - { job_name: triage, static_configs: [{ targets: ["127.0.0.1:{{_triagePort}}"] }] }
              - { job_name: debug-agent, static_configs: [{ targets: ["127.0.0.1:{{_agentsPort}}"] }] }
            """);
        return Process.Start(new ProcessStartInfo(program,
        [
            $"--config.file={configuration}",
            $"--storage.tsdb.path={Path.Combine(_folder.FullName, "tsdb")}",
            $"--web.listen-address=127.0.0.1:{_prometheusPort}",
            "--log.level=error",
        ]))!;
    }

    private async Task SendTrafficAsync(HttpClient client)
    {
        using var admin = new HttpClient { BaseAddress = client.BaseAddress };
        await admin.SignInAsync("admin");
        await StatusAsync(client.GetAsync("/api/v1/progress"));
        client.DefaultRequestHeaders.Authorization = new("Bearer", "not.a.token");
        await StatusAsync(client.GetAsync("/api/v1/progress"));
        await client.SignInAsync("maya");
        await StatusAsync(client.GetAsync("/api/v1/admin/flags"));

        // Messages that are answered, declined, and about which the model is asked.
        foreach (var query in (string[])["what is a list?", "give me an exercise on loops", "how am I doing?", "who won the football game?", "?"])
        {
            await client.AskAsync(new { query });
        }

        await client.AskAsync(new { query = "why does it fail?", error = "NameError: name 'x' is not defined" });
        // One whose agent is away: it is tried until it is dead, or refused where nothing may be kept.
        await using (await SwitchedFlag.SwitchAsync(admin, Flag.EnableCircuitBreaker, enabled: false))
        {
            await client.AskAsync(new { query = "please review this", code = "x = 1", intent = "code_review" });
            await using (await SwitchedFlag.SwitchAsync(admin, Flag.EnableDeadLetterQueue, enabled: false))
            {
                Assert.Equal(503, await StatusAsync(client.PostAsJsonAsync(
                    "/api/v1/triage", new { query = "please review this", code = "x = 1", intent = "code_review" })));
            }

            for (var i = 0; i <= RunsPerMinute; i++)
            {
                Assert.Equal(i < RunsPerMinute ? 200 : 429, await StatusAsync(client.PostAsJsonAsync("/api/v1/run", new { code = "print(1)" })));
            }

            await Eventually.HoldsAsync("it is dead", async () =>
                (await admin.GetStringAsync("/api/v1/admin/dead-letters")).Contains("code_review", StringComparison.Ordinal));
        }

        await _redis.StopAsync();
        await client.AskAsync(new { query = "what is a list?" });
        await _redis.StartAsync();
    }

    private async Task UntilHealthyAsync(HttpClient client)
    {
        using var agents = new HttpClient { BaseAddress = new($"http://127.0.0.1:{_agentsPort}") };
        await Eventually.HoldsAsync("the services are healthy", async () =>
        {
            Assert.False(_triage.HasDied || _agents.HasDied, $"{_triage.Output}\n{_agents.Output}");
            try
            {
                return await StatusAsync(client.GetAsync(Topology.HealthPath)) == 200
                    && await StatusAsync(agents.GetAsync(Topology.HealthPath)) == 200;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
    }

    private static async Task<int> StatusAsync(Task<HttpResponseMessage> asking)
    {
        using var reply = await asking;
        return (int)reply.StatusCode;
    }

    private static async Task<string> ScrapeAsync(int port)
    {
        using var client = new HttpClient();
        return await client.GetStringAsync($"http://127.0.0.1:{port}{Topology.MetricsPath}") + "\n";
    }

    private static ILookup<string, IReadOnlyDictionary<string, string>> Read(string metrics) => metrics.Split('\n')
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => Series().Match(line))
        .ToLookup(
            series => series.Groups[1].Value,
            series => (IReadOnlyDictionary<string, string>)Label().Matches(series.Groups[2].Value)
                .ToDictionary(label => label.Groups[1].Value, label => label.Groups[2].Value));

    [GeneratedRegex(@"^(\w+)(?:\{(.*)\})? ")]
    private static partial Regex Series();

    [GeneratedRegex("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"")]
    private static partial Regex Label();
}
