using System.Globalization;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Triage.Dispatch;

/// <summary>
/// Dapr's sidecar, where one was injected: agents are called through it, by their app id, in place of service discovery. All
/// else stays as it is. Timeouts, retries and breakers are ours, unless flags switch ours off and leave them to
/// <c>deploy/dapr/resiliency.yaml</c>, whose numbers are the same.
/// </summary>
internal static class DaprSidecar
{
    /// <summary>Dapr's own setting: the port of the sidecar on this machine; without it there is none.</summary>
    public const string PortSetting = "DAPR_HTTP_PORT";

    /// <summary>Dapr's own setting: what the sidecar wants to be shown.</summary>
    public const string TokenSetting = "DAPR_API_TOKEN";

    /// <summary>Names the app that a call is for.</summary>
    public const string AppIdHeader = "dapr-app-id";

    /// <summary>Shows <see cref="TokenSetting"/>.</summary>
    public const string TokenHeader = "dapr-api-token";

    /// <summary>Sees to it that the service does not start with a setting that is wrong.</summary>
    /// <param name="configuration">Where it says whether there is a sidecar.</param>
    /// <exception cref="StartupException">It says so of a port that is none.</exception>
    public static void Check(IConfiguration configuration) => PortOf(configuration);

    /// <summary>Whether there is a sidecar.</summary>
    /// <param name="configuration">Where it says so.</param>
    public static bool IsThere(IConfiguration configuration) => PortOf(configuration) is not null;

    /// <summary>How an agent is called: through the sidecar, or, where there is none, by the name that service discovery knows.</summary>
    /// <param name="role">The agent.</param>
    /// <param name="configuration">Where it says whether there is a sidecar.</param>
    public static AgentRoute RouteTo(AgentRole role, IConfiguration configuration)
    {
        var headers = new Dictionary<string, string>();
        if (PortOf(configuration) is not { } port)
        {
            return new(new Uri($"http://{role.Resource}"), headers);
        }

        headers.Add(AppIdHeader, role.Resource);
        if (configuration[TokenSetting] is { Length: > 0 } token)
        {
            headers.Add(TokenHeader, token);
        }

        return new(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")), headers);
    }

    private static int? PortOf(IConfiguration configuration) => configuration[PortSetting] switch
    {
        null or "" => null,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536 => port,
        var text => throw new StartupException($"{PortSetting} is \"{text}\"; it must be a port, 1 to 65535."),
    };
}
