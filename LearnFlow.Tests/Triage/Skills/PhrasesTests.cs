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
        var words = Words.Cut(text);
        var match = Assert.Single(new Phrases<string>([(phrase, "it")]).Find(text, words));

        var last = words[match.LastWord];
        Assert.Equal(found, text[words[match.FirstWord].Start..(last.Start + last.Length)]);
    }

    [Theory]
    [InlineData("give me", "forgive me")]
    [InlineData("give * exercise", "give one two three four five exercise")]
    [InlineData("give me", "give")]
    [InlineData("for loop", "```\nfor loop\n```")]
    public void A_phrase_is_not_found_elsewhere(string phrase, string text) =>
        Assert.Empty(new Phrases<string>([(phrase, "it")]).Find(text, Words.Cut(text)));

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
    public void Many_gaps_over_a_long_text_end()
    {
        var text = string.Join(' ', Enumerable.Repeat("a", 2500));
        var phrases = new Phrases<string>([("a * a * a * a * b", "it")]);

        Assert.Empty(phrases.Find(text, Words.Cut(text)));
    }
}
