using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Audit;
using LearnFlow.Triage.Flags;
using Microsoft.AspNetCore.Mvc;

namespace LearnFlow.Triage.Dispatch;

/// <summary>What the agents of a message said.</summary>
/// <param name="Answer">The answers, one behind the other; null where the first agent gave none.</param>
/// <param name="Also">The other wishes that were answered.</param>
/// <param name="Problem">Why the first agent gave none.</param>
/// <param name="Age">How old the answer is, where it was given before.</param>
/// <param name="Away">Why the first agent did not answer at all; null where it did, be it with a problem.</param>
/// <param name="WasCalled">Whether it was called, which it is not while its breaker is open.</param>
public sealed record SpecialistsReply(
    AgentAnswer? Answer, IReadOnlyList<Intent> Also, ProblemDetails? Problem = null, TimeSpan? Age = null, string? Away = null,
    bool WasCalled = true);

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
    /// <param name="message">The message.</param>
    /// <param name="language">The language in which its student wants the answer.</param>
    /// <param name="leansOnConversation">Whether it means something only with what was said before.</param>
    /// <param name="record">What goes on record of it.</param>
    /// <param name="stream">Where its student reads along.</param>
    /// <param name="cancellation">The student went away.</param>
    public async Task<SpecialistsReply> AskAsync(
        DecidedMessage message, string language, bool leansOnConversation, MessageRecord record, AnswerEvents? stream,
        CancellationToken cancellation)
    {
        var key = message.Decision.Also is null && cache.MayHold(message.Agent, message.Question, leansOnConversation)
            ? AnswerCache.KeyOf(message.Ask.Query!, language, await students.LevelAsync(message.Student, cancellation))
            : null;
        if (key is not null && await cache.FindAsync(key) is { } cached)
        {
            record.Agent = message.Agent.Resource;
            record.Cached = true;
            return new(cached.Answer, [], Age: cache.AgeOf(cached));
        }

        var asked = time.GetUtcNow();
        var reply = await AskAsync(message, record, stream, cancellation);
        if (key is not null && reply.Answer is { } answer)
        {
            await cache.KeepAsync(key, answer, asked);
        }

        return reply;
    }

    /// <summary>Gets a message answered by its agents, whatever was answered before.</summary>
    /// <param name="message">The message.</param>
    /// <param name="record">What goes on record of it.</param>
    /// <param name="stream">Where its student reads along.</param>
    /// <param name="cancellation">Nobody waits for it any more.</param>
    public async Task<SpecialistsReply> AskAsync(
        DecidedMessage message, MessageRecord record, AnswerEvents? stream, CancellationToken cancellation)
    {
        record.Agent = message.Agent.Resource;
        var also = message.Decision.Also ?? [];
        Task<AgentReply<AgentAnswer>> OfAsync(Intent intent) => agents.AskAsync(intent.Agent()!, message.Question, cancellation);
        var atOnce = flags.IsOn(Flag.EnableConcurrentProcessing) ? also.Select(OfAsync).ToList() : null;
        var first = await agents.AskAsync(message.Agent, message.Question, cancellation);
        (record.Attempts, record.Breaker) = (first.Attempts, breakers.Of(message.Agent).State);
        if (first.Value is null)
        {
            // Nobody is left to read what the others say.
            await ((Task)Task.WhenAll(atOnce ?? [])).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return new(null, [], first.Problem, Away: first.Away, WasCalled: first.Attempts > 0);
        }

        if (also.Count > 0)
        {
            // Where it is the whole answer it is read when it is kept: until then another replica may have to find a new one.
            stream?.Add(first.Value.Markdown);
        }

        var answer = first.Value;
        List<Intent> answered = [];
        for (var i = 0; i < also.Count; i++)
        {
            var other = await (atOnce?[i] ?? OfAsync(also[i]));
            if (other.Value is not null)
            {
                answered.Add(also[i]);
            }

            answer = answer.And(other.Value ?? new AgentAnswer(SecondWishUnanswered));
            stream?.Add(answer.Markdown[^(AgentAnswer.Separator.Length + (other.Value?.Markdown ?? SecondWishUnanswered).Length)..]);
        }

        return new(answer, answered);
    }

    /// <summary>
    /// Help until the agent of a message is back: for an error, the idea behind it. Null where there is none. It is got
    /// also where the student went away: the message is accepted by then, and what they find later should help too.
    /// </summary>
    /// <param name="message">The message.</param>
    public async Task<AgentAnswer?> HelpMeanwhileAsync(DecidedMessage message)
    {
        if (message.Agent != AgentRole.Debug)
        {
            return null;
        }

        var question = message.Question with { Code = null, Error = message.Question.Error ?? message.Question.Query };
        var reply = await agents.AskAsync(AgentRole.Concepts, question, CancellationToken.None);
        return reply.Value is { Concept: not null } ? reply.Value : null;
    }
}
