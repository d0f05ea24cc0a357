using LearnFlow.Agents.Content;
using LearnFlow.ServiceDefaults;

namespace LearnFlow.Tests.Agents.Content;

/// <summary>A teacher who makes a mistake in a file is told where.</summary>
public sealed class ContentFileTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("title: T\n", 1, "questions")]
    [InlineData("title: T\nquestion: []\nquestions: []\n", 2, "question")]
    [InlineData("title: T\ntitle: U\nquestions: []\n", 2, "title")]
    [InlineData("title: [a\n", 1, "")]
    [InlineData("", 1, "empty")]
    public void A_wrong_YAML_file_is_told_with_its_line(string yaml, int line, string word)
    {
        File.WriteAllText(_file, yaml);

        var error = Assert.Throws<StartupException>(() => YamlFile.Read<LearnFlow.Agents.Exercise.TopicQuiz>(_file));

        Assert.Contains($"line {line}", error.Message, StringComparison.Ordinal);
        Assert.Contains(word, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_Markdown_file_counts_its_lines_from_the_top()
    {
        File.WriteAllText(_file, "---\ntitle: T\nwrong: 1\n---\nText\n");

        var error = Assert.Throws<StartupException>(() => ContentFile.ReadMarkdown<LearnFlow.Agents.Exercise.TopicQuiz>(_file));

        Assert.Contains("line 3", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no front matter")]
    [InlineData("---\ntitle: T\n")]
    public void A_Markdown_file_without_its_YAML_is_told(string text)
    {
        File.WriteAllText(_file, text);

        Assert.Contains("three dashes", Assert.Throws<StartupException>(
            () => ContentFile.ReadMarkdown<LearnFlow.Agents.Exercise.TopicQuiz>(_file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_is_told_with_the_line_where_it_stands()
    {
        File.WriteAllText(_file, "title: T\ntopic: cooking\n");

        var error = Assert.Throws<StartupException>(() => Curriculum.Load().Require("cooking", _file));

        Assert.Contains("line 2", error.Message, StringComparison.Ordinal);
    }
}
