using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using StackExchange.Redis;

namespace LearnFlow.Triage.Dispatch.Queue;

/// <summary>A message that this replica may deliver.</summary>
/// <param name="Message">The message.</param>
/// <param name="Delivery">Which delivery this is, from 1.</param>
/// <param name="Lease">Proves that it is this replica's.</param>
public sealed record LeasedMessage(DecidedMessage Message, int Delivery, string Lease);

/// <summary>How many messages wait for an agent.</summary>
/// <param name="Waiting">Those that are due now or later, and those behind them in their conversations.</param>
/// <param name="Dead">Dead letters.</param>
/// <param name="DueSince">When the first of those that are due became so, as Unix milliseconds; 0 where none is.</param>
public readonly record struct QueueDepth(long Waiting, long Dead, long DueSince);

/// <summary>
/// Messages that wait for their agent, in Redis, for all replicas. A message is leased to one replica at a time; whoever
/// loses its lease has no say any more. Messages of one conversation leave one after the other. One that cannot be
/// delivered becomes a dead letter, which stays until a person sends it again or drops it.
/// </summary>
/// <remarks>
/// The queue is split into shards by student, each under a hash tag of its own, so that it spreads over a cluster and what
/// changes together changes in one script. All times are of Redis' clock.
/// </remarks>
/// <param name="redis">Redis.</param>
public sealed class WaitingMessages(RedisPipeline redis)
{
    /// <summary>Shards; all replicas must agree on it.</summary>
    public const int Shards = 8;

    /// <summary>How long a replica may work at a message before it has to say that it still does.</summary>
    public static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(10);

    /// <summary>How long a dead letter is kept.</summary>
    public static readonly TimeSpan DeadLifetime = TimeSpan.FromDays(30);

    /// <summary>
    /// How much later than its time says a message of an agent counts as due against those of others, in milliseconds: what is
    /// urgent overtakes, and what is not is never overtaken for longer than that.
    /// </summary>
    private static readonly Dictionary<AgentRole, int> Handicap = new()
    {
        [AgentRole.Debug] = 0,
        [AgentRole.Concepts] = 5_000,
        [AgentRole.Exercise] = 5_000,
        [AgentRole.Review] = 5_000,
        [AgentRole.Progress] = 15_000,
    };

    // Every script has the keys of KeysOf first and the message's conversation last. An agent is its place in AgentRole.All,
    // from 1, and the messages due for it are in KEYS[6 + place].
    private const string Prelude = """
        local items, tries, leases, owners, agents, dead = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local function due(id)
          return KEYS[6 + tonumber(redis.call('HGET', agents, id))]
        end
        local function leave(id, conversation)
          redis.call('ZREM', leases, id)
          redis.call('HDEL', owners, id)
          redis.call('HDEL', tries, id)
          local isFirst = redis.call('LINDEX', conversation, 0) == id
          redis.call('LREM', conversation, 1, id)
          local first = redis.call('LINDEX', conversation, 0)
          if isFirst and first then
            redis.call('ZADD', due(first), now, first)
          end
        end
        local function forget(id)
          redis.call('HDEL', items, id)
          redis.call('HDEL', agents, id)
        end
        local function enter(id, conversation, pause)
          local place = redis.call('RPUSH', conversation, id)
          if place == 1 then
            redis.call('ZADD', due(id), now + pause, id)
          end
        end

        """;

    /// <summary>Begins what only whoever has the lease may do.</summary>
    private const string Leased = Prelude + """
        local id = ARGV[1]
        if redis.call('HGET', owners, id) ~= ARGV[2] then
          return 0
        end

        """;

    private static readonly RedisScript AddScript = new(Prelude + """
        local id = ARGV[1]
        if redis.call('HEXISTS', items, id) == 1 then
          return 0
        end
        redis.call('HSET', items, id, ARGV[2])
        redis.call('HSET', agents, id, ARGV[3])
        enter(id, KEYS[#KEYS], tonumber(ARGV[4]))
        return 1
        """);

    private static readonly RedisScript TakeScript = new(Prelude + """
        local expired = redis.call('ZRANGEBYSCORE', leases, '-inf', now, 'LIMIT', 0, 50)
        for _, id in ipairs(expired) do
          redis.call('ZREM', leases, id)
          redis.call('HDEL', owners, id)
          redis.call('ZADD', due(id), now, id)
        end
        local lease, token = tonumber(ARGV[1]), ARGV[2]
        local places = {}
        for agent = 1, #ARGV - 2, 2 do
          places[#places + 1] = { free = tonumber(ARGV[agent + 2]), handicap = tonumber(ARGV[agent + 3]) }
        end
        local taken = {}
        while true do
          local best, bestTime, bestId
          for agent, place in ipairs(places) do
            if place.free > 0 then
              local first = redis.call('ZRANGE', KEYS[6 + agent], 0, 0, 'WITHSCORES')
              if first[1] and tonumber(first[2]) <= now and (not best or tonumber(first[2]) + place.handicap < bestTime) then
                best, bestTime, bestId = agent, tonumber(first[2]) + place.handicap, first[1]
              end
            end
          end
          if not best then
            return taken
          end
          places[best].free = places[best].free - 1
          redis.call('ZREM', KEYS[6 + best], bestId)
          redis.call('ZADD', leases, now + lease, bestId)
          redis.call('HSET', owners, bestId, token)
          taken[#taken + 1] = redis.call('HGET', items, bestId)
          taken[#taken + 1] = redis.call('HINCRBY', tries, bestId, 1)
        end
        """);

    private static readonly RedisScript RenewScript = new(Leased + """
        redis.call('ZADD', leases, now + tonumber(ARGV[3]), id)
        return 1
        """);

    private static readonly RedisScript CompleteScript = new(Leased + """
        leave(id, KEYS[#KEYS])
        forget(id)
        return 1
        """);

    private static readonly RedisScript RetryScript = new(Leased + """
        redis.call('ZREM', leases, id)
        redis.call('HDEL', owners, id)
        redis.call('HSET', items, id, ARGV[3])
        redis.call('ZADD', due(id), now + tonumber(ARGV[4]), id)
        if ARGV[5] == '0' then
          redis.call('HINCRBY', tries, id, -1)
        end
        return 1
        """);

    private static readonly RedisScript BuryScript = new(Leased + """
        leave(id, KEYS[#KEYS])
        redis.call('HSET', items, id, ARGV[3])
        redis.call('ZADD', dead, now, id)
        return 1
        """);

    private static readonly RedisScript ReplayScript = new(Prelude + """
        local id = ARGV[1]
        if redis.call('ZREM', dead, id) == 0 then
          return 0
        end
        enter(id, KEYS[#KEYS], 0)
        return 1
        """);

    private static readonly RedisScript DropScript = new(Prelude + """
        local id = ARGV[1]
        if redis.call('ZREM', dead, id) == 0 then
          return 0
        end
        forget(id)
        return 1
        """);

    private static readonly RedisScript HastenScript = new(Prelude + """
        local late = redis.call('ZRANGEBYSCORE', KEYS[6 + tonumber(ARGV[1])], '(' .. now, '+inf')
        for _, id in ipairs(late) do
          redis.call('ZADD', KEYS[6 + tonumber(ARGV[1])], now, id)
        end
        return #late
        """);

    private static readonly RedisScript PruneScript = new(Prelude + """
        local old = redis.call('ZRANGEBYSCORE', dead, '-inf', now - tonumber(ARGV[1]), 'LIMIT', 0, 100)
        for _, id in ipairs(old) do
          redis.call('ZREM', dead, id)
          forget(id)
        end
        return #old
        """);

    private static readonly RedisScript EraseScript = new(Prelude + """
        local id = ARGV[1]
        if redis.call('HEXISTS', items, id) == 0 then
          return 0
        end
        redis.call('ZREM', due(id), id)
        redis.call('ZREM', dead, id)
        leave(id, KEYS[#KEYS])
        forget(id)
        return 1
        """);

    private static readonly RedisScript DepthScript = new(Prelude + """
        local waiting, since = redis.call('HLEN', items) - redis.call('ZCARD', dead), 0
        for agent = 7, #KEYS do
          local first = redis.call('ZRANGE', KEYS[agent], 0, 0, 'WITHSCORES')
          if first[2] and tonumber(first[2]) <= now and (since == 0 or tonumber(first[2]) < since) then
            since = tonumber(first[2])
          end
        end
        return {waiting, redis.call('ZCARD', dead), since}
        """);

    /// <summary>The shard of a student.</summary>
    /// <param name="student">The student.</param>
    public static int ShardOf(string student) => SHA256.HashData(Encoding.UTF8.GetBytes(student))[1] % Shards;

    /// <summary>Keeps a message, once however often it is handed over.</summary>
    /// <param name="message">The message.</param>
    /// <param name="pause">How long its first delivery waits.</param>
    /// <returns>False where a message with its id waits already, or is a dead letter.</returns>
    /// <exception cref="RedisException">Redis is away; it was not kept.</exception>
    /// <exception cref="TimeoutException">Redis took too long; whether it was kept is not known.</exception>
    public async Task<bool> AddAsync(DecidedMessage message, TimeSpan pause) => await RunAsync(
        AddScript, message, message.RequestId, Write(message), PlaceOf(message.Agent), (long)pause.TotalMilliseconds) > 0;

    /// <summary>Whether a message of a conversation waits, so that a later one has to wait too.</summary>
    /// <param name="student">Whose it is.</param>
    /// <param name="conversation">The conversation.</param>
    public Task<bool> IsWaitingAsync(string student, string conversation) => redis.SendAsync(database =>
        database.KeyExistsAsync(ConversationKey(student, conversation)));

    /// <summary>Leases messages that are due.</summary>
    /// <param name="shard">Of which shard.</param>
    /// <param name="free">How many of each agent at most.</param>
    public async Task<IReadOnlyList<LeasedMessage>> TakeAsync(int shard, Func<AgentRole, int> free)
    {
        var lease = Guid.NewGuid().ToString("N");
        List<RedisValue> values = [(long)LeaseTime.TotalMilliseconds, lease];
        foreach (var role in AgentRole.All)
        {
            values.AddRange([free(role), Handicap[role]]);
        }

        var taken = (RedisResult[])(await TakeScript.RunAsync(redis, KeysOf(shard), [.. values]))!;
        return [.. taken.Chunk(2).Select(pair => new LeasedMessage(Read((byte[])pair[0]!), (int)pair[1], lease))];
    }

    /// <summary>Says that a message is still worked at.</summary>
    /// <param name="leased">The message.</param>
    /// <returns>False where another replica may have it by now.</returns>
    public async Task<bool> RenewAsync(LeasedMessage leased) =>
        await RunAsync(RenewScript, leased.Message, leased.Message.RequestId, leased.Lease, (long)LeaseTime.TotalMilliseconds) > 0;

    /// <summary>A message was answered; the next of its conversation may leave.</summary>
    /// <param name="leased">The message.</param>
    public Task CompleteAsync(LeasedMessage leased) =>
        RunAsync(CompleteScript, leased.Message, leased.Message.RequestId, leased.Lease);

    /// <summary>A message could not be delivered and waits again.</summary>
    /// <param name="leased">The message, with what went wrong in its history.</param>
    /// <param name="pause">For how long.</param>
    /// <param name="counts">Whether its agent was called, so that the delivery counts.</param>
    public Task RetryAsync(LeasedMessage leased, TimeSpan pause, bool counts) => RunAsync(
        RetryScript, leased.Message, leased.Message.RequestId, leased.Lease, Write(leased.Message),
        (long)pause.TotalMilliseconds, counts ? 1 : 0);

    /// <summary>A message becomes a dead letter; the next of its conversation may leave.</summary>
    /// <param name="leased">The message, with what went wrong in its history.</param>
    public Task BuryAsync(LeasedMessage leased) =>
        RunAsync(BuryScript, leased.Message, leased.Message.RequestId, leased.Lease, Write(leased.Message));

    /// <summary>An agent is back: what waits for a later try of it is due now.</summary>
    /// <param name="role">The agent.</param>
    public Task HastenAsync(AgentRole role) => Task.WhenAll(Enumerable.Range(0, Shards).Select(shard =>
        HastenScript.RunAsync(redis, KeysOf(shard), [PlaceOf(role)])));

    /// <summary>Dead letters, the newest first.</summary>
    /// <param name="most">How many at most.</param>
    public async Task<IReadOnlyList<(DecidedMessage Message, DateTimeOffset DiedAt)>> DeadAsync(int most)
    {
        var shards = await Task.WhenAll(Enumerable.Range(0, Shards).Select(async shard =>
        {
            var ids = await redis.SendAsync(database => database.SortedSetRangeByRankWithScoresAsync(
                StateKeys.Queue(shard, DeadPart), 0, most - 1, Order.Descending));
            var items = ids.Length == 0 ? [] : await redis.SendAsync(database => database.HashGetAsync(
                StateKeys.Queue(shard, ItemsPart), [.. ids.Select(id => id.Element)]));
            return ids.Zip(items).Where(pair => !pair.Second.IsNull).Select(pair => (
                Message: Read((byte[])pair.Second!), DiedAt: DateTimeOffset.FromUnixTimeMilliseconds((long)pair.First.Score)));
        }));
        return [.. shards.SelectMany(dead => dead).OrderByDescending(dead => dead.DiedAt).Take(most)];
    }

    /// <summary>A message that waits or is dead, or null.</summary>
    /// <param name="requestId">Its id.</param>
    public async Task<DecidedMessage?> FindAsync(string requestId)
    {
        // Of an id alone nobody knows the student.
        var found = await Task.WhenAll(Enumerable.Range(0, Shards).Select(shard =>
            redis.SendAsync(database => database.HashGetAsync(StateKeys.Queue(shard, ItemsPart), requestId))));
        var item = Array.Find(found, item => !item.IsNull);
        return item.IsNull ? null : Read((byte[])item!);
    }

    /// <summary>Lets a dead letter wait for delivery once more, with all its deliveries before it.</summary>
    /// <param name="message">The message.</param>
    /// <returns>False where it is no dead letter any more.</returns>
    public async Task<bool> ReplayAsync(DecidedMessage message) => await RunAsync(ReplayScript, message, message.RequestId) > 0;

    /// <summary>Drops a dead letter.</summary>
    /// <param name="message">The message.</param>
    /// <returns>False where it is no dead letter any more.</returns>
    public async Task<bool> DropAsync(DecidedMessage message) => await RunAsync(DropScript, message, message.RequestId) > 0;

    /// <summary>Drops dead letters that are too old.</summary>
    public Task PruneAsync() => Task.WhenAll(Enumerable.Range(0, Shards).Select(shard =>
        PruneScript.RunAsync(redis, KeysOf(shard), [(long)DeadLifetime.TotalMilliseconds])));

    /// <summary>A student's messages that wait or are dead.</summary>
    /// <param name="student">The student.</param>
    public async Task<IReadOnlyList<DecidedMessage>> OfStudentAsync(string student)
    {
        var items = await redis.SendAsync(database => database.HashValuesAsync(StateKeys.Queue(ShardOf(student), ItemsPart)));
        return [.. items.Select(item => Read((byte[])item!)).Where(message => message.Student == student)];
    }

    /// <summary>Takes a message out, whatever state it is in.</summary>
    /// <param name="message">The message.</param>
    public Task EraseAsync(DecidedMessage message) => RunAsync(EraseScript, message, message.RequestId);

    /// <summary>How many messages wait in all shards.</summary>
    public async Task<QueueDepth> DepthAsync()
    {
        var shards = await Task.WhenAll(Enumerable.Range(0, Shards).Select(async shard =>
            (long[])(await DepthScript.RunAsync(redis, KeysOf(shard), []))!));
        return new(
            shards.Sum(depth => depth[0]),
            shards.Sum(depth => depth[1]),
            shards.Select(depth => depth[2]).Where(since => since > 0).DefaultIfEmpty().Min());
    }

    private const string ItemsPart = "items";
    private const string DeadPart = "dead";

    private static int PlaceOf(AgentRole role) => ((IList<AgentRole>)AgentRole.All).IndexOf(role) + 1;

    private static RedisKey[] KeysOf(int shard) =>
    [
        StateKeys.Queue(shard, ItemsPart), StateKeys.Queue(shard, "tries"), StateKeys.Queue(shard, "leases"),
        StateKeys.Queue(shard, "owners"), StateKeys.Queue(shard, "agents"), StateKeys.Queue(shard, DeadPart),
        .. AgentRole.All.Select(role => (RedisKey)StateKeys.Queue(shard, $"due:{role.Name}")),
    ];

    /// <summary>A message without a conversation is one by itself.</summary>
    private static RedisKey ConversationKey(DecidedMessage message) => message.Ask.Conversation?.Id is { } id
        ? ConversationKey(message.Student, id)
        : StateKeys.Queue(ShardOf(message.Student), $"alone:{message.RequestId}");

    private static RedisKey ConversationKey(string student, string conversation) => StateKeys.Queue(
        ShardOf(student), $"conversation:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{student}\n{conversation}")))}");

    private async Task<long> RunAsync(RedisScript script, DecidedMessage message, params RedisValue[] values) =>
        (long)await script.RunAsync(redis, [.. KeysOf(ShardOf(message.Student)), ConversationKey(message)], values);

    private static byte[] Write(DecidedMessage message) =>
        JsonSerializer.SerializeToUtf8Bytes(message, TriageJson.Default.DecidedMessage);

    private static DecidedMessage Read(byte[] item) => JsonSerializer.Deserialize(item, TriageJson.Default.DecidedMessage)!;
}
