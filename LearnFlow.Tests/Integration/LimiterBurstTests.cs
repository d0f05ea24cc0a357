using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Gate.Limits;
using StackExchange.Redis;

namespace LearnFlow.Tests.Integration;

/// <summary>Two replicas with the limit that learners meet, over one redis-server.</summary>
public sealed class LimiterBurstStack : LearnFlowStack<RedisServerUnderTest>
{
    public const int Limit = 100;

    protected override int Replicas => 2;

    /// <summary>
    /// Redis counts as away after a second without an answer, which says more of a busy machine than of the limiter; and then
    /// replicas rightly decide by themselves.
    /// </summary>
    public string PatientConnection => $"{Redis.ConnectionString},asyncTimeout=60000";

    protected override IEnumerable<string> Settings =>
        [$"--RateLimit:PerMinute={Limit}", $"--{Topology.RedisSetting}={PatientConnection}"];
}

/// <summary>
/// A flood, held against the times at which Redis let everybody in: what <c>bench/limiter.cs</c> does with a million
/// requests. It lasts until every student's places have come free once, hence more than a minute.
/// </summary>
public sealed class LimiterBurstTests(LimiterBurstStack stack) : IClassFixture<LimiterBurstStack>
{
    private const int Students = 20;
    private const int Connections = 64;
    private const int Limit = LimiterBurstStack.Limit;
    private const long Window = 60_000_000;

    /// <summary>A replica measures how long it waits, Redis reads what time it is; that clock may be set meanwhile.</summary>
    private const long ClockDrift = 20_000;

    /// <summary>Between two requests of a connection, so that the tests beside this one have the machine too.</summary>
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(15);

    /// <summary>A time stays in Redis for a window at least, so that looking this often sees each.</summary>
    private static readonly TimeSpan Sampling = TimeSpan.FromSeconds(2);

    /// <summary>Far longer than places take to come free.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task In_a_flood_over_two_replicas_no_window_holds_more_no_place_stays_empty_and_each_429_says_when_to_come()
    {
        var (replies, admissions, took) = await FloodAsync();

        var told = replies.CountBy(reply => (reply.Student, reply.RetryAfter is null)).ToDictionary();
        for (var student = 0; student < Students; student++)
        {
            var times = admissions[student];
            Assert.Equal(times.Length, told[(student, true)]);
            Assert.True(told[(student, false)] > 0, $"student {student} was never refused");
            Assert.InRange(times.Length, Math.Max(2, (int)(took.TotalMicroseconds / Window)) * Limit, int.MaxValue);
            // Who takes a place takes it more than a window after who had it: no window holds one more than there are.
            Assert.All(times.Zip(times.Skip(Limit), (had, takes) => takes - had), time => Assert.InRange(time, Window + 1, long.MaxValue));
        }

        var wrong = replies.Where(reply => reply.RetryAfter is not null && !IsRight(reply, admissions[reply.Student])).ToList();
        Assert.True(
            wrong.Count == 0,
            wrong.Count == 0 ? "" : $"{wrong.Count} of {replies.Count}, such as {wrong[0]} with {string.Join(' ', admissions[wrong[0].Student])}");
    }

    /// <summary>
    /// Whether all places were taken at a moment between the request and its answer, for nobody outside knows when it was
    /// decided, and one came free within a second of what the answer says.
    /// </summary>
    private static bool IsRight(Reply refused, long[] admissions)
    {
        for (var last = Array.FindLastIndex(admissions, time => time <= refused.Received + ClockDrift); last >= Limit - 1; last--)
        {
            var freeAt = admissions[last - Limit + 1] + Window;
            var from = Math.Max(refused.Sent, admissions[last]);
            var until = Math.Max(from, Math.Min(refused.Received, freeAt));
            var said = refused.RetryAfter!.Value * 1_000_000L;
            if (freeAt < refused.Sent - ClockDrift)
            {
                return false;
            }

            if (from + said - freeAt <= 1_000_000 + ClockDrift && until + said - freeAt >= -1_000_000 - ClockDrift)
            {
                return true;
            }

            if (admissions[last] <= refused.Sent)
            {
                return false;
            }
        }

        return false;
    }

    private async Task<(List<Reply> Replies, List<long[]> Admissions, TimeSpan Took)> FloodAsync()
    {
        string[] students = [.. Enumerable.Range(0, Students).Select(student => $"student-{student}-{Guid.NewGuid():N}")];
        using var http = new HttpMessageInvoker(new SocketsHttpHandler { MaxConnectionsPerServer = Connections / 2, UseProxy = false });
        AuthenticationHeaderValue[] tokens = [.. students.Select(student => new AuthenticationHeaderValue("Bearer", stack.SignToken(student)))];
        using var ended = new CancellationTokenSource();
        var gathering = GatherAsync(students, ended.Token);
        var admitted = new int[Students];
        var number = -1;
        var watch = Stopwatch.StartNew();

        var replies = await Task.WhenAll(Enumerable.Range(0, Connections).Select(connection => Task.Run(async () =>
        {
            var address = new Uri(stack.Addresses[connection % 2], "/api/v1/triage");
            List<Reply> own = [];
            while (Array.Exists(admitted, many => many < 2 * Limit))
            {
                Assert.True(watch.Elapsed < Patience, $"places did not come free: {string.Join(' ', admitted)}");
                var student = Interlocked.Increment(ref number) % Students;
                var reply = await AskAsync(http, address, student, tokens[student]);
                own.Add(reply);
                if (reply.RetryAfter is null)
                {
                    Interlocked.Increment(ref admitted[student]);
                }

                await Task.Delay(Breath);
            }

            return own;
        })));

        var took = watch.Elapsed;
        await ended.CancelAsync();
        return ([.. replies.SelectMany(own => own)], await gathering, took);
    }

    /// <summary>
    /// A message without words: the limit is taken before its body is read, so that what stands behind it, an answer or a
    /// 400, says the same of it, and a 400 costs no agent's time. It is "let in".
    /// </summary>
    private static async Task<Reply> AskAsync(HttpMessageInvoker http, Uri address, int student, AuthenticationHeaderValue token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Headers = { Authorization = token },
            Content = new ByteArrayContent("{}"u8.ToArray()) { Headers = { ContentType = new("application/json") } },
        };
        var sent = Now();
        using var reply = await http.SendAsync(request, CancellationToken.None);
        var received = Now();
        await reply.Content.CopyToAsync(Stream.Null);
        Assert.True(reply.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.TooManyRequests, $"{reply.StatusCode}");
        Assert.Equal(reply.StatusCode == HttpStatusCode.TooManyRequests, reply.Headers.RetryAfter is not null);
        return new(student, sent, received, (int?)reply.Headers.RetryAfter?.Delta?.TotalSeconds);
    }

    /// <summary>When Redis let each student in.</summary>
    private async Task<List<long[]>> GatherAsync(string[] students, CancellationToken ended)
    {
        using var connection = await ConnectionMultiplexer.ConnectAsync(stack.PatientConnection);
        var redis = connection.GetDatabase();
        List<SortedDictionary<long, int>> seen = [.. students.Select(_ => new SortedDictionary<long, int>())];
        for (var isLast = false; !isLast;)
        {
            isLast = ended.IsCancellationRequested;
            foreach (var (student, times) in students.Zip(seen))
            {
                var list = await redis.ListRangeAsync(StateKeys.RateLimit(student, RateLimit.Messages.Name));
                foreach (var (time, many) in list.CountBy(time => (long)time))
                {
                    times[time] = Math.Max(times.GetValueOrDefault(time), many);
                }
            }

            await Task.Delay(Sampling, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return [.. seen.Select(times => times.SelectMany(time => Enumerable.Repeat(time.Key, time.Value)).ToArray())];
    }

    /// <summary>Microseconds of the machine's clock, which Redis reads too.</summary>
    private static long Now() => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>What a client was told, in microseconds.</summary>
    /// <param name="RetryAfter">Seconds, of a 429; null where it was let in.</param>
    private readonly record struct Reply(int Student, long Sent, long Received, int? RetryAfter);
}
