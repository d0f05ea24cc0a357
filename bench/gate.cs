#:sdk Microsoft.NET.Sdk.Web
#:project ../LearnFlow.Triage/LearnFlow.Triage.csproj
#:property PublishAot=false

// What the gate costs: CPU per request of one route behind it (token remembered, limit checked in Redis, input cleaned),
// beside the same route bare, in one run. Needs wrk and redis-server. Run: dotnet run -c Release bench/gate.cs

using System.Diagnostics;
using System.Globalization;
using LearnFlow.ServiceDefaults;
using LearnFlow.Triage.Endpoints;
using LearnFlow.Triage.Flags;
using LearnFlow.Triage.Gate;
using LearnFlow.Triage;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

const int connections = 64;
const int seconds = 5;
const int rounds = 7;
const int redisPort = 16379;
const int barePort = 17000;
const int gatePort = 17001;
const string key = "YSBrZXkgdGhhdCBpcyBvZiBubyB1c2UgdG8gYW55Ym9keQ==";

if (args is ["serve", var kind, var port])
{
    await ServeAsync(kind, port);
    return;
}

using var redis = Process.Start(new ProcessStartInfo("redis-server", $"--port {redisPort} --save \"\"") { RedirectStandardOutput = true })!;
redis.BeginOutputReadLine();
var script = Path.Combine(Path.GetTempPath(), $"learnflow-gate-{Environment.ProcessId}.lua");
File.WriteAllText(script, Script());
Process? bare = null, gate = null;
try
{
    (bare, gate) = (Start("bare", barePort), Start("gate", gatePort));
    await WarmUpAsync(barePort);
    await WarmUpAsync(gatePort);
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
    Console.WriteLine($"The gate: {cost[rounds / 2]:F1} µs beyond the bare route ({cost[0]:F1} to {cost[^1]:F1}).");
}
finally
{
    bare?.Kill();
    gate?.Kill();
    redis.Kill();
    File.Delete(script);
}

static void Print(string which, List<(double PerSecond, double Cpu, double RedisCpu)> rows) => Console.WriteLine(
    $"{which}: {Median(rows.Select(row => row.PerSecond)):F0} requests/s, {Median(rows.Select(row => row.Cpu)):F1} µs (and {Median(rows.Select(row => row.RedisCpu)):F1} µs of redis-server)");

static Process Start(string which, int port) =>
    Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["serve", which, $"{port}"]) { RedirectStandardOutput = true })!;

// Until all code is compiled for good, which shows in requests per second that do not rise any more.
async Task WarmUpAsync(int port)
{
    await WaitAsync(port);
    for (double before = 0, now = 1; now > before * 1.03;)
    {
        before = now;
        (_, now) = await WrkAsync(port, 10);
    }
}

async Task<(double PerSecond, double Cpu, double RedisCpu)> MeasureAsync(string which, Process server, int port)
{
    var (cpu, redisCpu) = (Cpu(server), Cpu(redis));
    var (requests, perSecond) = await WrkAsync(port, seconds);
    var result = (perSecond, (Cpu(server) - cpu) / requests, (Cpu(redis) - redisCpu) / requests);
    Console.WriteLine($"{which}: {perSecond:F0} requests/s, {result.Item2:F1} µs, redis {result.Item3:F1} µs");
    return result;
}

async Task<(double Requests, double PerSecond)> WrkAsync(int port, int duration)
{
    using var wrk = Process.Start(new ProcessStartInfo("wrk", $"-t1 -c{connections} -d{duration}s -s {script} http://127.0.0.1:{port}/ask") { RedirectStandardOutput = true })!;
    var output = await wrk.StandardOutput.ReadToEndAsync();
    if (output.Contains("Non-2xx", StringComparison.Ordinal) || output.Contains("Socket errors", StringComparison.Ordinal))
    {
        throw new InvalidOperationException(output);
    }

    var total = output.Split('\n').First(line => line.Contains("requests in")).Trim().Split(' ')[0];
    var rate = output.Split('\n').First(line => line.StartsWith("Requests/sec:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
    return (double.Parse(total, CultureInfo.InvariantCulture), double.Parse(rate, CultureInfo.InvariantCulture));
}

async Task WaitAsync(int port)
{
    using var client = new HttpClient();
    while (true)
    {
        try
        {
            await client.GetAsync($"http://127.0.0.1:{port}/");
            return;
        }
        catch (HttpRequestException)
        {
            await Task.Delay(100);
        }
    }
}

// The same students' tokens in turn, as a replica sees them again and again.
string Script()
{
    var tokens = Enumerable.Range(0, connections).Select(i => $"\"{Token($"student-{i}")}\"");
    return $$"""
        local tokens = { {{string.Join(", ", tokens)}} }
        local body = '{"query":"what is the difference between a list and a tuple, and when do I use which?"}'
        local n = 0
        function request()
          n = n + 1
          return wrk.format("POST", "/ask", { ["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. tokens[n % #tokens + 1] }, body)
        end
        """;
}

string Token(string student) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
{
    Issuer = TokenOptions.DefaultIssuer,
    Audience = "learnflow",
    Expires = DateTime.UtcNow.AddHours(1),
    Claims = new Dictionary<string, object> { ["sub"] = student, ["role"] = "student", ["jti"] = student },
    SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(Convert.FromBase64String(key)), SecurityAlgorithms.HmacSha256),
});

static double Cpu(Process process)
{
    process.Refresh();
    return process.TotalProcessorTime.TotalMicroseconds;
}

static double Median(IEnumerable<double> values)
{
    var sorted = values.Order().ToList();
    return sorted[sorted.Count / 2];
}

async Task ServeAsync(string kind, string port)
{
    var builder = WebApplication.CreateBuilder([
        $"--urls=http://127.0.0.1:{port}", "--environment=Production", "--Logging:LogLevel:Default=Warning",
        $"--ConnectionStrings:redis=127.0.0.1:{redisPort}", "--RateLimit:PerMinute=100000", "--RateLimit:OtherPerMinute=100000",
        "--Authentication:SigningKeys:0:Id=a", $"--Authentication:SigningKeys:0:Key={key}"]);
    builder.AddServiceDefaults("gate");
    if (kind == "gate")
    {
        builder.AddFlags();
        builder.AddGate();
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
