using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LearnFlow.Agents.Exercise;
using LearnFlow.ServiceDefaults;
using LearnFlow.Triage.Audit;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace LearnFlow.Tests.Integration;

/// <summary>All that is kept of a student, handed out and erased, and nothing of anybody else.</summary>
public abstract class StudentDataTests<TRedis>(AuditStack<TRedis> stack)
    where TRedis : RedisUnderTest, new()
{
    private const string Topic = "control-flow";

    private readonly string _name = $"s{Guid.NewGuid():N}";

    /// <summary>What a student is called, and another whom a pattern, a prefix or a brace would confuse with them.</summary>
    public static TheoryData<string, string> Names => new()
    {
        { "{0}", "{0}a" },
        { "{0}a", "{0}" },
        { "{0}*", "{0}ab" },
        { "{0}?a", "{0}xa" },
        { "{0}[a-z]", "{0}b" },
        { "{0}}}:b", "{0}" },
        { "{0}/b", "{0}" },
        { "auth0|{0} ü", "auth0|{0}" },
        { "system:audit-1{0}", "audit-1{0}" },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_students_data_is_handed_out_and_erased_and_anothers_is_left(string nameFormat, string otherFormat)
    {
        var name = nameFormat.Replace("{0}", _name, StringComparison.Ordinal).Replace("}}", "}", StringComparison.Ordinal);
        var otherName = otherFormat.Replace("{0}", _name, StringComparison.Ordinal);
        using var student = stack.As(name);
        using var other = stack.As(otherName);
        var requestId = await LearnAsync(student, name);
        await LearnAsync(other, otherName);

        var export = await ExportAsync(name);

        Assert.Equal(name, export.Text("student"));
        Assert.Equal(
            ["conversation:first", "limit:messages", "limit:submissions", "progress", "submission:quiz"],
            export.GetProperty("state").EnumerateObject().Select(state => state.Name));
        Assert.Contains("what is a list?", export.GetProperty("state").GetProperty("conversation:first").GetRawText(), StringComparison.Ordinal);
        Assert.Equal([requestId], export.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("answer").Text("requestId")));
        Assert.Equal([requestId], export.GetProperty("audit").EnumerateArray().Select(entry => entry.GetProperty("record").Text("requestId")));
        var others = (await ExportAsync(otherName)).GetRawText();

        var erasure = await EraseAsync(name);

        Assert.Equal((5, 1, 1), (Number(erasure, "keys"), Number(erasure, "messages"), Number(erasure, "auditRecords")));
        var left = await ExportAsync(name);
        Assert.Empty(left.GetProperty("state").EnumerateObject());
        Assert.Empty(left.GetProperty("messages").EnumerateArray());
        Assert.Empty(left.GetProperty("audit").EnumerateArray());
        Assert.Equal(others, (await ExportAsync(otherName)).GetRawText());
        await stack.IsWholeAsync();
    }

    [Fact]
    public async Task What_was_erased_is_nowhere_in_Redis_and_the_chain_counts_it_and_is_whole()
    {
        using var student = stack.As(_name);
        await LearnAsync(student, _name);
        await student.AskAsync(new { query = "what's the weather?" });
        await stack.WaitForAsync(_name, 2);
        var before = await stack.VerifyAsync();
        Assert.Contains(_name, await AllOfRedisAsync(), StringComparison.Ordinal);

        await EraseAsync(_name);

        Assert.DoesNotContain(_name, await AllOfRedisAsync(), StringComparison.Ordinal);
        var after = await stack.VerifyAsync();
        Assert.True(after.GetProperty("isWhole").GetBoolean(), $"{after}");
        Assert.Equal(Number(before, "erased") + 2, Number(after, "erased"));
        Assert.Empty(await stack.ReadAsync($"student={_name}"));
        Assert.Equal(0, Number(await EraseAsync(_name), "auditRecords"));
    }

    [Fact]
    public async Task Handing_out_and_erasing_are_on_record_without_the_students_name_and_stay_when_the_admins_data_is_erased()
    {
        using var student = stack.As(_name);
        await LearnAsync(student, _name);
        var admin = $"admin-{_name}";
        using var another = stack.As(admin, "admin");
        const string reason = "the school asked for it";

        await GetAsync(another, HttpMethod.Get, _name, reason);
        await GetAsync(another, HttpMethod.Delete, _name, reason);
        await stack.WaitForAsync(admin, 2);
        await EraseAsync(admin);
        var records = await stack.WaitForAsync(admin, 2);

        Assert.Equal(["student-exported", "student-erased"], records.Select(record => record.Text("event")));
        var actions = records.Select(record => record.GetProperty("action")).ToList();
        Assert.All(actions, action => Assert.Equal(reason, action.Text("reason")));
        Assert.Equal(actions[0].Text("target"), actions[1].Text("target"));
        Assert.Equal("5 keys, 1 messages, 1 audit records", actions[1].Text("result"));
        Assert.All(actions, action => Assert.DoesNotContain(_name, action.GetRawText(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_was_erased_begins_anew()
    {
        using var student = stack.As(_name);
        using var newcomer = stack.As($"new-{_name}");
        await LearnAsync(student, _name);
        Assert.NotEqual(await newcomer.GetStringAsync("/api/v1/progress"), await student.GetStringAsync("/api/v1/progress"));

        await EraseAsync(_name);

        Assert.Equal(await newcomer.GetStringAsync("/api/v1/progress"), await student.GetStringAsync("/api/v1/progress"));
        var answer = await student.AskAsync(new { query = "what is a tuple?", conversation = new { id = "first" } });
        Assert.Equal("answered", answer.Text("status"));
        Assert.Equal(answer.Text("requestId"), Assert.Single(await stack.WaitForAsync(_name, 1)).Text("requestId"));
        await stack.IsWholeAsync();
    }

    [Theory]
    [InlineData("%20", "", "student")]
    [InlineData("maya", "long", "reason")]
    public async Task A_wrong_value_is_told_by_field(string student, string reason, string field)
    {
        reason = reason == "long" ? new string('a', 501) : reason;
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Delete])
        {
            using var request = new HttpRequestMessage(method, $"/api/v1/admin/students/{student}/data?reason={reason}");
            using var reply = await stack.Admin.SendAsync(request);

            Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
            Assert.Equal([field], (await reply.ReadAsync()).GetProperty("errors").EnumerateObject().Select(error => error.Name));
        }
    }

    private static int Number(JsonElement json, string name) => json.GetProperty(name).GetInt32();

    private static async Task<JsonElement> GetAsync(HttpClient admin, HttpMethod method, string student, string? reason = null)
    {
        var path = $"/api/v1/admin/students/{Uri.EscapeDataString(student)}/data";
        using var request = new HttpRequestMessage(method, reason is null ? path : $"{path}?reason={Uri.EscapeDataString(reason)}");
        using var reply = await admin.SendAsync(request);
        var json = await reply.ReadAsync();
        Assert.True(reply.IsSuccessStatusCode, $"{json}");
        return json;
    }

    /// <summary>A message in a conversation, a quiz, and all of it on record.</summary>
    /// <returns>The message's id.</returns>
    private async Task<string> LearnAsync(HttpClient student, string name)
    {
        var answer = await student.AskAsync(new { query = "what is a list?", conversation = new { id = "first" } });
        var answers = stack.AgentServices.GetRequiredService<QuizLibrary>().Find(Topic)!.Questions
            .ToDictionary(question => question.Id, question => question.Answer);
        using var graded = await student.PostAsJsonAsync($"/api/v1/quizzes/{Topic}/answers", new { answers, submissionId = "quiz" });
        Assert.True(graded.IsSuccessStatusCode, await graded.Content.ReadAsStringAsync());
        await stack.WaitForAsync(name, 1);
        return answer.Text("requestId");
    }

    private Task<JsonElement> ExportAsync(string student) => GetAsync(stack.Admin, HttpMethod.Get, student);

    private Task<JsonElement> EraseAsync(string student) => GetAsync(stack.Admin, HttpMethod.Delete, student);

    /// <summary>Every key with what it holds.</summary>
    private async Task<string> AllOfRedisAsync()
    {
        List<string> all = [await stack.AllKeptAsync()];
        await foreach (var key in stack.Database.Multiplexer.GetServers().Single().KeysAsync(pattern: StateKeys.Any))
        {
            all.Add($"{key} {(await stack.Database.KeyTypeAsync(key) == RedisType.String ? await stack.Database.StringGetAsync(key) : "")}");
        }

        return string.Join('\n', all);
    }
}

[Collection(AuditGarnetCollection.Name)]
public sealed class StudentDataOverGarnetTests(AuditGarnetStack stack) : StudentDataTests<GarnetUnderTest>(stack);

[Collection(AuditRedisServerCollection.Name)]
public sealed class StudentDataOverRedisServerTests(AuditRedisServerStack stack) : StudentDataTests<RedisServerUnderTest>(stack);
