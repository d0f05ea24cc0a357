#:sdk Microsoft.NET.Sdk.Web
#:project ../LearnFlow.Triage/LearnFlow.Triage.csproj
#:project ../LearnFlow.Agents/LearnFlow.Agents.csproj
#:property PublishAot=false

// How long students wait: 1,000 messages a second for 60 s, sent when they are due whether or not the earlier ones are
// answered (open loop), each timed from when it was due. All kinds of messages, all agents, Redis and this client on one
// machine. Then, seven times, the debug agent is killed under half that load and started again: what the others' students
// notice, and when the first debug answer comes. Needs redis-server. Run: dotnet run -c Release bench/latency.cs, or with
// -- together for one process of all agents, of which none is killed

using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using LearnFlow.ServiceDefaults.Contracts;

const int perSecond = 1000;
const int students = 2000;
var warmUp = TimeSpan.FromSeconds(60);
var duration = TimeSpan.FromSeconds(60);
const int rounds = 7;
var phase = TimeSpan.FromSeconds(12);

// Ours, not learners'; for each agent one. Cached answers are part of the product: a class asks the same.
(AgentRole Agent, byte[] Body)[] messages =
[
    (AgentRole.Debug, Body("what does this mean?", error: "Traceback (most recent call last):\n  File \"shop.py\", line 7, in total\n    return sum(prices) + fee\nTypeError: unsupported operand type(s) for +: 'int' and 'str'\n")),
    (AgentRole.Concepts, Body("what is the difference between a list and a tuple?")),
    (AgentRole.Exercise, Body("give me an exercise about dictionaries")),
    (AgentRole.Progress, Body("how far am I with functions?")),
    (AgentRole.Review, Body("can you review my code?", code: "def add(x, items=[]):\n    items.append(x)\n    return items\n\nprint(add(1))\nprint(add(2))\n")),
];
var tokens = Enumerable.Range(0, students).Select(i => new AuthenticationHeaderValue("Bearer", Students.Token($"student-{i}"))).ToArray();
using var client = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null });
var address = new Uri($"{LocalStack.Address}/api/v1/triage");

var together = args is ["together"];
using var stack = await LocalStack.StartAsync(together);
// Slowly at first: what is compiled while it is asked for the first time takes longer than an agent is given.
await SendAsync(perSecond / 10, warmUp / 3);
await SendAsync(perSecond / 2, warmUp);
Console.WriteLine("in milliseconds                     messages      p50      p95      p99      max  not answered");
var before = Cpu();
var full = await SendAsync(perSecond, duration);
Print("1,000/s", full);
foreach (var kind in full.GroupBy(sample => sample.Agent))
{
    Print($"  of these {kind.Key.Resource}", [.. kind]);
}

Console.WriteLine($"processor time per message in µs: {string.Join(", ", Cpu().Zip(before, (now, then) => string.Create(CultureInfo.InvariantCulture, $"{now.Part} {(now.Time - then.Time) / full.Count:F0}")))}");

if (together)
{
    // Of one process for all agents no single one can be killed.
    return;
}

// Half the load, so that the machine has room for an agent that starts. Several rounds, for one is mostly the machine's own
// ups and downs.
List<double> moved = [];
List<Sample> calm = [], killed = [];
for (var round = 1; round <= rounds; round++)
{
    var whole = Others(await SendAsync(perSecond / 2, phase));
    stack.Agents[AgentRole.Debug].Kill();
    var without = Others(await SendAsync(perSecond / 2, phase));
    calm.AddRange(whole);
    killed.AddRange(without);
    moved.Add((Percentile(without, 99) / Percentile(whole, 99) - 1) * 100);

    stack.StartAgent(AgentRole.Debug);
    await LocalStack.ReadyAsync(stack.AddressOf(AgentRole.Debug));
    var load = SendAsync(perSecond / 10, TimeSpan.FromSeconds(40));
    var probed = await FirstAsync(async () => !(await BreakersAsync()).Contains("\"debug-agent\",\"state\":\"open\"", StringComparison.Ordinal));
    var answered = await FirstAsync(async () => (await AskAsync(0, Stopwatch.GetTimestamp())).IsAnswered);
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"round {round}: p99 of the others {Percentile(whole, 99):F1} ms, with debug killed {Percentile(without, 99):F1} ms; debug's first answer {Stopwatch.GetElapsedTime(probed, answered).TotalSeconds:F2} s after its breaker let a probe through"));
    await load;
}

Print("500/s, agents other than debug", calm);
Print("500/s, the same, debug killed", killed);
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"their p99 moved by {(Percentile(killed, 99) / Percentile(calm, 99) - 1) * 100:+0;-0} % in all, by rounds {string.Join(", ", moved.Order().Select(percent => percent.ToString("+0;-0", CultureInfo.InvariantCulture)))}"));

// When each is due is fixed before; a late answer makes none of the others late.
async Task<List<Sample>> SendAsync(int rate, TimeSpan howLong)
{
    var samples = new Task<Sample>[(int)(rate * howLong.TotalSeconds)];
    var started = Stopwatch.GetTimestamp();
    for (var sent = 0; sent < samples.Length;)
    {
        for (; sent < samples.Length && DueAt(sent) <= Stopwatch.GetTimestamp(); sent++)
        {
            var (number, due) = (sent, DueAt(sent));
            samples[sent] = Task.Run(() => AskAsync(number, due));
        }

        await Task.Delay(1);
    }

    return [.. await Task.WhenAll(samples)];

    long DueAt(int number) => started + (long)(number / (double)rate * Stopwatch.Frequency);
}

async Task<Sample> AskAsync(int number, long due)
{
    var (agent, body) = messages[number % messages.Length];
    using var request = new HttpRequestMessage(HttpMethod.Post, address)
    {
        Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } },
    };
    request.Headers.Authorization = tokens[number / messages.Length % students];
    using var reply = await client.SendAsync(request, CancellationToken.None);
    await reply.Content.LoadIntoBufferAsync();
    var milliseconds = Stopwatch.GetElapsedTime(due).TotalMilliseconds;
    return new(agent, milliseconds, (int)reply.StatusCode);
}

// That of an agent is spread over all messages, a fifth of which it answers.
List<(string Part, double Time)> Cpu() =>
[
    ("triage", stack.Triage.Cpu),
    .. stack.Agents.Select(agent => (agent.Key.Resource, agent.Value.Cpu)),
    ("redis", stack.Redis.Cpu),
    ("this client", Environment.CpuUsage.TotalTime.TotalMicroseconds),
];

async Task<string> BreakersAsync()
{
    using var request = new HttpRequestMessage(HttpMethod.Get, $"{address}/circuit-breakers") { Headers = { Authorization = tokens[0] } };
    using var reply = await client.SendAsync(request, CancellationToken.None);
    return await reply.Content.ReadAsStringAsync();
}

static async Task<long> FirstAsync(Func<Task<bool>> condition)
{
    while (!await condition())
    {
        await Task.Delay(20);
    }

    return Stopwatch.GetTimestamp();
}

static List<Sample> Others(List<Sample> samples) => [.. samples.Where(sample => sample.Agent != AgentRole.Debug)];

static double Percentile(List<Sample> samples, double percent) =>
    samples.Select(sample => sample.Milliseconds).Order().ElementAt((int)Math.Ceiling(samples.Count * percent / 100) - 1);

static void Print(string what, List<Sample> samples) => Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"{what,-35} {samples.Count,8} {Percentile(samples, 50),8:F1} {Percentile(samples, 95),8:F1} {Percentile(samples, 99),8:F1} {Percentile(samples, 100),8:F1} {samples.Count(sample => !sample.IsAnswered),8}  {string.Join(", ", samples.Where(sample => !sample.IsAnswered).CountBy(sample => sample.Status))}"));

static byte[] Body(string query, string? code = null, string? error = null) => JsonSerializer.SerializeToUtf8Bytes(new { query, code, error });

/// <summary>A message, from when it was due until its answer was there.</summary>
internal readonly record struct Sample(AgentRole Agent, double Milliseconds, int Status)
{
    public bool IsAnswered => Status == 200;
}
