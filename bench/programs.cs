#:project ../LearnFlow.Triage/LearnFlow.Triage.csproj
#:property PublishAot=false

// In how many buggy programs a running LearnFlow names the faulty line to the student. A file is YAML, in the form of
// LearnFlow.Tests/Agents/Debug/Causes/held-out-programs.yaml: what the student says, the code, the lines that a teaching
// assistant would name. Run: dotnet run -c Release bench/programs.cs -- http://localhost:5080 programs.yaml … [--rows]

using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using LearnFlow.ServiceDefaults;

using var client = new HttpClient { BaseAddress = new(args.First(arg => arg.StartsWith("http", StringComparison.Ordinal))) };
var session = await (await client.PostAsJsonAsync("/api/v1/session", new { user = "maya" })).Content.ReadFromJsonAsync<JsonElement>();
client.DefaultRequestHeaders.Authorization = new("Bearer", session.GetProperty("accessToken").GetString());

foreach (var file in args.Where(arg => arg.EndsWith(".yaml", StringComparison.Ordinal)))
{
    var programs = YamlFile.Read<BuggyFile>(file).Programs;
    var (named, asPlace) = (0, 0);
    var times = new List<double>();
    foreach (var program in programs)
    {
        var reply = await AskAsync(program);
        // A message that was put off has no answer: it counts as missed.
        var isAnswered = reply.TryGetProperty("answer", out var answer);
        var told = isAnswered && answer.TryGetProperty("diagnosis", out var diagnosis) && diagnosis.TryGetProperty("line", out var line) ? line.GetInt32() : 0;
        var text = isAnswered ? answer.GetProperty("markdown").GetString()! : "";
        var lines = Regex.Matches(text, @"\bline (\d+)\b").Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).Append(told).ToHashSet();
        var isNamed = program.Lines.Exists(lines.Contains);
        named += isNamed ? 1 : 0;
        asPlace += program.Lines.Contains(told) ? 1 : 0;
        times.Add(reply.GetProperty("timings").GetProperty("agentMs").GetDouble());
        if (args.Contains("--rows"))
        {
            Console.WriteLine($"{(isNamed ? "named " : "missed")} {program.Id}: told {string.Join(", ", lines.Order())}, meant {string.Join(", ", program.Lines)}");
        }
    }

    times.Sort();
    Console.WriteLine($"{Path.GetFileName(file)}: the line is named in {named} of {programs.Count}, in {asPlace} as the place itself; p50 {times[times.Count / 2]:F0} ms in the agent, one right after the other.");
}

async Task<JsonElement> AskAsync(BuggyProgram program)
{
    while (true)
    {
        using var reply = await client.PostAsJsonAsync("/api/v1/triage", new { query = program.Says, code = program.Code, conversationId = Guid.NewGuid().ToString("N") });
        if (reply.StatusCode != HttpStatusCode.TooManyRequests)
        {
            reply.EnsureSuccessStatusCode();
            return await reply.Content.ReadFromJsonAsync<JsonElement>();
        }

        await Task.Delay(reply.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(2));
    }
}

internal sealed class BuggyFile
{
    public required List<BuggyProgram> Programs { get; init; }
}

internal sealed class BuggyProgram
{
    public required string Id { get; init; }

    public required string Says { get; init; }

    public required List<int> Lines { get; init; }

    public required string Code { get; init; }

    public string? Raises { get; init; }

    public string? Input { get; init; }

    public string? Fault { get; init; }
}
