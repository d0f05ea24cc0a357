using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using LearnFlow.Agents.Exercise;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LearnFlow.Tests.Integration;

/// <summary>
/// Who may call which route, and that nobody is told what is another's. The routes are those that the running service has,
/// so that a new one is tried too, or fails here until it says who may call it.
/// </summary>
[Collection(GarnetCollection.Name)]
public sealed partial class AccessTests(GarnetStack stack)
{
    private const string Topic = "control-flow";

    /// <summary>What needs no token; the page is no route.</summary>
    private static readonly string[] OpenToAnyone =
    [
        "/alive",
        "/api/v1/session",
        "/health",
        "/metrics",
        "/openapi/v1.json",
        "/scalar/favicon.svg",
        "/scalar/scalar.aspnetcore.js",
        "/scalar/scalar.js",
        "/scalar/{documentName?}",
    ];

    private static readonly Dictionary<string, string[]> RolesByPolicy = new()
    {
        ["Learner"] = ["student", "teacher", "admin"],
        ["Teacher"] = ["teacher", "admin"],
        ["Admin"] = ["admin"],
    };

    private List<RouteEndpoint> Routes =>
        [.. stack.TriageServices.GetRequiredService<EndpointDataSource>().Endpoints.Cast<RouteEndpoint>()];

    /// <summary>For each route of students, what one could try to learn of another.</summary>
    private Dictionary<string, Func<TwoStudents, Task>> Attempts => new()
    {
        ["POST /api/v1/triage"] = SendAnothersRequestIdAsync,
        ["GET /api/v1/triage/{requestId}"] = ReadAnothersMessageAsync,
        ["GET /api/v1/triage/circuit-breakers"] = students => HearOfAnotherAsync(students, "/api/v1/triage/circuit-breakers"),
        ["GET /api/v1/triage/health/{agent}"] = students => HearOfAnotherAsync(students, "/api/v1/triage/health/concepts-agent"),
        ["POST /api/v1/run"] = ReadAnothersFileAsync,
        ["GET /api/v1/exercises/next"] = GoOnWhereAnotherIsAsync,
        ["POST /api/v1/exercises/{id}/submissions"] = HandInAsAnotherAsync,
        ["GET /api/v1/quizzes/{topic}"] = SeeAnothersAnswersAsync,
        ["POST /api/v1/quizzes/{topic}/answers"] = AnswerAsAnotherAsync,
        ["GET /api/v1/progress"] = SeeAnothersProgressAsync,
    };

    [Fact]
    public void Every_route_says_who_may_call_it_and_only_those_are_open_that_should_be()
    {
        Assert.NotEmpty(Routes);
        Assert.All(Routes.Where(route => !IsOpen(route)), route =>
        {
            var policies = PoliciesOf(route);
            Assert.True(
                policies.Count > 0 && policies.TrueForAll(RolesByPolicy.ContainsKey),
                $"{route.RoutePattern.RawText} must have one of the policies {string.Join(", ", RolesByPolicy.Keys)}.");
        });
        Assert.Equal(OpenToAnyone, Routes.Where(IsOpen).Select(Pattern).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_route_lets_in_whom_it_should_and_nobody_else()
    {
        using var anonymous = stack.Anonymous();
        var clients = RolesByPolicy["Learner"].ToDictionary(role => role, role => stack.As($"some-{role}", role));
        List<string> wrong = [];
        foreach (var route in Routes)
        {
            foreach (var method in MethodsOf(route))
            {
                var isOpen = IsOpen(route);
                await TryAsync(anonymous, "anonymous", method, route, isOpen ? null : HttpStatusCode.Unauthorized);
                foreach (var (role, client) in clients)
                {
                    var mayCall = isOpen || PoliciesOf(route).TrueForAll(policy => RolesByPolicy[policy].Contains(role));
                    await TryAsync(client, role, method, route, mayCall ? null : HttpStatusCode.Forbidden);
                }
            }
        }

        foreach (var client in clients.Values)
        {
            client.Dispose();
        }

        Assert.Empty(wrong);

        async Task TryAsync(HttpClient client, string who, string method, RouteEndpoint route, HttpStatusCode? refusal)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), AddressOf(route));
            if (method is "POST" or "PUT")
            {
                request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
            }

            using var reply = await client.SendAsync(request);
            var isRight = refusal is { } status
                ? reply.StatusCode == status
                : reply.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden) && (int)reply.StatusCode < 500;
            if (!isRight)
            {
                wrong.Add($"{who}: {method} {AddressOf(route)} → {(int)reply.StatusCode}");
            }
        }
    }

    [Fact]
    public async Task A_student_sees_their_own_and_nothing_of_anothers_on_every_route_of_students()
    {
        await Sandboxes.RequireAsync(stack);
        foreach (var route in Routes.Where(route => PoliciesOf(route) is ["Learner"]))
        {
            foreach (var name in MethodsOf(route).Select(method => $"{method} {Pattern(route)}"))
            {
                Assert.True(Attempts.TryGetValue(name, out var attempt), $"{name} is new: say here what another student could try.");
                using var students = new TwoStudents(
                    stack.As($"first-{Guid.NewGuid():N}"), stack.As($"second-{Guid.NewGuid():N}"), stack.As($"fresh-{Guid.NewGuid():N}"));
                await attempt(students);
            }
        }
    }

    [Fact]
    public async Task Students_whose_ids_differ_only_in_how_an_address_writes_them_are_not_one()
    {
        var id = Guid.NewGuid().ToString("N");
        string[] others = [$"school%2F{id}", $"school%252F{id}", id, $"SCHOOL/{id}", $"school/{id}/", $"school/{id}?a", $"school/{id} "];
        using var student = stack.As($"school/{id}");

        await AnswerQuizAsync(student, RightAnswers(), "first");

        Assert.Equal(100, await QuizShareAsync(student));
        foreach (var other in others)
        {
            using var client = stack.As(other);
            Assert.Equal((other, 0), (other, await QuizShareAsync(client)));
        }
    }

    /// <summary>Three clients: of one student, of who wants to know about them, and of one who has done nothing.</summary>
    private sealed record TwoStudents(HttpClient First, HttpClient Second, HttpClient Fresh) : IDisposable
    {
        public void Dispose()
        {
            First.Dispose();
            Second.Dispose();
            Fresh.Dispose();
        }
    }

    private static async Task SendAnothersRequestIdAsync(TwoStudents students)
    {
        var ask = new { query = "what is a list?", requestId = $"own-{Guid.NewGuid():N}" };
        var answer = await students.First.AskAsync(ask);

        using var reply = await students.Second.PostAsJsonAsync("/api/v1/triage", ask);

        Assert.Equal(HttpStatusCode.Conflict, reply.StatusCode);
        var problem = await reply.ReadAsync();
        Assert.False(problem.TryGetProperty("answer", out _));
        Assert.DoesNotContain(answer.Text("intent"), problem.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(answer.Text("requestId"), (await students.First.AskAsync(ask)).Text("requestId"));
    }

    private static async Task ReadAnothersMessageAsync(TwoStudents students)
    {
        var requestId = (await students.First.AskAsync(new { query = "what is a list?" })).Text("requestId");
        using (var own = await students.First.GetAsync($"/api/v1/triage/{requestId}"))
        {
            Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        }

        using var reply = await students.Second.GetAsync($"/api/v1/triage/{requestId}");
        using var none = await students.Second.GetAsync($"/api/v1/triage/none-{Guid.NewGuid():N}");

        Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
        Assert.Equal(await WithoutRequestIdAsync(none), await WithoutRequestIdAsync(reply));
    }

    /// <summary>What is nobody's in particular is the same before and after somebody did something.</summary>
    private static async Task HearOfAnotherAsync(TwoStudents students, string path)
    {
        var before = await students.Second.GetStringAsync(path);

        await students.First.AskAsync(new { query = "what is a list?" });

        Assert.Equal(before, await students.Second.GetStringAsync(path));
    }

    private static async Task ReadAnothersFileAsync(TwoStudents students)
    {
        var words = Guid.NewGuid().ToString("N");
        var written = await PostAsync(students.First, "/api/v1/run", new { code = $"open('note.txt', 'w').write('{words}')\nprint(open('note.txt').read())" });

        var read = await PostAsync(students.Second, "/api/v1/run", new { code = "import os\nprint(os.listdir('.'))\nprint(open('note.txt').read())" });

        Assert.Contains(words, written.Text("output"), StringComparison.Ordinal);
        Assert.DoesNotContain(words, read.GetRawText(), StringComparison.Ordinal);
        Assert.NotEqual("ok", read.Text("outcome"));
    }

    private async Task GoOnWhereAnotherIsAsync(TwoStudents students)
    {
        var before = await NextAsync(students.First);
        await HandInAsync(students.First, before, Solution(before), "solved");
        Assert.NotEqual(before, await NextAsync(students.First));

        Assert.Equal(before, await NextAsync(students.Second));
    }

    private async Task HandInAsAnotherAsync(TwoStudents students)
    {
        var exercise = await NextAsync(students.First);
        Assert.True((await HandInAsync(students.First, exercise, Solution(exercise), "same")).GetProperty("passed").GetBoolean());
        var progress = await students.First.GetStringAsync("/api/v1/progress");

        var result = await HandInAsync(students.Second, exercise, "print('nothing')", "same");

        Assert.False(result.GetProperty("passed").GetBoolean());
        Assert.Equal(progress, await students.First.GetStringAsync("/api/v1/progress"));
    }

    private async Task SeeAnothersAnswersAsync(TwoStudents students)
    {
        await AnswerQuizAsync(students.First, RightAnswers(), "first");

        Assert.Equal(
            await students.Fresh.GetStringAsync($"/api/v1/quizzes/{Topic}"),
            await students.Second.GetStringAsync($"/api/v1/quizzes/{Topic}"));
    }

    private async Task AnswerAsAnotherAsync(TwoStudents students)
    {
        await AnswerQuizAsync(students.First, RightAnswers(), "same");

        var result = await AnswerQuizAsync(students.Second, RightAnswers().Take(1).ToDictionary(), "same");

        Assert.InRange(result.GetProperty("score").GetInt32(), 1, 99);
        Assert.Equal(100, await QuizShareAsync(students.First));
    }

    private async Task SeeAnothersProgressAsync(TwoStudents students)
    {
        await AnswerQuizAsync(students.First, RightAnswers(), "first");
        var fresh = await students.Fresh.GetStringAsync("/api/v1/progress");

        Assert.Equal(100, await QuizShareAsync(students.First));
        Assert.Equal(fresh, await students.Second.GetStringAsync("/api/v1/progress"));
        Assert.Equal(fresh, await students.Second.GetStringAsync("/api/v1/progress?student=first"));
    }

    private Dictionary<string, string> RightAnswers() => stack.AgentServices.GetRequiredService<QuizLibrary>().Find(Topic)!.Questions
        .ToDictionary(question => question.Id, question => question.Answer);

    private string Solution(string exercise) =>
        stack.AgentServices.GetRequiredService<ExerciseLibrary>().Find(exercise)!.Solution;

    private static Task<JsonElement> AnswerQuizAsync(HttpClient client, Dictionary<string, string> answers, string submissionId) =>
        PostAsync(client, $"/api/v1/quizzes/{Topic}/answers", new { answers, submissionId });

    private static Task<JsonElement> HandInAsync(HttpClient client, string exercise, string code, string submissionId) =>
        PostAsync(client, $"/api/v1/exercises/{exercise}/submissions", new { code, submissionId });

    private static async Task<string> NextAsync(HttpClient client) =>
        (await client.GetFromJsonAsync<JsonElement>($"/api/v1/exercises/next?topic={Topic}")).Text("id");

    private static async Task<double> QuizShareAsync(HttpClient client) =>
        (await client.GetFromJsonAsync<JsonElement>("/api/v1/progress")).GetProperty("topics").EnumerateArray()
        .Single(topic => topic.Text("topic") == Topic).GetProperty("parts").GetProperty("quizzes").GetDouble();

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, object body)
    {
        using var reply = await client.PostAsJsonAsync(path, body);
        var json = await reply.ReadAsync();
        Assert.True(reply.IsSuccessStatusCode, json.GetRawText());
        return json;
    }

    private static async Task<string> WithoutRequestIdAsync(HttpResponseMessage reply) => string.Join(
        '\n', (await reply.ReadAsync()).EnumerateObject().Where(property => property.Name != "requestId").Select(property => property.ToString()));

    private static bool IsOpen(RouteEndpoint route) => route.Metadata.GetMetadata<IAllowAnonymous>() is not null;

    private static List<string> PoliciesOf(RouteEndpoint route) =>
        [.. route.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(data => data.Policy ?? "none")];

    private static IReadOnlyList<string> MethodsOf(RouteEndpoint route) =>
        route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"];

    private static string Pattern(RouteEndpoint route) => $"/{route.RoutePattern.RawText!.Trim('/')}";

    private static string AddressOf(RouteEndpoint route) => Parameters().Replace(Pattern(route), "nothing");

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameters();
}
