using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Audit;
using LearnFlow.Triage.Endpoints;
using LearnFlow.Triage.Models;
using LearnFlow.Triage.Skills;
using Microsoft.AspNetCore.Mvc;
using StackExchange.Redis;

namespace LearnFlow.Triage.Dispatch;

/// <summary>The way of a message that came through the gate: decide, ask the agent, keep what became of it.</summary>
/// <param name="router">Decides.</param>
/// <param name="skills">Names the readings that a student may choose from.</param>
/// <param name="specialists">Answer.</param>
/// <param name="students">Know how far a student is.</param>
/// <param name="conversations">Remember what was said before.</param>
/// <param name="store">Keeps.</param>
/// <param name="metrics">Counts.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log; it never holds a student's words.</param>
public sealed partial class Tutor(
    Router router, SkillLibrary skills, Specialists specialists, StudentLevels students, Conversations conversations,
    MessageStore store, TriageMetrics metrics, TimeProvider time, ILogger<Tutor> logger)
{
    private const string WhatWeDo =
        "I help people learn Python: I can **explain an error**, **explain an idea**, **give you an exercise**, "
        + "**show how far you are**, or **read your code**.";

    /// <summary>Answers a message.</summary>
    /// <param name="asking">The message.</param>
    /// <param name="cancellation">The student went away.</param>
    public async Task<Reply> AnswerAsync(Asking asking, CancellationToken cancellation)
    {
        var (ask, student) = (asking.Ask, asking.Student);
        var last = ask.Conversation?.Id is { } id ? await conversations.LastAsync(student, id) : null;
        var started = time.GetTimestamp();
        var (decision, usage) = await DecideAsync(ask, student, last, cancellation);
        var decided = time.GetTimestamp();
        Note(asking.Record, decision, usage, Milliseconds(started, decided));
        if (decision is null)
        {
            asking.Record.Outcome = AuditOutcome.Unavailable;
            metrics.Refused(null);
            LogUndecided(logger);
            return new(null, Undecided());
        }

        var content = new AgentAnswer("");
        double? agentMs = null;
        TimeSpan? age = null;
        var role = decision.Outcome == DecisionOutcome.Answer ? decision.Best.Intent.Agent() : null;
        if (role is not null)
        {
            var reply = await specialists.AskAsync(role, asking, decision, last, cancellation);
            if (reply.Answer is null)
            {
                asking.Record.Outcome = AuditOutcome.Unavailable;
                metrics.Refused(decision.Best.Intent);
                return new(null, reply.Problem);
            }

            (content, decision, age) = (reply.Answer, decision with { Also = reply.Also }, reply.Age);
            agentMs = Milliseconds(decided);
        }

        var status = decision.Outcome switch
        {
            DecisionOutcome.Answer => AnswerStatus.Answered,
            DecisionOutcome.Clarify => AnswerStatus.Clarify,
            _ => AnswerStatus.Declined,
        };
        var choices = status == AnswerStatus.Clarify ? Choices(decision) : null;
        // Asking back, we name a reading that somebody could answer.
        var reading = choices is null ? decision.Best : decision.Readings.First(other => other.Intent == choices[0].Intent);
        if (role is null)
        {
            content = new AgentAnswer(status == AnswerStatus.Clarify
                ? "I am not sure what would help you most. Which of these do you mean?"
                : $"That is not something that I can help with. {WhatWeDo}");
        }

        var answer = new Answer(
            asking.RequestId, status, reading.Intent, reading.Confidence, role?.Resource,
            new DecisionView(decision.By, decision.Evidence, [.. decision.Readings.Where(other => other != reading)],
                decision.Also.Count > 0 ? decision.Also : null),
            content, choices, usage,
            new Timings(Milliseconds(started, decided), agentMs, Milliseconds(asking.Arrived)));
        metrics.Answered(answer);
        LogAnswered(logger, status, answer.Intent, answer.Confidence, answer.Agent, answer.Timings.TotalMs);
        var remembering = status == AnswerStatus.Answered
            ? conversations.AddAsync(student, ask.Conversation?.Id, new Turn(answer.Intent, ask.Query!, ask.Code, ask.Error))
            : Task.CompletedTask;
        answer = await KeepAsync(answer, ask, student);
        await remembering;
        Note(asking.Record, answer);
        return new(answer, null, age);
    }

    private static void Note(MessageRecord record, Decision? decision, Usage usage, double triageMs)
    {
        (record.Intent, record.Confidence) = (decision?.Best.Intent, decision?.Best.Confidence);
        (record.DecidedBy, record.Evidence) = (decision?.By, decision?.Evidence.Select(reason => reason.Signal).Distinct().ToList());
        (record.Tokens, record.BaselineTokens, record.TriageMs) = (usage.Tokens, usage.BaselineTokens, triageMs);
    }

    private static void Note(MessageRecord record, Answer answer)
    {
        record.Outcome = answer.Status switch
        {
            AnswerStatus.Answered => AuditOutcome.Answered,
            AnswerStatus.Clarify => AuditOutcome.Clarify,
            _ => AuditOutcome.Declined,
        };
        (record.Intent, record.Confidence) = (answer.Intent, answer.Confidence);
        (record.AgentMs, record.TotalMs, record.Degraded) = (answer.Timings.AgentMs, answer.Timings.TotalMs, answer.Degraded);
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

    /// <summary>An answer that cannot be kept is given all the same, and says so.</summary>
    private async Task<Answer> KeepAsync(Answer answer, Ask ask, string student)
    {
        try
        {
            await store.KeepAsync(new KeptMessage(student, MessageStore.Fingerprint(ask), answer));
            return answer;
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            LogNotKept(logger, exception.GetType().Name);
            return answer with { Degraded = true };
        }
    }

    private double Milliseconds(long from) => Milliseconds(from, time.GetTimestamp());

    private double Milliseconds(long from, long to) => Math.Round(time.GetElapsedTime(from, to).TotalMilliseconds, 3);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "{Status}: {Intent} with confidence {Confidence} by {Agent} after {TotalMs} ms")]
    private static partial void LogAnswered(
        ILogger logger, AnswerStatus status, Intent intent, double confidence, string? agent, double totalMs);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Nobody decided: EnableSkillLibrary and EnableFallbackToSkill are off, and no language model gave a reading")]
    private static partial void LogUndecided(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "An answer could not be kept: {Reason}")]
    private static partial void LogNotKept(ILogger logger, string reason);
}
