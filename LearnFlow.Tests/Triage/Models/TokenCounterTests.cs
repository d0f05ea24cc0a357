using LearnFlow.Triage.Models;
using LearnFlow.Triage.Skills;

namespace LearnFlow.Tests.Triage.Models;

public sealed class TokenCounterTests
{
    private static readonly TokenCounter Counter = new();

    [Fact]
    public async Task The_count_grows_by_what_the_message_adds()
    {
        // One token each: o200k's words for them.
        var hello = await Counter.CountAsync(new("hello"));

        Assert.Equal(hello + 1, await Counter.CountAsync(new("hello world")));
        Assert.Equal(hello + 3, await Counter.CountAsync(new("hello world world world")));
        Assert.True(await Counter.CountAsync(new("hello", Code: "x = 1")) > hello);
        Assert.True(await Counter.CountAsync(new("hello", Error: "NameError: x")) > hello);
        Assert.True(await Counter.CountAsync(new("hello"), answer: "") < hello);
    }

    [Fact]
    public async Task A_long_text_is_estimated_from_its_beginning()
    {
        var shorter = await Counter.CountAsync(new(string.Concat(Enumerable.Repeat("hello ", 100))));
        var longer = await Counter.CountAsync(new(string.Concat(Enumerable.Repeat("hello ", 800))));
        var nothing = await Counter.CountAsync(new(""));

        Assert.InRange((longer - nothing) / (double)(shorter - nothing), 7.5, 8.5);
    }

    [Fact]
    public async Task Text_of_any_kind_is_counted()
    {
        Assert.True(await Counter.CountAsync(new StudentMessage("\ud800 \0 \u202e 中文 👍")) > 0);
        Assert.True(await Counter.CountAsync(new StudentMessage(new string('中', 5_000), new string('a', 20_000), new string('\n', 20_000))) > 0);
    }
}
