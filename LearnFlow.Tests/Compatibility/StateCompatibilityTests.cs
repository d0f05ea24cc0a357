using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LearnFlow.Tests.Integration;
using LearnFlow.Triage.Audit;

namespace LearnFlow.Tests.Compatibility;

/// <summary>What the version before has left in Redis is understood by this one, as it was meant.</summary>
public sealed class StateCompatibilityTests(SuccessorStack stack) : IClassFixture<SuccessorStack>
{
    [Fact]
    public async Task What_it_answered_about_its_state_is_answered_still()
    {
        foreach (var (student, path, reply) in stack.Recorded.Replies)
        {
            using var client = stack.As(student);
            AssertHolds(reply, await client.GetFromJsonAsync<JsonElement>(path), path);
        }
    }

    [Fact]
    public async Task The_same_request_gets_the_answer_that_it_got()
    {
        using var student = stack.As(CompatibilityStack.Student);
        var answered = stack.Recorded.Replies.Single(reply => reply.Path.EndsWith(CompatibilityStack.Answered, StringComparison.Ordinal)).Reply;

        AssertHolds(answered.GetProperty("answer"), (await student.AskAsync(CompatibilityStack.Question)).GetProperty("answer"), "answer");
        using var other = await student.PostAsJsonAsync("/api/v1/triage", new { query = "what is a list?", requestId = CompatibilityStack.Answered });
        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);
    }

    [Fact]
    public async Task What_waited_is_delivered_once()
    {
        using var student = stack.As(CompatibilityStack.Student);

        await AnsweredAsync(student, CompatibilityStack.Queued);

        Assert.Single(stack.Agents.Calls, call => call.Question.Text("requestId") == CompatibilityStack.Queued);
    }

    [Fact]
    public async Task Dead_letters_are_listed_and_sent_again()
    {
        using var admin = stack.As(CompatibilityStack.Admin, "admin");
        using var student = stack.As(CompatibilityStack.Student);
        var letters = (await admin.GetFromJsonAsync<JsonElement>("/api/v1/admin/dead-letters")).GetProperty("deadLetters").EnumerateArray();
        var letter = letters.Single(letter => letter.Text("requestId") == CompatibilityStack.Replayed);
        Assert.Equal(5, letter.GetProperty("history").GetArrayLength());

        using var replayed = await admin.PostAsync($"/api/v1/admin/dead-letters/{CompatibilityStack.Replayed}/replay", null);

        Assert.Equal(1, (await replayed.ReadAsync()).GetProperty("replayed").GetInt32());
        await AnsweredAsync(student, CompatibilityStack.Replayed);
    }

    [Fact]
    public async Task The_audit_trail_is_whole_and_goes_on()
    {
        using var admin = stack.As(CompatibilityStack.Admin, "admin");
        var trail = await TrailAsync();
        Assert.True(trail.GetProperty("isWhole").GetBoolean(), $"{trail}");
        Assert.Equal(0, trail.GetProperty("unknownKeys").GetInt64());
        // Records go after a while, those of a recording too.
        var isKept = DateTimeOffset.UtcNow - stack.Recorded.RecordedAt < AuditOptions.Retention;
        Assert.Equal(isKept ? 1 : 0, await RecordsAsync(CompatibilityStack.Answered));

        using var student = stack.As(CompatibilityStack.Student);
        var next = (await student.AskAsync(new { query = "what is a set?" })).Text("requestId");

        await Eventually.HoldsAsync("the trail goes on", async () => await RecordsAsync(next) == 1);
        Assert.True((trail = await TrailAsync()).GetProperty("isWhole").GetBoolean(), $"{trail}");

        Task<JsonElement> TrailAsync() => admin.GetFromJsonAsync<JsonElement>("/api/v1/admin/audit/verify");

        async Task<int> RecordsAsync(string requestId) =>
            (await admin.GetFromJsonAsync<JsonElement>($"/api/v1/admin/audit?student={CompatibilityStack.Student}&limit=500"))
            .GetProperty("records").EnumerateArray().Select(entry => entry.GetRawText())
            // Who asks again with the same id is on record too.
            .Count(entry => entry.Contains(requestId, StringComparison.Ordinal) && entry.Contains("\"answered\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Flags_hold()
    {
        using var admin = stack.As(CompatibilityStack.Admin, "admin");

        var flag = (await admin.GetFromJsonAsync<JsonElement>("/api/v1/admin/flags")).GetProperty("flags").EnumerateArray()
            .Single(flag => flag.Text("name") == CompatibilityStack.SwitchedFlag);

        Assert.True(flag.GetProperty("enabled").GetBoolean());
        Assert.Equal("compatibility", flag.GetProperty("override").Text("reason"));
    }

    [Fact]
    public async Task A_token_that_was_revoked_is_refused()
    {
        using var revoked = stack.WithRevokedToken();

        using var reply = await revoked.GetAsync("/api/v1/progress");

        Assert.Equal(HttpStatusCode.Unauthorized, reply.StatusCode);
    }

    [Fact]
    public async Task A_submission_counts_once_and_a_conversation_goes_on()
    {
        using var student = stack.As(CompatibilityStack.Student);
        var before = await student.GetStringAsync("/api/v1/progress");

        using (var again = await student.PostAsJsonAsync(
            $"{CompatibilityStack.Quiz}/answers", new { answers = new Dictionary<string, string> { ["none"] = "none" }, submissionId = "compatible-quiz" }))
        {
            Assert.True(again.IsSuccessStatusCode);
        }

        Assert.Equal(before, await student.GetStringAsync("/api/v1/progress"));
        var followUp = await student.AskAsync(new { query = "and why?", conversation = new { id = CompatibilityStack.Conversation } });
        Assert.Equal("concepts-agent", followUp.Text("agent"));
        Assert.Contains("Recursion", followUp.GetProperty("answer").Text("markdown"), StringComparison.Ordinal);
    }

    private static async Task AnsweredAsync(HttpClient student, string requestId) => await Eventually.HoldsAsync($"{requestId} is answered", async () =>
        (await student.GetFromJsonAsync<JsonElement>($"/api/v1/triage/{requestId}")).Text("status") == "answered");

    /// <summary>All that was said is said again; there may be more.</summary>
    private static void AssertHolds(JsonElement before, JsonElement now, string path)
    {
        Assert.True(before.ValueKind == now.ValueKind, $"{path}: {before}, now {now}");
        if (before.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in before.EnumerateObject())
            {
                Assert.True(now.TryGetProperty(property.Name, out var value), $"{path}.{property.Name} is gone");
                AssertHolds(property.Value, value, $"{path}.{property.Name}");
            }
        }
        else if (before.ValueKind == JsonValueKind.Array)
        {
            Assert.True(before.GetArrayLength() <= now.GetArrayLength(), $"{path}: {before}, now {now}");
            foreach (var (one, other) in before.EnumerateArray().Zip(now.EnumerateArray()))
            {
                AssertHolds(one, other, $"{path}[]");
            }
        }
        else
        {
            Assert.Equal($"{before}", $"{now}");
        }
    }
}

/// <summary>What this version leaves in Redis the version before would understand, if one had to go back to it.</summary>
public sealed class StateShapeTests(CompatibilityStack stack) : IClassFixture<CompatibilityStack>
{
    /// <summary>The environment variable that names the version of which this is to be the recording (docs/operations/rollback.md).</summary>
    private const string RecordVariable = "LEARNFLOW_RECORD_STATE";

    [Fact]
    public async Task Everything_that_the_version_before_reads_is_written_as_it_was()
    {
        await stack.FeedAsync();
        var state = await stack.RecordAsync();
        if (Environment.GetEnvironmentVariable(RecordVariable) is { Length: > 0 } version)
        {
            state.Write(version);
        }

        var missing = RecordedState.Shapes(RecordedState.Newest().Keys);
        missing.ExceptWith(RecordedState.Shapes(state.Keys));
        Assert.True(missing.Count == 0, $"The version before reads what is not written any more:\n{string.Join('\n', missing)}");
    }
}
