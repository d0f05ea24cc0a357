using LearnFlow.Triage.Flags;

namespace LearnFlow.Tests.Integration;

/// <summary>A message with two wishes, and one that leans on what was said before.</summary>
public abstract class ConversationTests<TRedis>(LearnFlowStack<TRedis> stack)
    where TRedis : RedisUnderTest, new()
{
    [Fact]
    public async Task Both_wishes_of_a_message_are_answered()
    {
        using var maya = await stack.SignInAsync("maya");

        var answer = await maya.AskAsync(new { query = "explain list comprehensions and give me an exercise" });

        var intents = answer.GetProperty("decision").GetProperty("also").EnumerateArray()
            .Select(intent => intent.GetString())
            .Append(answer.Text("intent"));
        Assert.Equal(["concept_explanation", "exercise_request"], intents.Order(StringComparer.Ordinal));
        var content = answer.GetProperty("answer");
        Assert.Contains("List comprehensions", content.Text("markdown"), StringComparison.Ordinal);
        Assert.Contains(content.GetProperty("exercise").Text("title"), content.Text("markdown"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_with_one_wish_names_no_other()
    {
        using var maya = await stack.SignInAsync("maya");

        var answer = await maya.AskAsync(new { query = "what is a dictionary?" });

        Assert.False(answer.GetProperty("decision").TryGetProperty("also", out _));
    }

    [Theory]
    [InlineData("what is recursion?", "and why?", "concepts-agent", "Recursion")]
    [InlineData("give me an exercise on loops", "another one please", "exercise-agent", "Start from this")]
    [InlineData("NameError: name 'totl' is not defined", "i still don't get it", "debug-agent", "totl")]
    public async Task A_follow_up_goes_where_the_conversation_is_and_is_about_the_same(
        string first, string second, string agent, string partOfAnswer)
    {
        using var maya = await stack.SignInAsync("maya");
        var conversation = new { id = Guid.NewGuid().ToString("N") };
        await maya.AskAsync(new { query = first, conversation });

        var answer = await maya.AskAsync(new { query = second, conversation });

        Assert.Equal(agent, answer.Text("agent"));
        Assert.Contains(partOfAnswer, answer.GetProperty("answer").Text("markdown"), StringComparison.Ordinal);
        Assert.Contains("conversation", SignalsOf(answer));
    }

    [Fact]
    public async Task A_conversation_is_its_students_alone()
    {
        using var maya = await stack.SignInAsync("maya");
        using var james = await stack.SignInAsync("james");
        var conversation = new { id = Guid.NewGuid().ToString("N") };
        await maya.AskAsync(new { query = "what is recursion?", conversation });

        var answer = await james.AskAsync(new { query = "and why?", conversation });

        Assert.DoesNotContain("conversation", SignalsOf(answer));
    }

    [Fact]
    public async Task Errors_of_late_show_in_the_evidence_of_what_is_not_clear()
    {
        using var james = await stack.SignInAsync("james");
        await james.AskAsync(new { query = "NameError: name 'totl' is not defined" });

        var answer = await james.AskAsync(new { query = "help" });

        Assert.Contains("recent-errors", SignalsOf(answer));
        Assert.Contains("mastery", SignalsOf(answer));
    }

    [Fact]
    public async Task Without_the_classifier_signals_and_phrases_decide_alone()
    {
        using var maya = await stack.SignInAsync("maya");
        const string query = "what is a dictionary?";

        Assert.Contains("words", SignalsOf(await maya.AskAsync(new { query })));
        using var admin = await stack.SignInAsync("admin");
        await using var off = await SwitchedFlag.SwitchAsync(admin, Flag.EnableMlClassifier, enabled: false);
        var answer = await maya.AskAsync(new { query });

        Assert.DoesNotContain("words", SignalsOf(answer));
        Assert.Equal("concepts-agent", answer.Text("agent"));
    }

    private static IEnumerable<string> SignalsOf(System.Text.Json.JsonElement answer) =>
        answer.GetProperty("decision").GetProperty("evidence").EnumerateArray().Select(reason => reason.Text("signal"));
}

[Collection(GarnetCollection.Name)]
public sealed class ConversationOverGarnetTests(GarnetStack stack) : ConversationTests<GarnetUnderTest>(stack);

[Collection(RedisServerCollection.Name)]
public sealed class ConversationOverRedisServerTests(RedisServerStack stack) : ConversationTests<RedisServerUnderTest>(stack);
