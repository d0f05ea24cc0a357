using System.Collections.Frozen;
using LearnFlow.ServiceDefaults;
using StackExchange.Redis;

namespace LearnFlow.Triage.Gate;

/// <summary>
/// The ids (<c>jti</c>) of tokens that are not believed any more although they have not expired. They are kept in Redis for
/// as long as a token may live, and every replica knows them within two seconds.
/// </summary>
/// <param name="redis">Redis.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
public sealed class RevokedTokens(IConnectionMultiplexer redis, TimeProvider time, ILogger<RevokedTokens> logger)
    : RedisMirror<FrozenSet<string>>(redis, "learnflow:tokens-revoked", [], logger)
{
    private const string RevokeScript = """
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[3])
        redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
        redis.call('EXPIREAT', KEYS[1], ARGV[2])
        return 1
        """;

    /// <summary>Whether a token is refused.</summary>
    /// <param name="tokenId">Its <c>jti</c>; null where it has none, and cannot be revoked.</param>
    public bool Contains(string? tokenId) => tokenId is not null && Current.Contains(tokenId);

    /// <summary>Refuses a token from now on.</summary>
    /// <param name="tokenId">Its <c>jti</c>.</param>
    public async Task RevokeAsync(string tokenId)
    {
        var now = time.GetUtcNow();
        // The longest that any token could still live, for nobody says when this one expires.
        var forgetAt = (now + Tokens.LongestLife + (2 * Tokens.ClockSkew)).ToUnixTimeSeconds();
        await Database.ScriptEvaluateAsync(
            RevokeScript, [StateKeys.RevokedTokens], [tokenId, forgetAt, now.ToUnixTimeSeconds()]);
        await SayChangedAsync();
    }

    /// <inheritdoc />
    protected override async Task<FrozenSet<string>> ReadAsync(IDatabase database)
    {
        var ids = await database.SortedSetRangeByScoreAsync(
            StateKeys.RevokedTokens, start: time.GetUtcNow().ToUnixTimeSeconds(), stop: double.PositiveInfinity);
        return ids.Select(id => (string)id!).ToFrozenSet();
    }
}
