using LearnFlow.Triage.Skills;

namespace LearnFlow.Tests.Triage.Skills;

public sealed class MessageTextTests
{
    private readonly MessageText _text = new();

    [Theory]
    [InlineData("what is 42 ?", "word:what word:is number:42")]
    [InlineData("use get_words and print( here", "word:use identifier:get_words word:and identifier:print word:here")]
    [InlineData("see https://docs.python.org/3/?q=a#b, please", "word:see link:https://docs.python.org/3/?q=a#b, word:please")]
    [InlineData("http://a.b", "link:http://a.b")]
    [InlineData("c++ or c# or 'python'", "word:c++ word:or word:c# word:or word:python")]
    [InlineData("don't isn't", "word:don't word:isn't")]
    [InlineData("3.12 is 2x faster", "number:3 number:12 word:is word:2x word:faster")]
    [InlineData("x = 42", "code:x code:42")]
    [InlineData("что такое list", "word:что word:такое word:list")]
    [InlineData("", "")]
    [InlineData("?!", "")]
    public void A_message_is_cut_into_words_numbers_names_links_and_code(string message, string tokens)
    {
        Read(message);

        Assert.Equal(tokens, string.Join(' ', Tokens.Select(token => $"{token.Kind.ToString().ToLowerInvariant()}:{_text.Of(token)}")));
    }

    [Theory]
    [InlineData("one. two? three! four; five: six", "0 1 2 3 4 5")]
    [InlineData("one two\nthree", "0 0 1")]
    [InlineData("one, two - three", "0 0 0")]
    public void Sentences_end_at_marks_and_lines(string message, string sentences)
    {
        Read(message);

        Assert.Equal(sentences, string.Join(' ', Tokens.Select(token => token.Sentence)));
    }

    [Fact]
    public void The_words_before_a_question_mark_are_asked()
    {
        Read("my loop is here. why does it end? thanks a lot");

        Assert.Equal("why does it end", string.Join(' ', Tokens.Where(token => token.IsAsked).Select(token => _text.Of(token).ToString())));
    }

    [Theory]
    [InlineData("look\n```\nany words at all\n```\nwhy", "any words at all")]
    [InlineData("look\n```python\nany words\nmore\n```\nwhy", "any words more")]
    [InlineData("look\n```\nany words at all", "any words at all")]
    [InlineData("look\nx = 1\nprint(x)\nwhy", "x 1 print x")]
    [InlineData("look\n>>> 1 + 1\n2\nwhy", "1 1")]
    [InlineData("look\n```x = 1```\nwhy", "x 1")]
    [InlineData("look ``` and ``` look", "")]
    public void Code_is_what_stands_between_fences_or_looks_like_code(string message, string code)
    {
        Read(message);

        Assert.Equal(code, string.Join(' ', Tokens.Where(token => token.Kind == TokenKind.Code).Select(token => _text.Of(token).ToString())));
    }

    [Fact]
    public void Lines_are_counted_without_fences_and_empty_ones()
    {
        Read("look\n\n```\nx = 1\n\nany words\n```\n\nwhy");

        Assert.Equal((4, 2), (_text.Lines, _text.CodeLines));
    }

    [Theory]
    [InlineData("please  EXPLAIN\t  this", "EXPLAIN\t  this")]
    [InlineData("please ex\u200bplain thi\u0301s.", "ex\u200bplain thi\u0301s")]
    [InlineData("please 𝐞𝐱𝐩𝐥𝐚𝐢𝐧 𝐭𝐡𝐢𝐬", "𝐞𝐱𝐩𝐥𝐚𝐢𝐧 𝐭𝐡𝐢𝐬")]
    public void The_original_of_words_is_found_again(string message, string original)
    {
        Read(message);

        Assert.Equal(original, message[_text.SourceOf(1, 2)]);
    }

    [Fact]
    public void A_message_that_was_read_before_leaves_nothing()
    {
        Read("```\nx = 1\nwhat is a list? http://a.b");

        Read("hello");

        var token = Assert.Single(Tokens);
        Assert.Equal((TokenKind.Word, 0, false), (token.Kind, token.Sentence, token.IsAsked));
        Assert.Equal((1, 0), (_text.Lines, _text.CodeLines));
    }

    [Fact]
    public void Words_beyond_the_last_that_is_read_are_left()
    {
        Read(string.Join(' ', Enumerable.Repeat("word", MessageText.MostTokens + 100)));

        Assert.Equal(MessageText.MostTokens, _text.Count);
    }

    private Token[] Tokens => _text.Tokens.ToArray();

    private void Read(string message) => _text.Read(message, new Vocabulary([]));
}
