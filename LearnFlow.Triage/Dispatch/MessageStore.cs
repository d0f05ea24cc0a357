using System.Security.Cryptography;
using System.Text.Json;
using LearnFlow.ServiceDefaults;
using LearnFlow.Triage.Endpoints;
using StackExchange.Redis;

namespace LearnFlow.Triage.Dispatch;

/// <summary>A message as it is kept.</summary>
/// <param name="Student">Whose it is.</param>
/// <param name="Fingerprint">Tells it from another message that was sent with the same id.</param>
/// <param name="Answer">What became of it; null while a replica works at it.</param>
public sealed record KeptMessage(string Student, string Fingerprint, Answer? Answer)
{
    /// <summary>Whether it is the one that has these, and not another one with its id.</summary>
    /// <param name="student">Whose that is.</param>
    /// <param name="fingerprint">What it says.</param>
    public bool Is(string student, string fingerprint) => Student == student && Fingerprint == fingerprint;
}

/// <summary>
/// Keeps what became of messages in Redis, for a day. A message whose id its sender chose is claimed before any work is
/// done, so that of two replicas that get it one does the work; and whoever is first to say what became of it has said it.
/// </summary>
/// <param name="redis">Redis.</param>
public sealed class MessageStore(RedisPipeline redis)
{
    /// <summary>How long an answer can be read again.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>How long a claim holds without being renewed: after that its replica counts as dead.</summary>
    public static readonly TimeSpan ClaimTime = TimeSpan.FromSeconds(5);

    private static readonly RedisScript ClaimScript = new("""
        local kept = redis.call('HMGET', KEYS[1], 'student', 'fingerprint', 'answer')
        if kept[1] then
          return {kept[1], kept[2], kept[3] or ''}
        end
        redis.call('HSET', KEYS[1], 'student', ARGV[1], 'fingerprint', ARGV[2], 'claim', ARGV[3])
        redis.call('PEXPIRE', KEYS[1], ARGV[4])
        return {}
        """);

    private static readonly RedisScript RenewScript = new("""
        if redis.call('HGET', KEYS[1], 'claim') ~= ARGV[1] then
          return 0
        end
        return redis.call('PEXPIRE', KEYS[1], ARGV[2])
        """);

    private static readonly RedisScript ReleaseScript = new("""
        if redis.call('HGET', KEYS[1], 'claim') ~= ARGV[1] then
          return 0
        end
        return redis.call('DEL', KEYS[1])
        """);

    /// <summary>
    /// An answer that is final stays; one that says "not yet" gives way to any later one that does not give way itself. An id
    /// that belongs to another message is left alone: a claim, where there is one, sees to that before, but Redis may have
    /// been away then.
    /// </summary>
    private static readonly RedisScript KeepScript = new("""
        local kept = redis.call('HMGET', KEYS[1], 'student', 'fingerprint', 'final', 'answer')
        if kept[1] and (kept[1] ~= ARGV[1] or kept[2] ~= ARGV[2]) then
          return false
        end
        if kept[3] == '1' or (kept[4] and ARGV[6] == '1') then
          return kept[4]
        end
        redis.call('HSET', KEYS[1], 'student', ARGV[1], 'fingerprint', ARGV[2], 'answer', ARGV[3], 'final', ARGV[4])
        redis.call('HDEL', KEYS[1], 'claim')
        redis.call('EXPIRE', KEYS[1], ARGV[5])
        return ''
        """);

    /// <summary>A message, or null where there is none by that id.</summary>
    /// <param name="requestId">Its id.</param>
    public Task<KeptMessage?> ReadAsync(string requestId) => redis.SendAsync(database => ReadAsync(database, StateKeys.Message(requestId)));

    /// <summary>A message by its key.</summary>
    /// <param name="database">Where it is.</param>
    /// <param name="key">The key.</param>
    public static async Task<KeptMessage?> ReadAsync(IDatabaseAsync database, string key) =>
        Read(await database.HashGetAsync(key, ["student", "fingerprint", "answer"]));

    /// <summary>Claims a message that nobody else has.</summary>
    /// <param name="requestId">Its id.</param>
    /// <param name="student">Whose it is.</param>
    /// <param name="fingerprint">Tells it from another one with that id.</param>
    /// <param name="claim">Names the claim.</param>
    /// <returns>The message that has the id already; null where it is the caller's now.</returns>
    public async Task<KeptMessage?> ClaimAsync(string requestId, string student, string fingerprint, string claim) =>
        (RedisValue[])(await ClaimScript.RunAsync(
            redis, [StateKeys.Message(requestId)], [student, fingerprint, claim, (long)ClaimTime.TotalMilliseconds]))! is { Length: > 0 } kept
                ? Read(kept)
                : null;

    /// <summary>Says that a message is still worked at.</summary>
    /// <param name="requestId">Its id.</param>
    /// <param name="claim">The claim.</param>
    public Task RenewAsync(string requestId, string claim) => RenewScript.RunAsync(
        redis, [StateKeys.Message(requestId)], [claim, (long)ClaimTime.TotalMilliseconds]);

    /// <summary>Gives a claim back: nothing became of the message, and it may be sent again.</summary>
    /// <param name="requestId">Its id.</param>
    /// <param name="claim">The claim.</param>
    public Task ReleaseAsync(string requestId, string claim) =>
        ReleaseScript.RunAsync(redis, [StateKeys.Message(requestId)], [claim]);

    /// <summary>Keeps what became of a message; where somebody has said so for good already, that stays.</summary>
    /// <param name="student">Whose it is.</param>
    /// <param name="fingerprint">Tells it from another one with that id.</param>
    /// <param name="answer">What became of it.</param>
    /// <param name="givesWay">Whether anything that was said before holds, final or not.</param>
    /// <returns>What holds: the answer, or the one that was there before it; null where the id belongs to another message.</returns>
    public async Task<Answer?> KeepAsync(string student, string fingerprint, Answer answer, bool givesWay = false)
    {
        var before = (byte[]?)await KeepScript.RunAsync(
            redis,
            [StateKeys.Message(answer.RequestId)],
            [
                student, fingerprint, JsonSerializer.SerializeToUtf8Bytes(answer, TriageJson.Default.Answer),
                answer.Status.IsFinal() ? 1 : 0, (long)Lifetime.TotalSeconds, givesWay ? 1 : 0,
            ]);
        return before is null ? null : before.Length == 0 ? answer : JsonSerializer.Deserialize(before, TriageJson.Default.Answer);
    }

    /// <summary>Keeps what became of a message that had to wait.</summary>
    /// <param name="message">The message.</param>
    /// <param name="answer">What became of it.</param>
    /// <returns>As above.</returns>
    public Task<Answer?> KeepAsync(DecidedMessage message, Answer answer) => KeepAsync(message.Student, message.Fingerprint, answer);

    /// <summary>Tells one message from another.</summary>
    /// <param name="ask">The message.</param>
    public static string Fingerprint(Ask ask) => Convert.ToHexStringLower(SHA256.HashData(
        JsonSerializer.SerializeToUtf8Bytes(ask, TriageJson.Default.Ask)));

    /// <summary>A message by its fields student, fingerprint and answer; null where there is none.</summary>
    private static KeptMessage? Read(RedisValue[] kept) => kept[0].IsNull ? null : new(
        kept[0]!, kept[1]!, kept[2].IsNullOrEmpty ? null : JsonSerializer.Deserialize((byte[])kept[2]!, TriageJson.Default.Answer));
}
