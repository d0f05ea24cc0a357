using LearnFlow.Agents.Content;

namespace LearnFlow.Tests.Agents.Content;

public sealed class PhraseIndexTests
{
    private static readonly PhraseIndex<string> Index = new([("list", "lists"), ("list comprehension", "comprehensions"), ("==", "equality"), ("**", "power")]);

    [Theory]
    [InlineData("What is a LIST comprehension?", "comprehensions")]
    [InlineData("what is a list?", "lists")]
    [InlineData("when do I use == and why", "equality")]
    [InlineData("a==b", "equality")]
    public void The_longest_name_wins(string text, string item) => Assert.Equal(item, Index.Find(text));

    [Theory]
    [InlineData("listen to me")]
    [InlineData("enlist")]
    [InlineData("a === b")]
    [InlineData("***")]
    public void A_name_inside_another_word_is_none(string text) => Assert.Null(Index.Find(text));
}
