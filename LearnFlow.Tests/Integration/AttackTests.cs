using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using LearnFlow.ServiceDefaults;
using LearnFlow.Tests.Triage.Flags;
using LearnFlow.Tests.Triage.Models;
using LearnFlow.Triage.Flags;
using LearnFlow.Triage.Gate;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace LearnFlow.Tests.Integration;

/// <summary>Attacks act nowhere, and honest questions about the same subjects pass as they are.</summary>
[Collection(InputCollection.Name)]
public sealed class AttackTests(InputStack stack)
{
    private const string Victim = "victim";

    /// <summary>Wherever a text can be put beside the headers.</summary>
    private static readonly Dictionary<string, Func<string, HttpRequestMessage>> Places = new()
    {
        ["query"] = text => Post("triage", new { query = text }),
        ["query to an agent"] = text => Post("triage", new { query = text, intent = "code_review" }),
        ["code"] = text => Post("triage", new { query = "explain", code = text, intent = "code_review" }),
        ["error"] = text => Post("triage", new { query = "explain", error = text, intent = "syntax_help" }),
        ["request id"] = text => Post("triage", new { query = "what is a list?", requestId = text }),
        ["conversation"] = text => Post("triage", new { query = "what is a list?", conversation = new { id = text } }),
        ["previous intent"] = text => Post("triage", new { query = "and why?", conversation = new { previousIntent = text } }),
        ["intent"] = text => Post("triage", new { query = "what is a list?", intent = text }),
        ["unknown field"] = text => Post("triage", new Dictionary<string, string> { ["query"] = "what is a list?", [text] = text }),
        ["whole body"] = text => new(HttpMethod.Post, "/api/v1/triage") { Content = new StringContent(text, Encoding.UTF8, "application/json") },
        ["batch"] = text => Post("triage/batch", new { messages = new[] { new { query = text, requestId = text }, new { query = text, requestId = "" } } }),
        ["message read again"] = text => new(HttpMethod.Get, $"/api/v1/triage/{Escape(text)}"),
        ["program"] = text => Post("run", new { code = text, stdin = text }),
        ["exercise"] = text => Post($"exercises/{Escape(text)}/submissions", new { code = "pass" }),
        ["submission"] = text => Post("exercises/sum-list/submissions", new { code = text, submissionId = text }),
        ["topic wished for"] = text => new(HttpMethod.Get, $"/api/v1/exercises/next?topic={Escape(text)}"),
        ["quiz"] = text => new(HttpMethod.Get, $"/api/v1/quizzes/{Escape(text)}"),
        ["quiz answers"] = text => Post($"quizzes/{Escape(text)}/answers", new { answers = new Dictionary<string, string> { [text] = text }, submissionId = text }),
        ["user"] = text => Post("session", new { user = text }),
        ["flag"] = text => Put($"admin/flags/{Escape(text)}", new { enabled = false, reason = text }),
        ["reason for a flag"] = text => Put("admin/flags/EnableBatchProcessing", new { enabled = true, reason = text }),
        ["reason in the query"] = text => new(HttpMethod.Delete, $"/api/v1/admin/flags/EnableResponseCaching?reason={Escape(text)}"),
        ["revoked token"] = text => Put($"admin/revoked-tokens/{Escape(text)}", new { reason = text }),
        ["student whose data is wanted"] = text => new(HttpMethod.Get, $"/api/v1/admin/students/{Escape(text)}/data?reason={Escape(text)}"),
        ["audit: student"] = text => new(HttpMethod.Get, $"/api/v1/admin/audit?student={Escape(text)}"),
        ["audit: everything else"] = text => new(
            HttpMethod.Get,
            $"/api/v1/admin/audit?from={Escape(text)}&to={Escape(text)}&event={Escape(text)}&agent={Escape(text)}&outcome={Escape(text)}&limit={Escape(text)}&after={Escape(text)}"),
        ["query string"] = text => new(HttpMethod.Get, $"/api/v1/progress?{Escape(text)}={Escape(text)}"),
        ["API description"] = text => new(HttpMethod.Get, $"/openapi/{Escape(text)}.json"),
    };

    public static TheoryData<string> PlaceNames => [.. Places.Keys];

    public static TheoryData<string> HeaderNames =>
    [
        "X-Request-Id", "X-Consumer-Username", "X-Forwarded-For", "X-Forwarded-Proto", "Accept-Language", "Accept", "Authorization", "User-Agent",
        "Origin", "Content-Type", "Last-Event-ID", "If-None-Match", "traceparent", "baggage", "X-HTTP-Method-Override", "X-Original-URL",
    ];

    [Theory]
    [MemberData(nameof(PlaceNames))]
    public async Task Wherever_a_text_can_be_put_an_attack_is_data_and_is_answered_as_data(string place)
    {
        using var attacker = stack.As("attacker", Roles.Admin);

        await Parallel.ForEachAsync(GateTexts.Attacks, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (attack, _) =>
        {
            using var request = Places[place](attack.Text);
            using var reply = await attacker.SendAsync(request, CancellationToken.None);
            await reply.ReadSafelyAsync($"{attack.Text} as {place}");
        });

        // The places are real: a plain word gets as far as an attack would.
        using var plain = Places[place]("list");
        using var answered = await attacker.SendAsync(plain, CancellationToken.None);
        await answered.ReadSafelyAsync($"list as {place}");
    }

    [Theory]
    [MemberData(nameof(HeaderNames))]
    public async Task In_a_header_an_attack_adds_none_to_the_answer_and_changes_nobodys_name(string header)
    {
        var token = header == "Authorization" ? "" : $"Authorization: Bearer {stack.SignToken("attacker")}\r\n";
        const string body = """{"query":"what is a list?"}""";
        var type = header == "Content-Type" ? "" : "Content-Type: application/json\r\n";

        await Parallel.ForEachAsync(GateTexts.Attacks, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (attack, _) =>
        {
            // A client that ends the line itself sends another header of its own, which is no attack.
            var value = attack.Text.Replace("\r\n", "\r \n", StringComparison.Ordinal);
            var raw = await stack.Address.SendRawAsync(Encoding.UTF8.GetBytes(
                $"POST /api/v1/triage HTTP/1.1\r\nHost: {stack.Address.Authority}\r\n{header}: {value}\r\n{token}{type}Content-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"));

            Assert.Matches(@"^HTTP/1\.1 [24]\d\d ", raw);
            raw.ShouldHoldNoForeignHeader(attack.Text);
            // What stands behind a line's end of its own is, to the server, the next request of the same caller.
            var answers = Regex.Count(raw, @"^HTTP/1\.1 ", RegexOptions.Multiline);
            Assert.True(answers == 1 || value.Contains('\n', StringComparison.Ordinal), $"{attack.Text}: {raw}");
            var answer = raw[raw.IndexOf("\r\n\r\n", StringComparison.Ordinal)..];
            Assert.True(
                raw.Contains("application/json", StringComparison.Ordinal)
                || raw.Contains("application/problem+json", StringComparison.Ordinal)
                // What Kestrel cannot read as HTTP it refuses without a word.
                || (raw.StartsWith("HTTP/1.1 400", StringComparison.Ordinal) && string.IsNullOrWhiteSpace(answer)),
                $"{attack.Text}: {raw}");
        });
    }

    [Fact]
    public async Task Template_syntax_is_never_evaluated()
    {
        using var attacker = stack.As("attacker", Roles.Admin);
        var clean = stack.TriageServices.GetRequiredService<Sanitizer>();

        foreach (var attack in GateTexts.AttacksOf("template"))
        {
            // The agent says it again; what comes out is what went in.
            var answer = await attacker.AskAsync(new { query = attack, code = attack, intent = "code_review" });
            Assert.Equal($"{clean.Clean(attack)}\n\n{attack}", answer.GetProperty("answer").Text("markdown"));

            // Where a text is quoted in a sentence of ours.
            using var request = Places["flag"](attack);
            using var reply = await attacker.SendAsync(request);
            var problem = await reply.ReadSafelyAsync(attack);
            ShouldHoldNoResult(attack, problem.Text("detail"));
        }
    }

    [Fact]
    public async Task Path_tricks_reach_no_file()
    {
        var secret = Guid.NewGuid().ToString("N");
        var canary = $"canary-{Guid.NewGuid():N}.txt";
        // Beside the folder of the page, where a step up would find it, and inside no folder that is served.
        var file = Path.Combine(AppContext.BaseDirectory, canary);
        await File.WriteAllTextAsync(file, secret);
        try
        {
            string[] steps = ["../", "..\\", "%2e%2e/", "%2e%2e%2f", "..%2f", "..%5c", "%252e%252e%252f", "....//", "..;/", ".%2e/", "..%c0%af", "..%u2215", "//", "./.././", "%00../"];
            string[] roots = ["/", "/app.js/", "/app.css/../", "/api/v1/quizzes/", "/api/v1/triage/", "/openapi/", "/openapi/v1.json/", "/scalar/", "/scalar/v1/"];
            var targets = roots.SelectMany(root => steps.Select(step => $"{root}{step}{canary}"))
                .Append(file)
                .Append($"file://{file}")
                .Concat(GateTexts.AttacksOf("path").SelectMany(text => roots.Select(root => root + Sendable(text))));
            var token = stack.SignToken("attacker");

            await Parallel.ForEachAsync(targets, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (target, _) =>
            {
                var raw = await stack.Address.SendRawAsync(Encoding.ASCII.GetBytes(
                    $"GET {target} HTTP/1.1\r\nHost: {stack.Address.Authority}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"));

                Assert.DoesNotContain(secret, raw, StringComparison.Ordinal);
                Assert.DoesNotContain("root:x:0", raw, StringComparison.Ordinal);
                Assert.DoesNotContain("ConnectionStrings", raw, StringComparison.Ordinal);
                Assert.Matches(@"^HTTP/1\.1 [24]\d\d ", raw);
                raw.ShouldHoldNoForeignHeader(target);
            });

            using var anyone = stack.Anonymous();
            Assert.Equal(System.Net.HttpStatusCode.OK, (await anyone.GetAsync("/app.js")).StatusCode);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task No_name_reaches_another_students_keys()
    {
        var redis = stack.TriageServices.GetRequiredService<IConnectionMultiplexer>();
        var victimsMessage = $"victims-{Guid.NewGuid():N}";
        using (var victim = stack.As(Victim))
        {
            await victim.AskAsync(new { query = "what is a list?", requestId = victimsMessage, intent = "code_review", conversation = new { id = "mine" } });
        }

        var before = await VictimsAsync(redis);
        Assert.Contains(before, entry => entry.Key == StateKeys.Conversation(Victim, "mine"));
        string[] names =
        [
            Victim + "}:conversation:mine", $"x}}{{{Victim}", $"{{{Victim}}}", $"{Victim}:conversation", $"../{Victim}", $"{Victim}%7D", "*", "victi?", "[v]ictim", "system:flags",
            .. GateTexts.Attacks.Where(attack => attack.Kind is "path" or "query").Select(attack => attack.Text).Where(IsSubject),
        ];

        foreach (var name in names)
        {
            using var attacker = stack.As(name);
            using var asked = await attacker.PostAsJsonAsync("/api/v1/triage", new { query = "what is a set?", intent = "code_review", conversation = new { id = "mine" } });
            await asked.ReadSafelyAsync(name);
            using var odd = await attacker.PostAsJsonAsync(
                "/api/v1/triage", new { query = "what is a set?", intent = "code_review", conversation = new { id = name.Length > 64 ? name[..64] : name } });
            await odd.ReadSafelyAsync(name);
            using var read = await attacker.GetAsync($"/api/v1/triage/{victimsMessage}");
            Assert.Equal(System.Net.HttpStatusCode.NotFound, read.StatusCode);

            // The name is one value on the way to the agent, whatever stands in it.
            using var progress = await attacker.GetAsync("/api/v1/progress");
            await progress.ReadSafelyAsync(name);
            Assert.Equal(
                $"/progress/mastery?student={Uri.EscapeDataString(name)}",
                stack.Agents.Calls.Last(call => call.Path.StartsWith("/progress/", StringComparison.Ordinal)).Path);
        }

        // What the attackers left is on keys of their own, each with its one hash tag.
        Assert.Equal(before, await VictimsAsync(redis));
        Assert.All(Keys(redis), key => Assert.Matches(@"^learnflow:\{[A-Za-z0-9._~%:-]+\}:[A-Za-z0-9._~%:-]+$", key));
    }

    [Theory]
    [InlineData("school/maya", "school%2Fmaya")]
    [InlineData("a%2Fb", "a/b")]
    [InlineData("maya ", "maya%20")]
    public async Task Two_students_whose_names_look_alike_when_they_are_escaped_are_two(string one, string other)
    {
        stack.Agents.Reset();
        stack.Agents.Reply = EchoStack<GarnetUnderTest>.Echo;
        foreach (var name in (string[])[one, other])
        {
            using var student = stack.As(name);
            using var progress = await student.GetAsync("/api/v1/progress");
        }

        var paths = stack.Agents.Calls.Select(call => call.Path).Distinct();
        Assert.Equal(2, paths.Count());
    }

    [Fact]
    public async Task Honest_questions_arrive_as_they_were_typed_and_none_is_refused()
    {
        using var student = stack.As("honest");
        Assert.Equal(100, GateTexts.HonestQuestions.Count);

        foreach (var question in GateTexts.HonestQuestions)
        {
            stack.Agents.Reset();
            stack.Agents.Reply = EchoStack<GarnetUnderTest>.Echo;
            var answer = await student.AskAsync(new { query = question, error = question, intent = "syntax_help" });
            var arrived = stack.Agents.Calls.Single(call => call.Path == "/debug/answer").Question;
            Assert.Equal(question, arrived.Text("query"));
            Assert.Equal(question, arrived.Text("error"));
            Assert.Equal($"{question}\n\n{question}", answer.GetProperty("answer").Text("markdown"));

            // And whoever answers it, or asks back: the gate lets it in.
            await student.AskAsync(new { query = question });
        }
    }

    [Theory]
    [InlineData("print('tab')\r\n\tif x:\r\n\t\tpass\r\n")]
    [InlineData("\ufeffx = 1\n")]
    [InlineData("e\u0301 = 'cafe\u0301'  # not composed")]
    [InlineData("s = 'a\u200bb\u200d\u2060c\u202ed'\u00ad")]
    [InlineData("x = 1\f\v\u0085\u2028\u2029y = 2\0\u001b[31m")]
    [InlineData("<script>alert('1')</script> {{7*7}} '; DROP TABLE students; --")]
    [InlineData("\ud83d\ude00 = '\U000e0041\ufdd0\uffff'   \n\n\n   ")]
    public async Task Code_arrives_as_it_was_typed_whatever_stands_in_it(string code)
    {
        stack.Agents.Reset();
        stack.Agents.Reply = EchoStack<GarnetUnderTest>.Echo;
        using var student = stack.As("honest");

        var answer = await student.AskAsync(new { query = "why?", code, intent = "code_review" });

        Assert.Equal(code, stack.Agents.Calls.Single(call => call.Path == "/review/answer").Question.Text("code"));
        Assert.Equal($"why?\n\n{code}", answer.GetProperty("answer").Text("markdown"));
    }

    private static void ShouldHoldNoResult(string attack, string text)
    {
        foreach (var result in (string[])["49", "94011", "root:", Environment.MachineName])
        {
            Assert.True(attack.Contains(result, StringComparison.Ordinal) || !text.Contains(result, StringComparison.Ordinal), $"{attack}: {text}");
        }
    }

    private static HttpRequestMessage Post(string path, object body) => new(HttpMethod.Post, $"/api/v1/{path}") { Content = JsonContent.Create(body) };

    private static HttpRequestMessage Put(string path, object body) => new(HttpMethod.Put, $"/api/v1/{path}") { Content = JsonContent.Create(body) };

    private static string Escape(string text) => Uri.EscapeDataString(text);

    /// <summary>A text in the first line of a request: as it is, but for what would end the line.</summary>
    private static string Sendable(string text) => string.Concat(
        Encoding.UTF8.GetBytes(text).Select(b => b is > 0x20 and < 0x7f ? $"{(char)b}" : $"%{b:x2}"));

    private static bool IsSubject(string text) => text.Length <= 256 && !text.Any(char.IsControl) && text.Any(c => c != '.');

    private static List<string> Keys(IConnectionMultiplexer redis) =>
        [.. redis.GetServers()[0].Keys(pattern: "*").Select(key => (string)key!)];

    private static async Task<Dictionary<string, string>> VictimsAsync(IConnectionMultiplexer redis)
    {
        var found = new Dictionary<string, string>();
        foreach (var key in Keys(redis).Where(key => key.StartsWith(StateKeys.PrefixOf(Victim), StringComparison.Ordinal) && !key.Contains(":limit:", StringComparison.Ordinal)))
        {
            var database = redis.GetDatabase();
            found[key] = await database.KeyTypeAsync(key) == RedisType.List
                ? string.Join('\n', await database.ListRangeAsync(key))
                : $"{await database.StringGetAsync(key)}";
        }

        return found;
    }
}

/// <summary>Attacks on real agents: what they do with a text is not to repeat it.</summary>
[Collection(GarnetCollection.Name)]
public sealed class AttackOnAgentsTests(GarnetStack stack)
{
    [Theory]
    [InlineData("syntax_help")]
    [InlineData("concept_explanation")]
    [InlineData("exercise_request")]
    [InlineData("progress_check")]
    [InlineData("code_review")]
    public async Task An_attack_is_a_question_like_any_other(string intent)
    {
        using var attacker = stack.As("attacker");

        await Parallel.ForEachAsync(GateTexts.Attacks.Index(), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (entry, _) =>
        {
            var (i, attack) = entry;
            // The debug agent runs code, which takes its time: there, some of them are enough.
            var code = intent != "syntax_help" || i % 10 == 0 ? attack.Text : null;
            using var reply = await attacker.PostAsJsonAsync(
                "/api/v1/triage", new { query = attack.Text, code, error = attack.Text, intent }, CancellationToken.None);
            var answer = await reply.ReadSafelyAsync($"{attack.Text} for {intent}");
            var markdown = answer.GetProperty("answer").Text("markdown");
            Assert.True(
                attack.Text.Contains("94011", StringComparison.Ordinal) || !markdown.Contains("94011", StringComparison.Ordinal), attack.Text);
            Assert.DoesNotContain("root:x:0", markdown, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("school/maya", "school%2Fmaya")]
    [InlineData("school%2Fjames", "school/james")]
    public async Task What_one_student_did_is_not_told_to_another_whose_name_looks_alike_when_it_is_escaped(string one, string other)
    {
        using var first = stack.As(one);
        using var second = stack.As(other);
        using var done = await first.PostAsJsonAsync("/api/v1/quizzes/basics/answers", new { answers = new { q1 = "x" } });
        done.EnsureSuccessStatusCode();

        Assert.Equal(1, await StreakAsync(first));
        Assert.Equal(0, await StreakAsync(second));

        static async Task<int> StreakAsync(HttpClient student)
        {
            using var progress = await student.GetAsync("/api/v1/progress");
            return (await progress.ReadAsync()).GetProperty("streakDays").GetInt32();
        }
    }
}

/// <summary>Attacks on a language model: nothing in a student's words is an instruction, and a model that obeys gains nothing.</summary>
public sealed class PromptAttackTests : IClassFixture<ModelStack>
{
    private static readonly string[] Known =
        ["syntax_help", "concept_explanation", "exercise_request", "progress_check", "code_review", "out_of_scope"];

    private readonly ModelStack _stack;

    public PromptAttackTests(ModelStack stack)
    {
        _stack = stack;
        _stack.Model.Reset();
        // So that the model hears of every message.
        _stack.TriageServices.SetFlag(Flag.EnableSkillLibrary, false);
    }

    public static TheoryData<string> Kinds => ["prompt", "template", "xss"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_students_words_are_data_in_the_users_turn_and_the_instructions_are_always_the_same(string kind)
    {
        using var attacker = await _stack.SignInAsync("maya");
        await attacker.AskAsync(new { query = "what is a list?" });
        var instructions = _stack.Model.Requests.Single().Message("system");
        var clean = _stack.TriageServices.GetRequiredService<Sanitizer>();

        foreach (var attack in GateTexts.AttacksOf(kind))
        {
            _stack.Model.Reset();
            var answer = await attacker.AskAsync(new { query = attack, code = attack, error = attack });

            var request = Assert.Single(_stack.Model.Requests);
            Assert.Equal(["system", "user"], request.Body.GetProperty("messages").EnumerateArray().Select(message => message.Text("role")));
            Assert.Equal(instructions, request.Message("system"));
            Assert.False(request.Body.TryGetProperty("tools", out _));
            var data = JsonDocument.Parse(request.Message("user")).RootElement;
            Assert.Equal(["query", "code", "error"], data.EnumerateObject().Select(field => field.Name));
            Assert.Equal(clean.Clean(attack), data.Text("query"));
            Assert.Equal(attack, data.Text("code"));
            ShouldTellNoSecret(answer, instructions);
        }
    }

    [Fact]
    public async Task A_model_that_obeys_can_do_no_more_than_choose_one_of_the_known_readings()
    {
        using var attacker = await _stack.SignInAsync("maya");
        await attacker.AskAsync(new { query = "what is a list?" });
        var instructions = _stack.Model.Requests.Single().Message("system");
        const string said = "the-model-obeyed";
        Func<string, string>[] obedience =
        [
            attack => attack,
            _ => instructions,
            _ => $$"""{"intent":"{{said}}","confidence":1}""",
            _ => $$"""{"intent":"exercise_request","confidence":1e999,"markdown":"{{said}}"}""",
            _ => """{"intent":"progress_check","confidence":-5}""",
            _ => $$"""{"intent":"code_review","confidence":1,"agent":"http://127.0.0.1:1/{{said}}","student":"james"}""",
            _ => $$"""[{"intent":"code_review","confidence":1},{"{{said}}":true}]""",
            _ => """{"intent":"admin","confidence":0.9}""",
            _ => """{"intent":2,"confidence":0.9}""",
        ];

        foreach (var (attack, i) in GateTexts.AttacksOf("prompt").Select((text, i) => (text, i)))
        {
            _stack.Model.Reply = ModelStandIn.Says(obedience[i % obedience.Length](attack));
            var answer = await attacker.AskAsync(new { query = attack });

            Assert.Contains(answer.Text("intent"), Known);
            Assert.InRange(answer.GetProperty("confidence").GetDouble(), 0, 1);
            Assert.DoesNotContain(said, answer.GetRawText(), StringComparison.Ordinal);
            ShouldTellNoSecret(answer, instructions);
        }
    }

    private static void ShouldTellNoSecret(JsonElement answer, string instructions)
    {
        var told = answer.GetRawText();
        Assert.DoesNotContain(ModelStack.Key, told, StringComparison.Ordinal);
        Assert.All(
            instructions.Split('\n', StringSplitOptions.TrimEntries).Where(line => line.Length > 40),
            line => Assert.DoesNotContain(JsonEncodedText.Encode(line).Value, told, StringComparison.Ordinal));
    }
}
