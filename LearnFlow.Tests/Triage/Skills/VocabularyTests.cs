using LearnFlow.Triage.Skills;

namespace LearnFlow.Tests.Triage.Skills;

/// <summary>A slip of a finger is understood, and no more than that.</summary>
public sealed class VocabularyTests
{
    private static readonly Vocabulary Words = new(["dictionary", "while", "loop", "list", "for", "form", "dont", "recursion", "while_loop"]);

    [Theory]
    [InlineData("recursion", "recursion")]
    // A letter too few: at the beginning, within, at the end.
    [InlineData("ecursion", "recursion")]
    [InlineData("recurion", "recursion")]
    [InlineData("recursio", "recursion")]
    // One too many.
    [InlineData("rrecursion", "recursion")]
    [InlineData("recurssion", "recursion")]
    [InlineData("recursionn", "recursion")]
    // A wrong one.
    [InlineData("tecursion", "recursion")]
    [InlineData("recutsion", "recursion")]
    [InlineData("recursiom", "recursion")]
    // Two that changed places.
    [InlineData("ercursion", "recursion")]
    [InlineData("recusrion", "recursion")]
    [InlineData("recursino", "recursion")]
    [InlineData("lsit", "list")]
    [InlineData("lis", "list")]
    [InlineData("don't", "dont")]
    public void A_word_with_one_mistake_is_understood(string word, string meant) => Assert.Equal(meant, Meaning(word));

    [Theory]
    [InlineData("recusrio")]
    [InlineData("rceusrion")]
    [InlineData("rekurzion")]
    [InlineData("cursion")]
    public void A_word_with_two_mistakes_is_not(string word) => Assert.Null(Meaning(word));

    [Theory]
    [InlineData("fo")]
    [InlineData("fro")]
    [InlineData("lo")]
    [InlineData("fr")]
    [InlineData("x")]
    public void A_short_word_is_left_alone(string word) => Assert.Null(Meaning(word));

    [Fact]
    public void A_known_word_is_never_taken_for_another() => Assert.Equal("form", Meaning("form"));

    [Fact]
    public void Of_two_that_could_be_meant_the_commoner_is() => Assert.Equal("when", Meaning("whem", new Vocabulary(["when", "whet", "them"])));

    [Theory]
    [InlineData("while_lop")]
    [InlineData("dictionry(")]
    [InlineData("print(dictionry)")]
    public void A_name_from_code_is_not_misspelled(string name) => Assert.Null(Meaning(name));

    [Fact]
    public void A_very_long_word_is_left_alone()
    {
        var word = new string('n', 2) + string.Concat(Enumerable.Repeat("ab", 20));

        Assert.Null(Meaning(word, new Vocabulary([word[1..]])));
    }

    /// <summary>What the first word of a message is taken for, or null.</summary>
    private static string? Meaning(string message, Vocabulary? words = null)
    {
        var text = new MessageText();
        text.Read(message, words ?? Words);
        var known = text.Tokens[0].Word;
        return known < 0 ? null : (words ?? Words).Words[known];
    }
}
