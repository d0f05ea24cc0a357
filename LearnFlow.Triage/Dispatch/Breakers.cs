using System.Collections.Frozen;
using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Triage.Dispatch;

/// <summary>The breaker of each agent, so that one agent's trouble is not another's.</summary>
/// <param name="time">The clock.</param>
public sealed class Breakers(TimeProvider time)
{
    private readonly FrozenDictionary<AgentRole, Breaker> _breakers =
        AgentRole.All.ToFrozenDictionary(role => role, _ => new Breaker(time));

    /// <summary>An agent's breaker.</summary>
    /// <param name="role">The agent.</param>
    public Breaker Of(AgentRole role) => _breakers[role];
}
