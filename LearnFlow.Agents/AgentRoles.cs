using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Agents;

/// <summary>The roles that this process serves.</summary>
/// <param name="Served">One to five of them.</param>
public sealed record AgentRoles(IReadOnlyList<AgentRole> Served)
{
    /// <summary>The agent's name where there is one role, else <c>agents</c>.</summary>
    public string ServiceName => Served is [var only] ? only.Resource : "agents";

    /// <summary>Whether a role is served here.</summary>
    /// <param name="role">The role.</param>
    public bool Has(AgentRole role) => Served.Contains(role);

    /// <summary>Reads <c>Agents:Roles</c>.</summary>
    /// <param name="configuration">The service's configuration.</param>
    /// <exception cref="StartupException">A name in it is not a role.</exception>
    public static AgentRoles Read(IConfiguration configuration)
    {
        var names = (configuration[Topology.RolesSetting] ?? "")
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return names.Length == 0 ? new(AgentRole.All) : new([.. names.Select(Find).Distinct()]);

        static AgentRole Find(string name) => AgentRole.All.FirstOrDefault(role => role.Name == name)
            ?? throw new StartupException(
                $"{Topology.RolesSetting} names \"{name}\", which is no role; the roles are "
                + $"{string.Join(", ", AgentRole.All.Select(role => role.Name))}.");
    }
}
