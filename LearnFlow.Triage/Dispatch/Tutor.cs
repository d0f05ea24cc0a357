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
/// <param name="conversations">Remember what was said before.</param>
/// <param name="store">Keeps.</param>
/// <param name="metrics">Counts.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log; it never holds a student's words.</param>
public sealed partial class Tutor(
    Router router, SkillLibrary skills, AgentClient agents, Conversations conversations, MessageStore store,
    TriageMetrics metrics, TimeProvider time, ILogger<Tutor> logger)
{
    private const string WhatWeDo =
        "I help people learn Python: I can **explain an error**, **explain an idea**, **give you an exercise**, "
        + "**show how far you are**, or **read your code**.";

    /// <summary>How long a message that is not clear waits for what is known of its student.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private const string SecondWishUnanswered =
        "The other part of your message I cannot answer at the moment. Please ask for it again in a while.";

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
        var last = ask.Conversation?.Id is { } id ? await conversations.LastAsync(student, id) : null;
        var started = time.GetTimestamp();
        var (decision, usage) = await DecideAsync(ask, student, last, cancellation);
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
            var question = QuestionOf(ask, requestId, student, decision, last);
            var others = decision.Also.Select(intent => agents.AskAsync(intent.Agent()!, question, cancellation)).ToList();
            var reply = await agents.AskAsync(role, question, cancellation);
            var otherReplies = await Task.WhenAll(others);
            if (reply.Value is null)
            {
                metrics.Refused(decision.Best.Intent);
                return (null, reply.Problem);
            }

            content = otherReplies.Aggregate(reply.Value, (answer, other) => answer.And(other.Value ?? new AgentAnswer(SecondWishUnanswered)));
            decision = decision with { Also = [.. decision.Also.Where((_, index) => otherReplies[index].Value is not null)] };
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
            new DecisionView(decision.By, decision.Evidence, [.. decision.Readings.Where(other => other != reading)],
                decision.Also.Count > 0 ? decision.Also : null),
            content, choices, usage,
            new Timings(Milliseconds(started, decided), agentMs, Milliseconds(arrived)));
        metrics.Answered(answer);
        LogAnswered(logger, status, answer.Intent, answer.Confidence, answer.Agent, answer.Timings.TotalMs);
        var remembering = status == AnswerStatus.Answered
            ? conversations.AddAsync(student, ask.Conversation?.Id, new Turn(answer.Intent, ask.Query!, ask.Code, ask.Error))
            : Task.CompletedTask;
        answer = await KeepAsync(answer, ask, student);
        await remembering;
        return (answer, null);
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
        return message with { RecentErrors = errors, Mastery = await MasteryAsync(student, cancellation) };
    }

    /// <summary>Null where the progress agent does not say at once: a hint is not worth a wait.</summary>
    private async Task<int?> MasteryAsync(string student, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var progress = agents.GetAsync(
            AgentRole.Progress, AgentRoutes.Path(AgentRole.Progress, AgentRoutes.Progress, student),
            ContractsJson.Default.ProgressReport, patience.Token);
        try
        {
            return (await progress.WaitAsync(Patience, time, cancellation)).Value?.Overall;
        }
        catch (TimeoutException)
        {
            await patience.CancelAsync();
            return null;
        }
    }

    /// <summary>What the agent is asked. "And why?" means nothing to it without what was said before.</summary>
    private static AgentQuestion QuestionOf(
        Ask ask, string requestId, string student, Decision decision, Turn? last)
    {
        var leans = decision.Evidence.Any(reason => reason.Signal == Signals.Conversation);
        return leans && last is not null && last.Intent == decision.Best.Intent
            ? new(requestId, student, $"{ask.Query}\n\n{last.Query}", ask.Code ?? last.Code, ask.Error ?? last.Error)
            : new(requestId, student, ask.Query!, ask.Code, ask.Error);
    }

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
