#:project ../LearnFlow.Agents/LearnFlow.Agents.csproj
#:project ../LearnFlow.Triage/LearnFlow.Triage.csproj
#:property PublishAot=false

// How well and how fast errors are explained without running code, over rows of {"id", "text", "exception", "message"}, one
// in a line. Run: dotnet run -c Release bench/explain.cs -- tracebacks-dev.jsonl [--rows]

using System.Diagnostics;
using System.Text.Json;
using LearnFlow.Agents.Concepts;
using LearnFlow.Agents.Content;
using LearnFlow.Agents.Debug;
using LearnFlow.Agents.Python;

const int rounds = 50;
var file = args.FirstOrDefault(arg => !arg.StartsWith("--", StringComparison.Ordinal))
    ?? Path.Combine(Environment.GetEnvironmentVariable("LEARNFLOW_DATA") ?? ".", "triage", "tracebacks-dev.jsonl");
var rows = File.ReadLines(file).Select(line => JsonSerializer.Deserialize<JsonElement>(line)).ToList();
var concepts = ConceptLibrary.Load(Curriculum.Load());
var load = Stopwatch.StartNew();
var errors = ErrorLibrary.Load(concepts);
Console.WriteLine($"{errors.All.Count} classes, {errors.All.Sum(error => error.Shapes.Count)} shapes load in {load.Elapsed.TotalMilliseconds:F0} ms.");

var (parsed, agreed, withMessage, specific) = (0, 0, 0, 0);
foreach (var row in rows)
{
    var expected = row.GetProperty("exception").GetString();
    var found = Traceback.Find(row.GetProperty("text").GetString());
    var explanation = found is null ? null : errors.Explain(found);
    parsed += found is null ? 0 : 1;
    agreed += found?.Exception == expected ? 1 : 0;
    if (row.GetProperty("message").GetString() is { Length: > 0 })
    {
        withMessage++;
        specific += explanation?.Shape is null ? 0 : 1;
    }

    if (args.Contains("--rows"))
    {
        Console.WriteLine($"{row.GetProperty("id")}\t{expected}\t{found?.Exception}\t{explanation?.Shape ?? "-"}\t{found?.Message}\t{found?.Place?.Source}\t{found?.Place?.Caret}\t{explanation?.Cause}\t{explanation?.Hint}");
    }
}

Console.WriteLine($"{rows.Count} rows: {parsed} parsed, {agreed} with the row's class; of {withMessage} with a message {specific} ({100.0 * specific / withMessage:F1} %) get a specific cause.");

var times = new List<double>(rows.Count * rounds);
var best = Enumerable.Repeat(double.MaxValue, rows.Count).ToArray();
for (var round = -5; round < rounds; round++)
{
    for (var row = 0; row < rows.Count; row++)
    {
        var text = rows[row].GetProperty("text").GetString();
        var started = Stopwatch.GetTimestamp();
        if (Traceback.Find(text) is { } error)
        {
            errors.Explain(error);
        }

        if (round >= 0)
        {
            times.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
            best[row] = Math.Min(best[row], times[^1]);
        }
    }
}

times.Sort();
Array.Sort(best);
Console.WriteLine($"Reading and explaining one: p50 {times[times.Count / 2]:F0} µs, p99 {times[times.Count * 99 / 100]:F0} µs.");
Console.WriteLine($"Over each text's best time: p50 {best[best.Length / 2]:F0} µs, p99 {best[best.Length * 99 / 100]:F0} µs, longest {best[^1]:F0} µs.");
