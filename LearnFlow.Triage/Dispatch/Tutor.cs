using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Endpoints;
using LearnFlow.Triage.Models;
using LearnFlow.Triage.Skills;
using Microsoft.AspNetCore.Mvc;
using StackExchange.Redis;

namespace LearnFlow.Triage.Dispatch;

/// <summary>The way of a message that came through the gate: decide, ask the agent, keep what became of it.</summary>
/// <param name="router">Decides.</param>
/// <param name="skills">Names the readings that a student may choose from.</param>
/// <param name="agents">Answer.</param>
/// <param name="store">Keeps.</param>
/// <param name="metrics">Counts.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log; it never holds a student's words.</param>
public sealed partial class Tutor(
    Router router, SkillLibrary skills, AgentClient agents, MessageStore store, TriageMetrics metrics, TimeProvider time,
    ILogger<Tutor> logger)
{
    private const string WhatWeDo =
        "I help people learn Python: I can **explain an error**, **explain an idea**, **give you an exercise**, "
        + "**show how far you are**, or **read your code**.";

    /// <summary>Answers a message.</summary>
    /// <param name="ask">The message, checked by the gate.</param>
    /// <param name="requestId">Its id.</param>
    /// <param name="student">Whose it is.</param>
    /// <param name="arrived">When it arrived, as the clock's timestamp.</param>
    /// <param name="cancellation">The student went away.</param>
    /// <returns>The answer, or the problem that kept the agent from giving one.</returns>
    public async Task<(Answer? Answer, ProblemDetails? Problem)> AnswerAsync(
        Ask ask, string requestId, string student, long arrived, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var (decision, usage) = await DecideAsync(ask, cancellation);
        var decided = time.GetTimestamp();
        if (decision is null)
        {
            metrics.Refused(null);
            LogUndecided(logger);
            return (null, Undecided());
        }

        var content = new AgentAnswer("");
        double? agentMs = null;
        var role = decision.Outcome == DecisionOutcome.Answer ? decision.Best.Intent.Agent() : null;
        if (role is not null)
        {
            var reply = await agents.AskAsync(
                role, new AgentQuestion(requestId, student, ask.Query!, ask.Code, ask.Error), cancellation);
            if (reply.Value is null)
            {
                metrics.Refused(decision.Best.Intent);
                return (null, reply.Problem);
            }

            content = reply.Value;
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
            requestId, status, reading.Intent, reading.Confidence, role?.Resource,
            new DecisionView(decision.By, decision.Evidence, [.. decision.Readings.Where(other => other != reading)]),
            content, choices, usage,
            new Timings(Milliseconds(started, decided), agentMs, Milliseconds(arrived)));
        metrics.Answered(answer);
        LogAnswered(logger, status, answer.Intent, answer.Confidence, answer.Agent, answer.Timings.TotalMs);
        return (await KeepAsync(answer, ask, student), null);
    }

    private ValueTask<Routing> DecideAsync(Ask ask, CancellationToken cancellation) => ask.Intent is { } chosen
        ? new(new Routing(
            new Decision(
                chosen == Intent.OutOfScope ? DecisionOutcome.Decline : DecisionOutcome.Answer,
                DecisionMaker.Student, [new Reading(chosen, 1)], []),
            new Usage(Tokens: 0, BaselineTokens: 0)))
        : router.RouteAsync(
            new StudentMessage(ask.Query!, ask.Code, ask.Error, ask.Conversation?.PreviousIntent), cancellation);

    private static ProblemDetails Undecided() => Problems.Create(
        StatusCodes.Status503ServiceUnavailable,
        "model-unavailable",
        "Nobody can tell who should answer",
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
