#:project ../LearnFlow.Agents/LearnFlow.Agents.csproj
#:project ../LearnFlow.Triage/LearnFlow.Triage.csproj
#:property PublishAot=false

// How long a program takes in the sandbox, from its text to its result: a moment after the one before, as one student's come,
// so that an interpreter waits for it; one right after the other; and as many at once as there are cores. Run: dotnet run -c Release bench/sandbox.cs

using System.Diagnostics;
using LearnFlow.Agents;
using LearnFlow.Agents.Python;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

const int rounds = 60;
var moment = TimeSpan.FromMilliseconds(300);
(string Name, string Code)[] programs =
[
    ("nothing", "pass"),
    ("print", "for i in range(100):\n    print(i, i * i)"),
    ("an error", "def half(n):\n    return n / 0\n\nhalf(3)"),
    ("input", "name = input()\nprint(f'Hello {name}')"),
    ("random and math", "import math, random\nprint(random.randint(1, 6), math.sqrt(2))"),
    ("a class", "class Dog:\n    def __init__(self, name):\n        self.name = name\n\nprint(Dog('Rex').name)"),
    ("a countdown", "import time\nfor i in range(10, 0, -1):\n    print(i)\n    time.sleep(1)"),
    ("json and datetime", "import json, datetime\nprint(json.dumps({'at': str(datetime.date(2026, 1, 1))}))"),
    ("100,000 steps", "total = 0\nfor i in range(100_000):\n    total += i % 7\nprint(total)"),
];

var services = new ServiceCollection();
services.AddMetrics();
services.AddLogging();
services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build());
services.AddOptions<SandboxOptions>();
services.AddSingleton<AgentMetrics>();
services.AddSingleton<ModuleCache>();
services.AddSingleton<PythonRuntime>();
services.AddSingleton<Sandbox>();
services.AddSingleton(TimeProvider.System);
await using var provider = services.BuildServiceProvider();
var runtime = provider.GetRequiredService<PythonRuntime>();
await runtime.StartAsync(CancellationToken.None);
var started = Stopwatch.StartNew();
await runtime.GetAsync(CancellationToken.None);
Console.WriteLine($"Python is ready after {started.Elapsed.TotalMilliseconds:F0} ms.");

var sandbox = provider.GetRequiredService<Sandbox>();
foreach (var (how, pause, count) in new[] { ("a moment later", moment, rounds / 2), ("one after the other", TimeSpan.Zero, rounds) })
{
    var all = new List<double>();
    foreach (var (name, code) in programs)
    {
        await MeasureAsync(code, 5, pause);
        var times = await MeasureAsync(code, count, pause);
        all.AddRange(times);
        Print($"{how}, {name}", times);
    }

    Print($"{how}, all of them", all);
}

var cores = Environment.ProcessorCount;
started.Restart();
var crowded = await Task.WhenAll(Enumerable.Range(0, cores).Select(_ => Task.Run(async () =>
{
    var times = new List<double>();
    foreach (var (_, code) in programs)
    {
        times.AddRange(await MeasureAsync(code, rounds / 4, TimeSpan.Zero));
    }

    return times;
})));
var together = crowded.SelectMany(times => times).ToList();
Print($"{cores} at once", together);
Console.WriteLine($"{together.Count / started.Elapsed.TotalSeconds:F1} programs a second.");
await runtime.StopAsync(CancellationToken.None);

async Task<List<double>> MeasureAsync(string code, int times, TimeSpan pause)
{
    var measured = new List<double>(times);
    for (var i = 0; i < times; i++)
    {
        await Task.Delay(pause);
        var before = Stopwatch.GetTimestamp();
        await sandbox.RunAsync(code, code.Contains("input(", StringComparison.Ordinal) ? "Maya\n" : null, CancellationToken.None);
        measured.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
    }

    return measured;
}

static void Print(string name, List<double> times)
{
    times.Sort();
    Console.WriteLine($"{name}: p50 {times[times.Count / 2]:F1} ms, p95 {times[times.Count * 95 / 100]:F1} ms, p99 {times[times.Count * 99 / 100]:F1} ms");
}
