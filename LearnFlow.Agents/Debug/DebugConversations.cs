using System.Text.Json;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using StackExchange.Redis;

namespace LearnFlow.Agents.Debug;

/// <summary>
/// Remembers what was said of mistakes in each conversation, in Redis and under its student's key, for a day. A message that
/// is delivered twice gets what it got the first time. Where Redis is away every mistake is told as if it were the first.
/// </summary>
/// <param name="redis">Redis.</param>
/// <param name="logger">The log.</param>
public sealed partial class DebugConversations(RedisPipeline redis, ILogger<DebugConversations> logger)
{
    /// <summary>How long a conversation is remembered after its last turn.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private const string RequestField = "request";
    private const string AnswerField = "answer";
    private const string StateField = "state";

    private static readonly RedisScript KeepScript = new($"""
        if redis.call('HGET', KEYS[1], '{RequestField}') == ARGV[1] then
          return redis.call('HGET', KEYS[1], '{AnswerField}')
        end
        redis.call('HSET', KEYS[1], '{RequestField}', ARGV[1], '{AnswerField}', ARGV[2], '{StateField}', ARGV[3])
        redis.call('EXPIRE', KEYS[1], ARGV[4])
        return ARGV[2]
        """);

    /// <summary>What was said before a message, and what was answered to it where it was here before.</summary>
    /// <param name="question">The message, which stands in a conversation.</param>
    public async Task<(DebugConversation Before, AgentAnswer? Answered)> ReadAsync(AgentQuestion question)
    {
        try
        {
            var kept = await redis.SendAsync(database => database.HashGetAsync(
                KeyOf(question), [RequestField, AnswerField, StateField]));
            if (kept[0] == question.RequestId)
            {
                return (DebugConversation.New, AnswerIn(kept[1]));
            }

            return (kept[2].IsNull ? DebugConversation.New : StateIn(kept[2]), null);
        }
        // Of another version there may be a state in another form.
        catch (Exception exception) when (exception is RedisException or TimeoutException or JsonException)
        {
            LogNotRemembered(logger, exception.GetType().Name);
            return (DebugConversation.New, null);
        }
    }

    /// <summary>Remembers what was said.</summary>
    /// <param name="question">The message.</param>
    /// <param name="answer">What is answered to it.</param>
    /// <param name="after">What was said with it.</param>
    /// <returns>The answer: the one that it got before, where it came twice at the same time.</returns>
    public async Task<AgentAnswer> KeepAsync(AgentQuestion question, AgentAnswer answer, DebugConversation after)
    {
        try
        {
            var kept = await KeepScript.RunAsync(
                redis,
                [KeyOf(question)],
                [
                    question.RequestId,
                    JsonSerializer.SerializeToUtf8Bytes(answer, DebugConversationJson.Default.AgentAnswer),
                    JsonSerializer.SerializeToUtf8Bytes(after, DebugConversationJson.Default.DebugConversation),
                    (long)Lifetime.TotalSeconds,
                ]);
            return AnswerIn((RedisValue)kept);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            LogNotRemembered(logger, exception.GetType().Name);
            return answer;
        }
    }

    private static RedisKey KeyOf(AgentQuestion question) => StateKeys.Hints(question.Student, question.Conversation!.Id);

    private static AgentAnswer AnswerIn(RedisValue kept) =>
        JsonSerializer.Deserialize((byte[])kept!, DebugConversationJson.Default.AgentAnswer)!;

    private static DebugConversation StateIn(RedisValue kept) =>
        JsonSerializer.Deserialize((byte[])kept!, DebugConversationJson.Default.DebugConversation)!;

    [LoggerMessage(Level = LogLevel.Warning, Message = "What was said before is not at hand: {Reason}")]
    private static partial void LogNotRemembered(ILogger logger, string reason);
}
