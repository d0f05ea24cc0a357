using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace LearnFlow.Tests.Integration;

/// <summary>A question in, the right specialist's answer out.</summary>
public abstract class AskingTests<TRedis>(LearnFlowStack<TRedis> stack)
    where TRedis : RedisUnderTest, new()
{
    private const string Traceback = """
        Traceback (most recent call last):
          File "shop.py", line 4, in <module>
            print(totl)
        NameError: name 'totl' is not defined. Did you mean: 'total'?
        """;

    public static TheoryData<string, string?, string?, string, string> PlainQuestions => new()
    {
        { "NameError: name 'totl' is not defined", null, Traceback, "debug-agent", "totl" },
        { "what is a list comprehension?", null, null, "concepts-agent", "List comprehensions" },
        { "give me an exercise on loops", null, null, "exercise-agent", "Start from this" },
        { "how am I doing?", null, null, "progress-agent", "Next for you" },
        { "can you review my code", "def add(item, items=[]):\n    items.append(item)\n    return items\n", null, "review-agent", "default value" },
    };

    [Theory]
    [MemberData(nameof(PlainQuestions))]
    public async Task A_plain_question_reaches_its_specialist(
        string query, string? code, string? error, string agent, string partOfAnswer)
    {
        using var maya = await stack.SignInAsync("maya");

        var answer = await maya.AskAsync(new { query, code, error });

        Assert.Equal("answered", answer.Text("status"));
        Assert.Equal(agent, answer.Text("agent"));
        Assert.Contains(partOfAnswer, answer.GetProperty("answer").Text("markdown"), StringComparison.Ordinal);
        Assert.NotEmpty(answer.GetProperty("decision").GetProperty("evidence").EnumerateArray());
        Assert.InRange(answer.GetProperty("confidence").GetDouble(), 0.5, 1);
    }

    [Fact]
    public async Task Timings_add_up()
    {
        using var maya = await stack.SignInAsync("maya");

        var timings = (await maya.AskAsync(new { query = "what is a dictionary?" })).GetProperty("timings");

        var (triage, agent, total) = (Of("triageMs"), Of("agentMs"), Of("totalMs"));
        Assert.True(triage > 0 && agent > 0 && total >= triage + agent, $"{triage} + {agent} against {total}");

        double Of(string name) => timings.GetProperty(name).GetDouble();
    }

    [Fact]
    public async Task What_is_not_about_Python_is_declined_with_what_there_is()
    {
        using var maya = await stack.SignInAsync("maya");

        var answer = await maya.AskAsync(new { query = "what's the weather?" });

        Assert.Equal("declined", answer.Text("status"));
        Assert.Equal("out_of_scope", answer.Text("intent"));
        Assert.Contains("exercise", answer.GetProperty("answer").Text("markdown"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unclear_message_is_asked_back_and_the_chosen_reading_answered()
    {
        using var maya = await stack.SignInAsync("maya");

        var question = await maya.AskAsync(new { query = "help" });
        Assert.Equal("clarify", question.Text("status"));
        var choices = question.GetProperty("choices").EnumerateArray().ToList();
        Assert.Equal(2, choices.Count);

        var answer = await maya.AskAsync(new { query = "help", intent = choices[0].Text("intent") });
        Assert.Equal("answered", answer.Text("status"));
        Assert.Equal(choices[0].Text("intent"), answer.Text("intent"));
        Assert.Equal("student", answer.GetProperty("decision").Text("by"));
    }

    [Fact]
    public async Task Code_without_an_error_is_run_to_find_it()
    {
        using var maya = await stack.SignInAsync("maya");
        await Sandboxes.RequireAsync(stack);

        // On a machine that is busy with other tests a run may be cut off before it comes to its error.
        JsonElement diagnosis = default;
        await Eventually.HoldsAsync("the run comes to its error", async () =>
        {
            var answer = await maya.AskAsync(new { query = "my code does not work", code = "age = '7'\nprint(age + 1)\n" });
            return answer.GetProperty("answer").TryGetProperty("diagnosis", out diagnosis);
        });

        Assert.Equal("TypeError", diagnosis.Text("exception"));
        Assert.Equal(2, diagnosis.GetProperty("line").GetInt32());
    }

    [Fact]
    public async Task Code_that_does_not_end_is_told_to_have_a_loop()
    {
        using var maya = await stack.SignInAsync("maya");
        await Sandboxes.RequireAsync(stack);

        var answer = await maya.AskAsync(new { query = "why does my program never end", code = "n = 3\nwhile n > 0:\n    m = n - 1\n" });

        Assert.Equal("debug-agent", answer.Text("agent"));
        Assert.Contains("loop", answer.GetProperty("answer").Text("markdown"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_can_be_read_again_by_its_student_and_staff_alone()
    {
        using var maya = await stack.SignInAsync("maya");
        var id = (await maya.AskAsync(new { query = "what is a tuple?" })).Text("requestId");

        Assert.Equal(HttpStatusCode.OK, await StatusFor("maya"));
        Assert.Equal(HttpStatusCode.OK, await StatusFor("rodriguez"));
        Assert.Equal(HttpStatusCode.OK, await StatusFor("admin"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusFor("james"));

        async Task<HttpStatusCode> StatusFor(string user)
        {
            using var client = await stack.SignInAsync(user);
            using var reply = await client.GetAsync($"/api/v1/triage/{id}");
            return reply.StatusCode;
        }
    }

    [Fact]
    public async Task The_same_requestId_gets_the_same_answer_and_another_message_with_it_a_conflict()
    {
        using var maya = await stack.SignInAsync("maya");
        using var james = await stack.SignInAsync("james");
        var requestId = $"test-{Guid.NewGuid():N}";

        var first = await maya.AskAsync(new { query = "what is a set?", requestId });
        var again = await maya.AskAsync(new { query = "what is a set?", requestId });
        Assert.Equal(first.GetRawText(), again.GetRawText());

        Assert.Equal(HttpStatusCode.Conflict, await StatusOf(maya, "what is a list?"));
        Assert.Equal(HttpStatusCode.Conflict, await StatusOf(james, "what is a set?"));

        async Task<HttpStatusCode> StatusOf(HttpClient client, string query)
        {
            using var reply = await client.PostAsJsonAsync("/api/v1/triage", new { query, requestId });
            return reply.StatusCode;
        }
    }

    [Fact]
    public async Task A_header_is_no_claim_to_a_message()
    {
        using var maya = await stack.SignInAsync("maya");
        using var james = await stack.SignInAsync("james");
        var id = (await maya.AskAsync(new { query = "what is a set?" })).Text("requestId");

        james.DefaultRequestHeaders.Add("X-Request-Id", id);
        var other = await james.AskAsync(new { query = "what is a list?" });

        Assert.NotEqual(id, other.Text("requestId"));
        using var kept = await maya.GetAsync($"/api/v1/triage/{id}");
        Assert.Equal("sets", (await kept.ReadAsync()).GetProperty("answer").GetProperty("concept").Text("id"));
    }

    [Fact]
    public async Task A_problem_carries_the_id_that_the_header_names()
    {
        using var maya = await stack.SignInAsync("maya");

        using var reply = await maya.GetAsync("/api/v1/triage/no-such-message");

        Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
        Assert.Equal("application/problem+json", reply.Content.Headers.ContentType?.MediaType);
        Assert.Equal(reply.Headers.GetValues("X-Request-Id").Single(), (await reply.ReadAsync()).Text("requestId"));
    }

    [Fact]
    public async Task Health_names_its_checks()
    {
        using var anyone = stack.Anonymous();

        var health = await anyone.GetFromJsonAsync<JsonElement>("/health");

        Assert.Equal("Healthy", health.Text("status"));
        Assert.Equal(["agents", "redis"], health.GetProperty("checks").EnumerateObject().Select(check => check.Name).Order());
    }

    [Fact]
    public async Task The_API_describes_itself_and_every_operation_but_the_sign_in_needs_a_token()
    {
        using var anyone = stack.Anonymous();

        var paths = (await anyone.GetFromJsonAsync<JsonElement>("/openapi/v1.json")).GetProperty("paths");

        Assert.Contains("/api/v1/triage", paths.EnumerateObject().Select(path => path.Name));
        foreach (var path in paths.EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                Assert.Equal(path.Name != "/api/v1/session", operation.Value.TryGetProperty("security", out _));
                using var request = new HttpRequestMessage(
                    new HttpMethod(operation.Name), path.Name.Replace('{', 'x').Replace('}', 'x'));
                using var reply = await anyone.SendAsync(request);
                Assert.True(
                    path.Name == "/api/v1/session" || reply.StatusCode == HttpStatusCode.Unauthorized,
                    $"{operation.Name} {path.Name}: {reply.StatusCode}");
            }
        }
    }

    [Fact]
    public async Task The_page_and_the_browsable_API_need_no_token()
    {
        using var anyone = stack.Anonymous();

        using var page = await anyone.GetAsync("/");
        using var api = await anyone.GetAsync("/scalar/v1");

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("script-src 'self'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, api.StatusCode);
    }
}

[Collection(GarnetCollection.Name)]
public sealed class AskingOverGarnetTests(GarnetStack stack) : AskingTests<GarnetUnderTest>(stack);

[Collection(RedisServerCollection.Name)]
public sealed class AskingOverRedisServerTests(RedisServerStack stack) : AskingTests<RedisServerUnderTest>(stack);

[Collection(RedisClusterCollection.Name)]
public sealed class AskingOverRedisClusterTests(RedisClusterStack stack) : AskingTests<RedisClusterUnderTest>(stack);
