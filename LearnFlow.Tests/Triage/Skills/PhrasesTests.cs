using LearnFlow.Triage.Skills;

namespace LearnFlow.Tests.Triage.Skills;

public sealed class PhrasesTests
{
    [Theory]
    [InlineData("give me", "please GIVE me one", "GIVE me")]
    [InlineData("(give|show) me", "show me", "show me")]
    [InlineData("(for|while) loop", "a while loop", "while loop")]
    [InlineData("(data structure|list) please", "a data structure please", "data structure please")]
    [InlineData("give * exercise", "give me a hard exercise", "give me a hard exercise")]
    [InlineData("give * exercise", "give exercise", "give exercise")]
    [InlineData("don't work", "it don’t work", "don’t work")]
    [InlineData("c++", "is C++ hard", "C++")]
    public void A_phrase_is_found_where_it_stands(string phrase, string text, string found)
    {
        var (message, matches) = Find(phrase, text);

        var match = Assert.Single(matches);
        Assert.Equal(found, text[message.SourceOf(match.FirstWord, match.LastWord)]);
    }

    [Theory]
    [InlineData("give me", "forgive me")]
    [InlineData("give * exercise", "give one two three four five exercise")]
    [InlineData("give me", "give")]
    [InlineData("for loop", "```\nfor loop\n```")]
    public void A_phrase_is_not_found_elsewhere(string phrase, string text) =>
        Assert.Empty(Find(phrase, text).Matches);

    [Theory]
    [InlineData("* exercise")]
    [InlineData("give *")]
    [InlineData("(give|show me")]
    [InlineData("(give|) me")]
    [InlineData("")]
    public void A_malformed_phrase_is_refused_by_name(string phrase)
    {
        var error = Assert.Throws<MalformedPhraseException>(() => new Phrases<string>([(phrase, "it")]));

        Assert.Contains($"\"{phrase}\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_gaps_over_a_long_text_end() =>
        Assert.Empty(Find("a * a * a * a * b", string.Join(' ', Enumerable.Repeat("a", 2500))).Matches);

    private static (MessageText Message, List<PhraseMatch<string>> Matches) Find(string phrase, string text)
    {
        var message = new MessageText();
        message.Read(text, new Vocabulary([]));
        var matches = new List<PhraseMatch<string>>();
        new Phrases<string>([(phrase, "it")]).Find(message.Tokens, matches);
        return (message, matches);
    }
}
