using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LearnFlow.Agents.Exercise;
using Microsoft.Extensions.DependencyInjection;

namespace LearnFlow.Tests.Integration;

/// <summary>Run, practise, be graded, and see it in one's progress.</summary>
public abstract class PracticeTests<TRedis>(LearnFlowStack<TRedis> stack)
    where TRedis : RedisUnderTest, new()
{
    private const string Topic = "control-flow";

    [Fact]
    public async Task Code_runs_with_its_input()
    {
        await Sandboxes.RequireAsync(stack);
        using var maya = await stack.SignInAsync("maya");

        var result = await PostAsync(maya, "/api/v1/run", new { code = "print(int(input()) * 2)", stdin = "21\n" });

        Assert.Equal("ok", result.Text("outcome"));
        Assert.Equal("42\n", result.Text("output"));
    }

    [Fact]
    public async Task A_solution_counts_once_and_a_better_one_more()
    {
        await Sandboxes.RequireAsync(stack);
        var exercise = stack.AgentServices.GetRequiredService<ExerciseLibrary>().Of(Topic).First();
        var path = $"/api/v1/exercises/{exercise.Task.Id}/submissions";
        using var james = await stack.SignInAsync("james");

        var failed = await PostAsync(james, path, new { code = exercise.Task.Starter });
        Assert.False(failed.GetProperty("passed").GetBoolean());
        Assert.Contains("tests pass", failed.Text("feedback"), StringComparison.Ordinal);

        var submissionId = $"s-{Guid.NewGuid():N}";
        var passed = await PostAsync(james, path, new { code = exercise.Solution, submissionId });
        Assert.True(passed.GetProperty("passed").GetBoolean());
        Assert.Equal(100, passed.GetProperty("score").GetInt32());

        var again = await PostAsync(james, path, new { code = exercise.Solution, submissionId });
        Assert.Equal(passed.GetProperty("mastery").GetRawText(), again.GetProperty("mastery").GetRawText());

        var mastery = await MasteryAsync(james);
        Assert.Equal(passed.GetProperty("mastery").GetProperty("percent").GetInt32(), mastery.GetProperty("percent").GetInt32());
        var solvedShare = 100.0 / stack.AgentServices.GetRequiredService<ExerciseLibrary>().Of(Topic).Count();
        Assert.Equal(solvedShare, mastery.GetProperty("parts").GetProperty("exercises").GetDouble(), 1);

        using var next = await james.GetAsync($"/api/v1/exercises/next?topic={Uri.EscapeDataString("control flow")}");
        Assert.NotEqual(exercise.Task.Id, (await next.ReadAsync()).Text("id"));
    }

    [Fact]
    public async Task A_quiz_hides_its_answers_and_counts_the_right_ones()
    {
        using var admin = await stack.SignInAsync("admin");
        var answers = stack.AgentServices.GetRequiredService<QuizLibrary>().Find(Topic)!.Questions;

        var quiz = await admin.GetStringAsync($"/api/v1/quizzes/{Topic}");
        Assert.DoesNotContain("\"answer\"", quiz, StringComparison.Ordinal);

        var half = answers.Take(answers.Count / 2).ToDictionary(question => question.Id, question => question.Answer);
        var result = await PostAsync(admin, $"/api/v1/quizzes/{Topic}/answers", new { answers = half });

        Assert.Equal(50, result.GetProperty("score").GetInt32());
        Assert.Equal(50, (await MasteryAsync(admin)).GetProperty("parts").GetProperty("quizzes").GetDouble());
    }

    [Theory]
    [InlineData("/api/v1/run", """{"code":""}""", "code")]
    [InlineData("/api/v1/run", """{"code":"1","stdin":5}""", "stdin")]
    [InlineData("/api/v1/exercises/any/submissions", """{}""", "code")]
    [InlineData("/api/v1/quizzes/basics/answers", """{"answers":{}}""", "answers")]
    public async Task Wrong_practice_input_is_told_by_field(string path, string body, string field)
    {
        using var maya = await stack.SignInAsync("maya");

        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var reply = await maya.PostAsync(path, content);

        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        Assert.True((await reply.ReadAsync()).GetProperty("errors").TryGetProperty(field, out _));
    }

    [Theory]
    [InlineData("/api/v1/quizzes/cooking", "control-flow")]
    public async Task What_there_is_not_is_answered_with_what_there_is(string path, string offered)
    {
        using var maya = await stack.SignInAsync("maya");

        using var reply = await maya.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
        Assert.Contains(offered, (await reply.ReadAsync()).Text("detail"), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> MasteryAsync(HttpClient client) =>
        (await client.GetFromJsonAsync<JsonElement>("/api/v1/progress")).GetProperty("topics").EnumerateArray()
        .Single(topic => topic.Text("topic") == Topic);

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, object body)
    {
        using var reply = await client.PostAsJsonAsync(path, body);
        var json = await reply.ReadAsync();
        Assert.True(reply.IsSuccessStatusCode, json.GetRawText());
        return json;
    }
}

[Collection(GarnetCollection.Name)]
public sealed class PracticeOverGarnetTests(GarnetStack stack) : PracticeTests<GarnetUnderTest>(stack);

[Collection(RedisServerCollection.Name)]
public sealed class PracticeOverRedisServerTests(RedisServerStack stack) : PracticeTests<RedisServerUnderTest>(stack);
