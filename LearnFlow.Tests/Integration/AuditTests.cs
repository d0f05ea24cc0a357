using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LearnFlow.ServiceDefaults;
using LearnFlow.Tests.Triage.Audit;
using LearnFlow.Triage.Audit;
using LearnFlow.Triage.Dispatch;
using LearnFlow.Triage.Endpoints;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace LearnFlow.Tests.Integration;

/// <summary>What is on record of messages: all of them, none of their words, and nothing that somebody touched without its showing.</summary>
public abstract class AuditTests<TRedis>(AuditStack<TRedis> stack)
    where TRedis : RedisUnderTest, new()
{
    private const string Declined = "what's the weather?";

    private readonly string _student = $"student-{Guid.NewGuid():N}";

    private int Chain => AuditLog.ChainOf(_student);

    [Fact]
    public async Task Whatever_becomes_of_a_message_there_is_one_record_that_says_so()
    {
        using var student = stack.As(_student);
        var requestId = $"audit-{Guid.NewGuid():N}";
        const string query = "what is a list comprehension?";
        await student.AskAsync(new { query, requestId });
        await student.AskAsync(new { query = "help" });
        await student.AskAsync(new { query = Declined });
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(student, new { query = "please review my code", code = "print(1)" }));
        await student.AskAsync(new { query, requestId });
        Assert.Equal(HttpStatusCode.Conflict, await PostAsync(student, new { query = "what is a set?", requestId }));
        await stack.WaitForAsync(_student, 6);
        await AbandonAsync(student);
        await stack.WaitForAsync(_student, 7);
        var broken = $"audit-{Guid.NewGuid():N}";
        await stack.Database.HashSetAsync(StateKeys.Message(broken),
        [
            new("student", _student), new("fingerprint", MessageStore.Fingerprint(new Ask(query, RequestId: broken))), new("answer", "no JSON"),
        ]);
        Assert.Equal(HttpStatusCode.InternalServerError, await PostAsync(student, new { query, requestId = broken }));
        await stack.Database.KeyDeleteAsync(StateKeys.Message(broken));

        var records = await stack.WaitForAsync(_student, 8);

        Assert.Equal(
            ["answered", "clarify", "declined", "queued", "repeated", "conflict", "abandoned", "failed"],
            records.Select(record => record.GetProperty("message").Text("outcome")));
        Assert.Equal(records.Count, records.Select(record => record.Text("id")).Distinct().Count());
        Assert.All(records, record =>
        {
            Assert.Equal(("message", _student, "student"), (record.Text("event"), record.Text("actor"), record.Text("role")));
            Assert.Matches("^[0-9a-f]{32}$", record.Text("traceId"));
            Assert.True(record.GetProperty("message").GetProperty("length").GetInt32() > 0);
        });
        Assert.Equal([requestId, requestId, requestId], records.Where((_, i) => i is 0 or 4 or 5).Select(record => record.Text("requestId")));
        Assert.Equal(broken, records[^1].Text("requestId"));
        var messages = records.Select(record => record.GetProperty("message")).ToList();

        var answered = messages[0];
        Assert.Equal(("concept_explanation", "concepts-agent", "skills", "closed"), (
            answered.Text("intent"), answered.Text("agent"), answered.Text("decidedBy"), answered.Text("breaker")));
        Assert.Equal((query.Length, 1, 0), (Number(answered, "length"), Number(answered, "attempts"), Number(answered, "tokens")));
        Assert.True(Number(answered, "baselineTokens") > 0);
        Assert.InRange(answered.GetProperty("confidence").GetDouble(), 0.5, 1);
        Assert.NotEmpty(answered.GetProperty("evidence").EnumerateArray());
        var times = ((string[])["triageMs", "agentMs", "totalMs"]).Select(name => answered.GetProperty(name).GetDouble()).ToList();
        Assert.True(times[0] > 0 && times[1] > 0 && times[2] >= times[0] + times[1], string.Join(' ', times));

        Assert.All(messages[1..3], message => Assert.False(message.TryGetProperty("agent", out _)));
        Assert.Equal(("review-agent", "code_review", 3), (
            messages[3].Text("agent"), messages[3].Text("intent"), Number(messages[3], "attempts")));
        Assert.Equal("debug-agent", messages[6].Text("agent"));
        await stack.IsWholeAsync();
    }

    [Fact]
    public async Task What_was_not_let_in_is_no_message()
    {
        using var student = stack.As(_student);
        using var anonymous = stack.Anonymous();
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(anonymous, new { query = Declined }));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(student, new { query = "" }));
        using (var huge = new StringContent($$"""{"query":"{{new string('a', 1_000_000)}}"}""", Encoding.UTF8, "application/json"))
        using (var reply = await student.PostAsync("/api/v1/triage", huge))
        {
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, reply.StatusCode);
        }

        await student.AskAsync(new { query = Declined });
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1_000;
        await stack.Database.ListLeftPushAsync(
            StateKeys.RateLimit(_student, "messages"), [.. Enumerable.Repeat<RedisValue>(now, AuditStack<TRedis>.PerMinute)]);
        await Eventually.HoldsAsync("the limit is reached", async () =>
            await PostAsync(student, new { query = "" }) == HttpStatusCode.TooManyRequests);

        // When what came behind them is on record, and what came behind that, they would be too.
        var another = $"{_student}-another";
        using var other = stack.As(another);
        for (var asked = 1; asked <= 2; asked++)
        {
            await AskAsync(other, 1);
            await stack.WaitForAsync(another, asked);
        }

        Assert.Equal("declined", Assert.Single(await stack.WaitForAsync(_student, 1)).GetProperty("message").Text("outcome"));
    }

    [Fact]
    public async Task A_students_words_are_nowhere_and_the_same_words_are_known_by_a_keyed_hash()
    {
        const string words = "xylophone";
        using var student = stack.As(_student);
        var ask = new { query = $"what is a list of {words}s?", code = $"{words} = 1", error = $"NameError: name '{words}'", intent = "concept_explanation" };
        await student.AskAsync(ask);
        await student.AskAsync(new { ask.query, ask.code, ask.error, ask.intent, requestId = $"audit-{Guid.NewGuid():N}" });
        await student.AskAsync(new { query = $"{ask.query}!", ask.code, ask.error, ask.intent });
        await student.AskAsync(new { query = Declined, conversation = new { id = words } });

        var records = await stack.WaitForAsync(_student, 4);

        var messages = records.Select(record => record.GetProperty("message")).ToList();
        Assert.Equal(ask.query.Length + ask.code.Length + ask.error.Length, Number(messages[0], "length"));
        var hashes = messages.Select(message => message.Text("wordsHash")).ToList();
        Assert.Equal(hashes[0], hashes[1]);
        Assert.Equal(3, hashes.Distinct().Count());
        foreach (var text in (string[])
        [
            Declined,
            JsonSerializer.Serialize(new { query = Declined }),
            // As messages are told apart where they are kept.
            JsonSerializer.Serialize(new { query = Declined, code = (string?)null, error = (string?)null }),
            LearnFlow.Triage.Dispatch.MessageStore.Fingerprint(new(Declined)),
        ])
        {
            var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
            Assert.DoesNotContain(hashes[3], Convert.ToHexStringLower(hash), StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(hashes[3], Base64Url.EncodeToString(hash), StringComparison.Ordinal);
        }

        Assert.All(records, record => Assert.DoesNotContain(words, record.GetRawText(), StringComparison.OrdinalIgnoreCase));
        var kept = await stack.AllKeptAsync();
        Assert.Contains(_student, kept, StringComparison.Ordinal);
        Assert.DoesNotContain(words, kept, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("concepts-agent", stack.Log.All, StringComparison.Ordinal);
        Assert.DoesNotContain(words, stack.Log.All, StringComparison.OrdinalIgnoreCase);
    }

    public static TheoryData<string> Tamperings =>
    [
        "changed", "changed and said to be of another key", "removed in the middle", "removed at the beginning", "removed at the end",
        "put in", "put in behind the head", "moved", "two swapped", "head rewritten", "head moved back", "head deleted", "chain deleted",
        "an old chain restored", "erased by others", "no entry any more",
    ];

    [Theory]
    [MemberData(nameof(Tamperings))]
    public async Task What_is_done_to_a_chain_shows_and_is_gone_when_it_is_put_back(string tampering)
    {
        using var student = stack.As(_student);
        await AskAsync(student, 3);
        await stack.WaitForAsync(_student, 3);
        var backup = await stack.KeepAsync(Chain);
        await AskAsync(student, 3);
        await stack.WaitForAsync(_student, 6);
        await stack.IsWholeAsync();
        var kept = await stack.KeepAsync(Chain);

        await TamperAsync(tampering, kept, backup);

        var verification = await stack.VerifyAsync();
        Assert.False(verification.GetProperty("isWhole").GetBoolean(), $"{verification}");
        var problems = verification.GetProperty("problems").EnumerateArray().ToList();
        Assert.NotEmpty(problems);
        Assert.All(problems, problem => Assert.Equal(Chain, Number(problem, "chain")));

        await stack.PutBackAsync(kept);
        await stack.IsWholeAsync();
    }

    [Fact]
    public async Task Page_by_page_every_record_comes_once_the_newest_first_also_while_more_are_put_on_record()
    {
        var (students, records) = await FillAsync();
        var isMore = 0;

        var read = await stack.ReadAsync("event=message", limit: 7, betweenPages: async () =>
        {
            if (isMore++ < 10)
            {
                await AppendAsync([AuditKit.Record(students[isMore % students.Count], records[^1].At)]);
            }
        });

        Assert.True(isMore > 10);
        var ids = read.Select(entry => entry.GetProperty("record").Text("id")).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.Equal(records.Count, ids.Intersect(records.Select(record => record.Id)).Count());
        var times = read.Select(entry => entry.GetProperty("recordedAt").GetDateTimeOffset()).ToList();
        Assert.Equal(times.OrderDescending(), times);
    }

    [Fact]
    public async Task Records_are_found_by_who_when_what_agent_and_outcome_together()
    {
        var (students, records) = await FillAsync();
        var student = students[2];
        var own = records.Where(record => record.Actor == student).ToList();
        var (from, to) = (own[5].At.AddMicroseconds(-300), own[20].At.AddMicroseconds(-300));
        var time = $"from={Time(from)}&to={Time(to)}";

        await FindsAsync("", _ => true);
        await FindsAsync("&agent=debug-agent", record => record.Message!.Agent == "debug-agent");
        await FindsAsync("&outcome=clarify", record => record.Message!.Outcome == AuditOutcome.Clarify);
        await FindsAsync($"&{time}", record => record.At >= from && record.At < to);
        await FindsAsync($"&{time}&agent=debug-agent&event=message&outcome=answered", record =>
            record.At >= from && record.At < to && record.Message is { Agent: "debug-agent", Outcome: AuditOutcome.Answered });
        await FindsAsync("&event=flag-switched", _ => false);
        await FindsAsync($"&from={Time(to)}&to={Time(from)}", _ => false);
        Assert.Equal(
            records.Where(record => record.At >= from && record.At < to).Select(record => record.Id).Order(),
            (await stack.ReadAsync(time, limit: 7)).Select(entry => entry.GetProperty("record").Text("id"))
                .Intersect(records.Select(record => record.Id)).Order());

        async Task FindsAsync(string query, Func<AuditRecord, bool> fits)
        {
            var found = await stack.ReadAsync($"student={student}{query}", limit: 7);
            Assert.Equal(
                own.Where(fits).Select(record => record.Id).Reverse(),
                found.Select(entry => entry.GetProperty("record").Text("id")));
        }

        static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=501", "limit")]
    [InlineData("limit=all", "limit")]
    [InlineData("from=yesterday", "from")]
    [InlineData("to=1901-01-01T00:00:00Z", "to")]
    [InlineData("event=nonsense", "event")]
    [InlineData("agent=nobody", "agent")]
    [InlineData("outcome=Answered", "outcome")]
    [InlineData("after=x", "after")]
    [InlineData("after=1-99", "after")]
    [InlineData("after=-1-1", "after")]
    [InlineData("limit=0&outcome=0&agent=&after=1", "after agent limit outcome")]
    public async Task A_wrong_value_is_told_by_field(string query, string fields)
    {
        using var reply = await stack.Admin.GetAsync($"/api/v1/admin/audit?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        Assert.Equal(
            fields.Split(' '),
            (await reply.ReadAsync()).GetProperty("errors").EnumerateObject().Select(error => error.Name).Order());
    }

    protected static async Task<HttpStatusCode> PostAsync(HttpClient client, object ask)
    {
        using var reply = await client.PostAsJsonAsync("/api/v1/triage", ask);
        return reply.StatusCode;
    }

    private static int Number(JsonElement json, string name) => json.GetProperty(name).GetInt32();

    private static async Task AskAsync(HttpClient student, int times)
    {
        for (; times > 0; times--)
        {
            await student.AskAsync(new { query = Declined });
        }
    }

    /// <summary>Asks the agent that dawdles, and closes the connection while it does.</summary>
    private async Task AbandonAsync(HttpClient student)
    {
        using var leaving = new CancellationTokenSource();
        var asking = student.PostAsJsonAsync("/api/v1/triage", new { query = "NameError: name 'x' is not defined" }, leaving.Token);
        await stack.DebugAsked.WaitAsync(TestContext.Current.CancellationToken);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    private async Task TamperAsync(string tampering, KeptChain kept, KeptChain backup)
    {
        var database = stack.Database;
        var (log, head) = (StateKeys.AuditLog(Chain), StateKeys.AuditHead(Chain));
        var entries = kept.Entries.TakeLast(5).ToList();
        var (middle, text) = (entries[2], entries[2].Element.ToString());
        switch (tampering)
        {
            case "changed":
                await ReplaceAsync(text.Replace("declined", "answered", StringComparison.Ordinal));
                break;
            case "changed and said to be of another key":
                var parts = text.Split('|');
                parts[2] = $"AAAAAAAA.{parts[2].Split('.')[1]}";
                await ReplaceAsync(string.Join('|', parts).Replace("declined", "answered", StringComparison.Ordinal));
                break;
            case "removed in the middle":
                await database.SortedSetRemoveAsync(log, middle.Element);
                break;
            case "removed at the beginning":
                await database.SortedSetRemoveAsync(log, kept.Entries[0].Element);
                break;
            case "removed at the end":
                await database.SortedSetRemoveAsync(log, entries[^1].Element);
                break;
            case "put in":
                await database.SortedSetAddAsync(log, $"0{text}", middle.Score + 1);
                break;
            case "put in behind the head":
                await database.SortedSetAddAsync(log, $"0{text}", entries[^1].Score + 1);
                break;
            case "moved":
                await database.SortedSetAddAsync(log, middle.Element, middle.Score + 1);
                break;
            case "two swapped":
                await database.SortedSetAddAsync(log, middle.Element, entries[3].Score);
                await database.SortedSetAddAsync(log, entries[3].Element, middle.Score);
                break;
            case "head rewritten":
                await database.StringSetAsync(head, kept.Head.ToString().Replace(' ', '0'));
                break;
            case "head moved back":
                await database.StringSetAsync(head, backup.Head);
                break;
            case "head deleted":
                await database.KeyDeleteAsync(head);
                break;
            case "chain deleted":
                await database.KeyDeleteAsync([log, head]);
                break;
            case "an old chain restored":
                await stack.PutBackAsync(backup);
                break;
            case "erased by others":
                var body = text.Split('|', 4)[3];
                var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body)));
                await ReplaceAsync(text.Replace(body, $"!{digest}|{text.Split('|')[2].Split('.')[0]}|AAAAAAAAAAAAAAAAAAAAAA", StringComparison.Ordinal));
                break;
            case "no entry any more":
                await ReplaceAsync("nonsense");
                break;
        }

        async Task ReplaceAsync(string other)
        {
            await database.SortedSetRemoveAsync(log, middle.Element);
            await database.SortedSetAddAsync(log, other, middle.Score);
        }
    }

    /// <summary>Some hundred records of several students, who all did the same at the same times, in one chain or several.</summary>
    private async Task<(List<string> Students, List<AuditRecord> Records)> FillAsync()
    {
        var students = Enumerable.Range(0, 9).Select(i => $"{_student}-{i}").ToList();
        // Later than the head of any chain, so that the times are their places.
        using var newest = await stack.Admin.GetAsync("/api/v1/admin/audit?limit=1");
        var begin = (await newest.ReadAsync()).GetProperty("records").EnumerateArray()
            .Select(entry => entry.GetProperty("recordedAt").GetDateTimeOffset())
            .Append(DateTimeOffset.UtcNow)
            .Max()
            .AddSeconds(1);
        AuditOutcome[] outcomes = [AuditOutcome.Answered, AuditOutcome.Answered, AuditOutcome.Clarify, AuditOutcome.Failed];
        string?[] agents = ["debug-agent", "concepts-agent", null];
        var records = Enumerable.Range(0, 30).SelectMany(i => students.Select(student =>
            AuditKit.Record(student, begin.AddMilliseconds(i), outcomes[i % outcomes.Length], agents[i % agents.Length]))).ToList();
        await AppendAsync(records);
        return (students, records);
    }

    /// <summary>Puts records on record as another replica does.</summary>
    private async Task AppendAsync(List<AuditRecord> records)
    {
        var log = ActivatorUtilities.CreateInstance<AuditLog>(stack.TriageServices);
        foreach (var chain in records.GroupBy(record => AuditLog.ChainOf(record.Actor)))
        {
            await log.AppendAsync(chain.Key, [.. chain]);
        }
    }
}

[Collection(AuditGarnetCollection.Name)]
public sealed class AuditOverGarnetTests(AuditGarnetStack stack) : AuditTests<GarnetUnderTest>(stack);

[Collection(AuditRedisServerCollection.Name)]
public sealed class AuditOverRedisServerTests(AuditRedisServerStack stack) : AuditTests<RedisServerUnderTest>(stack)
{
    [Fact]
    public async Task A_message_is_answered_while_Redis_stalls_and_its_record_comes_in_afterwards()
    {
        var actor = $"student-{Guid.NewGuid():N}";
        using var student = stack.As(actor);
        await student.AskAsync(new { query = "what is a list?" });
        await stack.WaitForAsync(actor, 1);

        await stack.Redis.PauseAsync();
        try
        {
            Assert.True((await student.AskAsync(new { query = "what is a list?" })).GetProperty("degraded").GetBoolean());
        }
        finally
        {
            await stack.Redis.ResumeAsync();
        }

        await Eventually.HoldsAsync("Redis is asked again", async () =>
        {
            using var reply = await stack.Admin.GetAsync("/api/v1/admin/audit/verify");
            return reply.IsSuccessStatusCode;
        });
        var records = await stack.WaitForAsync(actor, 2);
        Assert.True(records[1].GetProperty("message").GetProperty("degraded").GetBoolean());
        await stack.IsWholeAsync();
    }
}
