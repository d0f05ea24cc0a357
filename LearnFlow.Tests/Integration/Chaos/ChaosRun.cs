using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Text.Json;
using LearnFlow.Agents.Progress;
using LearnFlow.ServiceDefaults;
using LearnFlow.Triage.Dispatch.Queue;

namespace LearnFlow.Tests.Integration.Chaos;

/// <summary>
/// One run: students send messages and hand in quizzes while the plan's faults happen; then everything is repaired, and
/// what was accepted has to come to its end. A client that gets no reply sends the same again until it gets one.
/// </summary>
/// <param name="world">Where.</param>
/// <param name="plan">What breaks.</param>
internal sealed class ChaosRun(ChaosWorld world, FaultPlan plan)
{
    private const string Debug = "syntax_help";
    private const string Concepts = "concept_explanation";

    /// <summary>Long enough for a loaded machine, a lease of a replica that died, and all pauses of the queue.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>Longer than a replica is silent towards somebody who reads along: such a connection leads nowhere.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentQueue<Told> _told = new();
    private readonly Dictionary<string, (int Expected, int Found)> _practice = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly string _id = string.Create(CultureInfo.InvariantCulture, $"{plan.Seed}-{Guid.NewGuid():N}");

    /// <summary>What was there to be seen of it when it was over.</summary>
    public async Task<ChaosHistory> RunAsync()
    {
        world.IsPoisonous = plan.HasPoison;
        var faults = plan.Faults.Select(world.SufferAsync).ToList();
        Task[] clients =
        [
            .. Enumerable.Range(1, 3).Select(i => AskAloneAsync(new Random(HashCode(i)), $"alone-{i}", Debug)),
            AskAloneAsync(new Random(HashCode(4)), "curious", Concepts),
            .. Enumerable.Range(5, 2).Select(i => AskTwiceAsync(new Random(HashCode(i)), $"twice-{i}")),
            ConverseAsync(new Random(HashCode(7))),
            IntrudeAsync(new Random(HashCode(8))),
            PractiseAsync(new Random(HashCode(9))),
            .. Enumerable.Range(10, 2).Select(i => ReadAlongAsync(new Random(HashCode(i)), $"reader-{i}")),
            .. plan.HasPoison ? [AskAloneAsync(new Random(HashCode(12)), ChaosWorld.Poison, Debug)] : Array.Empty<Task>(),
        ];
        await Task.WhenAll(faults);
        await world.HealAsync();
        await Task.WhenAll(clients);
        var dead = await SettleAsync();
        if (plan.HasPoison)
        {
            dead = await ReplayAsync(dead);
        }

        return await ReadAsync(dead);
    }

    private int HashCode(int client) => (plan.Seed * 31) + client;

    private ChaosMessage Message(string student, string name, string intent, string? conversation = null) => new(
        $"{name}-{_id}", $"{student}-{_id}",
        intent == Debug ? $"NameError: name '{name.Replace('-', '_')}' is not defined" : "what is a list?", intent, conversation);

    private async Task AskAloneAsync(Random random, string name, string intent)
    {
        for (var i = 0; i < 2; i++)
        {
            await Task.Delay(random.Next(FaultPlan.WindowMs / 2));
            await UntilToldAsync(Message(name, $"{name}-{i}", intent), random.Next(ChaosWorld.Replicas));
        }
    }

    /// <summary>The same message to all replicas at the same moment, and once more later.</summary>
    private async Task AskTwiceAsync(Random random, string name)
    {
        await Task.Delay(random.Next(FaultPlan.WindowMs));
        var message = Message(name, name, Debug);
        await Task.WhenAll(Enumerable.Range(0, ChaosWorld.Replicas).Select(replica => UntilToldAsync(message, replica)));
        await Task.Delay(random.Next(FaultPlan.WindowMs / 2));
        await UntilToldAsync(message, random.Next(ChaosWorld.Replicas));
    }

    private async Task ConverseAsync(Random random)
    {
        for (var i = 0; i < 4; i++)
        {
            await Task.Delay(random.Next(FaultPlan.WindowMs / 4));
            await UntilToldAsync(Message("talker", $"turn-{i}", Debug, $"lesson-{_id}"), random.Next(ChaosWorld.Replicas));
        }
    }

    /// <summary>After a message was accepted its id comes again: with other words, and from somebody else.</summary>
    private async Task IntrudeAsync(Random random)
    {
        var message = Message("owner", "owned", Debug);
        await Task.Delay(random.Next(FaultPlan.WindowMs / 2));
        await UntilToldAsync(message, random.Next(ChaosWorld.Replicas));
        var intruders = (ChaosMessage[])
        [
            message with { Query = "NameError: name 'other_words' is not defined", IsIntruder = true },
            message with { Student = $"stranger-{_id}", IsIntruder = true },
        ];
        foreach (var intruder in intruders)
        {
            await Task.Delay(random.Next(FaultPlan.WindowMs / 2));
            await AskAsync(intruder, random.Next(ChaosWorld.Replicas));
        }
    }

    /// <summary>
    /// Half of a quiz, then all of it, then the first half again: were that counted a second time, the score would fall.
    /// </summary>
    private async Task PractiseAsync(Random random)
    {
        var student = $"practised-{_id}";
        var half = world.QuizAnswers.Take(world.QuizAnswers.Count / 2).ToDictionary();
        foreach (var (submissionId, answers) in ((string, IReadOnlyDictionary<string, string>)[])
            [("half", half), ("all", world.QuizAnswers), ("half", half), ("half", half)])
        {
            await Task.Delay(random.Next(FaultPlan.WindowMs / 4));
            await UntilCountedAsync(student, random.Next(ChaosWorld.Replicas), new { answers, submissionId });
        }

        _practice[student] = (100, 0);
    }

    private async Task UntilCountedAsync(string student, int replica, object submission)
    {
        for (var i = 0; ; i++)
        {
            var (status, body) = await SendAsync(student, (replica + i) % ChaosWorld.Replicas, HttpMethod.Post, $"/api/v1/quizzes/{ChaosWorld.QuizTopic}/answers", submission);
            if (status == 200)
            {
                return;
            }

            Assert.True(status is 0 or 503, $"a submission got {status}: {body}");
            Assert.True(_clock.Elapsed < Patience, $"a submission is never counted: {status} {body}");
            await Task.Delay(Pause);
        }
    }

    private async Task UntilToldAsync(ChaosMessage message, int replica)
    {
        while (await AskAsync(message, replica) is not (200 or 202) && _clock.Elapsed < Patience)
        {
            replica = (replica + 1) % ChaosWorld.Replicas;
            await Task.Delay(Pause);
        }
    }

    private async Task<int> AskAsync(ChaosMessage message, int replica)
    {
        var sentAt = _clock.Elapsed.TotalMilliseconds;
        var conversation = message.Conversation is { } id ? new { id } : null;
        var (status, body) = await SendAsync(
            message.Student, replica, HttpMethod.Post, "/api/v1/triage",
            new { query = message.Query, requestId = message.RequestId, intent = message.Intent, conversation });
        _told.Enqueue(new(message, replica, sentAt, _clock.Elapsed.TotalMilliseconds, status, body));
        return status;
    }

    /// <summary>Asks; where the connection breaks, or too long nothing comes, the status is 0.</summary>
    private async Task<(int Status, JsonElement Body)> SendAsync(string student, int replica, HttpMethod method, string path, object? body = null, string role = "student")
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new("Bearer", world.TokenOf(student, role));
        try
        {
            using var reply = await world.Students[replica].SendAsync(request);
            return ((int)reply.StatusCode, await reply.ReadAsync());
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException or OperationCanceledException)
        {
            return (0, default);
        }
    }

    /// <summary>Reads along, from where the last connection broke.</summary>
    private async Task ReadAlongAsync(Random random, string name)
    {
        await Task.Delay(random.Next(FaultPlan.WindowMs));
        var (message, replica, read) = (Message(name, name, Debug), random.Next(ChaosWorld.Replicas), "");
        var status = 0;
        while (status != 200 && _clock.Elapsed < Patience)
        {
            var sentAt = _clock.Elapsed.TotalMilliseconds;
            (status, var body) = (0, default(JsonElement));
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/triage")
                {
                    Content = JsonContent.Create(new { query = message.Query, requestId = message.RequestId, intent = message.Intent }),
                };
                request.Headers.Authorization = new("Bearer", world.TokenOf(message.Student));
                request.Headers.Accept.ParseAdd("text/event-stream");
                if (read.Length > 0)
                {
                    request.Headers.Add("Last-Event-ID", $"{read.Length}");
                }

                using var patience = new CancellationTokenSource(LongestSilence);
                using var reply = await world.Students[replica].SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
                if (!reply.IsSuccessStatusCode)
                {
                    (status, body) = ((int)reply.StatusCode, await reply.ReadAsync());
                }
                else
                {
                    await foreach (var item in SseParser.Create(await reply.Content.ReadAsStreamAsync(patience.Token)).EnumerateAsync(patience.Token))
                    {
                        var data = JsonSerializer.Deserialize<JsonElement>(item.Data);
                        read += item.EventType == "delta" ? data.Text("markdown") : "";
                        (status, body) = item.EventType switch
                        {
                            "done" => (200, data),
                            "problem" => (data.GetProperty("status").GetInt32(), data),
                            _ => (0, default),
                        };
                    }
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException or OperationCanceledException)
            {
                status = 0;
            }

            _told.Enqueue(new(message, replica, sentAt, _clock.Elapsed.TotalMilliseconds, status, body) { Read = read });
            replica = (replica + 1) % ChaosWorld.Replicas;
            await Task.Delay(Pause);
        }
    }

    /// <summary>Sends one of the two dead letters again, when their agent can bear them.</summary>
    private async Task<HashSet<string>> ReplayAsync(HashSet<string> dead)
    {
        world.IsPoisonous = false;
        foreach (var id in dead.Where(id => id == $"{ChaosWorld.Poison}-0-{_id}"))
        {
            // Redis may be just back, and who is told to come again does so.
            int status;
            do
            {
                (status, _) = await SendAsync("root", 0, HttpMethod.Post, $"/api/v1/admin/dead-letters/{id}/replay", role: "admin");
            }
            while (status == 503 && _clock.Elapsed < Patience);
            Assert.Equal(200, status);
        }

        return await SettleAsync();
    }

    /// <summary>Waits until nothing waits.</summary>
    /// <returns>The ids of dead letters.</returns>
    private async Task<HashSet<string>> SettleAsync()
    {
        while (_clock.Elapsed < Patience && await WaitingAsync() > 0)
        {
            await Task.Delay(Pause);
        }

        var dead = await Task.WhenAll(Enumerable.Range(0, WaitingMessages.Shards).Select(shard =>
            world.InRedisAsync(redis => redis.SortedSetRangeByRankAsync(StateKeys.Queue(shard, "dead")))));
        return [.. dead.SelectMany(ids => ids).Select(id => id.ToString())];
    }

    private async Task<long> WaitingAsync() => await world.InRedisAsync(async redis => (await Task.WhenAll(
        Enumerable.Range(0, WaitingMessages.Shards).Select(async shard =>
            await redis.HashLengthAsync(StateKeys.Queue(shard, "items")) - await redis.SortedSetLengthAsync(StateKeys.Queue(shard, "dead")))))
        .Sum());

    private async Task<ChaosHistory> ReadAsync(HashSet<string> dead)
    {
        Dictionary<string, JsonElement> finals = [];
        foreach (var message in _told.Select(told => told.Message).Where(message => !message.IsIntruder).DistinctBy(message => message.RequestId))
        {
            var (status, body) = (0, default(JsonElement));
            for (var replica = 0; status is not (200 or 404) && _clock.Elapsed < 2 * Patience; replica = (replica + 1) % ChaosWorld.Replicas)
            {
                (status, body) = await SendAsync(message.Student, replica, HttpMethod.Get, $"/api/v1/triage/{message.RequestId}");
            }

            if (status == (int)HttpStatusCode.OK)
            {
                finals[message.RequestId] = body;
            }
        }

        foreach (var student in _practice.Keys.ToList())
        {
            var score = await world.InRedisAsync(redis =>
                redis.HashGetAsync(StateKeys.Progress(student), StudentProgress.QuizField(ChaosWorld.QuizTopic)));
            _practice[student] = _practice[student] with { Found = (int)score };
        }

        return new([.. _told], finals, dead, await WaitingAsync(), _practice, plan.HasRedis);
    }
}
