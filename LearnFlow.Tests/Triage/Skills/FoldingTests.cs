using LearnFlow.Triage.Skills;

namespace LearnFlow.Tests.Triage.Skills;

/// <summary>Characters that people use for one another become one.</summary>
public sealed class FoldingTests
{
    [Theory]
    [InlineData("What IS a List", "what is a list")]
    [InlineData("ｗｈａｔ　ｉｓ　Ａ　ｌｉｓｔ（１）", "what is a list(1)")]
    [InlineData("𝐞𝐱𝐩𝐥𝐚𝐢𝐧 𝕽𝖊𝖈𝖚𝖗𝖘𝖎𝖔𝖓", "explain recursion")]
    [InlineData("Señor Müller à Łódź", "senor muller a łodź")]
    [InlineData("ÀÉÎÕÜ Çñ", "aeiou cn")]
    [InlineData("ПРИВЕТ", "привет")]
    [InlineData("don’t don‘t don´t don′t", "don't don't don't don't")]
    [InlineData("“a” „b” «c»", "\"a\" \"b\" \"c\"")]
    [InlineData("a – b — c − d ‐ e", "a - b - c - d - e")]
    [InlineData("so… what。is", "so. what.is")]
    public void What_people_use_for_one_another_becomes_one(string text, string folded) => Assert.Equal(folded, Fold(text));

    [Theory]
    [InlineData("  a \t\t b  ", "a b")]
    [InlineData("a\u00a0\u2003b", "a b")]
    [InlineData("a \n\n \n b", "a\nb")]
    [InlineData("a\r\nb\u2028c\u0085d", "a\nb\nc\nd")]
    [InlineData("a\vb\fc", "a b c")]
    public void Spaces_and_line_ends_do_not_repeat(string text, string folded) => Assert.Equal(folded, Fold(text));

    [Theory]
    [InlineData("li\u200bst")]
    [InlineData("l\u200di\u200cs\u2060t\ufeff")]
    [InlineData("li\u00adst")]
    [InlineData("\u202elist\u202c")]
    [InlineData("\u2066list\u2069")]
    [InlineData("l\u0301i\u0308s\u036ft")]
    [InlineData("list\ufe0f")]
    [InlineData("\0l\u0001i\u001bs\u007ft")]
    public void What_nobody_sees_is_dropped(string text) => Assert.Equal("list", Fold(text));

    [Fact]
    public void Half_a_character_is_dropped() => Assert.Equal("list list", Fold("li\ud800st li\udc00st\ud83d"));

    [Theory]
    [InlineData("😀list🔥")]
    [InlineData("👩🏽‍💻 list ☺️")]
    public void Emoji_are_no_more_than_space(string text) => Assert.Equal("list", Fold(text).Trim());

    [Theory]
    [InlineData("heeeeelp", "heelp")]
    [InlineData("looop", "loop")]
    [InlineData("book", "book")]
    [InlineData("1000000", "1000000")]
    [InlineData("a == b", "a == b")]
    public void A_letter_repeats_once_at_most(string text, string folded) => Assert.Equal(folded, Fold(text));

    [Theory]
    [InlineData("what is a list")]
    [InlineData("what is a list?")]
    [InlineData("what is a list???")]
    [InlineData("what is a list ?! ")]
    [InlineData("what is a list...\n")]
    [InlineData("what is a list;,")]
    public void Marks_at_the_end_are_dropped(string text) => Assert.Equal("what is a list", Fold(text));

    private static string Fold(string text)
    {
        var message = new MessageText();
        message.Read(text, new Vocabulary([]));
        return message.Folded.ToString();
    }
}
