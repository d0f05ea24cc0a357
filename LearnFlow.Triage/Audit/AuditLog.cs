using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using LearnFlow.ServiceDefaults;
using StackExchange.Redis;

namespace LearnFlow.Triage.Audit;

/// <summary>
/// The audit trail in Redis: a fixed number of chains, each a sorted set of entries by their place and a head. All records
/// of one actor are in one chain, so that they are found without an index; chains spread over a cluster. Replicas take turns
/// at a chain: who finds its head moved chains anew behind it.
/// </summary>
/// <param name="redis">Redis.</param>
/// <param name="keys">The keys of the chains.</param>
/// <param name="time">The clock.</param>
public sealed class AuditLog(IConnectionMultiplexer redis, AuditKeys keys, TimeProvider time)
{
    /// <summary>Chains; all replicas and all times must agree on it.</summary>
    public const int Chains = 32;

    /// <summary>Tries at a chain that other replicas write to before the batch waits for the next turn.</summary>
    private const int MostTries = 20;

    /// <summary>Takes the batch where the head is the expected one; else says what it is. Drops what is too old by the way.</summary>
    private const string AppendScript = """
        local head = redis.call('GET', KEYS[1]) or ''
        if head ~= ARGV[1] then
          return head
        end
        for i = 5, #ARGV, 2 do
          redis.call('ZADD', KEYS[2], ARGV[i], ARGV[i + 1])
        end
        redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[3])
        redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[4])
        redis.call('EXPIRE', KEYS[2], ARGV[4])
        return ARGV[2]
        """;

    private const string ReplaceScript = """
        local replaced = 0
        for i = 1, #ARGV, 3 do
          if redis.call('ZREM', KEYS[1], ARGV[i + 1]) == 1 then
            redis.call('ZADD', KEYS[1], ARGV[i], ARGV[i + 2])
            replaced = replaced + 1
          end
        end
        return replaced
        """;

    /// <summary>Entries that one command reads or replaces.</summary>
    private const int Chunk = 200;

    /// <summary>The head of each chain as this replica saw it last.</summary>
    private readonly string[] _heads = Enumerable.Repeat("", Chains).ToArray();

    /// <summary>
    /// For each chain the last head that was there when this replica wrote and was not when it wrote again: a chain only
    /// grows, so that it was deleted, or an old one was put in its place.
    /// </summary>
    private readonly AuditHead?[] _lost = new AuditHead?[Chains];

    /// <summary>For each chain the batch of which this replica does not know whether it arrived.</summary>
    private readonly List<AuditEntry>?[] _unsure = new List<AuditEntry>?[Chains];

    /// <summary>Records that did arrive although nobody said so; they will be handed over once more.</summary>
    private readonly ConcurrentDictionary<string, bool> _arrived = new();

    private IDatabase Database => redis.GetDatabase();

    private long Oldest => AuditEntry.PlaceOf(time.GetUtcNow() - AuditOptions.Retention);

    /// <summary>The chain of an actor.</summary>
    /// <param name="actor">The actor.</param>
    public static int ChainOf(string actor) => SHA256.HashData(Encoding.UTF8.GetBytes(actor))[0] % Chains;

    /// <summary>Puts records on record, once however often they are handed over. One caller at a time for each chain.</summary>
    /// <param name="chain">The chain of their actors.</param>
    /// <param name="records">The records, in their order.</param>
    /// <exception cref="RedisException">Redis is away, or does not come to this chain; hand them over again.</exception>
    /// <exception cref="TimeoutException">Redis took too long; hand them over again.</exception>
    public async Task AppendAsync(int chain, IReadOnlyList<AuditRecord> records)
    {
        if (_unsure[chain] is { } unsure)
        {
            if (await HasAsync(chain, unsure[0]))
            {
                unsure.ForEach(entry => _arrived.TryAdd(entry.Record!.Id, true));
            }

            _unsure[chain] = null;
        }

        records = _arrived.IsEmpty ? records : [.. records.Where(record => !_arrived.TryRemove(record.Id, out _))];

        for (var tries = 0; tries < MostTries && records.Count > 0; tries++)
        {
            var before = _heads[chain];
            var batch = Chained(AuditHead.Parse(before), records);
            var last = batch[^1];
            var after = new AuditHead(last.Place, last.Hash).ToText(keys);
            List<RedisValue> values = [before, after, Oldest, (long)(AuditOptions.Retention + TimeSpan.FromDays(1)).TotalSeconds];
            foreach (var entry in batch)
            {
                values.AddRange([entry.Place, entry.ToString()]);
            }

            _unsure[chain] = batch;
            var found = (string)(await Database.ScriptEvaluateAsync(
                AppendScript, [StateKeys.AuditHead(chain), StateKeys.AuditLog(chain)], [.. values]))!;
            (_heads[chain], _unsure[chain]) = (found, null);
            if (found == after)
            {
                return;
            }

            if (AuditHead.Parse(found).Place < batch[0].PreviousPlace)
            {
                _lost[chain] = AuditHead.Parse(before);
            }
        }

        if (records.Count > 0)
        {
            throw new RedisException($"Too many replicas write to chain {chain} of the audit trail at once.");
        }
    }

    /// <summary>Drops what is too old.</summary>
    public Task PruneAsync() => Task.WhenAll(Enumerable.Range(0, Chains).Select(chain =>
        Database.SortedSetRemoveRangeByScoreAsync(StateKeys.AuditLog(chain), double.NegativeInfinity, Oldest)));

    /// <summary>Entries of a chain, the newest first.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="before">Only those whose place is less.</param>
    /// <param name="from">Only those whose place is at least that.</param>
    public async IAsyncEnumerable<AuditEntry> NewestFirstAsync(int chain, long before, long from)
    {
        // A range that ends before it begins is none; the client would take it the other way round.
        while (from < before)
        {
            var entries = await Database.SortedSetRangeByScoreWithScoresAsync(
                StateKeys.AuditLog(chain), from, before - 1, order: Order.Descending, take: Chunk);
            foreach (var entry in entries)
            {
                before = (long)entry.Score;
                if (AuditEntry.Parse(before, entry.Element!) is { } read)
                {
                    yield return read;
                }
            }

            if (entries.Length < Chunk)
            {
                yield break;
            }
        }
    }

    /// <summary>Takes out what the records of a chain say, where a condition holds; the chain stays whole.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="condition">Which records.</param>
    /// <returns>How many.</returns>
    public async Task<int> EraseAsync(int chain, Func<AuditRecord, bool> condition)
    {
        var erased = 0;
        List<RedisValue> values = [];
        await foreach (var entry in NewestFirstAsync(chain, long.MaxValue, 0))
        {
            if (entry.Record is { } record && condition(record))
            {
                values.AddRange([entry.Place, entry.ToString(), entry.Erase(keys).ToString()]);
            }

            if (values.Count >= 3 * Chunk)
            {
                await ReplaceAsync();
            }
        }

        await ReplaceAsync();
        return erased;

        async Task ReplaceAsync()
        {
            if (values.Count > 0)
            {
                erased += (int)await Database.ScriptEvaluateAsync(ReplaceScript, [StateKeys.AuditLog(chain)], [.. values]);
                values.Clear();
            }
        }
    }

    /// <summary>Walks a chain from its beginning and says where it is broken.</summary>
    /// <param name="chain">The chain.</param>
    public async Task<ChainReport> VerifyAsync(int chain)
    {
        // In this order: what is put on record meanwhile is neither missing nor too much.
        AuditHead[] seen = [_lost[chain] ?? AuditHead.None, AuditHead.Parse(_heads[chain])];
        var newest = (long)(await Database.SortedSetRangeByRankWithScoresAsync(
            StateKeys.AuditLog(chain), 0, 0, Order.Descending)).Select(entry => entry.Score).FirstOrDefault();
        var headText = (string?)await Database.StringGetAsync(StateKeys.AuditHead(chain)) ?? "";
        var head = AuditHead.Parse(headText);
        var report = new ChainReport(chain);
        if (!AuditHead.IsOurs(headText, keys))
        {
            report.Found(head.Place, "the head was not written by us");
        }

        if (newest > head.Place)
        {
            report.Found(newest, "it stands behind the head");
        }

        foreach (var gone in seen.Where(head => head.Place > Oldest))
        {
            if (!await HasAsync(chain, gone))
            {
                report.Found(gone.Place, "what this replica saw at the head is gone");
            }
        }

        var before = AuditHead.None;
        while (before.Place < head.Place)
        {
            var entries = await Database.SortedSetRangeByScoreWithScoresAsync(
                StateKeys.AuditLog(chain), before.Place + 1, head.Place, take: Chunk);
            foreach (var element in entries)
            {
                before = Check((long)element.Score, element.Element!, before, report);
            }

            if (entries.Length < Chunk)
            {
                break;
            }

            // Those of one place stay together only within a chunk.
            if (await Database.SortedSetLengthAsync(StateKeys.AuditLog(chain), before.Place, before.Place) > 1)
            {
                report.Found(before.Place, "there are several in its place");
            }
        }

        // Of a chain that nobody has written to for as long as records are kept, the head alone is left.
        if (before != head && !(before == AuditHead.None && head.Place < Oldest))
        {
            report.Found(head.Place, "entries before the head are missing");
        }

        return report;
    }

    private AuditHead Check(long place, string text, AuditHead before, ChainReport report)
    {
        report.Entries++;
        if (AuditEntry.Parse(place, text) is not { } entry)
        {
            report.Found(place, "it cannot be read");
            return before;
        }

        if (!keys.Has(entry.KeyId))
        {
            // Whether it is intact nobody can tell here; what comes behind it says whether it is still there.
            report.UnknownKeys++;
        }
        else if (!entry.IsIntact(keys))
        {
            report.Found(place, "it was changed");
        }

        var follows = before == AuditHead.None
            ? entry.PreviousPlace < Oldest
            : entry.PreviousPlace == before.Place && entry.PreviousHash == before.Hash;
        if (!follows)
        {
            report.Found(place, "entries before it are missing");
        }

        report.Erased += entry.IsErased ? 1 : 0;
        return new AuditHead(place, entry.Hash);
    }

    private List<AuditEntry> Chained(AuditHead head, IReadOnlyList<AuditRecord> records)
    {
        var batch = new List<AuditEntry>(records.Count);
        foreach (var record in records)
        {
            var entry = AuditEntry.Behind(head, record, keys);
            batch.Add(entry);
            head = new(entry.Place, entry.Hash);
        }

        return batch;
    }

    private async Task<bool> HasAsync(int chain, AuditEntry entry) =>
        await Database.SortedSetScoreAsync(StateKeys.AuditLog(chain), entry.ToString()) is not null;

    /// <summary>Whether the entry of a head is there; its record may have been erased.</summary>
    private async Task<bool> HasAsync(int chain, AuditHead head) =>
        (await Database.SortedSetRangeByScoreAsync(StateKeys.AuditLog(chain), head.Place, head.Place))
        .Any(entry => AuditEntry.Parse(head.Place, entry!)?.Hash == head.Hash);
}

/// <summary>What walking a chain showed.</summary>
/// <param name="chain">The chain.</param>
public sealed class ChainReport(int chain)
{
    private const int MostProblems = 10;

    /// <summary>Entries that were walked.</summary>
    public long Entries { get; set; }

    /// <summary>Those of them whose record was erased.</summary>
    public long Erased { get; set; }

    /// <summary>Those of them that were chained by a key that this replica does not have.</summary>
    public long UnknownKeys { get; set; }

    /// <summary>Where it is broken, the first ten.</summary>
    public List<ChainProblem> Problems { get; } = [];

    /// <summary>Notes a break.</summary>
    /// <param name="place">Where.</param>
    /// <param name="what">What is wrong.</param>
    public void Found(long place, string what)
    {
        if (Problems.Count < MostProblems)
        {
            Problems.Add(new ChainProblem(chain, DateTimeOffset.UnixEpoch.AddMicroseconds(place), what));
        }
    }
}

/// <summary>A break in a chain.</summary>
/// <param name="Chain">The chain, 0 to 31.</param>
/// <param name="RecordedAt">The entry, by the time at which it was put on record.</param>
/// <param name="Problem">What is wrong.</param>
public sealed record ChainProblem(int Chain, DateTimeOffset RecordedAt, string Problem);
