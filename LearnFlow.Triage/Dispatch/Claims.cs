using LearnFlow.ServiceDefaults;
using LearnFlow.Triage.Endpoints;
using Microsoft.AspNetCore.Mvc;
using StackExchange.Redis;

namespace LearnFlow.Triage.Dispatch;

/// <summary>Who may work at a message whose id its sender chose.</summary>
/// <param name="Claim">The caller; null where there is nothing to do for it.</param>
/// <param name="Known">What became of the message already.</param>
/// <param name="IsTaken">Whether the id belongs to another message.</param>
public readonly record struct ClaimOutcome(Claim? Claim, Answer? Known = null, bool IsTaken = false);

/// <summary>
/// Sees to it that of all who are given a message at the same time, on whichever replica, one works at it and the others
/// get its answer. Where Redis is away everybody may work, for an answer too many is better than none.
/// </summary>
/// <param name="store">Holds the claims.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
public sealed partial class Claims(MessageStore store, TimeProvider time, ILogger<Claims> logger)
{
    /// <summary>How often is looked whether the other one is done.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Claims a message, or waits until another one is done with it.</summary>
    /// <param name="requestId">Its id.</param>
    /// <param name="student">Whose it is.</param>
    /// <param name="fingerprint">Tells it from another one with that id.</param>
    /// <param name="cancellation">The student went away.</param>
    public async Task<ClaimOutcome> ClaimAsync(
        string requestId, string student, string fingerprint, CancellationToken cancellation)
    {
        var claim = Guid.NewGuid().ToString("N");
        try
        {
            while (true)
            {
                if (await store.ClaimAsync(requestId, student, fingerprint, claim) is not { } kept)
                {
                    return new(new Claim(store, requestId, claim, time));
                }

                if (!kept.Is(student, fingerprint))
                {
                    return new(null, IsTaken: true);
                }

                if (kept.Answer is not null)
                {
                    return new(null, kept.Answer);
                }

                await Task.Delay(Interval, time, cancellation);
            }
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            LogUnclaimed(logger, exception.GetType().Name);
            return new(new Claim(store, requestId, null, time));
        }
    }

    /// <summary>What the sender of a message is told whose id belongs to another one.</summary>
    public static ProblemDetails Taken() => Problems.Create(
        ProblemType.RequestIdTaken, "Send the same message to get its answer again, or choose a new requestId.");

    [LoggerMessage(Level = LogLevel.Warning, Message = "A message cannot be claimed ({Reason}); it may be answered twice")]
    private static partial void LogUnclaimed(ILogger logger, string reason);
}

/// <summary>A claim, renewed until it is given back.</summary>
public sealed class Claim : IAsyncDisposable
{
    private readonly MessageStore _store;
    private readonly string _requestId;
    private readonly string? _claim;
    private readonly ITimer? _renewal;

    internal Claim(MessageStore store, string requestId, string? claim, TimeProvider time)
    {
        (_store, _requestId, _claim) = (store, requestId, claim);
        var interval = MessageStore.ClaimTime / 3;
        _renewal = claim is null ? null : time.CreateTimer(_ => _ = TryAsync(store.RenewAsync(requestId, claim)), null, interval, interval);
    }

    /// <summary>Whether something became of the message that is kept; else it may be sent again.</summary>
    public bool IsKept { get; set; }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_renewal is not null)
        {
            await _renewal.DisposeAsync();
        }

        if (!IsKept && _claim is not null)
        {
            await TryAsync(_store.ReleaseAsync(_requestId, _claim));
        }
    }

    private static async Task TryAsync(Task redis)
    {
        try
        {
            await redis;
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            // It ends by itself.
        }
    }
}
