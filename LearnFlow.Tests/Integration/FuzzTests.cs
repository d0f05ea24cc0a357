using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using LearnFlow.ServiceDefaults;
using LearnFlow.Triage.Gate;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LearnFlow.Tests.Integration;

/// <summary>
/// The stack that is sent anything. Over redis-server, so that what is kept there is not taken for memory of ours.
/// </summary>
public sealed class FuzzStack : EchoStack<RedisServerUnderTest>;

/// <summary>By itself: memory is measured, and it is the process'.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FuzzCollection : ICollectionFixture<FuzzStack>
{
    public const string Name = "Fuzz";
}

/// <summary>Bodies that nobody would write do no harm.</summary>
[Collection(FuzzCollection.Name)]
public sealed class FuzzTests(FuzzStack stack)
{
    /// <summary>How many bodies; another number by the environment variable of this name.</summary>
    private const string CountVariable = "LEARNFLOW_FUZZED_BODIES";

    private const int UsualCount = 100_000;
    private const int Connections = 8;

    /// <summary>What a second half as long as the first may leave behind: caches that are bounded, and not full yet.</summary>
    private const long MostLeft = 4 * 1024 * 1024;

    [Fact]
    public async Task Fuzzed_bodies_bring_no_failure_no_error_in_the_log_and_leave_nothing_behind()
    {
        var count = int.Parse(Environment.GetEnvironmentVariable(CountVariable) ?? $"{UsualCount}", CultureInfo.InvariantCulture);
        using var log = new ErrorLog();
        stack.TriageServices.GetRequiredService<ILoggerFactory>().AddProvider(log);

        // Compiles and fills what is filled once.
        await SendAsync(seed: 0, count / 10);
        var statuses = await SendAsync(seed: 1, count * 45 / 100);
        var first = Memory();
        foreach (var (status, times) in await SendAsync(seed: 2, count * 45 / 100))
        {
            statuses[status] = statuses.GetValueOrDefault(status) + times;
        }

        var second = Memory();

        Assert.Empty(log.Lines);
        // Both kinds came in number: some of the bodies got through the gate, and some did not.
        Assert.True(statuses.GetValueOrDefault(200) > count / 100, Told(statuses));
        Assert.True(statuses.GetValueOrDefault(400) > count / 4, Told(statuses));
        Assert.True(second - first < MostLeft, $"{first} bytes after the first half, {second} after the second; {Told(statuses)}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{Told(statuses)}; memory {first} and {second} bytes");
    }

    private static string Told(IReadOnlyDictionary<int, int> statuses) =>
        string.Join(", ", statuses.OrderBy(status => status.Key).Select(status => $"{status.Key}: {status.Value}"));

    private long Memory()
    {
        // The stand-in remembers what it was asked.
        stack.Agents.Reset();
        stack.Agents.Reply = EchoStack<RedisServerUnderTest>.Echo;
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private async Task<ConcurrentDictionary<int, int>> SendAsync(int seed, int count)
    {
        var statuses = new ConcurrentDictionary<int, int>();
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = Connections, UseCookies = false };
        using var invoker = new HttpMessageInvoker(handler);
        // A limit of a student is no subject here.
        var tokens = Enumerable.Range(0, Connections).Select(i => stack.SignToken($"fuzzer-{i}", Roles.Admin)).ToArray();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(connection => Task.Run(async () =>
        {
            var fuzz = new BodyFuzz(new Random((seed * Connections) + connection));
            for (var i = connection; i < count; i += Connections)
            {
                var (method, path, body) = fuzz.Next();
                using var request = new HttpRequestMessage(method, new Uri(stack.Address, path)) { Content = new ByteArrayContent(body) };
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens[connection]);
                using var reply = await invoker.SendAsync(request, CancellationToken.None);
                var answer = await reply.Content.ReadAsByteArrayAsync();
                var status = (int)reply.StatusCode;
                statuses.AddOrUpdate(status, 1, (_, times) => times + 1);
                if (status is < 200 or >= 300)
                {
                    var seen = $"{status} {Encoding.UTF8.GetString(answer)}\nfor {method} {path} {Convert.ToBase64String(body)}";
                    Assert.True(status < 500, seen);
                    Assert.True(reply.Content.Headers.ContentType?.MediaType == "application/problem+json", seen);
                    JsonDocument.Parse(answer).RootElement.ShouldBeProblem(status, seen);
                }
            }
        })));
        return statuses;
    }

    /// <summary>Keeps what the log says of errors.</summary>
    private sealed class ErrorLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                Lines.Enqueue($"{formatter(state, exception)} {exception}");
            }
        }

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}

/// <summary>Makes bodies that are nearly right, and some that are not at all; the same ones for the same seed.</summary>
/// <param name="random">Decides.</param>
internal sealed class BodyFuzz(Random random)
{
    private const string Triage = "/api/v1/triage";

    /// <summary>Every route that takes a body, with bodies that fit; none of them names anything that there is, but messages.</summary>
    private static readonly (HttpMethod Method, string Path, string[] Bodies)[] Routes =
    [
        (HttpMethod.Post, Triage,
        [
            """{"query":"what is a list comprehension?"}""",
            """{"query":"why?","code":"for i in range(3):\n    print(i)","error":"NameError: name 'x' is not defined"}""",
            """{"query":"and then?","requestId":"fuzz-1","conversation":{"id":"c1","turn":2,"previousIntent":"syntax_help"}}""",
            """{"query":"caf\u00e9 \ud83d\ude00 👩‍🚀 é","intent":"code_review","code":"x = 1"}""",
        ]),
        (HttpMethod.Post, "/api/v1/triage/batch", ["""{"messages":[{"query":"what is a set?"},{"query":"","code":null},null]}"""]),
        (HttpMethod.Post, "/api/v1/run", ["""{"code":"print(1)","stdin":"1\n2"}"""]),
        (HttpMethod.Post, "/api/v1/exercises/no-such-exercise/submissions", ["""{"code":"def f(): pass","submissionId":"s1"}"""]),
        (HttpMethod.Post, "/api/v1/quizzes/no-such-topic/answers", ["""{"answers":{"q1":"a","q2":"b"},"submissionId":"s1"}"""]),
        (HttpMethod.Post, "/api/v1/session", ["""{"user":"maya"}"""]),
        (HttpMethod.Put, "/api/v1/admin/flags/NoSuchFlag", ["""{"enabled":true,"reason":"because"}"""]),
        (HttpMethod.Put, "/api/v1/admin/revoked-tokens/no-such-token", ["""{"reason":"lost"}"""]),
    ];

    /// <summary>What is worth putting somewhere: marks of JSON, ends of numbers, odd characters, names of ours.</summary>
    private static readonly byte[][] Words =
    [
        .. ((string[])
        [
            "{", "}", "[", "]", ",", ":", "\"", "\\", "null", "true", "false", "0", "-0", "-1", "1e400", "1E-400", "99999999999999999999", "1.5", "NaN", "Infinity", "\\u0000",
            "\\ud800", "\\udc00\\ud800", "\\u202e", "\\", "\\x", "\u0000", "\u001b[31m", "\u200b", "\u202e", "\ufeff", "\ud83d\ude00", "e\u0301", "\r\n", "\t", "{}", "[]", "{\"\":0}", "[[[[[[[[",
            "{\"a\":{\"a\":{\"a\":", "\"query\"", "\"query\":", "\"code\":", "\"error\":", "\"requestId\":", "\"conversation\":", "\"turn\":", "\"intent\":", "\"messages\":", "\"answers\":", "\"reason\":",
            "\"$type\":", "\"__proto__\":", "\"code_review\"", "\"exercise_request\"", "//", "/*", "*/", "'", "<script>", "{{7*7}}", "%s%n", "../", "Traceback (most recent call last):\\n",
        ]).Select(Encoding.UTF8.GetBytes),
        [0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe2, 0x82], [0x80], [0xf4, 0x90, 0x80, 0x80],
    ];

    /// <summary>A request.</summary>
    public (HttpMethod Method, string Path, byte[] Body) Next()
    {
        // Most of what people send is messages.
        var route = Routes[random.Next(10) < 6 ? 0 : random.Next(Routes.Length)];
        return (route.Method, route.Path, random.Next(10) switch
        {
            0 => RandomBytes(),
            1 or 2 => Encoding.UTF8.GetBytes(RandomJson(random.Next(6))),
            _ => Mutated(Encoding.UTF8.GetBytes(route.Bodies[random.Next(route.Bodies.Length)])),
        });
    }

    private byte[] RandomBytes()
    {
        var bytes = new byte[random.Next(200)];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Often a single change, since many of them are refused for the first.</summary>
    private byte[] Mutated(byte[] body)
    {
        var bytes = body.ToList();
        for (var times = 1 + (random.Next(2) * random.Next(5)); times > 0; times--)
        {
            var at = random.Next(bytes.Count + 1);
            var length = random.Next(Math.Min(bytes.Count - at, 20) + 1);
            switch (random.Next(7))
            {
                case 0 when at < bytes.Count: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1 when at < bytes.Count: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.RemoveRange(at, length); break;
                case 3: bytes.RemoveRange(at, bytes.Count - at); break;
                case 4: bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, length)); break;
                case 5: bytes.InsertRange(at, Enumerable.Repeat(Words[random.Next(Words.Length)], random.Next(50) == 0 ? 2_000 : 1).SelectMany(word => word)); break;
                default: bytes.InsertRange(at, Words[random.Next(Words.Length)]); break;
            }
        }

        return [.. bytes];
    }

    /// <summary>JSON that is right, with fields of ours among its names.</summary>
    private string RandomJson(int depth) => random.Next(depth > 0 ? 8 : 5) switch
    {
        0 => ((string[])["null", "true", "false", "{}", "[]"])[random.Next(5)],
        1 => random.Next().ToString(CultureInfo.InvariantCulture),
        2 => (random.NextDouble() * Math.Pow(10, random.Next(-300, 300))).ToString("R", CultureInfo.InvariantCulture),
        3 or 4 => JsonSerializer.Serialize(RandomText()),
        5 => $"[{string.Join(',', Enumerable.Range(0, random.Next(5)).Select(_ => RandomJson(depth - 1)))}]",
        _ => $"{{{string.Join(',', Enumerable.Range(0, random.Next(5)).Select(_ => $"{RandomName()}:{RandomJson(depth - 1)}"))}}}",
    };

    private string RandomName() => random.Next(3) == 0
        ? JsonSerializer.Serialize(RandomText())
        : ((string[])["\"query\"", "\"code\"", "\"error\"", "\"requestId\"", "\"conversation\"", "\"id\"", "\"turn\"", "\"intent\"", "\"messages\"", "\"answers\"", "\"user\"", "\"enabled\"", "\"reason\""])[random.Next(13)];

    private string RandomText() => string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => random.Next(4) switch
    {
        0 => ((Rune)random.Next(0xd800)).ToString(),
        1 => new Rune(random.Next(0xe000, 0x110000)).ToString(),
        _ => $"{(char)random.Next(' ', '\u007f')}",
    }));
}
