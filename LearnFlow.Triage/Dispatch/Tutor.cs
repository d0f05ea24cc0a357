using System.Diagnostics;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Audit;
using LearnFlow.Triage.Dispatch.Queue;
using LearnFlow.Triage.Endpoints;
using LearnFlow.Triage.Flags;
using LearnFlow.Triage.Models;
using LearnFlow.Triage.Skills;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace LearnFlow.Triage.Dispatch;

/// <summary>
/// The way of a message that came through the gate: decide, ask the agent, keep what became of it; where the agent is away,
/// keep the message itself for the <see cref="DeliveryWorker"/>.
/// </summary>
/// <param name="router">Decides.</param>
/// <param name="skills">Names the readings that a student may choose from.</param>
/// <param name="specialists">Answer.</param>
/// <param name="students">Know how far a student is.</param>
/// <param name="conversations">Remember what was said before.</param>
/// <param name="store">Keeps answers.</param>
/// <param name="queue">Keeps messages.</param>
/// <param name="redis">Where the three of them keep it.</param>
/// <param name="delivery">When they are delivered.</param>
/// <param name="flags">Whether messages are kept.</param>
/// <param name="metrics">Counts.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log; it never holds a student's words.</param>
public sealed partial class Tutor(
    Router router, SkillLibrary skills, Specialists specialists, StudentLevels students, Conversations conversations,
    MessageStore store, WaitingMessages queue, RedisPipeline redis, IOptions<DeliveryOptions> delivery, FlagState flags, TriageMetrics metrics,
    TimeProvider time, ILogger<Tutor> logger)
{
    private const string WhatWeDo =
        "I help people learn Python: I can **explain an error**, **explain an idea**, **give you an exercise**, "
        + "**show how far you are**, or **read your code**.";

    /// <summary>Answers a message.</summary>
    /// <param name="asking">The message.</param>
    /// <param name="cancellation">The student went away.</param>
    public async Task<Reply> AnswerAsync(Asking asking, CancellationToken cancellation)
    {
        var (ask, student, record) = (asking.Ask, asking.Student, asking.Record);
        var (behindOthers, before) = LookUp(student, ask.Conversation?.Id);
        var last = await before;
        var started = time.GetTimestamp();
        var (decision, usage) = await DecideAsync(ask, student, last, cancellation);
        var triageMs = Milliseconds(started);
        (record.Tokens, record.BaselineTokens, record.TriageMs) = (usage.Tokens, usage.BaselineTokens, triageMs);
        if (decision is null)
        {
            record.Outcome = AuditOutcome.Unavailable;
            metrics.Refused(null);
            LogUndecided(logger);
            return new(null, Undecided());
        }

        record.WasDecided(decision.Best.Intent, decision.Best.Confidence, decision.By, decision.Evidence);
        if (decision.Outcome != DecisionOutcome.Answer)
        {
            return await KeepAsync(asking, WithoutAgent(asking, decision, usage, triageMs));
        }

        var leans = last?.Intent == decision.Best.Intent && decision.Evidence.Any(reason => reason.Signal == Signals.Conversation);
        var message = new DecidedMessage(
            QuestionOf(asking, leans ? last : null), ask, asking.Role, decision.Best.Intent, decision.Best.Confidence,
            new(decision.By, decision.Evidence, [.. decision.Readings.Skip(1)], decision.Also.Count > 0 ? decision.Also : null),
            usage, triageMs, time.GetUtcNow())
        {
            TraceParent = Activity.Current?.Id,
        };
        asking.Stream?.Decided(new(message.RequestId, message.Intent, message.Confidence, message.Agent.Resource, message.Decision));
        if (await behindOthers && flags.IsOn(Flag.EnableDeadLetterQueue))
        {
            return await QueueAsync(asking, message, Problems.Unavailable(
                "An earlier message of this conversation is still waiting for its specialist. This one was not kept; please send it again in a moment."));
        }

        var asked = time.GetTimestamp();
        var reply = await specialists.AskAsync(message, asking.Language, leans, record, asking.Stream, cancellation);
        if (reply.Answer is null)
        {
            if (reply.Away is not null && flags.IsOn(Flag.EnableDeadLetterQueue))
            {
                return await QueueAsync(asking, message, reply.Problem!);
            }

            record.Outcome = AuditOutcome.Unavailable;
            metrics.Refused(message.Intent);
            return new(null, reply.Problem);
        }

        var answer = message.Answered(
            reply.Answer, reply.Also, new Timings(triageMs, Milliseconds(asked), Milliseconds(asking.Arrived)));
        var (remembering, keeping) = RememberAndKeep(asking, message, answer);
        await remembering;
        return (await keeping) with { Age = reply.Age };
    }

    /// <summary>Looks up together what is known of a message's conversation: whether others of it wait, and its last turn.</summary>
    private (Task<bool> IsBehindOthers, Task<Turn?> Last) LookUp(string student, string? conversation)
    {
        if (conversation is null)
        {
            return (Task.FromResult(false), Task.FromResult<Turn?>(null));
        }

        using (redis.Gather())
        {
            return (IsBehindOthersAsync(student, conversation), conversations.LastAsync(student, conversation));
        }
    }

    /// <summary>Writes together what stays of an answered message.</summary>
    private (Task Remembering, Task<Reply> Keeping) RememberAndKeep(Asking asking, DecidedMessage message, Answer answer)
    {
        using (redis.Gather())
        {
            return (RememberAsync(message), KeepAsync(asking, answer));
        }
    }

    /// <summary>Whether an earlier message of the conversation waits: then this one does too, so that they are answered in their order.</summary>
    private async Task<bool> IsBehindOthersAsync(string student, string conversation)
    {
        try
        {
            return await queue.IsWaitingAsync(student, conversation);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            // What waits cannot be delivered at the moment either.
            return false;
        }
    }

    private async Task<Reply> QueueAsync(Asking asking, DecidedMessage message, ProblemDetails problem)
    {
        bool isAdded;
        try
        {
            isAdded = await queue.AddAsync(message, delivery.Value.PauseBefore(1));
            if (!isAdded && await queue.FindAsync(message.RequestId) is { } other
                && (other.Student != message.Student || other.Fingerprint != asking.Fingerprint))
            {
                return Taken(asking);
            }
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            LogNotKept(logger, exception.GetType().Name);
            asking.Record.Outcome = AuditOutcome.Unavailable;
            metrics.Refused(message.Intent);
            return new(null, problem);
        }

        // From here on it is accepted, whether or not its student waits to hear so.
        await RememberAsync(message);
        var answer = message.Queued(await specialists.HelpMeanwhileAsync(message), Milliseconds(asking.Arrived));
        Tell(answer);
        asking.Record.Became(answer);
        try
        {
            // Where it was delivered meanwhile, or became a dead letter, that is what its student gets.
            if (await store.KeepAsync(asking.Student, asking.Fingerprint, answer, givesWay: true) is { } holds)
            {
                return new(holds, null);
            }

            if (isAdded)
            {
                await queue.EraseAsync(message);
            }

            return Taken(asking);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            LogNotKept(logger, exception.GetType().Name);
            return new(answer, null);
        }
    }

    private Answer WithoutAgent(Asking asking, Decision decision, Usage usage, double triageMs)
    {
        var choices = decision.Outcome == DecisionOutcome.Clarify ? Choices(decision) : null;
        // Asking back, we name a reading that somebody could answer.
        var reading = choices is null ? decision.Best : decision.Readings.First(other => other.Intent == choices[0].Intent);
        return new(
            asking.RequestId, choices is null ? AnswerStatus.Declined : AnswerStatus.Clarify, reading.Intent, reading.Confidence, null,
            new DecisionView(decision.By, decision.Evidence, [.. decision.Readings.Where(other => other != reading)], null),
            new AgentAnswer(choices is null
                ? $"That is not something that I can help with. {WhatWeDo}"
                : "I am not sure what would help you most. Which of these do you mean?"),
            choices, usage, new Timings(triageMs, null, Milliseconds(asking.Arrived)));
    }

    /// <summary>What the agents are asked. "And why?" means nothing to them without what was said before.</summary>
    private static AgentQuestion QuestionOf(Asking asking, Turn? last)
    {
        var ask = asking.Ask;
        return new(
            asking.RequestId, asking.Student, last is null ? ask.Query! : $"{ask.Query}\n\n{last.Query}",
            ask.Code ?? last?.Code, ask.Error ?? last?.Error)
        {
            Conversation = ask.Conversation?.Id is { } id ? new(id, ask.Query!, ask.Code is not null, ask.Error is not null) : null,
        };
    }

    private async ValueTask<Routing> DecideAsync(Ask ask, string student, Turn? last, CancellationToken cancellation)
    {
        if (ask.Intent is { } chosen)
        {
            return new(
                new Decision(
                    chosen == Intent.OutOfScope ? DecisionOutcome.Decline : DecisionOutcome.Answer,
                    DecisionMaker.Student, [new Reading(chosen, 1)], []),
                new Usage(Tokens: 0, BaselineTokens: 0));
        }

        // What the caller says of the conversation goes before what we remember of it.
        var previous = ask.Conversation?.PreviousIntent ?? last?.Intent;
        var message = new StudentMessage(ask.Query!, ask.Code, ask.Error, previous);
        return await router.RouteAsync(message, unsure => WithStudentAsync(unsure, student, cancellation), cancellation);
    }

    /// <summary>The message with what is known of its student, which is looked up only where it may tip a balance.</summary>
    private async Task<StudentMessage> WithStudentAsync(StudentMessage message, string student, CancellationToken cancellation)
    {
        var errors = await conversations.RecentErrorsAsync(student);
        return message with { RecentErrors = errors, Mastery = await students.OverallAsync(student, cancellation) };
    }

    private static ProblemDetails Undecided() => Problems.Create(
        ProblemType.ModelUnavailable,
        "LearnFlow is set to let a language model decide, and it gave no answer that can be used. Your message was not "
        + "kept; please send it again in a moment, or say what you mean in the field intent: "
        + $"{string.Join(", ", IntentNames.All)}.");

    /// <summary>The two best readings that an agent could answer.</summary>
    private List<Choice> Choices(Decision decision) => decision.Readings
        .Where(reading => reading.Intent != Intent.OutOfScope)
        .Take(2)
        .Select(reading => new Choice(reading.Intent, skills.OfferOf(reading.Intent)))
        .ToList();

    private Task RememberAsync(DecidedMessage message) => conversations.AddAsync(
        message.Student, message.Ask.Conversation?.Id,
        new Turn(message.Intent, message.Ask.Query!, message.Ask.Code, message.Ask.Error));

    /// <summary>An answer that cannot be kept is given all the same, and says so.</summary>
    private async Task<Reply> KeepAsync(Asking asking, Answer answer)
    {
        Tell(answer);
        try
        {
            if (await store.KeepAsync(asking.Student, asking.Fingerprint, answer) is not { } holds)
            {
                return Taken(asking);
            }

            answer = holds;
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            LogNotKept(logger, exception.GetType().Name);
            answer = answer with { Degraded = true };
        }

        asking.Record.Became(answer);
        return new(answer, null);
    }

    /// <summary>Tells metrics and the log what became of a message.</summary>
    private void Tell(Answer answer)
    {
        metrics.Answered(answer);
        LogAnswered(logger, answer.Status, answer.Intent, answer.Confidence, answer.Agent, answer.Timings.TotalMs);
    }

    /// <summary>It turned out late that the id belongs to another message, for Redis was away when it was to be claimed.</summary>
    private static Reply Taken(Asking asking)
    {
        asking.Record.Outcome = AuditOutcome.Conflict;
        return new(null, Claims.Taken());
    }

    private double Milliseconds(long from) => Math.Round(time.GetElapsedTime(from).TotalMilliseconds, 3);

    // Traces, metrics and the audit trail tell it of every message; a line for each would cost more than deciding it.
    [LoggerMessage(
        Level = LogLevel.Debug,
        Message = "{Status}: {Intent} with confidence {Confidence} by {Agent} after {TotalMs} ms")]
    private static partial void LogAnswered(
        ILogger logger, AnswerStatus status, Intent intent, double confidence, string? agent, double totalMs);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Nobody decided: EnableSkillLibrary and EnableFallbackToSkill are off, and no language model gave a reading")]
    private static partial void LogUndecided(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A message or its answer could not be kept: {Reason}")]
    private static partial void LogNotKept(ILogger logger, string reason);
}
