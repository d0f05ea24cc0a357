namespace LearnFlow.ServiceDefaults.Contracts;

/// <summary>
/// The names, ports and settings by which the services know one another. Both faces of the AppHost and the services
/// take them from here, so that they cannot drift apart.
/// </summary>
public static class Topology
{
    /// <summary>The Redis resource; its connection string is <c>ConnectionStrings:redis</c>.</summary>
    public const string Redis = "redis";

    /// <summary>The front door.</summary>
    public const string Triage = "triage";

    /// <summary>The one endpoint that every service has.</summary>
    public const string HttpEndpoint = "http";

    /// <summary>Ready to take messages: Redis is reachable and the agents are known.</summary>
    public const string HealthPath = "/health";

    /// <summary>The process runs and its server answers, whatever it depends on.</summary>
    public const string AlivePath = "/alive";

    /// <summary>What Prometheus scrapes.</summary>
    public const string MetricsPath = "/metrics";

    /// <summary>The port of triage on a developer's machine, unless <c>LearnFlow:Ports:triage</c> says otherwise.</summary>
    public const int TriagePort = 5080;

    /// <summary>The port of the embedded Redis, unless <c>LearnFlow:Ports:redis</c> says otherwise.</summary>
    public const int RedisPort = 5086;

    /// <summary>Setting: the port of a resource on a developer's machine.</summary>
    /// <param name="resource">A resource's name, such as <c>triage</c> or <c>debug-agent</c>.</param>
    public static string PortSetting(string resource) => $"LearnFlow:Ports:{resource}";

    /// <summary>Setting: the connection string of Redis, in the format of StackExchange.Redis.</summary>
    public const string RedisSetting = "ConnectionStrings:redis";

    /// <summary>Setting: the roles that an agents process serves, separated by commas; all where none is named.</summary>
    public const string RolesSetting = "Agents:Roles";

    /// <summary>Setting: the folder for Redis' data, the Development key and the sandbox's compiled module.</summary>
    public const string DataFolderSetting = "LearnFlow:DataFolder";

    /// <summary>Setting: how many processes of triage the Aspire face starts.</summary>
    public const string TriageReplicasSetting = "LearnFlow:TriageReplicas";

    /// <summary>Setting: where an agent is, as service discovery reads it.</summary>
    /// <param name="role">The agent.</param>
    public static string AddressSetting(AgentRole role) => $"services:{role.Resource}:{HttpEndpoint}:0";

    /// <summary>A setting's name as an environment variable.</summary>
    /// <param name="setting">A setting with colons.</param>
    public static string AsEnvironmentVariable(string setting) => setting.Replace(":", "__", StringComparison.Ordinal);
}
