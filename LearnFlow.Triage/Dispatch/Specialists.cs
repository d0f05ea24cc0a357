using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Flags;
using LearnFlow.Triage.Skills;
using Microsoft.AspNetCore.Mvc;

namespace LearnFlow.Triage.Dispatch;

/// <summary>What the agents of a message said.</summary>
/// <param name="Answer">The answers, one behind the other; null where the first agent gave none.</param>
/// <param name="Also">The other wishes that were answered.</param>
/// <param name="Problem">Why the first agent gave none.</param>
/// <param name="Age">How old the answer is, where it was given before.</param>
public sealed record SpecialistsReply(
    AgentAnswer? Answer, IReadOnlyList<Intent> Also, ProblemDetails? Problem = null, TimeSpan? Age = null);

/// <summary>
/// Asks the agent of a message's best reading, and those of its other wishes: at once, or one after the other where
/// <see cref="Flag.EnableConcurrentProcessing"/> is off. What was answered before is taken from the cache.
/// </summary>
/// <param name="agents">Answer.</param>
/// <param name="breakers">Say how the agents are.</param>
/// <param name="cache">Has answered before.</param>
/// <param name="students">Know how far a student is.</param>
/// <param name="flags">What is switched on.</param>
/// <param name="time">The clock.</param>
public sealed class Specialists(
    AgentClient agents, Breakers breakers, AnswerCache cache, StudentLevels students, FlagState flags, TimeProvider time)
{
    private const string SecondWishUnanswered =
        "The other part of your message I cannot answer at the moment. Please ask for it again in a while.";

    /// <summary>Gets a message answered.</summary>
    /// <param name="role">The agent of its best reading.</param>
    /// <param name="asking">The message.</param>
    /// <param name="decision">What it means.</param>
    /// <param name="last">What was said before it.</param>
    /// <param name="cancellation">The student went away.</param>
    public async Task<SpecialistsReply> AskAsync(
        AgentRole role, Asking asking, Decision decision, Turn? last, CancellationToken cancellation)
    {
        var leans = last?.Intent == decision.Best.Intent && decision.Evidence.Any(reason => reason.Signal == Signals.Conversation);
        var question = QuestionOf(asking, leans ? last : null);
        asking.Record.Agent = role.Resource;

        var key = decision.Also.Count == 0 && cache.MayHold(role, question, leans)
            ? AnswerCache.KeyOf(asking.Ask.Query!, asking.Language, await students.LevelAsync(asking.Student, cancellation))
            : null;
        if (key is not null && await cache.FindAsync(key) is { } cached)
        {
            asking.Record.Cached = true;
            return new(cached.Answer, [], Age: cache.AgeOf(cached));
        }

        var asked = time.GetUtcNow();
        var (reply, others) = await AskAllAsync(role, decision.Also, question, cancellation);
        (asking.Record.Attempts, asking.Record.Breaker) = (reply.Attempts, breakers.Of(role).State);
        if (reply.Value is null)
        {
            return new(null, [], reply.Problem);
        }

        if (key is not null)
        {
            await cache.KeepAsync(key, reply.Value, asked);
        }

        return new(
            others.Aggregate(reply.Value, (answer, other) => answer.And(other.Value ?? new AgentAnswer(SecondWishUnanswered))),
            [.. decision.Also.Where((_, index) => others[index].Value is not null)]);
    }

    private async Task<(AgentReply<AgentAnswer> Reply, List<AgentReply<AgentAnswer>> Others)> AskAllAsync(
        AgentRole role, IReadOnlyList<Intent> also, AgentQuestion question, CancellationToken cancellation)
    {
        Task<AgentReply<AgentAnswer>> AskAsync(Intent intent) => agents.AskAsync(intent.Agent()!, question, cancellation);
        if (flags.IsOn(Flag.EnableConcurrentProcessing))
        {
            var asked = also.Select(AskAsync).ToList();
            var first = await agents.AskAsync(role, question, cancellation);
            return (first, [.. await Task.WhenAll(asked)]);
        }

        var reply = await agents.AskAsync(role, question, cancellation);
        List<AgentReply<AgentAnswer>> others = [];
        // Without the first answer there is none to add the others to.
        foreach (var intent in reply.Value is null ? [] : also)
        {
            others.Add(await AskAsync(intent));
        }

        return (reply, others);
    }

    /// <summary>What the agents are asked. "And why?" means nothing to them without what was said before.</summary>
    private static AgentQuestion QuestionOf(Asking asking, Turn? last) => last is null
        ? new(asking.RequestId, asking.Student, asking.Ask.Query!, asking.Ask.Code, asking.Ask.Error)
        : new(
            asking.RequestId, asking.Student, $"{asking.Ask.Query}\n\n{last.Query}",
            asking.Ask.Code ?? last.Code, asking.Ask.Error ?? last.Error);
}
