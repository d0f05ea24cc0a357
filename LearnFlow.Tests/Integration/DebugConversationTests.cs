using System.Text.Json;
using LearnFlow.Agents.Debug;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Tests.Agents.Content;
using Microsoft.Extensions.DependencyInjection;
using IConnectionMultiplexer = StackExchange.Redis.IConnectionMultiplexer;

namespace LearnFlow.Tests.Integration;

/// <summary>A student and the debug agent over several messages: a hint at a time, and nothing told twice.</summary>
public abstract class DebugConversationTests<TRedis>(LearnFlowStack<TRedis> stack)
    where TRedis : RedisUnderTest, new()
{
    private const string Misspelled = "total = 5\nprint(totl)\n";
    private const string Corrected = "total = 5\nprint(total)\n";

    private const string Traceback = """
        Traceback (most recent call last):
          File "main.py", line 2, in <module>
            print(totl)
        NameError: name 'totl' is not defined
        """;

    private readonly string _student = $"s{Guid.NewGuid():N}";

    [Fact]
    public async Task Who_asks_again_is_told_more_and_never_the_same_twice()
    {
        var talk = Talk();

        List<JsonElement> answers = [await talk.SayAsync("what does this mean?", Misspelled, Traceback)];
        foreach (var words in (string[])["I still don't get it", "another hint", "just tell me the answer", "give me more"])
        {
            answers.Add(await talk.SayAsync(words));
        }

        Assert.All(answers, answer => Assert.Equal("debug-agent", answer.Text("agent")));
        Assert.Equal([1, 2, 3, 4, 4], answers.Select(StepOf));
        var texts = answers.Select(TextOf).ToList();
        Assert.Equal(5, texts.Distinct().Count());
        Assert.Contains("line 2", texts[0], StringComparison.Ordinal);
        Assert.Contains("print(totl)", texts[0], StringComparison.Ordinal);
        Assert.All(texts, text => Assert.DoesNotContain("print(total)", text, StringComparison.Ordinal));
        Assert.All(texts, text => Assert.Null(ReadingGrade.ProblemWith(text)));
    }

    [Fact]
    public async Task What_was_corrected_is_praised_and_what_it_does_now_is_told()
    {
        await Sandboxes.RequireAsync(stack);
        var talk = Talk();
        await talk.SayAsync("what does this mean?", Misspelled, Traceback);

        var asked = await talk.SayAsync("I fixed it");
        var answer = await talk.SayAsync("I fixed it", Corrected);

        Assert.Contains("code as it is now", TextOf(asked), StringComparison.Ordinal);
        Assert.Contains("that is fixed", TextOf(answer), StringComparison.Ordinal);
        Assert.Contains("NameError", TextOf(answer), StringComparison.Ordinal);
        Assert.Contains("```output\n5\n```", TextOf(answer), StringComparison.Ordinal);
        Assert.Null(ReadingGrade.ProblemWith(TextOf(answer)));
    }

    [Fact]
    public async Task What_is_not_corrected_gets_the_next_hint()
    {
        await Sandboxes.RequireAsync(stack);
        var talk = Talk();
        await talk.SayAsync("what does this mean?", Misspelled, Traceback);

        var answer = await talk.SayAsync("I fixed it", $"# now it works\n{Misspelled}");

        Assert.Equal(2, StepOf(answer));
        Assert.Contains("still stops for the same reason, now on line 3", TextOf(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_mistake_begins_anew_and_the_first_is_said_to_be_gone()
    {
        await Sandboxes.RequireAsync(stack);
        var talk = Talk();
        await talk.SayAsync("what does this mean?", Misspelled, Traceback);
        await talk.SayAsync("another hint");

        var answer = await talk.SayAsync("I fixed it", "total = 5\nprint(total + 'a')\n");

        Assert.Equal(1, StepOf(answer));
        Assert.Contains("`NameError` from before, on line 2, is gone", TextOf(answer), StringComparison.Ordinal);
        Assert.Contains("TypeError", TextOf(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mistake_that_comes_back_is_not_explained_from_the_start()
    {
        await Sandboxes.RequireAsync(stack);
        var talk = Talk();
        await talk.SayAsync("what does this mean?", Misspelled, Traceback);
        await talk.SayAsync("I fixed it", Corrected);

        var answer = await talk.SayAsync("now it is broken again", Misspelled);

        Assert.Equal(2, StepOf(answer));
        Assert.Contains("from earlier is back", TextOf(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_that_comes_after_its_error_belongs_to_it()
    {
        await Sandboxes.RequireAsync(stack);
        var talk = Talk();
        var first = await talk.SayAsync("I get NameError: name 'totl' is not defined");

        var second = await talk.SayAsync("here is my code", Misspelled);

        Assert.False(first.GetProperty("answer").GetProperty("diagnosis").TryGetProperty("line", out _));
        Assert.Equal((1, 2), (StepOf(second), second.GetProperty("answer").GetProperty("diagnosis").GetProperty("line").GetInt32()));
        Assert.DoesNotContain("gone", TextOf(second), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("is this right? it should print 6", "print(1 + 2 + 3)\n", "Yes, that is right")]
    [InlineData("why does it not work? it should print 12345", "print(1 + 2 + 3)\n", "You say that it should print `12345`")]
    [InlineData("why does it never stop?", "n = 3\nwhile n > 0:\n    print(n)\n", "line 2")]
    [InlineData("why does my program not work?", "def f(x, xs=[]):\n    xs.append(x)\n    return xs\n\n\nprint(f(1))\n", "on line 1")]
    public async Task Code_without_an_error_is_run_and_what_came_of_it_is_told(string words, string code, string partOfAnswer)
    {
        await Sandboxes.RequireAsync(stack);

        var answer = await Talk().SayAsync(words, code, intent: "syntax_help");

        Assert.Contains(partOfAnswer, TextOf(answer), StringComparison.Ordinal);
        Assert.Null(ReadingGrade.ProblemWith(TextOf(answer)));
    }

    [Fact]
    public async Task Without_a_conversation_each_message_gets_the_first_hint()
    {
        using var student = stack.As(_student);

        var first = await student.AskAsync(new { query = "help", error = Traceback });
        var second = await student.AskAsync(new { query = "help", error = Traceback });

        Assert.Equal((1, TextOf(first)), (StepOf(second), TextOf(second)));
        Assert.Empty(await KeysAsync(_student, "hints:"));
    }

    [Fact]
    public async Task A_message_that_is_delivered_twice_gets_the_same_hint_and_the_next_one_gets_the_next()
    {
        var agent = stack.AgentServices.GetRequiredService<DebugAgent>();
        AgentQuestion Question(string id) => new(id, _student, "I still don't get it", null, Traceback)
        {
            Conversation = new("c", "I still don't get it", false, BringsError: true),
        };
        await agent.AnswerAsync(Question("first"), TestContext.Current.CancellationToken);

        var twice = await Task.WhenAll(Enumerable.Range(0, 8)
            .Select(_ => agent.AnswerAsync(Question("second"), TestContext.Current.CancellationToken)));
        var third = await agent.AnswerAsync(Question("third"), TestContext.Current.CancellationToken);

        Assert.Equal([2], twice.Select(answer => answer.Diagnosis!.Step).Distinct());
        Assert.Single(twice.Select(answer => answer.Markdown).Distinct());
        Assert.Equal(3, third.Diagnosis!.Step);
    }

    [Fact]
    public async Task Conversations_do_not_mix_nor_do_students()
    {
        var talk = Talk();
        await talk.SayAsync("what does this mean?", Misspelled, Traceback);

        var otherConversation = await new Conversation(stack.As(_student), "another").SayAsync("what does this mean?", Misspelled, Traceback);
        var otherStudent = await new Conversation(stack.As($"other-{_student}"), talk.Id).SayAsync("what does this mean?", Misspelled, Traceback);

        Assert.Equal((1, 1), (StepOf(otherConversation), StepOf(otherStudent)));
    }

    [Fact]
    public async Task What_is_remembered_is_the_students_is_erased_with_them_and_goes_by_itself_after_a_day()
    {
        var talk = Talk();
        await talk.SayAsync("what does this mean?", Misspelled, Traceback);
        var key = Assert.Single(await KeysAsync(_student, "hints:"));
        var lifetime = await Database.KeyTimeToLiveAsync(key);
        using var admin = await stack.SignInAsync("admin");
        var path = $"/api/v1/admin/students/{_student}/data";

        var export = await admin.GetStringAsync(path, TestContext.Current.CancellationToken);
        using var erased = await admin.DeleteAsync(path, TestContext.Current.CancellationToken);

        Assert.InRange(lifetime!.Value, TimeSpan.FromHours(23), TimeSpan.FromHours(24));
        Assert.Contains($"hints:{talk.Id}", export, StringComparison.Ordinal);
        Assert.True(erased.IsSuccessStatusCode);
        Assert.Empty(await KeysAsync(_student, ""));
    }

    private StackExchange.Redis.IDatabase Database => stack.AgentServices.GetRequiredService<IConnectionMultiplexer>().GetDatabase();

    private async Task<List<string>> KeysAsync(string student, string name)
    {
        var keys = new List<string>();
        foreach (var server in Database.Multiplexer.GetServers())
        {
            await foreach (var key in server.KeysAsync(pattern: StateKeys.Any))
            {
                keys.Add(key.ToString());
            }
        }

        return [.. keys.Where(key => key.StartsWith(StateKeys.PrefixOf(student) + name, StringComparison.Ordinal))];
    }

    private Conversation Talk() => new(stack.As(_student), Guid.NewGuid().ToString("N"));

    private static string TextOf(JsonElement answer) => answer.GetProperty("answer").Text("markdown");

    private static int StepOf(JsonElement answer) =>
        answer.GetProperty("answer").GetProperty("diagnosis").GetProperty("step").GetInt32();

    private sealed record Conversation(HttpClient Student, string Id)
    {
        public Task<JsonElement> SayAsync(string query, string? code = null, string? error = null, string? intent = null) =>
            Student.AskAsync(new { query, code, error, intent, conversation = new { id = Id } });
    }
}

[Collection(GarnetCollection.Name)]
public sealed class DebugConversationOverGarnetTests(GarnetStack stack) : DebugConversationTests<GarnetUnderTest>(stack);

[Collection(RedisServerCollection.Name)]
public sealed class DebugConversationOverRedisServerTests(RedisServerStack stack) : DebugConversationTests<RedisServerUnderTest>(stack);
