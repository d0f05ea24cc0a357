#:sdk Microsoft.NET.Sdk.Web
#:project ../LearnFlow.Triage/LearnFlow.Triage.csproj
#:project ../LearnFlow.Agents/LearnFlow.Agents.csproj
#:property PublishAot=false

// The whole way of a message (token, limit, decision, debug agent over HTTP, answer kept in Redis, audit trail) under full
// load, beside two that hand the same question to the same agent: HAProxy 2.6, which checks an HS256 token and counts
// requests of each student, and a route of ASP.NET that does nothing else. All by turns in one run. Needs wrk, redis-server
// and haproxy (apt-get install wrk redis-server haproxy). Run: dotnet run -c Release bench/gateway.cs

using System.Globalization;
using System.Text.Json;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Gate;

const int connections = 64;
const int seconds = 5;
const int rounds = 5;
const int proxyPort = 17020;
const int barePort = 17021;
var agent = AgentRole.Debug;
var path = AgentRoutes.Path(agent, AgentRoutes.Answer);

if (args is ["serve", var agentAddress])
{
    await ServeBareAsync(barePort, agentAddress);
    return;
}

// A traceback is what students send most, and its explanation is no answer that the cache may hold.
const string query = "what does this mean?";
const string error = """
    Traceback (most recent call last):
      File "shop.py", line 12, in <module>
        print(total(basket))
      File "shop.py", line 7, in total
        return sum(prices) + fee
    TypeError: unsupported operand type(s) for +: 'int' and 'str'
    """;
var message = JsonSerializer.Serialize(new { query, error });
var question = JsonSerializer.Serialize(
    new AgentQuestion("0199d6a2f0a07c3f8a4f3f7f5c1d2e3b", "student-0", query, null, error), ContractsJson.Default.AgentQuestion);
var (asked, handedOn) = (Wrk.Script("/api/v1/triage", message, connections), Wrk.Script(path, question, connections));

using var stack = await LocalStack.StartAsync();
using var proxy = StartProxy();
using var bare = Measured.StartSelf("serve", stack.AddressOf(agent));
await LocalStack.ReadyAsync($"http://127.0.0.1:{proxyPort}");
await LocalStack.ReadyAsync($"http://127.0.0.1:{barePort}");
Way[] ways =
[
    new("haproxy", proxy, $"http://127.0.0.1:{proxyPort}", handedOn),
    new("bare", bare, $"http://127.0.0.1:{barePort}", handedOn),
    new("learnflow", stack.Triage, LocalStack.Address, asked),
];
foreach (var way in ways)
{
    await Wrk.WarmUpAsync(way.Address, way.Script, connections);
}

for (var round = 0; round < rounds; round++)
{
    foreach (var way in ways)
    {
        await MeasureAsync(way);
    }
}

// What was only kept for later is no answer.
using var client = new HttpClient();
var outcomes = (await client.GetStringAsync($"{LocalStack.Address}{Topology.MetricsPath}")).Split('\n')
    .Where(line => line.StartsWith("learnflow_triage_messages_total", StringComparison.Ordinal) && !line.Contains("answered", StringComparison.Ordinal));
Console.WriteLine();
Console.WriteLine($"messages that were not answered: {string.Join(", ", outcomes.DefaultIfEmpty("none"))}");
Console.WriteLine($"{connections} connections, {rounds} rounds of {seconds} s by turns, medians; processor time per request in µs:");
Console.WriteLine("way         requests/s   front   agent   redis");
foreach (var way in ways)
{
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{way.Name,-10} {way.Median(row => row.PerSecond),11:F0} {way.Median(row => row.Front),7:F1} {way.Median(row => row.Agent),7:F1} {way.Median(row => row.Redis),7:F1}"));
}

foreach (var other in ways[..^1])
{
    var ratios = ways[^1].Rows.Zip(other.Rows, (ours, its) => ours.PerSecond / its.PerSecond).Order().ToList();
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"learnflow / {other.Name}: {ratios[rounds / 2]:F2} ({ratios[0]:F2} to {ratios[^1]:F2})"));
}

async Task MeasureAsync(Way way)
{
    var (front, agents, redis) = (way.Front.Cpu, stack.Agents[agent].Cpu, stack.Redis.Cpu);
    var load = await Wrk.RunAsync(way.Address, way.Script, connections, seconds);
    way.Rows.Add(new(
        load.PerSecond, (way.Front.Cpu - front) / load.Requests, (stack.Agents[agent].Cpu - agents) / load.Requests,
        (stack.Redis.Cpu - redis) / load.Requests));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{way.Name}: {load.PerSecond:F0} requests/s, front {way.Rows[^1].Front:F0} µs"));
}

// What its manual has for a gateway: the token's algorithm, signature, times and issuer, and a count of requests in a
// minute for each subject, in a table of its own.
Measured StartProxy()
{
    var file = Path.Combine(Path.GetTempPath(), $"learnflow-haproxy-{Environment.ProcessId}.cfg");
    File.WriteAllText(file, $$"""
        global
          nbthread 2
          maxconn 4096
        defaults
          mode http
          timeout connect 1s
          timeout client 30s
          timeout server 30s
          timeout http-keep-alive 30s
        backend students
          stick-table type string len 64 size 100k expire 60s store http_req_rate(60s)
        frontend gate
          bind 127.0.0.1:{{proxyPort}}
          http-request set-var(txn.alg) http_auth_bearer,jwt_header_query('$.alg')
          http-request set-var(txn.iss) http_auth_bearer,jwt_payload_query('$.iss')
          http-request set-var(txn.aud) http_auth_bearer,jwt_payload_query('$.aud')
          http-request set-var(txn.sub) http_auth_bearer,jwt_payload_query('$.sub')
          http-request set-var(txn.exp) http_auth_bearer,jwt_payload_query('$.exp','int')
          http-request set-var(txn.now) date()
          http-request deny deny_status 401 unless { var(txn.alg) -m str HS256 }
          http-request deny deny_status 401 unless { http_auth_bearer,jwt_verify(txn.alg,"{{Students.Secret}}") 1 }
          http-request deny deny_status 401 unless { var(txn.iss) -m str {{TokenOptions.DefaultIssuer}} }
          http-request deny deny_status 401 unless { var(txn.aud) -m str learnflow }
          http-request deny deny_status 401 if { var(txn.exp),sub(txn.now) -m int lt 0 }
          http-request track-sc0 var(txn.sub) table students
          http-request deny deny_status 429 if { sc_http_req_rate(0) gt 100000000 }
          default_backend agent
        backend agent
          http-reuse always
          server agent {{new Uri(stack.AddressOf(agent)).Authority}}

        """);
    return Measured.Start("haproxy", "-db", "-f", file);
}

async Task ServeBareAsync(int port, string agentAddress)
{
    var builder = WebApplication.CreateSlimBuilder([$"--urls=http://127.0.0.1:{port}", "--Logging:LogLevel:Default=Warning"]);
    builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, ContractsJson.Default));
    using var client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri(agentAddress) };
    var app = builder.Build();
    app.MapPost(path, async (AgentQuestion question, CancellationToken cancellation) =>
    {
        using var reply = await client.PostAsJsonAsync(path, question, ContractsJson.Default.AgentQuestion, cancellation);
        return TypedResults.Ok(await reply.Content.ReadFromJsonAsync(ContractsJson.Default.AgentAnswer, cancellation));
    });
    await app.RunAsync();
}

internal sealed record Way(string Name, Measured Front, string Address, string Script)
{
    public List<Row> Rows { get; } = [];

    public double Median(Func<Row, double> of) => Measured.Median(Rows.Select(of));
}

internal readonly record struct Row(double PerSecond, double Front, double Agent, double Redis);
