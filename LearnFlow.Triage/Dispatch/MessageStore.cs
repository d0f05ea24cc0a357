using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LearnFlow.ServiceDefaults;
using LearnFlow.Triage.Endpoints;
using StackExchange.Redis;

namespace LearnFlow.Triage.Dispatch;

/// <summary>A message as it is kept.</summary>
/// <param name="Student">Whose it is.</param>
/// <param name="Fingerprint">Tells it from another message that was sent with the same id.</param>
/// <param name="Answer">What became of it.</param>
public sealed record KeptMessage(string Student, string Fingerprint, Answer Answer);

/// <summary>Keeps what became of messages in Redis, for a day.</summary>
/// <param name="redis">Redis.</param>
public sealed class MessageStore(IConnectionMultiplexer redis)
{
    /// <summary>How long an answer can be read again.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>A message, or null where there is none by that id.</summary>
    /// <param name="requestId">Its id.</param>
    public async Task<KeptMessage?> ReadAsync(string requestId)
    {
        var kept = await redis.GetDatabase().StringGetAsync(StateKeys.Message(requestId));
        return kept.IsNull ? null : Read(kept);
    }

    /// <summary>A message from what was kept of it.</summary>
    /// <param name="kept">What was kept.</param>
    public static KeptMessage Read(RedisValue kept) => JsonSerializer.Deserialize((byte[])kept!, TriageJson.Default.KeptMessage)!;

    /// <summary>Keeps a message; where one by its id is kept already, that one stays.</summary>
    /// <param name="message">The message.</param>
    public Task KeepAsync(KeptMessage message) => redis.GetDatabase().StringSetAsync(
        StateKeys.Message(message.Answer.RequestId),
        JsonSerializer.SerializeToUtf8Bytes(message, TriageJson.Default.KeptMessage),
        Lifetime,
        When.NotExists);

    /// <summary>Tells one message from another.</summary>
    /// <param name="ask">The message.</param>
    public static string Fingerprint(Ask ask) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        JsonSerializer.Serialize(ask, TriageJson.Default.Ask))));
}
