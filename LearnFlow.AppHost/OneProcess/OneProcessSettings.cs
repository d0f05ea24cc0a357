using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using Microsoft.Extensions.Configuration;

namespace LearnFlow.AppHost.OneProcess;

/// <summary>Where everything of the one process is, from arguments, environment and appsettings.json.</summary>
internal sealed class OneProcessSettings
{
    /// <summary>Each service would say that it started, where one line for all of them does.</summary>
    private static readonly string QuietStart = Setting("Logging:LogLevel:Microsoft.Hosting.Lifetime", "Warning");

    /// <summary>Telemetry knows processes, and this is one.</summary>
    private static readonly string OneName = Setting("OTEL_SERVICE_NAME", "learnflow");

    private readonly string[] _args;
    private readonly Dictionary<string, int> _ports;

    private OneProcessSettings(string[] args, Dictionary<string, int> ports, string redisFolder) =>
        (_args, _ports, RedisFolder) = (args, ports, redisFolder);

    /// <summary>The folder of Redis' data.</summary>
    public string RedisFolder { get; }

    /// <summary>The port of Redis.</summary>
    public int RedisPort => _ports[Topology.Redis];

    /// <summary>What a person reads once everything runs.</summary>
    public string Greeting => $"""
        LearnFlow runs at http://localhost:{_ports[Topology.Triage]} (Ctrl+C stops it).
        Everything runs in this one process, Redis included; for the Aspire dashboard run it with -p:UseAspire=true or install the Aspire CLI.
        """;

    public static OneProcessSettings Read(string[] args)
    {
        var configuration = new ConfigurationBuilder()
            .AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true)
            .AddEnvironmentVariables()
            .AddCommandLine(args)
            .Build();
        var ports = new Dictionary<string, int>
        {
            [Topology.Triage] = PortOf(Topology.Triage, Topology.TriagePort),
            [Topology.Redis] = PortOf(Topology.Redis, Topology.RedisPort),
        };
        foreach (var role in AgentRole.All)
        {
            ports[role.Resource] = PortOf(role.Resource, role.Port);
        }

        return new OneProcessSettings(args, ports, DataFolder.Open(configuration, Topology.Redis));

        int PortOf(string resource, int usual)
        {
            var setting = Topology.PortSetting(resource);
            return configuration[setting] is not { Length: > 0 } text ? usual
                : int.TryParse(text, out var port) && port is > 0 and <= 65_535 ? port
                : throw new StartupException($"{setting} is \"{text}\"; it must be a port, 1 to 65535.");
        }
    }

    /// <summary>Refuses to start beside something that has one of the ports.</summary>
    /// <exception cref="StartupException">A port is taken; the sentence names it and its setting.</exception>
    public void RequireFreePorts()
    {
        foreach (var (resource, port) in _ports)
        {
            if (!ServiceProgram.IsPortFree(port))
            {
                throw new StartupException(
                    $"Port {port}, where {resource} should listen, is taken. Stop what uses it (perhaps another LearnFlow), "
                    + $"or choose another one with --{Topology.PortSetting(resource)}=….");
            }
        }
    }

    /// <summary>The agents' settings: all roles, each on its own port.</summary>
    /// <param name="redis">The connection string of Redis.</param>
    public string[] ForAgents(string redis) =>
    [
        QuietStart,
        OneName,
        .. _args,
        Setting("urls", string.Join(';', AgentRole.All.Select(role => $"http://127.0.0.1:{_ports[role.Resource]}"))),
        Setting(Topology.RedisSetting, redis),
        // .NET gathers traces and metrics per process: triage does it for both.
        Setting(Telemetry.GatherSetting, "false"),
    ];

    /// <summary>The settings of triage.</summary>
    /// <param name="redis">The connection string of Redis.</param>
    public string[] ForTriage(string redis) =>
    [
        QuietStart,
        OneName,
        .. _args,
        Setting("urls", $"http://localhost:{_ports[Topology.Triage]}"),
        Setting(Topology.RedisSetting, redis),
        .. AgentRole.All.Select(role =>
            Setting(Topology.AddressSetting(role), $"http://127.0.0.1:{_ports[role.Resource]}")),
    ];

    private static string Setting(string key, string value) => $"--{key}={value}";
}
