using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using LearnFlow.ServiceDefaults;
using StackExchange.Redis;

namespace LearnFlow.Tests.Compatibility;

/// <summary>A key of Redis as it is kept in a file: what it holds, by its type, and how many seconds it still lives.</summary>
/// <param name="Key">The key.</param>
/// <param name="Type">As Redis names it.</param>
/// <param name="Ttl">Seconds; absent where it stays.</param>
/// <param name="Value">A string, a list of members, or an object of fields, of members with their scores.</param>
public sealed record RecordedKey(string Key, string Type, long? Ttl, JsonElement Value);

/// <summary>What a version keeps in Redis, and what it answers about it: its folder below this one.</summary>
/// <param name="RecordedAt">When.</param>
/// <param name="Keys">What is in Redis.</param>
/// <param name="Replies">What it answered, by student and address.</param>
public sealed partial record RecordedState(DateTimeOffset RecordedAt, IReadOnlyList<RecordedKey> Keys, IReadOnlyList<RecordedReply> Replies)
{
    private const string StateFile = "state.jsonl";
    private const string RepliesFile = "replies.jsonl";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The folder of this test, among the sources.</summary>
    private static string Folder => Path.Combine(Docs.Pages.Root, "LearnFlow.Tests", "Compatibility");

    /// <summary>The version that was recorded last.</summary>
    public static RecordedState Newest()
    {
        var folder = Directory.EnumerateDirectories(Folder).MaxBy(folder => Version.Parse(Path.GetFileName(folder)))!;
        var lines = File.ReadAllLines(Path.Combine(folder, StateFile));
        return new(
            JsonSerializer.Deserialize<Header>(lines[0], Json)!.RecordedAt,
            [.. lines.Skip(1).Select(line => JsonSerializer.Deserialize<RecordedKey>(line, Json)!)],
            [.. File.ReadLines(Path.Combine(folder, RepliesFile)).Select(line => JsonSerializer.Deserialize<RecordedReply>(line, Json)!)]);
    }

    /// <summary>Writes it down as that of a version.</summary>
    public void Write(string version)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Folder, version)).FullName;
        File.WriteAllLines(
            Path.Combine(folder, StateFile), [JsonSerializer.Serialize(new Header(RecordedAt), Json), .. Keys.Select(key => JsonSerializer.Serialize(key, Json))]);
        File.WriteAllLines(Path.Combine(folder, RepliesFile), Replies.Select(reply => JsonSerializer.Serialize(reply, Json)));
    }

    /// <summary>Everything that lasts: not what a limit counts for a minute.</summary>
    public static async Task<IReadOnlyList<RecordedKey>> ReadAsync(IConnectionMultiplexer redis)
    {
        var database = redis.GetDatabase();
        var keys = new List<RecordedKey>();
        await foreach (var key in redis.GetServers().Single().KeysAsync(pattern: StateKeys.Any))
        {
            var name = (string)key!;
            if (name.Contains("}:limit:", StringComparison.Ordinal))
            {
                continue;
            }

            var type = await database.KeyTypeAsync(key);
            object value = type switch
            {
                RedisType.String => (string)(await database.StringGetAsync(key))!,
                RedisType.Hash => (await database.HashGetAllAsync(key)).OrderBy(field => (string)field.Name!, StringComparer.Ordinal)
                    .ToDictionary(field => (string)field.Name!, field => (string)field.Value!),
                RedisType.SortedSet => (await database.SortedSetRangeByRankWithScoresAsync(key)).ToDictionary(entry => (string)entry.Element!, entry => entry.Score),
                RedisType.List => (await database.ListRangeAsync(key)).Select(item => (string)item!).ToList(),
                RedisType.Set => (await database.SetMembersAsync(key)).Select(item => (string)item!).Order(StringComparer.Ordinal).ToList(),
                _ => throw new NotSupportedException($"{name} is a {type}"),
            };
            var ttl = await database.KeyTimeToLiveAsync(key);
            keys.Add(new(name, type.ToString(), (long?)ttl?.TotalSeconds, JsonSerializer.SerializeToElement(value, Json)));
        }

        return [.. keys.OrderBy(key => key.Key, StringComparer.Ordinal)];
    }

    /// <summary>
    /// Puts all of it into Redis as if it had been recorded just now: times move along with the clock. Only the audit trail's
    /// stay, which its hashes cover.
    /// </summary>
    public async Task LoadAsync(IDatabase database)
    {
        var now = DateTimeOffset.UtcNow;
        foreach (var key in Keys)
        {
            var isAudit = key.Key.StartsWith("learnflow:{system:audit-", StringComparison.Ordinal);
            string Moved(string text) => isAudit ? text : Move(text, now);
            double MovedScore(double score) => isAudit ? score : double.Parse(Moved(score.ToString("R", CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
            await (Enum.Parse<RedisType>(key.Type) switch
            {
                RedisType.String => database.StringSetAsync(key.Key, Moved(key.Value.GetString()!)),
                RedisType.Hash => database.HashSetAsync(
                    key.Key, [.. key.Value.EnumerateObject().Select(field => new HashEntry(field.Name, Moved(field.Value.GetString()!)))]),
                RedisType.SortedSet => database.SortedSetAddAsync(
                    key.Key, [.. key.Value.EnumerateObject().Select(entry => new SortedSetEntry(Moved(entry.Name), MovedScore(entry.Value.GetDouble())))]),
                RedisType.List => database.ListRightPushAsync(key.Key, [.. key.Value.EnumerateArray().Select(item => (RedisValue)Moved(item.GetString()!))]),
                RedisType.Set => database.SetAddAsync(key.Key, [.. key.Value.EnumerateArray().Select(item => (RedisValue)Moved(item.GetString()!))]),
                var other => throw new NotSupportedException($"{key.Key} is a {other}"),
            });
            if (key.Ttl is { } ttl)
            {
                await database.KeyExpireAsync(key.Key, TimeSpan.FromSeconds(ttl));
            }
        }
    }

    /// <summary>
    /// What somebody who reads this state can rely on: each key with its type, each field, and each property of the JSON in
    /// them with its kind.
    /// </summary>
    public static SortedSet<string> Shapes(IEnumerable<RecordedKey> keys)
    {
        var shapes = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var key in keys)
        {
            var name = Day().Replace(key.Key, "(day)");
            shapes.Add($"{name} is a {key.Type}{(key.Ttl is null ? "" : " that expires")}");
            if (key.Value.ValueKind == JsonValueKind.String)
            {
                AddJson(name, key.Value.GetString()!);
            }
            else if (key.Value.ValueKind == JsonValueKind.Array)
            {
                key.Value.EnumerateArray().ToList().ForEach(item => AddJson(name, item.GetString()!));
            }
            else if (key.Type == nameof(RedisType.Hash))
            {
                foreach (var field in key.Value.EnumerateObject())
                {
                    shapes.Add($"{name} has {field.Name}");
                    AddJson(name, field.Value.GetString()!);
                }
            }
            else
            {
                key.Value.EnumerateObject().ToList().ForEach(entry => AddJson(name, entry.Name));
            }
        }

        return shapes;

        // An entry of the audit trail has its hashes before it.
        void AddJson(string name, string text)
        {
            var start = text.IndexOf('{', StringComparison.Ordinal);
            if (start < 0)
            {
                return;
            }

            try
            {
                Add(name, JsonSerializer.Deserialize<JsonElement>(text[start..]));
            }
            catch (JsonException)
            {
                // Words, not JSON.
            }
        }

        void Add(string path, JsonElement json)
        {
            shapes.Add($"{path} is JSON: {(json.ValueKind is JsonValueKind.True or JsonValueKind.False ? "Boolean" : json.ValueKind)}");
            if (json.ValueKind == JsonValueKind.Object)
            {
                json.EnumerateObject().ToList().ForEach(property => Add($"{path}.{property.Name}", property.Value));
            }
            else if (json.ValueKind == JsonValueKind.Array)
            {
                json.EnumerateArray().ToList().ForEach(item => Add($"{path}[]", item));
            }
        }
    }

    private string Move(string text, DateTimeOffset now)
    {
        var elapsed = now - RecordedAt;
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return Time().Replace(text, time => DateTimeOffset.Parse(time.Value, CultureInfo.InvariantCulture).Add(elapsed).ToString("O", CultureInfo.InvariantCulture));
        }

        // The day, seconds or milliseconds since 1970, within two days of the recording.
        var moved = number == Math.Floor(RecordedAt.ToUnixTimeSeconds() / 86_400.0) ? number + (now.ToUnixTimeSeconds() / 86_400) - (RecordedAt.ToUnixTimeSeconds() / 86_400)
            : Math.Abs(number - RecordedAt.ToUnixTimeSeconds()) < 172_800 ? number + Math.Floor(elapsed.TotalSeconds)
            : Math.Abs(number - RecordedAt.ToUnixTimeMilliseconds()) < 172_800_000 ? number + Math.Floor(elapsed.TotalMilliseconds)
            : number;
        return moved == number ? text : moved.ToString("R", CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?(Z|[+-]\\d{2}:\\d{2})", RegexOptions.CultureInvariant)]
    private static partial Regex Time();

    [GeneratedRegex("\\d{4}-\\d{2}-\\d{2}", RegexOptions.CultureInvariant)]
    private static partial Regex Day();

    private sealed record Header(DateTimeOffset RecordedAt);
}

/// <summary>What a version answered.</summary>
/// <param name="Student">Whom.</param>
/// <param name="Path">About what.</param>
/// <param name="Reply">The answer.</param>
public sealed record RecordedReply(string Student, string Path, JsonElement Reply);
