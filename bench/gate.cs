#:sdk Microsoft.NET.Sdk.Web
#:project ../LearnFlow.Triage/LearnFlow.Triage.csproj
#:property PublishAot=false

// What the gate costs: CPU per request of one route behind it (token remembered, limit checked in Redis, input cleaned),
// beside the same route bare, in one run. Needs wrk and redis-server. Run: dotnet run -c Release bench/gate.cs

using System.Globalization;
using LearnFlow.ServiceDefaults;
using LearnFlow.Triage.Dispatch;
using LearnFlow.Triage.Endpoints;
using LearnFlow.Triage.Flags;
using LearnFlow.Triage.Gate;
using LearnFlow.Triage;

const int connections = 64;
const int seconds = 5;
const int rounds = 7;
const int redisPort = 16379;
const int barePort = 17000;
const int gatePort = 17001;

if (args is ["serve", var kind, var port])
{
    await ServeAsync(kind, port);
    return;
}

var script = Wrk.Script("/ask", """{"query":"what is the difference between a list and a tuple, and when do I use which?"}""", connections);
using var redis = Measured.StartRedis(redisPort);
using var bare = Measured.StartSelf("serve", "bare", $"{barePort}");
using var gate = Measured.StartSelf("serve", "gate", $"{gatePort}");
foreach (var address in (string[])[AddressOf(barePort), AddressOf(gatePort)])
{
    await LocalStack.ReadyAsync(address);
    await Wrk.WarmUpAsync(address, script, connections);
}

List<(double PerSecond, double Cpu, double RedisCpu)> bareRows = [], gateRows = [];
for (var round = 0; round < rounds; round++)
{
    bareRows.Add(await MeasureAsync("bare", bare, barePort));
    gateRows.Add(await MeasureAsync("gate", gate, gatePort));
}

Console.WriteLine();
Console.WriteLine($"{connections} connections, {rounds} rounds of {seconds} s by turns; medians, CPU of the service's process per request:");
Print("bare", bareRows);
Print("gate", gateRows);
var cost = gateRows.Zip(bareRows, (behind, without) => behind.Cpu - without.Cpu).Order().ToList();
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture, $"The gate: {cost[rounds / 2]:F1} µs beyond the bare route ({cost[0]:F1} to {cost[^1]:F1})."));

static string AddressOf(int port) => $"http://127.0.0.1:{port}";

static void Print(string which, List<(double PerSecond, double Cpu, double RedisCpu)> rows) => Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"{which}: {Measured.Median(rows.Select(row => row.PerSecond)):F0} requests/s, {Measured.Median(rows.Select(row => row.Cpu)):F1} µs (and {Measured.Median(rows.Select(row => row.RedisCpu)):F1} µs of redis-server)"));

async Task<(double PerSecond, double Cpu, double RedisCpu)> MeasureAsync(string which, Measured server, int port)
{
    var (cpu, redisCpu) = (server.Cpu, redis.Cpu);
    var load = await Wrk.RunAsync(AddressOf(port), script, connections, seconds);
    var result = (load.PerSecond, (server.Cpu - cpu) / load.Requests, (redis.Cpu - redisCpu) / load.Requests);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{which}: {load.PerSecond:F0} requests/s, {result.Item2:F1} µs, redis {result.Item3:F1} µs"));
    return result;
}

async Task ServeAsync(string kind, string port)
{
    var builder = WebApplication.CreateBuilder([
        $"--urls=http://127.0.0.1:{port}", "--environment=Production", "--Logging:LogLevel:Default=Warning",
        $"--ConnectionStrings:redis=127.0.0.1:{redisPort}", "--RateLimit:PerMinute=100000", "--RateLimit:OtherPerMinute=100000",
        .. Students.Believed]);
    builder.AddServiceDefaults("gate");
    if (kind == "gate")
    {
        builder.AddFlags();
        builder.AddGate();
        builder.Services.AddSingleton<Breakers>();
        builder.Services.AddSingleton<TriageMetrics>();
    }

    var app = builder.Build();
    app.UseServiceDefaults();
    if (kind == "gate")
    {
        app.UseDoor();
        app.UseGate();
        app.MapPost("/ask", (Ask ask, Sanitizer sanitizer) => TypedResults.Ok(new Length(sanitizer.Clean(ask).Query!.Length)));
    }
    else
    {
        app.MapPost("/ask", (Ask ask) => TypedResults.Ok(new Length(ask.Query!.Length)));
    }

    await app.RunAsync();
}

internal sealed record Length(int Value);
