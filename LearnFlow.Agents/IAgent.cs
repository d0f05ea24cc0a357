using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Agents;

/// <summary>A specialist that answers students' messages.</summary>
public interface IAgent
{
    /// <summary>Answers a message. The same message may come twice and gets the same answer.</summary>
    /// <param name="question">The message.</param>
    /// <param name="cancellation">The student does not wait any longer.</param>
    Task<AgentAnswer> AnswerAsync(AgentQuestion question, CancellationToken cancellation);
}
