using System.Text.Json;
using System.Text.Json.Nodes;
using LearnFlow.ServiceDefaults;
using LearnFlow.Triage.Dispatch;
using LearnFlow.Triage.Dispatch.Queue;
using StackExchange.Redis;

namespace LearnFlow.Triage.Audit;

/// <summary>What is kept of a student, to be handed out.</summary>
/// <param name="Student">The student.</param>
/// <param name="State">What stands on keys of their own, by the key's name.</param>
/// <param name="Messages">Their messages of the last day, as far as an answer was kept.</param>
/// <param name="Waiting">Their messages that wait for an agent, or are dead letters.</param>
/// <param name="Audit">What is on record of them, the newest first.</param>
public sealed record StudentExport(
    string Student, IReadOnlyDictionary<string, JsonNode?> State, IReadOnlyList<KeptMessage> Messages,
    IReadOnlyList<DecidedMessage> Waiting, IReadOnlyList<AuditPageRecord> Audit);

/// <summary>What was erased.</summary>
/// <param name="Keys">Keys of the student's own: progress, conversations, limits.</param>
/// <param name="Messages">Kept messages, and those that waited for an agent.</param>
/// <param name="AuditRecords">Records of the audit trail, of which the digests stay for the chain.</param>
public sealed record StudentErasure(int Keys, int Messages, int AuditRecords);

/// <summary>
/// Finds all that is kept of a student. Rare enough to look through every key: an index would be one more place to forget
/// something in.
/// </summary>
/// <param name="redis">Redis.</param>
/// <param name="queue">What waits for an agent.</param>
/// <param name="log">The audit trail.</param>
public sealed class StudentData(IConnectionMultiplexer redis, WaitingMessages queue, AuditLog log)
{
    /// <summary>Keys that one command lists, and that are read at a time.</summary>
    private const int PageSize = 500;

    /// <summary>Hands out what is kept of a student.</summary>
    /// <param name="student">The student.</param>
    public async Task<StudentExport> ExportAsync(string student)
    {
        var (own, messages) = await FindAsync(student);
        var state = new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal);
        foreach (var key in own)
        {
            state[key[StateKeys.PrefixOf(student).Length..]] = await ReadAsync(key);
        }

        var records = new List<AuditPageRecord>();
        await foreach (var entry in log.NewestFirstAsync(AuditLog.ChainOf(student), long.MaxValue, 0))
        {
            if (entry.Record is { } record && record.Actor == student)
            {
                records.Add(new(entry.RecordedAt, record));
            }
        }

        return new(student, state, [.. messages.Select(message => message.Message)], await queue.OfStudentAsync(student), records);
    }

    /// <summary>Erases what is kept of a student.</summary>
    /// <param name="student">The student.</param>
    public async Task<StudentErasure> EraseAsync(string student)
    {
        // First, for what is delivered leaves an answer behind.
        var waiting = await queue.OfStudentAsync(student);
        await Task.WhenAll(waiting.Select(queue.EraseAsync));
        var (own, messages) = await FindAsync(student);
        var database = redis.GetDatabase();
        // One by one: keys of several owners may lie on several nodes.
        await Task.WhenAll(own.Concat(messages.Select(message => message.Key)).Select(key => database.KeyDeleteAsync(key)));
        // What they did as an admin stays: nobody takes that off the record.
        var records = await log.EraseAsync(
            AuditLog.ChainOf(student), record => record.Actor == student && record.Message is not null);
        return new(own.Count, messages.Count + waiting.Count, records);
    }

    private async Task<(List<string> Own, List<(string Key, KeptMessage Message)> Messages)> FindAsync(string student)
    {
        List<string> own = [], waiting = [];
        List<(string, KeptMessage)> messages = [];
        await foreach (var key in KeysAsync())
        {
            // First: an id of a message may be what a student is called.
            if (StateKeys.IsMessage(key))
            {
                waiting.Add(key);
            }
            else if (key.StartsWith(StateKeys.PrefixOf(student), StringComparison.Ordinal))
            {
                own.Add(key);
            }

            if (waiting.Count == PageSize)
            {
                await AddMessagesAsync();
            }
        }

        await AddMessagesAsync();
        return ([.. own.Distinct()], messages);

        async Task AddMessagesAsync()
        {
            var kept = await Task.WhenAll(waiting.Select(async key => (Key: key, Message: await MessageStore.ReadAsync(redis.GetDatabase(), key))));
            messages.AddRange(kept.Where(message => message.Message?.Student == student)!);
            waiting.Clear();
        }
    }

    /// <summary>Every key of ours, on every node.</summary>
    private async IAsyncEnumerable<string> KeysAsync()
    {
        foreach (var server in redis.GetServers().Where(server => !server.IsReplica))
        {
            await foreach (var key in server.KeysAsync(pattern: StateKeys.Any, pageSize: PageSize))
            {
                yield return key.ToString();
            }
        }
    }

    private async Task<JsonNode?> ReadAsync(string key)
    {
        var database = redis.GetDatabase();
        return await database.KeyTypeAsync(key) switch
        {
            RedisType.String => Value(await database.StringGetAsync(key)),
            RedisType.List => new JsonArray([.. (await database.ListRangeAsync(key)).Select(Value)]),
            RedisType.Hash => new JsonObject((await database.HashGetAllAsync(key))
                .Select(entry => KeyValuePair.Create(entry.Name.ToString(), Value(entry.Value)))),
            RedisType.Set => new JsonArray([.. (await database.SetMembersAsync(key)).Select(Value)]),
            RedisType.SortedSet => new JsonArray([.. (await database.SortedSetRangeByRankAsync(key)).Select(Value)]),
            _ => null,
        };
    }

    /// <summary>JSON where it is JSON, or else the text.</summary>
    private static JsonNode? Value(RedisValue value)
    {
        try
        {
            return JsonNode.Parse(value.ToString());
        }
        catch (JsonException)
        {
            return JsonValue.Create(value.ToString());
        }
    }
}
