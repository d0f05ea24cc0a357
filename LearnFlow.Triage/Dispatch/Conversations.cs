using System.Text.Json;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using StackExchange.Redis;

namespace LearnFlow.Triage.Dispatch;

/// <summary>A turn of a conversation, as far as the next one may lean on it.</summary>
/// <param name="Intent">What it was about.</param>
/// <param name="Query">The student's words.</param>
/// <param name="Code">The code that came with them.</param>
/// <param name="Error">The error that came with them.</param>
public sealed record Turn(Intent Intent, string Query, string? Code, string? Error);

/// <summary>
/// Remembers the last turns of each conversation and how often a student met an error lately, in Redis. Where Redis is
/// away nothing is remembered, and a message is decided by its own words.
/// </summary>
/// <param name="redis">Redis.</param>
/// <param name="logger">The log.</param>
public sealed partial class Conversations(RedisPipeline redis, ILogger<Conversations> logger)
{
    /// <summary>How long a conversation is remembered after its last turn.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>How long errors are remembered after the last one.</summary>
    public static readonly TimeSpan ErrorLifetime = TimeSpan.FromMinutes(30);

    /// <summary>Turns that are kept.</summary>
    private const int MostTurns = 6;

    private static readonly RedisScript AddScript = new("""
        if ARGV[1] ~= '' then
          redis.call('LPUSH', KEYS[1], ARGV[1])
          redis.call('LTRIM', KEYS[1], 0, ARGV[2] - 1)
          redis.call('EXPIRE', KEYS[1], ARGV[3])
        end
        if ARGV[4] == '1' then
          redis.call('INCR', KEYS[2])
          redis.call('EXPIRE', KEYS[2], ARGV[5])
        end
        return 1
        """);

    /// <summary>The last turn of a conversation that a student had, or null where none is known.</summary>
    /// <param name="student">The student.</param>
    /// <param name="conversation">The conversation's id.</param>
    public async Task<Turn?> LastAsync(string student, string conversation)
    {
        try
        {
            var turn = await redis.SendAsync(database =>
                database.ListGetByIndexAsync(StateKeys.Conversation(student, conversation), 0));
            return turn.IsNull ? null : JsonSerializer.Deserialize((byte[])turn!, TriageJson.Default.Turn);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            LogNotRemembered(logger, exception.GetType().Name);
            return null;
        }
    }

    /// <summary>How many errors a student brought of late: one within <see cref="ErrorLifetime"/> of the next.</summary>
    /// <param name="student">The student.</param>
    public async Task<int> RecentErrorsAsync(string student)
    {
        try
        {
            return (int)await redis.SendAsync(database => database.StringGetAsync(StateKeys.RecentErrors(student)));
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            LogNotRemembered(logger, exception.GetType().Name);
            return 0;
        }
    }

    /// <summary>Remembers a turn.</summary>
    /// <param name="student">The student.</param>
    /// <param name="conversation">The conversation's id; null where the message stands alone.</param>
    /// <param name="turn">The turn.</param>
    public async Task AddAsync(string student, string? conversation, Turn turn)
    {
        var isError = turn.Intent == Intent.SyntaxHelp;
        if (conversation is null && !isError)
        {
            return;
        }

        try
        {
            await AddScript.RunAsync(
                redis,
                [StateKeys.Conversation(student, conversation ?? ""), StateKeys.RecentErrors(student)],
                [
                    conversation is null ? "" : JsonSerializer.SerializeToUtf8Bytes(turn, TriageJson.Default.Turn),
                    MostTurns,
                    (long)Lifetime.TotalSeconds,
                    isError ? "1" : "0",
                    (long)ErrorLifetime.TotalSeconds,
                ]);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            LogNotRemembered(logger, exception.GetType().Name);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What was said before is not at hand: {Reason}")]
    private static partial void LogNotRemembered(ILogger logger, string reason);
}
