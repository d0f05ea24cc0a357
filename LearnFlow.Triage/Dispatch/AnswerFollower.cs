using LearnFlow.ServiceDefaults;
using LearnFlow.Triage.Endpoints;
using StackExchange.Redis;

namespace LearnFlow.Triage.Dispatch;

/// <summary>Waits for what becomes of a message, whichever replica brings it about, and tells a student who reads along.</summary>
/// <param name="store">Where it shows.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
public sealed class AnswerFollower(MessageStore store, TimeProvider time, ILogger<AnswerFollower> logger)
{
    /// <summary>How often is looked.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <summary>How long silence may last: proxies take a connection that says nothing for dead.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(15);

    /// <summary>How long somebody who does not read along waits for a replica that works at their message.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The answer of a message that a replica may still be working at.</summary>
    /// <param name="requestId">Its id.</param>
    /// <param name="kept">The message as it stands.</param>
    /// <param name="cancellation">The student went away.</param>
    public async Task<Reply> UntilKnownAsync(string requestId, KeptMessage kept, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        for (var message = kept; message is not null && time.GetElapsedTime(started) < Patience; message = await store.ReadAsync(requestId))
        {
            if (message.Answer is not null)
            {
                return new(message.Answer, null);
            }

            await Task.Delay(Interval, time, cancellation);
        }

        return new(null, Problems.Unavailable("Your message was not answered, and not kept; please send it again."));
    }

    /// <summary>Begins to tell a student.</summary>
    /// <param name="stream">Where they read along.</param>
    /// <param name="answering">Answers the message.</param>
    /// <param name="cancellation">The student went away.</param>
    /// <returns>The problem where that comes before anything else; null where there are events to send.</returns>
    public async Task<Microsoft.AspNetCore.Mvc.ProblemDetails?> BeginAsync(
        AnswerEvents stream, Task<Reply> answering, CancellationToken cancellation)
    {
        _ = FollowAsync(stream, answering, cancellation);
        return await stream.Events.WaitToReadAsync(cancellation) ? null : (await answering).Problem;
    }

    private async Task FollowAsync(AnswerEvents stream, Task<Reply> answering, CancellationToken cancellation)
    {
        try
        {
            var reply = await answering;
            if (reply.Answer is null)
            {
                stream.Failed(reply.Problem!);
                return;
            }

            stream.Done(reply.Answer.Status == AnswerStatus.Queued
                ? await UntilAnsweredAsync(stream, reply.Answer, cancellation)
                : reply.Answer);
        }
        catch (Exception exception)
        {
            if (stream.HasBegun && !cancellation.IsCancellationRequested)
            {
                stream.Failed(Problems.Of(exception, logger));
            }

            stream.Failed(exception);
        }
    }

    private async Task<Answer> UntilAnsweredAsync(AnswerEvents stream, Answer answer, CancellationToken cancellation)
    {
        var (requestId, saidAt) = (answer.RequestId, long.MinValue);
        while (answer.Status == AnswerStatus.Queued)
        {
            if (saidAt == long.MinValue || time.GetElapsedTime(saidAt) >= LongestSilence)
            {
                stream.Waiting(answer);
                saidAt = time.GetTimestamp();
            }

            await Task.Delay(Interval, time, cancellation);
            try
            {
                answer = (await store.ReadAsync(requestId))?.Answer ?? answer;
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                // It comes back, and the message with it.
            }
        }

        return answer;
    }
}
