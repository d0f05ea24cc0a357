using System.Diagnostics;
using LearnFlow.ServiceDefaults;
using LearnFlow.Triage.Audit;
using LearnFlow.Triage.Endpoints;
using Microsoft.Extensions.Options;

namespace LearnFlow.Triage.Dispatch.Queue;

/// <summary>Delivers a message that waited: answers it, lets it wait on, or makes it a dead letter.</summary>
/// <param name="queue">Where it waits.</param>
/// <param name="specialists">Answer.</param>
/// <param name="store">Keeps the answer, the first one if there should be two.</param>
/// <param name="auditor">Puts it on record.</param>
/// <param name="options">How long it waits for the next delivery.</param>
/// <param name="metrics">Counts.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
public sealed partial class Delivery(
    WaitingMessages queue, Specialists specialists, MessageStore store, Auditor auditor, IOptions<DeliveryOptions> options,
    TriageMetrics metrics, TimeProvider time, ILogger<Delivery> logger)
{
    /// <summary>For a message that nobody could be asked about: its agent's breaker is open.</summary>
    private static readonly TimeSpan PauseUncalled = TimeSpan.FromSeconds(1);

    /// <summary>While Redis was away another message was accepted under the same id; a person has to look at this one.</summary>
    private const string IdTaken = "its requestId belongs to another message by now";

    private static readonly ActivitySource Source = new(Telemetry.SourcePrefix + "Triage");

    /// <summary>Delivers a message.</summary>
    /// <param name="leased">The message.</param>
    /// <exception cref="StackExchange.Redis.RedisException">Redis is away; the message comes again when its lease has ended.</exception>
    /// <exception cref="TimeoutException">Redis took too long; likewise.</exception>
    public async Task DeliverAsync(LeasedMessage leased)
    {
        var message = leased.Message;
        using var activity = Source.StartActivity("deliver", ActivityKind.Consumer, message.Trace);
        activity?.SetTag(RequestIdentity.SpanAttribute, message.RequestId);
        using var commands = RedisTracing.Follow(activity);
        var kept = await store.ReadAsync(message.RequestId);
        if (kept?.Is(message.Student, message.Fingerprint) == false)
        {
            await FailAsync(leased, RecordOf(message), IdTaken, isLast: true);
            return;
        }

        if (kept?.Answer?.Status.IsFinal() == true)
        {
            await queue.CompleteAsync(leased);
            return;
        }

        var record = RecordOf(message);
        if (leased.Delivery > DeliveryOptions.MostDeliveries)
        {
            await FailAsync(leased, record, "each delivery ended without a word", isLast: true);
            return;
        }

        if (time.GetUtcNow() - message.DecidedAt > DeliveryOptions.LongestWait)
        {
            await FailAsync(leased, record, $"waited longer than {DeliveryOptions.LongestWait.TotalHours:0} hours", isLast: true);
            return;
        }

        var asked = time.GetTimestamp();
        var reply = await HoldAsync(leased, specialists.AskAsync(message, record, null, CancellationToken.None));
        if (reply.Answer is not null)
        {
            await AnswerAsync(leased, record, message.Answered(reply.Answer, reply.Also, new Timings(
                message.TriageMs, Round(time.GetElapsedTime(asked)), Round(time.GetUtcNow() - message.DecidedAt))));
        }
        else if (!reply.WasCalled)
        {
            await queue.RetryAsync(leased, PauseUncalled, counts: false);
        }
        else
        {
            await FailAsync(
                leased, record, reply.Away ?? reply.Problem?.Detail ?? "no answer", leased.Delivery >= DeliveryOptions.MostDeliveries);
        }
    }

    private async Task AnswerAsync(LeasedMessage leased, MessageRecord record, Answer answer)
    {
        var message = leased.Message;
        var holds = await store.KeepAsync(message, answer);
        if (holds is null)
        {
            await FailAsync(leased, record, IdTaken, isLast: true);
            return;
        }

        await queue.CompleteAsync(leased);
        if (ReferenceEquals(holds, answer))
        {
            record.Became(answer);
            auditor.Add(message, record);
            metrics.Delivered(message.Agent, "answered");
            LogDelivered(logger, message.RequestId, message.Agent.Resource, leased.Delivery);
        }
    }

    private async Task FailAsync(LeasedMessage leased, MessageRecord record, string reason, bool isLast)
    {
        var message = leased.Message with { History = [.. leased.Message.History, new(time.GetUtcNow(), reason)] };
        leased = leased with { Message = message };
        if (!isLast)
        {
            await queue.RetryAsync(leased, options.Value.PauseBefore(leased.Delivery + 1), counts: true);
            metrics.Delivered(message.Agent, "failed");
            return;
        }

        if (!await queue.RenewAsync(leased))
        {
            // Whoever has the lease by now says what becomes of it.
            return;
        }

        var answer = message.Undeliverable();
        // First what its student sees: should we end here, it becomes a dead letter once more and nothing is lost.
        await store.KeepAsync(message, answer);
        await queue.BuryAsync(leased);
        record.Became(answer);
        auditor.Add(message, record);
        metrics.Delivered(message.Agent, "dead");
        LogDead(logger, message.RequestId, message.Agent.Resource, reason);
    }

    private MessageRecord RecordOf(DecidedMessage message)
    {
        var record = auditor.Begin(message.Ask);
        record.WasDecided(message.Intent, message.Confidence, message.Decision.By, message.Decision.Evidence);
        record.TriageMs = message.TriageMs;
        return record;
    }

    /// <summary>Keeps the lease while the agent works.</summary>
    private async Task<T> HoldAsync<T>(LeasedMessage leased, Task<T> work)
    {
        while (await Task.WhenAny(work, Task.Delay(WaitingMessages.LeaseTime / 3, time)) != work && await queue.RenewAsync(leased))
        {
            // Still at it.
        }

        return await work;
    }

    private static double Round(TimeSpan span) => Math.Round(span.TotalMilliseconds, 3);

    [LoggerMessage(Level = LogLevel.Information, Message = "Message {RequestId}, which had waited for {Agent}, was answered by delivery {Delivery}")]
    private static partial void LogDelivered(ILogger logger, string requestId, string agent, int delivery);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Message {RequestId} for {Agent} became a dead letter: {Reason}")]
    private static partial void LogDead(ILogger logger, string requestId, string agent, string reason);
}
