using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace LearnFlow.ServiceDefaults;

/// <summary>A script that Redis runs as a whole, called by its hash; a Redis that does not know it is sent it once.</summary>
/// <param name="text">The script, in Lua. It touches keys of one hash tag only.</param>
public sealed class RedisScript(string text)
{
    // The name that Redis gives it, no protection of anything.
#pragma warning disable CA5350
    private readonly byte[] _hash = SHA1.HashData(Encoding.UTF8.GetBytes(text));
#pragma warning restore CA5350

    /// <summary>Runs it together with the commands of other requests.</summary>
    /// <param name="redis">Where.</param>
    /// <param name="keys">Its keys.</param>
    /// <param name="values">Its arguments.</param>
    public Task<RedisResult> RunAsync(RedisPipeline redis, RedisKey[] keys, RedisValue[] values) => redis.SendAsync(
        batch => batch.ScriptEvaluateAsync(_hash, keys, values),
        batch => batch.ScriptEvaluateAsync(text, keys, values));
}
