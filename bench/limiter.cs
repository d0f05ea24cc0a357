#:sdk Microsoft.NET.Sdk.Web
#:project ../LearnFlow.Triage/LearnFlow.Triage.csproj
#:property PublishAot=false

// Whether the limit of 100 messages in any 60 seconds holds in a flood: 64 connections send 1,000,000 messages of 200
// students to two replicas over one Redis, for at least 130 s, so that every student's places come free twice. What Redis
// wrote down of each admission, to the microsecond, is then held against what the clients were told. Ends with 1 where a
// bound is broken. Needs redis-server (apt-get install redis-server). Run: dotnet run -c Release bench/limiter.cs

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using StackExchange.Redis;

const int requests = 1_000_000;
const int connections = 64;
const int students = 200;
const int limit = 100;
const int redisPort = 16380;
int[] ports = [17002, 17003];
var shortest = TimeSpan.FromSeconds(130);
var sampling = TimeSpan.FromSeconds(2);

if (args is ["serve", var port])
{
    await ServeAsync(port);
    return 0;
}

using var redisServer = Measured.StartRedis(redisPort);
var replicas = ports.Select(replica => Measured.StartSelf("serve", $"{replica}")).ToList();
try
{
    using var redis = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{redisPort},connectRetry=20");
    using var http = new HttpMessageInvoker(new SocketsHttpHandler
    {
        MaxConnectionsPerServer = connections / ports.Length, UseProxy = false, ActivityHeadersPropagator = null,
    });
    foreach (var replica in ports)
    {
        await LocalStack.ReadyAsync($"http://127.0.0.1:{replica}");
    }

    // By others, so that nothing is compiled any more when it counts.
    await FloodAsync(http, "warm-up", 20_000, TimeSpan.Zero);

    var stamps = Enumerable.Range(0, students).Select(_ => new SortedDictionary<long, int>()).ToArray();
    using var ended = new CancellationTokenSource();
    var gathering = GatherAsync(redis.GetDatabase(), stamps, ended.Token);
    var watch = Stopwatch.StartNew();
    var replies = await FloodAsync(http, "student", requests, shortest);
    var took = watch.Elapsed;
    await ended.CancelAsync();
    await gathering;

    return Report(replies, stamps, took, await LocalDecisionsAsync(http)) ? 0 : 1;
}
finally
{
    replicas.ForEach(replica => replica.Dispose());
}

// Every student asks both replicas, again and again, whatever they are told.
async Task<List<Reply>> FloodAsync(HttpMessageInvoker http, string name, int many, TimeSpan atLeast)
{
    var tokens = Enumerable.Range(0, students).Select(student => new AuthenticationHeaderValue("Bearer", Students.Token($"{name}-{student}"))).ToArray();
    var (sent, watch) = (0, Stopwatch.StartNew());
    var workers = Enumerable.Range(0, connections).Select(worker => Task.Run(async () =>
    {
        var address = new Uri($"http://127.0.0.1:{ports[worker % ports.Length]}/api/v1/triage");
        List<Reply> replies = [];
        for (int number; (number = Interlocked.Increment(ref sent)) <= many || watch.Elapsed < atLeast;)
        {
            // One more each round, so that a student does not always meet the same replica.
            var student = (number + (number / students)) % students;
            replies.Add(await AskAsync(http, address, student, tokens[student]));
        }

        return replies;
    }));
    return [.. (await Task.WhenAll(workers)).SelectMany(replies => replies)];
}

// A message without words: it is counted before its body is read, and nobody has to answer it. 400 is "let in".
static async Task<Reply> AskAsync(HttpMessageInvoker http, Uri address, int student, AuthenticationHeaderValue token)
{
    using var request = new HttpRequestMessage(HttpMethod.Post, address)
    {
        Content = new ByteArrayContent("{}"u8.ToArray()) { Headers = { ContentType = new("application/json") } },
    };
    request.Headers.Authorization = token;
    var sent = Now();
    using var reply = await http.SendAsync(request, CancellationToken.None);
    await reply.Content.CopyToAsync(Stream.Null);
    return new(student, sent, Now(), reply.StatusCode switch
    {
        HttpStatusCode.BadRequest => null,
        HttpStatusCode.TooManyRequests => (int)reply.Headers.RetryAfter!.Delta!.Value.TotalSeconds,
        var other => throw new InvalidOperationException($"{(int)other}: {await reply.Content.ReadAsStringAsync()}"),
    });
}

// A time stays in Redis for a window at least, so that looking every two seconds sees each.
async Task GatherAsync(IDatabase redis, SortedDictionary<long, int>[] stamps, CancellationToken ended)
{
    for (var isLast = false; !isLast;)
    {
        isLast = ended.IsCancellationRequested;
        for (var student = 0; student < students; student++)
        {
            var list = await redis.ListRangeAsync(StateKeys.RateLimit($"student-{student}", "messages"));
            foreach (var same in list.GroupBy(stamp => (long)stamp))
            {
                stamps[student][same.Key] = Math.Max(stamps[student].GetValueOrDefault(same.Key), same.Count());
            }
        }

        await Task.Delay(sampling, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}

async Task<double> LocalDecisionsAsync(HttpMessageInvoker http)
{
    var decisions = 0.0;
    foreach (var port in ports)
    {
        using var reply = await http.SendAsync(new(HttpMethod.Get, $"http://127.0.0.1:{port}/metrics"), CancellationToken.None);
        decisions += (await reply.Content.ReadAsStringAsync()).Split('\n')
            .Where(line => line.StartsWith("learnflow_triage_limiter_local", StringComparison.Ordinal))
            .Sum(line => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
    }

    return decisions;
}

static bool Report(List<Reply> replies, SortedDictionary<long, int>[] gathered, TimeSpan took, double local)
{
    var admissions = gathered.Select(stamps => stamps.SelectMany(stamp => Enumerable.Repeat(stamp.Key, stamp.Value)).ToArray()).ToList();
    var told = new int[students];
    int refused = 0, unjust = 0, mostInWindow = 0;
    var (early, late) = (0.0, 0.0);
    foreach (var reply in CollectionsMarshal.AsSpan(replies))
    {
        if (reply.RetryAfter is not { } seconds)
        {
            told[reply.Student]++;
            continue;
        }

        refused++;
        if (Refusal.Check(admissions[reply.Student], limit, reply.Sent, reply.Received, seconds) is { } error)
        {
            (early, late) = (Math.Min(early, error), Math.Max(late, error));
        }
        else
        {
            unjust++;
        }
    }

    foreach (var stamps in admissions)
    {
        for (int first = 0, last = 0; last < stamps.Length; last++)
        {
            for (; stamps[last] - stamps[first] > Refusal.Window; first++)
            {
            }

            mostInWindow = Math.Max(mostInWindow, last - first + 1);
        }
    }

    var atLeast = limit * (int)(took.TotalMicroseconds / Refusal.Window);
    var different = Enumerable.Range(0, students).Count(student => told[student] != admissions[student].Length);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
        requests                    {replies.Count:N0}
        duration                    {took.TotalSeconds:F1} s
        requests/s                  {replies.Count / took.TotalSeconds:N0}
        admitted                    {told.Sum():N0}
        429                         {refused:N0}
        most in any 60 s            {mostInWindow} (at most {limit})
        fewest of a student         {told.Min()} (at least {atLeast})
        429 with a place free       {unjust} (none)
        Retry-After against truth   {early:F3} to {late:F3} s (within 1 s)
        students whose count differs between clients and Redis   {different} (none)
        decided without Redis       {local} (none)
        """));
    return mostInWindow <= limit && told.Min() >= atLeast && unjust == 0 && different == 0 && local == 0
        && early >= -1 - Refusal.ClockDrift / 1e6 && late <= 1 + Refusal.ClockDrift / 1e6;
}

// Microseconds of the machine's clock, which Redis reads too.
static long Now() => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

static Task ServeAsync(string port) => LearnFlow.Triage.Program.Create(
[
    $"--urls=http://127.0.0.1:{port}", "--environment=Production", "--Logging:LogLevel:Default=Warning",
    $"--{Topology.RedisSetting}=127.0.0.1:{redisPort}",
    .. AgentRole.All.Select(role => $"--{Topology.AddressSetting(role)}=http://127.0.0.1:9"),
    .. Students.Believed,
]).RunAsync();

/// <summary>What a client was told, by the clock that Redis reads too, in microseconds.</summary>
/// <param name="Student">Who asked.</param>
/// <param name="Sent">When the request left.</param>
/// <param name="Received">When its answer was there.</param>
/// <param name="RetryAfter">Seconds, of a 429; null where it was let in.</param>
internal readonly record struct Reply(int Student, long Sent, long Received, int? RetryAfter);

/// <summary>Whether a 429 was right, by when everybody was let in.</summary>
internal static class Refusal
{
    public const long Window = 60_000_000;

    /// <summary>A replica measures how long it waits, Redis reads what time it is; that clock may be set meanwhile.</summary>
    public const long ClockDrift = 20_000;

    /// <summary>
    /// The seconds by which Retry-After is off. Nobody outside knows at which moment between the request and its answer it
    /// was decided, hence at the one where it is least; null where a place was free all that time.
    /// </summary>
    public static double? Check(long[] admissions, int limit, long sent, long received, int retryAfter)
    {
        double? least = null;
        for (var last = Array.FindLastIndex(admissions, time => time <= received + ClockDrift); last >= limit - 1; last--)
        {
            var freeAt = admissions[last - limit + 1] + Window;
            if (freeAt < sent - ClockDrift)
            {
                break;
            }

            var (from, until) = (Math.Max(sent, admissions[last]), Math.Min(received, freeAt));
            var ifLate = Math.Max(from, until) + (retryAfter * 1e6) - freeAt;
            var error = Math.Clamp(0, from + (retryAfter * 1e6) - freeAt, ifLate) / 1e6;
            least = Math.Abs(error) < Math.Abs(least ?? double.MaxValue) ? error : least;
            if (from == sent)
            {
                break;
            }
        }

        return least;
    }
}
