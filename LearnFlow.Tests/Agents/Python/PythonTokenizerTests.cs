using LearnFlow.Agents.Python;

namespace LearnFlow.Tests.Agents.Python;

public sealed class PythonTokenizerTests
{
    [Fact]
    public void TokensCarryKindTextAndPlace()
    {
        var tokens = PythonTokenizer.Tokenize("if x:\n    y = 'a'  # note\n");

        Assert.Equal(
            [
                (PythonTokenKind.Keyword, "if", 0, 1, 0),
                (PythonTokenKind.Name, "x", 3, 1, 3),
                (PythonTokenKind.Operator, ":", 4, 1, 4),
                (PythonTokenKind.Newline, "\n", 5, 1, 5),
                (PythonTokenKind.Indent, "    ", 6, 2, 0),
                (PythonTokenKind.Name, "y", 10, 2, 4),
                (PythonTokenKind.Operator, "=", 12, 2, 6),
                (PythonTokenKind.StringLiteral, "'a'", 14, 2, 8),
                (PythonTokenKind.Comment, "# note", 19, 2, 13),
                (PythonTokenKind.Newline, "\n", 25, 2, 19),
                (PythonTokenKind.Dedent, "", 26, 3, 0),
            ],
            tokens.Select(t => (t.Kind, t.Text, t.Start, t.Line, t.Column)));
    }

    [Theory]
    [InlineData("'it'")]
    [InlineData("\"a\\\"b\"")]
    [InlineData("rb'\\d'")]
    [InlineData("Rb'x'")]
    [InlineData("u'x'")]
    [InlineData("'''a\nb'c'''")]
    [InlineData("\"\"\"a\n\"\"\"")]
    [InlineData("f'{name}'")]
    [InlineData("f\"{d[\"key\"]}\"")]
    [InlineData("f\"{f\"{x}\"} {{}}\"")]
    [InlineData("f'{title:\"^20}'")]
    [InlineData("t'{x}'")]
    [InlineData("'a\\\nb'")]
    public void AStringIsOneToken(string text)
    {
        var tokens = PythonTokenizer.Tokenize(text);

        Assert.Equal([(PythonTokenKind.StringLiteral, text), (PythonTokenKind.Newline, "")], tokens.Select(t => (t.Kind, t.Text)));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1_000")]
    [InlineData("3.14")]
    [InlineData(".5")]
    [InlineData("1.")]
    [InlineData("1e-9")]
    [InlineData("2j")]
    [InlineData("0xFF")]
    [InlineData("0b1010")]
    [InlineData("0o17")]
    public void ANumberIsOneToken(string text) =>
        Assert.Equal((PythonTokenKind.Number, text), Only(text));

    [Theory]
    [InlineData("**=")]
    [InlineData("//")]
    [InlineData(":=")]
    [InlineData("->")]
    [InlineData("...")]
    [InlineData("!=")]
    [InlineData("@")]
    [InlineData("~")]
    public void TheLongestOperatorWins(string text) =>
        Assert.Equal((PythonTokenKind.Operator, text), Only(text));

    [Theory]
    [InlineData("größe", PythonTokenKind.Name)]
    [InlineData("名前", PythonTokenKind.Name)]
    [InlineData("_x1", PythonTokenKind.Name)]
    [InlineData("match", PythonTokenKind.Name)]
    [InlineData("None", PythonTokenKind.Keyword)]
    [InlineData("nonlocal", PythonTokenKind.Keyword)]
    public void WordsAreNamesOrKeywords(string text, PythonTokenKind kind) =>
        Assert.Equal((kind, text), Only(text));

    [Theory]
    [InlineData("'open", "'open")]
    [InlineData("print('open)\nx = 1", "'open)")]
    [InlineData("'''open\nx", "'''open\nx")]
    [InlineData("x = 2apples", "2apples")]
    [InlineData("x = $", "$")]
    [InlineData("x = “hi”", "“")]
    [InlineData("x = a \\ b", "\\")]
    [InlineData("x = a!", "!")]
    [InlineData("if x:\n        a\n    b\n", "    ")]
    public void WhatCannotBeReadIsAnError(string code, string text) =>
        Assert.Equal(text, PythonTokenizer.Tokenize(code).First(t => t.Kind == PythonTokenKind.Error).Text);

    // Not a case of the theory above: an attribute's text cannot hold half a character.
    [Fact]
    public void ALoneSurrogateIsAnError()
    {
        var token = PythonTokenizer.Tokenize("x = \ud800y")[2];

        Assert.Equal((PythonTokenKind.Error, "\ud800"), (token.Kind, token.Text));
    }

    [Fact]
    public void AKeywordMayFollowANumberAtOnce() =>
        Assert.DoesNotContain(PythonTokenizer.Tokenize("x = 1if y else 2"), t => t.Kind == PythonTokenKind.Error);

    [Theory]
    [InlineData("f(1,\n\n  2)\n", 1)]
    [InlineData("x = 1 + \\\n  2\n", 1)]
    [InlineData("x = [  # why\n  1,\n]\n", 1)]
    [InlineData("a\nb\n", 2)]
    [InlineData("a\r\nb\rc", 3)]
    [InlineData("\n\n# only a comment\n\n", 0)]
    [InlineData("", 0)]
    public void LogicalLinesEndWithOneNewline(string code, int count) =>
        Assert.Equal(count, PythonTokenizer.Tokenize(code).Count(t => t.Kind == PythonTokenKind.Newline));

    [Fact]
    public void BlankLinesAndCommentsDoNotEndABlock()
    {
        var tokens = PythonTokenizer.Tokenize("if x:\n    a\n\n# note\n    b\nc\n");

        Assert.Single(tokens, t => t.Kind == PythonTokenKind.Indent);
        var dedent = Assert.Single(tokens, t => t.Kind == PythonTokenKind.Dedent);
        Assert.Equal(6, dedent.Line);
    }

    [Fact]
    public void LinesAreCountedInsideStringsAndBrackets()
    {
        var tokens = PythonTokenizer.Tokenize("s = '''a\r\nb\n''' + (\n1)\ny\n");

        Assert.Equal(5, tokens.Single(t => t.Text == "y").Line);
        Assert.Equal((4, 0), tokens.Where(t => t.Text == "1").Select(t => (t.Line, t.Column)).Single());
        Assert.Equal((3, 4), tokens.Where(t => t.Text == "+").Select(t => (t.Line, t.Column)).Single());
        Assert.Equal(3, tokens.Single(t => t.Kind == PythonTokenKind.StringLiteral).LastLine);
    }

    [Fact]
    public void AByteOrderMarkIsSkipped() =>
        Assert.Equal((PythonTokenKind.Name, "x", 1, 0), PythonTokenizer.Tokenize("\uFEFFx").Select(t => (t.Kind, t.Text, t.Start, t.Column)).First());

    [Theory]
    [InlineData("def f(a):\n\tif a:\n\t    return f\"{a!r}\"\n  # x\nprint(f(1))")]
    [InlineData("x = '''never closed\n  (((")]
    [InlineData("😀 = 1\n)]}")]
    public void TokensDoNotOverlapAndSayWhatTheTextSays(string code)
    {
        var tokens = PythonTokenizer.Tokenize(code);

        var end = 0;
        foreach (var token in tokens)
        {
            Assert.True(token.Start >= end, $"{token} starts before {end}");
            Assert.Equal(code.Substring(token.Start, token.Length), token.Text);
            end = token.End;
        }

        Assert.Equal(tokens.Count(t => t.Kind == PythonTokenKind.Indent), tokens.Count(t => t.Kind == PythonTokenKind.Dedent));
    }

    private static (PythonTokenKind Kind, string Text) Only(string code)
    {
        var tokens = PythonTokenizer.Tokenize(code);
        Assert.Equal(2, tokens.Count);
        return (tokens[0].Kind, tokens[0].Text);
    }
}
