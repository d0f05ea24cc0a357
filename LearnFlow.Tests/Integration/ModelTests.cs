using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Tests.Triage.Flags;
using LearnFlow.Tests.Triage.Models;
using LearnFlow.Triage.Flags;
using LearnFlow.Triage.Models;
using LearnFlow.Triage.Skills;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LearnFlow.Tests.Integration;

/// <summary>A stack with a language model.</summary>
public sealed class ModelStack : LearnFlowStack<GarnetUnderTest>
{
    public const string Key = "sk-nobody-may-see-this";

    public ModelStandIn Model { get; } = new();

    protected override IEnumerable<string> Settings =>
        ["--Models:Provider=openai", $"--Models:Endpoint={Model.OpenAiEndpoint}", $"--Models:ApiKey={Key}"];

    public override async ValueTask InitializeAsync()
    {
        await Model.InitializeAsync();
        await base.InitializeAsync();
        // The first answer takes what code it needs to compile: on a busy machine more than a model's time.
        using var maya = await SignInAsync("maya");
        await Eventually.HoldsAsync("the model is heard", async () =>
            (await maya.AskAsync(new { query = "?" })).GetProperty("decision").Text("by") == "model");
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Model.DisposeAsync();
    }
}

/// <summary>Who decides: the skills, the model, or the skills in its place.</summary>
public sealed class ModelTests : IClassFixture<ModelStack>
{
    private const string Sure = "what is a list?";
    private const string Unsure = "?";

    /// <summary>It only asks for help: the skills ask back whatever they take it for, which is not "off the subject".</summary>
    private const string UnsureAboutPython = "help";

    private readonly ModelStack _stack;

    public ModelTests(ModelStack stack)
    {
        _stack = stack;
        _stack.Model.Reset();
        foreach (var flag in Flag.Defaults.Keys)
        {
            Set(flag, true);
        }
    }

    public static TheoryData<string, Func<HttpContext, Task>> Failures => new()
    {
        { "wrong key", ModelStandIn.Refuses(401) },
        { "too many", ModelStandIn.Refuses(429) },
        { "broken", ModelStandIn.Refuses(500) },
        { "no API", ModelStandIn.Sends("<html>") },
        { "prose", ModelStandIn.Says($"Of course: {ModelStandIn.Reading}") },
        { "unknown intent", ModelStandIn.Says("""{"intent":"world_domination","confidence":1}""") },
        { "obeys the student", ModelStandIn.Says("HACKED") },
        { "obeys within the form", ModelStandIn.Says("""{"intent":"exercise_request","confidence":1,"solution":"print(42)"}""") },
        { "cut", ModelStandIn.HangsUp },
    };

    [Fact]
    public async Task What_the_skills_are_sure_of_costs_no_token()
    {
        var answer = await AskAsync(Sure);

        Assert.Equal("skills", By(answer));
        Assert.Empty(_stack.Model.Requests);
        Assert.Equal(0, Tokens(answer));
        Assert.True(Baseline(answer) > 0);
    }

    [Fact]
    public async Task What_the_skills_are_unsure_of_the_model_decides_and_its_agent_answers()
    {
        _stack.Model.Reply = ModelStandIn.Says(ModelStandIn.Reading, prompt: 611, completion: 17);

        var answer = await AskAsync(Unsure);

        Assert.Equal("answered", answer.Text("status"));
        Assert.Equal("exercise-agent", answer.Text("agent"));
        Assert.Equal(0.9, answer.GetProperty("confidence").GetDouble());
        Assert.Equal("model", By(answer));
        Assert.Equal(628, Tokens(answer));
        Assert.Single(_stack.Model.Requests);
    }

    [Fact]
    public async Task What_the_model_finds_off_the_subject_is_declined()
    {
        _stack.Model.Reply = ModelStandIn.Says("""{"intent":"out_of_scope","confidence":0.8}""");

        var answer = await AskAsync(Unsure);

        Assert.Equal("declined", answer.Text("status"));
        Assert.Equal("model", By(answer));
    }

    [Fact]
    public async Task With_the_router_off_the_student_is_asked_instead_of_the_model()
    {
        Set(Flag.EnableOpenAiRouter, false);

        var answer = await AskAsync(Unsure);

        Assert.Equal("clarify", answer.Text("status"));
        Assert.Equal("skills", By(answer));
        Assert.Empty(_stack.Model.Requests);
    }

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public async Task Where_the_model_fails_the_skills_best_reading_holds(string failure, Func<HttpContext, Task> reply)
    {
        _stack.Model.Reply = reply;

        var answer = await AskAsync(UnsureAboutPython);

        Assert.Equal("answered", answer.Text("status"));
        Assert.Equal("fallback", By(answer));
        Assert.All(
            answer.GetProperty("decision").GetProperty("alternatives").EnumerateArray(),
            other => Assert.True(other.GetProperty("confidence").GetDouble() <= answer.GetProperty("confidence").GetDouble()));
        Assert.NotEmpty(answer.GetProperty("decision").GetProperty("evidence").EnumerateArray());
        Assert.Single(_stack.Model.Requests);
        Assert.DoesNotContain(ModelStack.Key, answer.GetRawText(), StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty(failure));
    }

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public async Task With_the_fallback_off_the_student_is_asked_where_the_model_fails(string failure, Func<HttpContext, Task> reply)
    {
        Set(Flag.EnableFallbackToSkill, false);
        _stack.Model.Reply = reply;

        var answer = await AskAsync(Unsure);

        Assert.Equal("clarify", answer.Text("status"));
        Assert.Equal("skills", By(answer));
        Assert.Single(_stack.Model.Requests);
        Assert.False(string.IsNullOrEmpty(failure));
    }

    [Fact]
    public async Task With_the_skills_off_the_model_decides_what_they_would_have_been_sure_of()
    {
        Set(Flag.EnableSkillLibrary, false);

        var answer = await AskAsync(Sure);

        Assert.Equal("exercise-agent", answer.Text("agent"));
        Assert.Equal("model", By(answer));
        Assert.Single(_stack.Model.Requests);
    }

    [Fact]
    public async Task With_the_skills_off_they_hold_all_the_same_where_the_model_fails()
    {
        Set(Flag.EnableSkillLibrary, false);
        _stack.Model.Reply = ModelStandIn.Refuses(500);

        var answer = await AskAsync(Sure);

        Assert.Equal("concepts-agent", answer.Text("agent"));
        Assert.Equal("fallback", By(answer));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task With_skills_and_fallback_off_a_message_without_a_model_is_refused_with_what_to_do(bool isModelAsked)
    {
        Set(Flag.EnableSkillLibrary, false);
        Set(Flag.EnableFallbackToSkill, false);
        Set(Flag.EnableOpenAiRouter, isModelAsked);
        _stack.Model.Reply = ModelStandIn.Refuses(401);
        using var maya = await _stack.SignInAsync("maya");

        using var reply = await maya.PostAsJsonAsync("/api/v1/triage", new { query = Sure });

        Assert.Equal(HttpStatusCode.ServiceUnavailable, reply.StatusCode);
        var problem = await reply.ReadAsync();
        Assert.Equal("urn:learnflow:problem:model-unavailable", problem.Text("type"));
        Assert.Contains("concept_explanation", problem.Text("detail"), StringComparison.Ordinal);
        Assert.DoesNotContain(ModelStack.Key, problem.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(isModelAsked ? 1 : 0, _stack.Model.Requests.Count);

        // What the problem advises helps.
        var chosen = await maya.AskAsync(new { query = Sure, intent = "concept_explanation" });
        Assert.Equal("concepts-agent", chosen.Text("agent"));
        Assert.Equal(0, Baseline(chosen));
    }

    [Fact]
    public async Task The_baseline_is_our_prompt_counted_and_grows_with_the_message()
    {
        using var maya = await _stack.SignInAsync("maya");

        var bare = Baseline(await maya.AskAsync(new { query = Sure }));
        var withCode = Baseline(await maya.AskAsync(new { query = Sure, code = "numbers = [1, 2, 3]\nprint(numbers)" }));

        Assert.Equal(await new TokenCounter().CountAsync(new(Sure)), bare);
        Assert.True(withCode > bare, $"{withCode} against {bare}");
    }

    private void Set(string flag, bool isOn) => _stack.TriageServices.SetFlag(flag, isOn);

    private async Task<JsonElement> AskAsync(string query)
    {
        using var maya = await _stack.SignInAsync("maya");
        return await maya.AskAsync(new { query });
    }

    /// <summary>A message that the skills as they are today would ask back, though it is about Python.</summary>
    private static string By(JsonElement answer) => answer.GetProperty("decision").Text("by");

    private static int Tokens(JsonElement answer) => answer.GetProperty("usage").GetProperty("tokens").GetInt32();

    private static int Baseline(JsonElement answer) => answer.GetProperty("usage").GetProperty("baselineTokens").GetInt32();
}
