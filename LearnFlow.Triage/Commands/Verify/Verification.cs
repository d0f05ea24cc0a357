using System.Text.Json;
using System.Text.Json.Nodes;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Skills;

namespace LearnFlow.Triage.Commands.Verify;

/// <summary>
/// Looks at a running LearnFlow as its callers see it: nothing but HTTP. It leaves behind a few messages of the token's
/// student, their records in the audit trail, and the refusals that it provokes.
/// </summary>
/// <param name="caller">Calls it.</param>
/// <param name="token">A student's token; null to sign in as a demo user, which Development alone has.</param>
/// <param name="adminToken">An admin's token.</param>
internal sealed partial class Verification(Caller caller, string? token, string? adminToken)
{
    private const string Ask = "api/v1/triage";
    private const string Breakers = "api/v1/triage/circuit-breakers";
    private const string Flags = "api/v1/admin/flags";

    /// <summary>How long a record may take into the audit trail.</summary>
    private static readonly TimeSpan AuditLag = TimeSpan.FromSeconds(5);

    private static readonly (Intent Intent, string Query, string? Code, string? Error)[] Messages =
    [
        (Intent.SyntaxHelp, "Why do I get this error?", null, "Traceback (most recent call last):\n  File \"main.py\", line 1, in <module>\nNameError: name 'totl' is not defined"),
        (Intent.ConceptExplanation, "What is a list comprehension?", null, null),
        (Intent.ExerciseRequest, "Give me an exercise on loops", null, null),
        (Intent.ProgressCheck, "How am I doing?", null, null),
        (Intent.CodeReview, "Can you review my code?", "def add(a, b):\n    return a + b\n", null),
    ];

    /// <summary>No agent answers it, so that what it shows does not hang on any.</summary>
    private const string OutOfScope = "What will the weather be in Paris tomorrow?";

    private readonly DateTimeOffset _started = DateTimeOffset.UtcNow;
    private readonly string _id = $"verify-{Guid.NewGuid():N}";
    private readonly HashSet<AgentRole> _away = [];
    private string? _token = token;
    private string? _adminToken = adminToken;
    private bool _isThere;

    /// <summary>Checks one thing after the other.</summary>
    public async IAsyncEnumerable<Finding> RunAsync()
    {
        yield return await CheckAsync("health", HealthAsync);
        if (!_isThere)
        {
            yield return new("everything else", Outcome.NotChecked, "there is no LearnFlow to ask.");
            yield break;
        }

        yield return await CheckAsync("alive", AliveAsync);
        yield return await CheckAsync("page", PageAsync);
        yield return await CheckAsync("API description", DescriptionAsync);
        yield return await CheckAsync("metrics", MetricsAsync);
        yield return await CheckAsync("token", TokenAsync);
        yield return await CheckAsync("no token", NoTokenAsync);
        yield return await CheckAsync("wrong tokens", WrongTokensAsync);
        yield return await ForStudentAsync("roles", RolesAsync);
        yield return await ForStudentAsync("security headers", SecurityHeadersAsync);
        yield return await ForStudentAsync("bounds of messages", BoundsAsync);
        yield return await ForStudentAsync("rate limit", RateLimitAsync);
        yield return await ForStudentAsync("circuit breakers", BreakersAsync);
        foreach (var (intent, query, code, error) in Messages)
        {
            var agent = intent.Agent()!;
            JsonElement? answer = null;
            yield return await ForStudentAsync($"routing {IntentNames.Of(intent)}", async () =>
            {
                var reply = await AskAsync(new JsonObject { ["query"] = query, ["code"] = code, ["error"] = error });
                answer = reply.Json;
                return Routing(intent, agent, reply);
            });
            yield return await ForStudentAsync($"agent {agent.Resource}", () => AgentAsync(agent, answer));
        }

        yield return await ForStudentAsync("routing out_of_scope", DeclinedAsync);
        yield return await ForStudentAsync("same requestId twice", RepeatedAsync);
        yield return await ForStudentAsync("streaming", StreamingAsync);
        yield return await ForStudentAsync("running code", RunningAsync);
        yield return await ForAdminAsync("flags", FlagsAsync);
        yield return await ForAdminAsync("dead letters", DeadLettersAsync);
        yield return await ForAdminAsync("reading others' messages", OthersAsync);
        yield return await ForAdminAsync("audit record", AuditRecordAsync);
        yield return await ForAdminAsync("audit chains", AuditChainsAsync);
    }

    private Task<Finding> ForStudentAsync(string name, Func<Task<Result>> check) => _token is null
        ? Task.FromResult(new Finding(name, Outcome.NotChecked, "needs a token that is believed."))
        : CheckAsync(name, check);

    private Task<Finding> ForAdminAsync(string name, Func<Task<Result>> check) => _adminToken is null
        ? Task.FromResult(new Finding(name, Outcome.NotChecked, $"needs an admin's token: --admin-token or {VerifyCommand.AdminTokenVariable}."))
        : CheckAsync(name, check);

    private static async Task<Finding> CheckAsync(string name, Func<Task<Result>> check)
    {
        try
        {
            var (outcome, detail) = await check();
            return new(name, outcome, detail);
        }
        catch (TaskCanceledException exception) when (exception.InnerException is TimeoutException)
        {
            return Failed($"no answer within {Caller.Patience.TotalSeconds} s.");
        }
        catch (HttpRequestException exception)
        {
            return Failed(exception.Message);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentException)
        {
            return Failed("the answer does not look like one of LearnFlow's.");
        }

        Finding Failed(string seen) => new(name, Outcome.Fails, $"{seen} Look at what stands in front, and at triage's log.");
    }

    private Task<Reply> AskAsync(JsonObject message) => caller.SendAsync(HttpMethod.Post, Ask, _token, message);

    private static Result Holds(string seen) => new(Outcome.Holds, seen);

    private static Result Fails(string seen, string advice) => new(Outcome.Fails, $"{seen} {advice}");

    private static Result NotChecked(string why) => new(Outcome.NotChecked, why);

    private readonly record struct Result(Outcome Outcome, string Detail);
}
