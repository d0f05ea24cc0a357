using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Dispatch;
using LearnFlow.Triage.Dispatch.Queue;
using LearnFlow.Triage.Endpoints;
using LearnFlow.Triage.Flags;
using LearnFlow.Triage.Skills;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace LearnFlow.Tests.Integration;

/// <summary>Two replicas whose debug and exercise agents do what a test says, and that never leave an agent alone.</summary>
public class QueueStack<TRedis> : StandInStack<TRedis>
    where TRedis : RedisUnderTest, new()
{
    protected override int Replicas => 2;

    protected override IEnumerable<string> Settings =>
        ["--Delivery:FirstPauseMs=20", "--FeatureManagement:EnableCircuitBreaker=false", "--FeatureManagement:EnableRetryPolicy=false"];

    protected override string? AgentAddress(AgentRole role) =>
        role == AgentRole.Debug || role == AgentRole.Exercise ? base.AgentAddress(role) : null;
}

/// <summary>The queue over Garnet.</summary>
public sealed class QueueOverGarnetStack : QueueStack<GarnetUnderTest>;

/// <summary>The queue over redis-server.</summary>
public sealed class QueueOverRedisServerStack : QueueStack<RedisServerUnderTest>;

/// <summary>The queue over a cluster.</summary>
public sealed class QueueOverClusterStack : QueueStack<RedisClusterUnderTest>;

/// <summary>What an agent cannot answer at once is kept, and answered once.</summary>
public abstract class QueueTests<TRedis>(QueueStack<TRedis> stack)
    where TRedis : RedisUnderTest, new()
{
    private const string Error = "NameError: name 'total' is not defined";

    private readonly string _student = $"student-{Guid.NewGuid():N}";

    private WaitingMessages Queue => stack.TriageServices.GetRequiredService<WaitingMessages>();

    [Fact]
    public async Task A_message_whose_agent_is_away_is_kept_helped_meanwhile_and_answered_when_the_agent_is_back()
    {
        stack.Agents.Reset();
        stack.Agents.Reply = AgentStandIn.HangsUp;
        using var student = stack.As(_student);

        using var reply = await student.PostAsJsonAsync("/api/v1/triage", new { query = Error });

        Assert.Equal(HttpStatusCode.Accepted, reply.StatusCode);
        var kept = await reply.ReadAsync();
        Assert.Equal("queued", kept.Text("status"));
        Assert.Equal("debug-agent", kept.Text("agent"));
        Assert.Equal("concepts-agent", kept.Text("meanwhile"));
        Assert.Contains("kept", kept.GetProperty("answer").Text("markdown"), StringComparison.Ordinal);
        Assert.Equal("variables", kept.GetProperty("answer").GetProperty("concept").Text("id"));
        Assert.NotNull(reply.Headers.RetryAfter);
        using (var still = await student.GetAsync(reply.Headers.Location))
        {
            Assert.Equal("queued", (await still.ReadAsync()).Text("status"));
            Assert.NotNull(still.Headers.RetryAfter);
        }

        stack.Agents.Reply = AgentStandIn.Answers("At last.");
        // On the other replica.
        using var elsewhere = stack.As(_student, replica: 1);
        var answer = await AnsweredAsync(elsewhere, kept.Text("requestId"));
        Assert.Equal("At last.", answer.GetProperty("answer").Text("markdown"));
        Assert.Equal("debug-agent", answer.Text("agent"));
        Assert.False(answer.TryGetProperty("meanwhile", out _));
        Assert.Equal(0, await WaitingAsync());
    }

    [Fact]
    public async Task A_message_that_is_sent_again_while_it_waits_is_the_same_message()
    {
        stack.Agents.Reset();
        stack.Agents.Reply = AgentStandIn.Refuses(500);
        using var student = stack.As(_student);
        var ask = new { query = Error, requestId = $"r-{Guid.NewGuid():N}" };
        Assert.Equal("queued", (await student.AskAsync(ask)).Text("status"));
        Assert.Equal("queued", (await student.AskAsync(ask)).Text("status"));

        stack.Agents.Reset();
        stack.Agents.Reply = AgentStandIn.Answers("Once.");
        await AnsweredAsync(student, ask.requestId);
        Assert.Equal("Once.", (await student.AskAsync(ask)).GetProperty("answer").Text("markdown"));

        Assert.Single(stack.Agents.Calls, call => call.Question.Text("requestId") == ask.requestId);
    }

    [Fact]
    public async Task What_cannot_be_delivered_becomes_a_dead_letter_that_is_sent_again_or_dropped()
    {
        stack.Agents.Reset();
        stack.Agents.Reply = AgentStandIn.Refuses(500);
        using var student = stack.As(_student);
        using var admin = stack.As("root", "admin");
        string[] ids = [$"r-{Guid.NewGuid():N}", $"r-{Guid.NewGuid():N}"];
        foreach (var id in ids)
        {
            await student.AskAsync(new { query = Error, requestId = id });
        }

        await Eventually.HoldsAsync("both are dead letters", async () => (await DeadAsync(admin)).Count(dead => ids.Contains(dead.Text("requestId"))) == 2);
        var letter = (await DeadAsync(admin)).First(dead => dead.Text("requestId") == ids[0]);
        Assert.Equal(DeliveryOptions.MostDeliveries, letter.GetProperty("history").GetArrayLength());
        Assert.All(letter.GetProperty("history").EnumerateArray(), failed => Assert.Contains("500", failed.Text("reason"), StringComparison.Ordinal));
        Assert.Equal(Error, letter.GetProperty("ask").Text("query"));
        Assert.Equal("undeliverable", (await student.GetFromJsonAsync<JsonElement>($"/api/v1/triage/{ids[0]}")).Text("status"));

        stack.Agents.Reply = AgentStandIn.Answers("At last.");
        using (var replayed = await admin.PostAsync($"/api/v1/admin/dead-letters/{ids[0]}/replay", null))
        {
            Assert.Equal(1, (await replayed.ReadAsync()).GetProperty("replayed").GetInt32());
        }

        await AnsweredAsync(student, ids[0]);
        using (var unexplained = await admin.DeleteAsync($"/api/v1/admin/dead-letters/{ids[1]}"))
        {
            Assert.Equal(HttpStatusCode.BadRequest, unexplained.StatusCode);
        }

        using (var dropped = await admin.DeleteAsync($"/api/v1/admin/dead-letters/{ids[1]}?reason=spam"))
        {
            Assert.Equal(HttpStatusCode.NoContent, dropped.StatusCode);
        }

        Assert.DoesNotContain(await DeadAsync(admin), dead => ids.Contains(dead.Text("requestId")));
        foreach (var id in ids)
        {
            using var gone = await admin.PostAsync($"/api/v1/admin/dead-letters/{id}/replay", null);
            Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        }
    }

    [Fact]
    public async Task All_dead_letters_are_sent_again_at_once()
    {
        stack.Agents.Reset();
        stack.Agents.Reply = AgentStandIn.Refuses(500);
        using var student = stack.As(_student);
        using var admin = stack.As("root", "admin");
        var ids = Enumerable.Range(0, 3).Select(_ => $"r-{Guid.NewGuid():N}").ToList();
        await Task.WhenAll(ids.Select(id => student.AskAsync(new { query = Error, requestId = id })));
        await Eventually.HoldsAsync("all are dead letters", async () => (await DeadAsync(admin)).Count(dead => ids.Contains(dead.Text("requestId"))) == 3);

        stack.Agents.Reply = AgentStandIn.Answers("At last.");
        using var replayed = await admin.PostAsync("/api/v1/admin/dead-letters/replay", null);

        Assert.True((await replayed.ReadAsync()).GetProperty("replayed").GetInt32() >= 3);
        foreach (var id in ids)
        {
            await AnsweredAsync(student, id);
        }
    }

    [Fact]
    public async Task Messages_of_a_conversation_are_answered_in_their_order_and_hold_up_no_others()
    {
        stack.Agents.Reset();
        stack.Agents.Reply = AgentStandIn.Refuses(500);
        using var student = stack.As(_student);
        var ids = Enumerable.Range(1, 4).Select(i => $"r{i}-{Guid.NewGuid():N}").ToList();
        var conversation = new { id = "lesson" };
        await student.AskAsync(new { query = Error, requestId = ids[0], conversation });
        // From here on the agent answers whatever is not the first of the conversation.
        stack.Agents.Reply = (call, context) => call.Question.Text("requestId") == ids[0]
            ? AgentStandIn.Refuses(500)(call, context)
            : AgentStandIn.Answers("Answered.")(call, context);
        foreach (var id in ids[1..3])
        {
            Assert.Equal("queued", (await student.AskAsync(new { query = Error, requestId = id, conversation })).Text("status"));
        }

        Assert.Equal("answered", (await student.AskAsync(new { query = Error, requestId = ids[3], conversation = new { id = "another" } })).Text("status"));
        stack.Agents.Reset();
        stack.Agents.Reply = AgentStandIn.Answers("Answered.");

        foreach (var id in ids[..3])
        {
            await AnsweredAsync(student, id);
        }

        Assert.Equal(ids[..3], stack.Agents.Calls.Select(call => call.Question.Text("requestId")).Where(ids.Contains));
        await Eventually.HoldsAsync("the conversation goes on at once", async () =>
            (await student.AskAsync(new { query = Error, conversation })).Text("status") == "answered");
    }

    [Fact]
    public async Task The_same_id_given_to_two_replicas_at_once_is_one_piece_of_work()
    {
        stack.Agents.Reset();
        var both = new TaskCompletionSource();
        stack.Agents.Reply = async (call, context) =>
        {
            await both.Task;
            await AgentStandIn.Answers("Once.")(call, context);
        };
        var ask = new { query = Error, requestId = $"r-{Guid.NewGuid():N}" };
        using var one = stack.As(_student);
        using var other = stack.As(_student, replica: 1);

        var answers = Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? one : other).AskAsync(ask)).ToList();
        await Eventually.HoldsAsync("the agent is called", () => Task.FromResult(stack.Agents.Calls.Count > 0));
        using (var different = await other.PostAsJsonAsync("/api/v1/triage", new { query = "KeyError: 'a'", ask.requestId }))
        {
            Assert.Equal(HttpStatusCode.Conflict, different.StatusCode);
        }

        both.SetResult();

        Assert.Single((await Task.WhenAll(answers)).Select(answer => answer.ToString()).Distinct());
        Assert.Single(stack.Agents.Calls, call => call.Question.Text("requestId") == ask.requestId);
    }

    [Fact]
    public async Task What_a_replica_that_dies_had_in_hand_another_one_delivers()
    {
        stack.Agents.Reset();
        LeasedMessage? mine;
        do
        {
            // The replicas are quick at times; then another one.
            await Queue.AddAsync(Message(Intent.SyntaxHelp, _student), TimeSpan.Zero);
            mine = await Queue.TakeAsync(WaitingMessages.ShardOf(_student), _ => 1) is [var taken, ..] ? taken : null;
        }
        while (mine is null);
        var message = mine.Message;

        using var student = stack.As(message.Student);
        await Eventually.HoldsAsync("it is answered", async () =>
        {
            using var reply = await student.GetAsync($"/api/v1/triage/{message.RequestId}");
            return reply.IsSuccessStatusCode && (await reply.ReadAsync()).Text("status") == "answered";
        });
        // Whoever lost the lease has no say any more.
        await Queue.BuryAsync(mine);
        Assert.DoesNotContain(await Queue.DeadAsync(100), dead => dead.Message.RequestId == message.RequestId);
    }

    [Fact]
    public async Task An_id_that_was_taken_while_Redis_was_away_stays_with_its_message_and_the_other_is_a_dead_letter()
    {
        stack.Agents.Reset();
        using var student = stack.As(_student);
        var ask = new { query = Error, requestId = $"r-{Guid.NewGuid():N}" };
        var answer = await student.AskAsync(ask);
        var store = stack.TriageServices.GetRequiredService<MessageStore>();
        var other = Message(Intent.SyntaxHelp);
        other = other with { Question = other.Question with { RequestId = ask.requestId } };

        // As where the claim could not be made.
        Assert.Null(await store.KeepAsync(other.Student, MessageStore.Fingerprint(other.Ask), other.Undeliverable()));
        await Queue.AddAsync(other, TimeSpan.Zero);

        await Eventually.HoldsAsync("it is a dead letter", async () =>
            (await Queue.DeadAsync(100)).Any(dead => dead.Message.Student == other.Student));
        Assert.DoesNotContain(stack.Agents.Calls, call => call.Question.Text("student") == other.Student);
        Assert.Equal(answer.ToString(), (await student.AskAsync(ask)).ToString());
    }

    [Fact]
    public async Task Kept_for_later_is_said_no_more_once_it_is_a_dead_letter()
    {
        var store = stack.TriageServices.GetRequiredService<MessageStore>();
        var message = Message(Intent.SyntaxHelp);
        var fingerprint = MessageStore.Fingerprint(message.Ask);
        Assert.Equal(AnswerStatus.Queued, (await store.KeepAsync(message.Student, fingerprint, message.Queued(null, 0), givesWay: true))?.Status);
        await store.KeepAsync(message.Student, fingerprint, message.Undeliverable());

        // As by a replica that stood still meanwhile.
        Assert.Equal(AnswerStatus.Undeliverable, (await store.KeepAsync(message.Student, fingerprint, message.Queued(null, 0), givesWay: true))?.Status);
        // By an admin who sends it again.
        Assert.Equal(AnswerStatus.Queued, (await store.KeepAsync(message.Student, fingerprint, message.Queued(null, 0)))?.Status);
    }

    [Fact]
    public async Task An_answer_that_stops_half_way_is_none()
    {
        stack.Agents.Reset();
        stack.Agents.Reply = async (_, context) =>
        {
            await context.Response.WriteAsync("{\"markdown\":\"Like th");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        };
        using var student = stack.As(_student);

        var kept = await student.AskAsync(new { query = Error });

        Assert.Equal("queued", kept.Text("status"));
        stack.Agents.Reply = AgentStandIn.Answers("At last.");
        Assert.Equal("At last.", (await AnsweredAsync(student, kept.Text("requestId"))).GetProperty("answer").Text("markdown"));
    }

    [Fact]
    public async Task Read_along_the_decision_comes_first_then_the_answer_and_any_replica_goes_on_where_another_stopped()
    {
        stack.Agents.Reset();
        stack.Agents.Reply = AgentStandIn.Answers("First line.\nSecond line.");
        using var student = stack.As(_student);
        var ask = new { query = Error, requestId = $"r-{Guid.NewGuid():N}" };

        var events = await EventsAsync(student, HttpMethod.Post, "/api/v1/triage", ask).ToListAsync();

        Assert.Equal(["decision", "delta", "done"], events.Select(one => one.Type));
        Assert.Equal("syntax_help", events[0].Data.Text("intent"));
        Assert.Equal("First line.\nSecond line.", events[1].Data.Text("markdown"));
        Assert.Equal("answered", events[2].Data.Text("status"));
        Assert.True(events[2].Data.GetProperty("timings").GetProperty("totalMs").GetDouble() > 0);

        using var elsewhere = stack.As(_student, replica: 1);
        var resumed = await EventsAsync(elsewhere, HttpMethod.Get, $"/api/v1/triage/{ask.requestId}", lastEventId: "12").ToListAsync();
        Assert.Equal(["delta", "done"], resumed.Select(one => one.Type));
        Assert.Equal("Second line.", resumed[0].Data.Text("markdown"));
        Assert.Equal(
            ["done"],
            await EventsAsync(elsewhere, HttpMethod.Post, "/api/v1/triage", ask, events[1].Id).Select(one => one.Type).ToListAsync());
    }

    [Fact]
    public async Task Whoever_reads_along_a_message_that_waits_is_told_when_it_is_answered()
    {
        stack.Agents.Reset();
        stack.Agents.Reply = AgentStandIn.Refuses(500);
        using var student = stack.As(_student);
        List<string> seen = [];

        await foreach (var one in EventsAsync(student, HttpMethod.Post, "/api/v1/triage", new { query = Error }))
        {
            seen.Add(one.Type);
            if (one.Type == "queued")
            {
                stack.Agents.Reply = AgentStandIn.Answers("At last.");
            }
            else if (one.Type == "delta")
            {
                Assert.Equal("At last.", one.Data.Text("markdown"));
            }
        }

        Assert.Equal(["decision", "queued", "delta", "done"], seen);
    }

    [Fact]
    public async Task Of_two_wishes_the_first_answer_is_read_before_the_second_is_there()
    {
        stack.Agents.Reset();
        var read = new TaskCompletionSource();
        stack.Agents.Reply = async (call, context) =>
        {
            if (call.Path.StartsWith("/exercise", StringComparison.Ordinal))
            {
                await read.Task;
            }

            await AgentStandIn.Answers($"From {call.Path}.")(call, context);
        };
        using var student = stack.As(_student);
        var parts = "";

        await foreach (var one in EventsAsync(student, HttpMethod.Post, "/api/v1/triage", Compound))
        {
            if (one.Type == "delta")
            {
                parts += one.Data.Text("markdown");
                read.TrySetResult();
            }
            else if (one.Type == "done")
            {
                Assert.Equal(parts, one.Data.GetProperty("answer").Text("markdown"));
            }
        }

        Assert.StartsWith("From /debug/answer.", parts, StringComparison.Ordinal);
        Assert.EndsWith("From /exercise/answer.", parts, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_input_is_a_problem_for_those_who_read_along_too()
    {
        using var student = stack.As(_student);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/triage") { Content = JsonContent.Create(new { query = "" }) };
        request.Headers.Accept.ParseAdd("text/event-stream");

        using var reply = await student.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        Assert.Equal("urn:learnflow:problem:invalid-input", (await reply.ReadAsync()).Text("type"));
    }

    [Fact]
    public async Task Without_the_flag_a_message_whose_agent_is_away_is_refused()
    {
        stack.Agents.Reset();
        stack.Agents.Reply = AgentStandIn.Refuses(500);
        using var student = stack.As(_student, replica: 1);
        using var admin = stack.As("root", "admin", replica: 1);
        using var elsewhere = stack.As("root", "admin");
        await using var off = await SwitchedFlag.SwitchAsync(admin, Flag.EnableDeadLetterQueue, enabled: false, elsewhere);

        using var reply = await student.PostAsJsonAsync("/api/v1/triage", new { query = Error });

        Assert.Equal(HttpStatusCode.ServiceUnavailable, reply.StatusCode);
        Assert.NotNull(reply.Headers.RetryAfter);
        Assert.Equal(0, await WaitingAsync());
    }

    [Fact]
    public async Task What_is_urgent_overtakes_but_nobody_waits_for_ever()
    {
        var urgent = Message(Intent.SyntaxHelp);
        var review = Message(Intent.CodeReview, urgent.Student);
        var progress = Message(Intent.ProgressCheck, urgent.Student);
        Intent[] order = [Intent.SyntaxHelp, Intent.CodeReview, Intent.ProgressCheck];

        // Over a queue of its own, for the workers take from the stack's.
        await using var redis = new TRedis();
        await redis.StartAsync();
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        var queue = new WaitingMessages(new RedisPipeline(connection, TimeProvider.System));
        foreach (var message in (DecidedMessage[])[progress, review, urgent])
        {
            await queue.AddAsync(message, TimeSpan.Zero);
        }

        var taken = await queue.TakeAsync(WaitingMessages.ShardOf(urgent.Student), _ => 1);
        Assert.Equal(order, taken.Select(leased => leased.Message.Intent));
        Assert.All(taken, leased => Assert.Equal(1, leased.Delivery));

        // One that has been due for 16 seconds is not overtaken any more.
        var old = Message(Intent.ProgressCheck, urgent.Student);
        await queue.AddAsync(old, -TimeSpan.FromSeconds(16));
        await queue.AddAsync(Message(Intent.SyntaxHelp, urgent.Student), TimeSpan.Zero);
        Assert.Equal(old.RequestId, (await queue.TakeAsync(WaitingMessages.ShardOf(urgent.Student), _ => 1))[0].Message.RequestId);
    }

    private static readonly object Compound = new { query = "explain NameError: name 'total' is not defined, and give me an exercise" };

    private static DecidedMessage Message(Intent intent, string? student = null)
    {
        var id = $"r-{Guid.NewGuid():N}";
        var ask = new Ask(Error, RequestId: id);
        return new(
            new AgentQuestion(id, student ?? $"student-{Guid.NewGuid():N}", Error, null, null), ask, "student", intent, 1,
            new DecisionView(DecisionMaker.Skills, [], [], null), new Usage(0, 0), 0, DateTimeOffset.UtcNow);
    }

    private static async Task<JsonElement> AnsweredAsync(HttpClient student, string requestId)
    {
        var answer = default(JsonElement);
        await Eventually.HoldsAsync("it is answered", async () =>
        {
            answer = await student.GetFromJsonAsync<JsonElement>($"/api/v1/triage/{requestId}");
            return answer.Text("status") == "answered";
        });
        return answer;
    }

    private static async Task<List<JsonElement>> DeadAsync(HttpClient admin) =>
        [.. (await admin.GetFromJsonAsync<JsonElement>("/api/v1/admin/dead-letters?limit=500")).GetProperty("deadLetters").EnumerateArray()];

    private static async IAsyncEnumerable<(string Type, JsonElement Data, string? Id)> EventsAsync(
        HttpClient client, HttpMethod method, string path, object? body = null, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        using var reply = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", reply.Content.Headers.ContentType?.MediaType);
        var parser = System.Net.ServerSentEvents.SseParser.Create(await reply.Content.ReadAsStreamAsync());
        await foreach (var item in parser.EnumerateAsync())
        {
            yield return (item.EventType, JsonSerializer.Deserialize<JsonElement>(item.Data), parser.LastEventId);
        }
    }

    private async Task<int> WaitingAsync() => (await Queue.OfStudentAsync(_student)).Count;
}

public sealed class QueueOverGarnetTests(QueueOverGarnetStack stack)
    : QueueTests<GarnetUnderTest>(stack), IClassFixture<QueueOverGarnetStack>;

public sealed class QueueOverRedisServerTests(QueueOverRedisServerStack stack)
    : QueueTests<RedisServerUnderTest>(stack), IClassFixture<QueueOverRedisServerStack>;

public sealed class QueueOverClusterTests(QueueOverClusterStack stack)
    : QueueTests<RedisClusterUnderTest>(stack), IClassFixture<QueueOverClusterStack>;
