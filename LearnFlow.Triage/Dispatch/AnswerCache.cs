using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Flags;
using StackExchange.Redis;

namespace LearnFlow.Triage.Dispatch;

/// <summary>An answer that was given before.</summary>
/// <param name="Answer">The answer.</param>
/// <param name="At">When it was asked for.</param>
public sealed record CachedAnswer(AgentAnswer Answer, DateTimeOffset At);

/// <summary>
/// Answers to questions about concepts, kept in Redis for whoever asks the same in the same language and at the same level
/// (<see cref="Flag.EnableResponseCaching"/>). Questions that bring code or an error, or lean on a conversation, are one
/// student's and never kept. Where Redis is away nothing is found.
/// </summary>
/// <param name="redis">Redis.</param>
/// <param name="flags">Whether answers are kept.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
public sealed partial class AnswerCache(
    RedisPipeline redis, FlagState flags, TimeProvider time, ILogger<AnswerCache> logger)
{
    /// <summary>How long an answer is kept.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>Whether the answer to a question may be another student's too.</summary>
    /// <param name="role">Who answers it.</param>
    /// <param name="question">The question.</param>
    /// <param name="leansOnConversation">Whether it means something only with what was said before.</param>
    public bool MayHold(AgentRole role, AgentQuestion question, bool leansOnConversation) =>
        role == AgentRole.Concepts && question is { Code: null, Error: null } && !leansOnConversation
        && flags.IsOn(Flag.EnableResponseCaching);

    /// <summary>The same for questions that ask the same: their words without case, spaces and final marks.</summary>
    /// <param name="query">The student's words.</param>
    /// <param name="language">The language in which they want the answer.</param>
    /// <param name="level">How far they are.</param>
    public static string KeyOf(string query, string language, MasteryLevel level) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{language} {level} {Plain(query)}")));

    /// <summary>An answer that was given before and still holds.</summary>
    /// <param name="key">Its <see cref="KeyOf"/>.</param>
    public async Task<CachedAnswer?> FindAsync(string key)
    {
        try
        {
            // On two nodes, perhaps, and in one turn.
            var kept = redis.SendAsync(database => database.StringGetAsync(StateKeys.CachedAnswer(key)));
            var cleared = (long)await redis.SendAsync(database => database.StringGetAsync(StateKeys.CacheCleared));
            var cached = (await kept) is { IsNull: false } json
                ? JsonSerializer.Deserialize((byte[])json!, TriageJson.Default.CachedAnswer)
                : null;
            return cached?.At.ToUnixTimeMilliseconds() > cleared ? cached : null;
        }
        // Of another version there may be answers in another form.
        catch (Exception exception) when (exception is RedisException or TimeoutException or JsonException)
        {
            LogNotAtHand(logger, exception.GetType().Name);
            return null;
        }
    }

    /// <summary>Keeps an answer.</summary>
    /// <param name="key">Its <see cref="KeyOf"/>.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="asked">When it was asked for: what was under way while all were dropped may be from before.</param>
    public async Task KeepAsync(string key, AgentAnswer answer, DateTimeOffset asked)
    {
        try
        {
            await redis.SendAsync(database => database.StringSetAsync(
                StateKeys.CachedAnswer(key),
                JsonSerializer.SerializeToUtf8Bytes(new CachedAnswer(answer, asked), TriageJson.Default.CachedAnswer),
                Lifetime));
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            LogNotAtHand(logger, exception.GetType().Name);
        }
    }

    /// <summary>Drops all answers, on all replicas, from now on.</summary>
    public Task ClearAsync() => redis.SendAsync(database => database.StringSetAsync(
        StateKeys.CacheCleared, time.GetUtcNow().ToUnixTimeMilliseconds(), Lifetime));

    /// <summary>How old an answer is.</summary>
    /// <param name="cached">The answer.</param>
    public TimeSpan AgeOf(CachedAnswer cached)
    {
        var age = time.GetUtcNow() - cached.At;
        return age > TimeSpan.Zero ? age : TimeSpan.Zero;
    }

    private static string Plain(string query) => string.Join(
        ' ', query.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('?', '!', '.', ' ');

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cached answers are not at hand: {Reason}")]
    private static partial void LogNotAtHand(ILogger logger, string reason);
}
