using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Dispatch;
using LearnFlow.Triage.Flags;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using StackExchange.Redis;

namespace LearnFlow.Tests.Integration;

/// <summary>A stack with a stand-in for all agents, in which students may send little.</summary>
public sealed class FlagEffectStack : StandInStack<GarnetUnderTest>
{
    /// <summary>Messages of a student in a minute.</summary>
    public const int Limit = 3;

    protected override IEnumerable<string> Settings =>
        // What fails is refused at once: that messages are kept instead is in QueueTests.
        [$"--RateLimit:PerMinute={Limit}", "--RateLimit:Roles:teacher=100000", $"--{Flag.SettingOf(Flag.EnableDeadLetterQueue)}=false"];
}

/// <summary>
/// Both sides of each flag, switched while the service runs. Those of the model are in <see cref="ModelTests"/>, that of the
/// classifier in <see cref="ConversationTests{TRedis}"/>, that of tracing in <see cref="FlagTracingTests"/>.
/// </summary>
public sealed class FlagEffectTests : IClassFixture<FlagEffectStack>
{
    private const string TwoWishes = "explain list comprehensions and give me an exercise";

    private readonly FlagEffectStack _stack;

    public FlagEffectTests(FlagEffectStack stack)
    {
        _stack = stack;
        _stack.Agents.Reset();
    }

    [Fact]
    public async Task Circuit_breaker_on_an_agent_that_fails_is_left_alone_off_it_is_asked_each_time()
    {
        using var admin = await _stack.SignInAsync("admin");
        using var teacher = _stack.As(Somebody(), "teacher");
        _stack.Agents.Reply = AgentStandIn.Refuses(500);
        await using var once = await SwitchedFlag.SwitchAsync(admin, Flag.EnableRetryPolicy, enabled: false);

        Assert.Equal(5, await CallsOfEightAsync());
        await using (await SwitchedFlag.SwitchAsync(admin, Flag.EnableCircuitBreaker, enabled: false))
        {
            Assert.Equal(8, await CallsOfEightAsync());
        }

        // No other test asks the review agent: its breaker stays open.
        async Task<int> CallsOfEightAsync()
        {
            var before = _stack.Agents.Calls.Count;
            for (var i = 0; i < 8; i++)
            {
                Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(teacher, new { query = "my code", intent = "code_review" }));
            }

            return _stack.Agents.Calls.Count - before;
        }
    }

    [Fact]
    public async Task Retry_policy_on_a_call_that_failed_is_repeated_off_the_student_is_told()
    {
        using var admin = await _stack.SignInAsync("admin");
        var student = Somebody();
        using var client = _stack.As(student);
        var message = new { query = "why?", intent = "syntax_help" };

        FailOnce();
        Assert.Equal("answered", (await client.AskAsync(message)).Text("status"));
        Assert.Equal(2, _stack.Agents.Calls.Count);

        FailOnce();
        await using (await SwitchedFlag.SwitchAsync(admin, Flag.EnableRetryPolicy, enabled: false))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(client, message));
            Assert.Single(_stack.Agents.Calls);
        }

        await Eventually.HoldsAsync("both are on record with their attempts", async () =>
            (await AuditAsync(admin, $"student={student}")).Select(record => record.GetProperty("message").GetProperty("attempts").GetInt32())
            .SequenceEqual([1, 2]));

        void FailOnce()
        {
            _stack.Agents.Reset();
            var answer = _stack.Agents.Reply;
            _stack.Agents.Reply = (call, context) =>
                (_stack.Agents.Calls.Count == 1 ? AgentStandIn.Refuses(503) : answer)(call, context);
        }
    }

    [Fact]
    public async Task Jwt_validation_on_a_token_must_be_ours_off_it_is_believed_and_none_is_needed()
    {
        using var admin = await _stack.SignInAsync("admin");
        using var nobody = _stack.Anonymous();
        using var forger = _stack.Anonymous();
        var student = Somebody();
        forger.DefaultRequestHeaders.Authorization = new(
            "Bearer", new JsonWebTokenHandler().CreateToken($$"""{"sub":"{{student}}","role":"student"}"""));

        await AssertRefusedAsync();
        await using (await SwitchedFlag.SwitchAsync(admin, Flag.EnableJwtValidation, enabled: false))
        {
            await nobody.AskAsync(Concept("what is a list?"));
            await forger.AskAsync(Concept("what is a list?"));
            Assert.Equal(["anonymous", student], _stack.Agents.Calls.Select(call => call.Question.Text("student")));
        }

        await AssertRefusedAsync();

        async Task AssertRefusedAsync()
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(nobody, Concept("what is a list?")));
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(forger, Concept("what is a list?")));
        }
    }

    [Fact]
    public async Task Rate_limiting_on_a_student_is_held_to_the_limit_off_all_pass()
    {
        using var admin = await _stack.SignInAsync("admin");
        using var student = _stack.As(Somebody());
        for (var i = 0; i < FlagEffectStack.Limit; i++)
        {
            await student.AskAsync(Concept("what is a list?"));
        }

        await AssertRefusedAsync();
        await using (await SwitchedFlag.SwitchAsync(admin, Flag.EnableRateLimiting, enabled: false))
        {
            for (var i = 0; i < 2 * FlagEffectStack.Limit; i++)
            {
                using var reply = await student.PostAsJsonAsync("/api/v1/triage", Concept("what is a list?"));
                Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
                Assert.DoesNotContain(reply.Headers, header => header.Key.StartsWith("RateLimit", StringComparison.OrdinalIgnoreCase));
            }
        }

        await AssertRefusedAsync();

        async Task AssertRefusedAsync()
        {
            using var reply = await student.PostAsJsonAsync("/api/v1/triage", Concept("what is a list?"));
            Assert.Equal(HttpStatusCode.TooManyRequests, reply.StatusCode);
            Assert.True(reply.Headers.Contains("RateLimit"));
        }
    }

    [Fact]
    public async Task Request_sanitization_on_what_nobody_sees_is_taken_out_off_it_is_passed_on()
    {
        const string query = "what is a l\u200bist\u2060?";
        using var admin = await _stack.SignInAsync("admin");
        using var student = _stack.As(Somebody());

        await student.AskAsync(Concept(query));
        await using (await SwitchedFlag.SwitchAsync(admin, Flag.EnableRequestSanitization, enabled: false))
        {
            await student.AskAsync(Concept(query));
        }

        Assert.Equal(["what is a list?", query], _stack.Agents.Calls.Select(call => call.Question.Text("query")));
    }

    [Fact]
    public async Task Prometheus_metrics_on_they_are_shown_off_they_are_not()
    {
        using var admin = await _stack.SignInAsync("admin");
        using var prometheus = _stack.Anonymous();

        Assert.Contains("# TYPE", await prometheus.GetStringAsync("/metrics"), StringComparison.Ordinal);
        await using (await SwitchedFlag.SwitchAsync(admin, Flag.EnablePrometheusMetrics, enabled: false))
        {
            using var reply = await prometheus.GetAsync("/metrics");
            await AssertSwitchedOffAsync(reply);
        }

        Assert.Contains("# TYPE", await prometheus.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audit_logging_on_a_message_is_put_on_record_off_it_is_not_and_what_admins_do_always_is()
    {
        using var admin = await _stack.SignInAsync("admin");
        var student = Somebody();
        using var client = _stack.As(student);
        var reason = Somebody();

        string off;
        await using (await SwitchedFlag.SwitchAsync(admin, Flag.EnableAuditLogging, enabled: false))
        {
            off = (await client.AskAsync(Concept("what is a list?"))).Text("requestId");
            using var cleared = await admin.DeleteAsync($"{SwitchedFlag.PathOf(Flag.EnableMlClassifier)}?reason={reason}");
            cleared.EnsureSuccessStatusCode();
        }

        var on = (await client.AskAsync(Concept("what is a list?"))).Text("requestId");

        // A student's records are kept in their order: behind the second, the first does not come.
        await Eventually.HoldsAsync("the second message is on record", async () =>
            (await AuditAsync(admin, $"student={student}")).Any(record => record.Text("requestId") == on));
        Assert.DoesNotContain(off, (await AuditAsync(admin, $"student={student}")).Select(record => record.Text("requestId")));
        await Eventually.HoldsAsync("what the admin did is on record", async () =>
            (await AuditAsync(admin, "student=admin&event=flag-switched")).Any(record =>
                record.GetProperty("action").TryGetProperty("reason", out var why) && why.GetString() == reason));
    }

    [Fact]
    public async Task Connection_pooling_on_a_connection_serves_the_next_call_off_each_call_has_its_own()
    {
        using var admin = await _stack.SignInAsync("admin");
        using var teacher = _stack.As(Somebody(), "teacher");

        await AskTenTimesAsync();
        Assert.InRange(Connections(), 1, 3);

        await using (await SwitchedFlag.SwitchAsync(admin, Flag.EnableConnectionPooling, enabled: false))
        {
            await AskTenTimesAsync();
            Assert.Equal(_stack.Agents.Calls.Count, Connections());
        }

        int Connections() => _stack.Agents.Calls.Select(call => call.Connection).Distinct().Count();

        async Task AskTenTimesAsync()
        {
            _stack.Agents.Reset();
            var query = UniqueQuery();
            for (var i = 0; i < 10; i++)
            {
                await teacher.AskAsync(Concept(query));
            }

            Assert.Equal(10, CallsFor(query));
        }
    }

    [Fact]
    public async Task Response_caching_on_a_question_that_was_answered_before_is_not_asked_again_off_it_is()
    {
        using var admin = await _stack.SignInAsync("admin");
        var query = UniqueQuery();
        _stack.Agents.Reply = AgentStandIn.Answers("An answer for everyone.");

        Assert.Equal(2, await CallsOfTwoStudentsAsync(isSecondOld: false));
        await using (await SwitchedFlag.SwitchAsync(admin, Flag.EnableResponseCaching, enabled: true))
        {
            Assert.Equal(1, await CallsOfTwoStudentsAsync(isSecondOld: true));
        }

        // What was kept meanwhile is not used.
        Assert.Equal(2, await CallsOfTwoStudentsAsync(isSecondOld: false));

        async Task<int> CallsOfTwoStudentsAsync(bool isSecondOld)
        {
            var before = CallsFor(query);
            using var first = _stack.As(Somebody());
            using var second = _stack.As(Somebody());
            Assert.False((await SendAsync(first, Concept(query))).IsOld);
            var (isOld, answer) = await SendAsync(second, Concept($"  {query.ToUpperInvariant()} ?"));
            Assert.Equal(isSecondOld, isOld);
            Assert.Equal("answered", answer.Text("status"));
            Assert.Equal("An answer for everyone.", answer.GetProperty("answer").Text("markdown"));

            // It is the second student's own message all the same.
            using var again = await second.GetAsync($"/api/v1/triage/{answer.Text("requestId")}");
            Assert.Equal(HttpStatusCode.OK, again.StatusCode);
            return CallsFor(query) - before;
        }
    }

    [Fact]
    public async Task A_cached_answer_is_not_given_in_another_language_with_code_or_after_an_admin_dropped_it()
    {
        using var admin = await _stack.SignInAsync("admin");
        using var teacher = _stack.As(Somebody(), "teacher");
        await using var on = await SwitchedFlag.SwitchAsync(admin, Flag.EnableResponseCaching, enabled: true);
        var query = UniqueQuery();
        await SendAsync(teacher, Concept(query));
        Assert.True((await SendAsync(teacher, Concept(query))).IsOld);

        Assert.False((await SendAsync(teacher, Concept(query), language: "de-CH, en;q=0.5")).IsOld);
        Assert.True((await SendAsync(teacher, Concept(query), language: "de")).IsOld);
        Assert.False((await SendAsync(teacher, new { query, intent = "concept_explanation", code = "x = 1" })).IsOld);
        Assert.False((await SendAsync(teacher, new { query, intent = "concept_explanation", error = "NameError" })).IsOld);
        Assert.False((await SendAsync(teacher, new { query, intent = "exercise_request" })).IsOld);
        Assert.Equal(5, CallsFor(query));

        using (var dropped = await admin.DeleteAsync("/api/v1/admin/cached-answers"))
        {
            Assert.Equal(HttpStatusCode.NoContent, dropped.StatusCode);
        }

        Assert.False((await SendAsync(teacher, Concept(query))).IsOld);
        Assert.Equal(6, CallsFor(query));
    }

    [Fact]
    public async Task An_answer_that_was_under_way_while_all_were_dropped_and_one_that_cannot_be_read_are_not_given_again()
    {
        using var admin = await _stack.SignInAsync("admin");
        using var teacher = _stack.As(Somebody(), "teacher");
        await using var on = await SwitchedFlag.SwitchAsync(admin, Flag.EnableResponseCaching, enabled: true);
        var answer = _stack.Agents.Reply;
        _stack.Agents.Reply = async (call, context) =>
        {
            using var dropped = await admin.DeleteAsync("/api/v1/admin/cached-answers");
            await answer(call, context);
        };
        var query = UniqueQuery();
        await SendAsync(teacher, Concept(query));
        _stack.Agents.Reply = answer;

        Assert.False((await SendAsync(teacher, Concept(query))).IsOld);
        Assert.True((await SendAsync(teacher, Concept(query))).IsOld);

        await _stack.TriageServices.GetRequiredService<IConnectionMultiplexer>().GetDatabase().StringSetAsync(
            StateKeys.CachedAnswer(AnswerCache.KeyOf(query, "en", MasteryLevel.Beginner)), "of another version");
        Assert.False((await SendAsync(teacher, Concept(query))).IsOld);
    }

    [Fact]
    public async Task A_cached_answer_is_for_those_who_are_as_far()
    {
        using var admin = await _stack.SignInAsync("admin");
        using var beginner = _stack.As(Somebody());
        await using var on = await SwitchedFlag.SwitchAsync(admin, Flag.EnableResponseCaching, enabled: true);
        var answer = _stack.Agents.Reply;
        _stack.Agents.Reply = (call, context) => call.Path.Contains("student=advanced-", StringComparison.Ordinal)
            ? context.Response.WriteAsJsonAsync(new { topics = Array.Empty<object>(), overall = 80, streakDays = 0 })
            : answer(call, context);
        var query = UniqueQuery();
        await SendAsync(beginner, Concept(query));
        Assert.True((await SendAsync(beginner, Concept(query))).IsOld);

        // Who the progress agent does not speak of in time counts as a beginner: then another tries.
        await Eventually.HoldsAsync("somebody advanced gets an answer of their own", async () =>
        {
            using var advanced = _stack.As($"advanced-{Somebody()}");
            return !(await SendAsync(advanced, Concept(query))).IsOld;
        });
    }

    [Fact]
    public async Task What_leans_on_a_conversation_or_failed_is_not_cached()
    {
        using var admin = await _stack.SignInAsync("admin");
        using var teacher = _stack.As(Somebody(), "teacher");
        await using var on = await SwitchedFlag.SwitchAsync(admin, Flag.EnableResponseCaching, enabled: true);
        foreach (var first in (string[])["what is recursion?", "what is a decorator?"])
        {
            var conversation = new { id = Guid.NewGuid().ToString("N") };
            await SendAsync(teacher, new { query = first, conversation });
            Assert.False((await SendAsync(teacher, new { query = "and why?", conversation })).IsOld);
            Assert.Equal($"and why?\n\n{first}", _stack.Agents.Calls.Last().Question.Text("query"));
        }

        var query = UniqueQuery();
        var answer = _stack.Agents.Reply;
        _stack.Agents.Reply = AgentStandIn.Refuses(404);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(teacher, Concept(query)));
        _stack.Agents.Reply = answer;

        Assert.False((await SendAsync(teacher, Concept(query))).IsOld);
        Assert.True((await SendAsync(teacher, Concept(query))).IsOld);
    }

    [Fact]
    public async Task Concurrent_processing_on_both_agents_of_a_message_are_asked_at_once_off_one_after_the_other()
    {
        using var admin = await _stack.SignInAsync("admin");
        using var teacher = _stack.As(Somebody(), "teacher");
        var bothAreAsked = new TaskCompletionSource();
        _stack.Agents.Reply = async (call, context) =>
        {
            if (_stack.Agents.Calls.Select(other => other.Path).Distinct().Count() == 2)
            {
                bothAreAsked.TrySetResult();
            }

            // Neither answers before both are asked.
            await bothAreAsked.Task.WaitAsync(context.RequestAborted);
            await AgentStandIn.Answers($"From {call.Path}.")(call, context);
        };

        var answer = await teacher.AskAsync(new { query = TwoWishes });

        Assert.Single(answer.GetProperty("decision").GetProperty("also").EnumerateArray());
        Assert.Contains("From /concepts/answer.", answer.GetProperty("answer").Text("markdown"), StringComparison.Ordinal);
        Assert.Contains("From /exercise/answer.", answer.GetProperty("answer").Text("markdown"), StringComparison.Ordinal);

        await using var off = await SwitchedFlag.SwitchAsync(admin, Flag.EnableConcurrentProcessing, enabled: false);
        _stack.Agents.Reset();
        var answered = new ConcurrentQueue<int>();
        _stack.Agents.Reply = (call, context) =>
        {
            // What was answered before this one was asked.
            answered.Enqueue(answered.Count);
            return AgentStandIn.Answers($"From {call.Path}.")(call, context);
        };
        answer = await teacher.AskAsync(new { query = TwoWishes });

        Assert.Single(answer.GetProperty("decision").GetProperty("also").EnumerateArray());
        Assert.Equal([0, 1], answered);

        // Whoever asks only after an answer does not ask the second where the first gives none.
        _stack.Agents.Reset();
        _stack.Agents.Reply = AgentStandIn.Refuses(404);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(teacher, new { query = TwoWishes }));
        Assert.Single(_stack.Agents.Calls);
    }

    [Fact]
    public async Task Batch_processing_on_each_message_has_a_result_of_its_own_off_there_is_no_batch()
    {
        using var admin = await _stack.SignInAsync("admin");
        using var teacher = _stack.As(Somebody(), "teacher");
        using var student = _stack.As(Somebody());
        var id = $"batch-{Somebody()}";
        object?[] messages =
        [
            new { query = "what is a list?", intent = "concept_explanation", requestId = id },
            new { query = " " },
            null,
            new { query = "give me an exercise", intent = "exercise_request" },
            new { query = "sell me a car", intent = "out_of_scope" },
        ];

        await using (await SwitchedFlag.SwitchAsync(admin, Flag.EnableBatchProcessing, enabled: true))
        {
            using var reply = await SendBatchAsync(teacher, messages);
            Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
            List<JsonElement> results = [.. (await reply.ReadAsync()).GetProperty("results").EnumerateArray()];
            Assert.Equal([200, 400, 400, 200, 200], results.Select(result => result.GetProperty("status").GetInt32()));
            Assert.Equal(id, results[0].Text("requestId"));
            Assert.Equal("concepts-agent", results[0].GetProperty("answer").Text("agent"));
            Assert.True(results[1].GetProperty("problem").GetProperty("errors").TryGetProperty("query", out _));
            Assert.False(results[1].TryGetProperty("answer", out _));
            Assert.True(results[2].GetProperty("problem").GetProperty("errors").TryGetProperty("messages[2]", out _));
            Assert.Equal("exercise-agent", results[3].GetProperty("answer").Text("agent"));
            Assert.Equal("declined", results[4].GetProperty("answer").Text("status"));
            using var kept = await teacher.GetAsync($"/api/v1/triage/{id}");
            Assert.Equal(HttpStatusCode.OK, kept.StatusCode);

            foreach (var count in (int[])[0, 101])
            {
                using var wrong = await SendBatchAsync(teacher, [.. Enumerable.Repeat(Concept("what is a list?"), count)]);
                Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
                Assert.True((await wrong.ReadAsync()).GetProperty("errors").TryGetProperty("messages", out _));
            }

            using var full = await SendBatchAsync(teacher, [.. Enumerable.Repeat(Concept("what is a list?"), 100)]);
            var all = (await full.ReadAsync()).GetProperty("results");
            Assert.Equal(100, all.EnumerateArray().Count(result => result.GetProperty("status").GetInt32() == 200));
            using var forbidden = await SendBatchAsync(student, messages);
            Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
        }

        using var off = await SendBatchAsync(teacher, messages);
        await AssertSwitchedOffAsync(off);
        using var stillForbidden = await SendBatchAsync(student, messages);
        Assert.Equal(HttpStatusCode.Forbidden, stillForbidden.StatusCode);
    }

    private static string Somebody() => Guid.NewGuid().ToString("N");

    /// <summary>A question that no other test has asked, of which the cache could know.</summary>
    private static string UniqueQuery() => $"what is a list of {Somebody()}";

    private static object Concept(string query) => new { query, intent = "concept_explanation" };

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, object ask)
    {
        using var reply = await client.PostAsJsonAsync("/api/v1/triage", ask);
        return reply.StatusCode;
    }

    /// <summary>Sends a message, and tells whether its answer was given before.</summary>
    private static async Task<(bool IsOld, JsonElement Answer)> SendAsync(HttpClient client, object ask, string? language = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/triage") { Content = JsonContent.Create(ask) };
        request.Headers.TryAddWithoutValidation("Accept-Language", language);
        using var reply = await client.SendAsync(request);
        reply.EnsureSuccessStatusCode();
        Assert.True(reply.Headers.Age is null || reply.Headers.Age < TimeSpan.FromHours(1));
        return (reply.Headers.Age is not null, await reply.ReadAsync());
    }

    private static Task<HttpResponseMessage> SendBatchAsync(HttpClient client, object?[] messages) =>
        client.PostAsJsonAsync("/api/v1/triage/batch", new { messages });

    private static async Task AssertSwitchedOffAsync(HttpResponseMessage reply)
    {
        Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
        Assert.Equal("urn:learnflow:problem:switched-off", (await reply.ReadAsync()).Text("type"));
    }

    /// <summary>Records, the newest first.</summary>
    private static async Task<List<JsonElement>> AuditAsync(HttpClient admin, string query) =>
        [.. (await admin.GetFromJsonAsync<JsonElement>($"/api/v1/admin/audit?{query}")).GetProperty("records").EnumerateArray()
            .Select(entry => entry.GetProperty("record"))];

    /// <summary>Messages with a query that reached an agent; a message that was sent twice counts once.</summary>
    private int CallsFor(string query) => _stack.Agents.Calls
        .Where(call => call.Question.ValueKind == JsonValueKind.Object
            && call.Question.Text("query").Contains(query, StringComparison.OrdinalIgnoreCase))
        .Select(call => call.Question.Text("requestId"))
        .Distinct()
        .Count();
}
