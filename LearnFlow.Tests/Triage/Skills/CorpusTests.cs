using LearnFlow.ServiceDefaults;
using LearnFlow.Triage.Skills;

namespace LearnFlow.Tests.Triage.Skills;

/// <summary>A teacher adds messages by hand, and is told where one does not fit.</summary>
public sealed class CorpusTests : IDisposable
{
    private static readonly string[] Skills = ["concepts", "debug", "exercise", "progress", "review", "out-of-scope"];

    private readonly string _folder = Directory.CreateTempSubdirectory("learnflow-corpus-").FullName;

    public CorpusTests()
    {
        foreach (var skill in Skills)
        {
            Directory.CreateDirectory(Path.Combine(_folder, skill));
            Write(skill, "examples.txt", "");
            Write(skill, "counter-examples.txt", "");
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_message_ends_with_a_percent_sign_and_may_have_any_lines_before_it()
    {
        Write("debug", "examples.txt", "it crashes\n%\nlook:\n\n  x = 5 % 2\n%% done\nbelongs to: me\n\n%\n");

        Assert.Equal(
            [new LabelledMessage("it crashes", "debug"), new LabelledMessage("look:\n\n  x = 5 % 2\n%% done\nbelongs to: me", "debug")],
            Corpus.Read(_folder));
    }

    [Fact]
    public void A_counter_example_is_the_label_s_that_it_belongs_to()
    {
        Write("debug", "counter-examples.txt", "belongs to: review\nis it slow\n%\nbelongs to: out_of_scope\nmy car crashed\n%\n");

        Assert.Equal(
            [new LabelledMessage("is it slow", "review"), new LabelledMessage("my car crashed", "out_of_scope")],
            Corpus.Read(_folder));
    }

    [Theory]
    [InlineData("one\r\ntwo\r\n%\r\n")]
    [InlineData("one\ntwo\n% \n")]
    [InlineData("one\ntwo\n%")]
    [InlineData("\n\none\ntwo\n\n%\n\n")]
    public void How_an_editor_leaves_line_ends_and_space_does_not_matter(string text)
    {
        Write("debug", "examples.txt", text);

        Assert.Equal(new LabelledMessage("one\ntwo", "debug"), Assert.Single(Corpus.Read(_folder)));
    }

    [Theory]
    [InlineData("examples.txt", "a\n%\n\n%\n", 3, "1 to 5000 characters; this one has 0")]
    [InlineData("examples.txt", "%\na\n%\n", 1, "1 to 5000 characters; this one has 0")]
    [InlineData("examples.txt", "a\n%\nb\nc\n", 3, "nothing but %")]
    [InlineData("counter-examples.txt", "belongs to: review\na\n%\nb\n%\n", 4, "belongs to: …")]
    [InlineData("counter-examples.txt", "a\nbelongs to: review\n%\n", 1, "belongs to: …")]
    [InlineData("counter-examples.txt", "belongs to: review\na\n%\nbelongs to: nobody\nb\n%\n", 4, "concepts")]
    [InlineData("counter-examples.txt", "belongs to: review\n%\n", 1, "this one has 0")]
    [InlineData("counter-examples.txt", "belongs to: review\na\n%\nbelongs to: debug\nb\n", 4, "nothing but %")]
    public void A_mistake_is_told_with_file_and_line(string name, string text, int line, string rule)
    {
        var file = Write("debug", name, text);

        var error = Assert.Throws<StartupException>(() => Corpus.Read(_folder));

        Assert.StartsWith($"{file}, line {line}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(rule, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_that_no_student_could_send_is_told_with_file_and_line()
    {
        var file = Write("review", "examples.txt", $"a\n%\n{new string('x', 5000)}\n%\n{new string('y', 5001)}\n%\n");

        var error = Assert.Throws<StartupException>(() => Corpus.Read(_folder));

        Assert.StartsWith($"{file}, line 5: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("5001", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("examples.txt")]
    [InlineData("counter-examples.txt")]
    public void A_missing_file_is_told(string name)
    {
        var file = Path.Combine(_folder, "progress", name);
        File.Delete(file);

        Assert.Contains(file, Assert.Throws<StartupException>(() => Corpus.Read(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_example_has_another_fingerprint_and_changed_line_ends_have_not()
    {
        Write("debug", "examples.txt", "it crashes\n%\n");
        var before = Corpus.FingerprintOf(_folder);

        Write("debug", "examples.txt", "it crashes\r\n%\r\n");
        Assert.Equal(before, Corpus.FingerprintOf(_folder));

        Write("debug", "examples.txt", "it crashed\n%\n");
        Assert.NotEqual(before, Corpus.FingerprintOf(_folder));
    }

    private string Write(string skill, string name, string text)
    {
        var file = Path.Combine(_folder, skill, name);
        File.WriteAllText(file, text);
        return file;
    }
}
