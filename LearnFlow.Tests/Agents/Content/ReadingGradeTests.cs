using LearnFlow.Agents.Concepts;
using LearnFlow.Agents.Content;
using LearnFlow.Agents.Debug;
using LearnFlow.Agents.Exercise;
using LearnFlow.Tests.Integration;

namespace LearnFlow.Tests.Agents.Content;

/// <summary>All that learners are given to read can be read by a fourteen-year-old, and a hint is short.</summary>
[Collection(GarnetCollection.Name)]
public sealed class ReadingGradeTests(GarnetStack stack)
{
    private static readonly Curriculum Curriculum = Curriculum.Load();
    private static readonly ConceptLibrary Concepts = ConceptLibrary.Load(Curriculum);
    private static readonly ErrorLibrary Errors = ErrorLibrary.Load(Concepts);
    private static readonly HintLibrary Hints = HintLibrary.Load(Errors);

    [Theory]
    [InlineData("The cat sat on the mat.", -1.45)]
    [InlineData("Print the list. What is in it?", -2.43)]
    [InlineData("`total` is a text, and a text cannot be added to a number.", 4.0)]
    [InlineData("Initialization of configuration properties necessitates considerable deliberation.", 36.03)]
    public void The_measure_is_the_one_that_is_in_use(string text, double grade) =>
        Assert.Equal(grade, ReadingGrade.Of(text), 0.01);

    [Fact]
    public void Code_between_fences_is_not_counted() => Assert.Equal(
        ReadingGrade.Words("Look here.\n\nThen there."), ReadingGrade.Words("Look here.\n\n```python\nprint(a_long_name)\n```\n\nThen there."));

    [Fact]
    public void Errors_are_explained_in_plain_words() => AreEasy(Errors.All.SelectMany(error =>
        error.Shapes.Select(shape => $"{shape.Means} {shape.Hint}").Append($"{error.Meaning} {error.Hint}")));

    [Fact]
    public void Hints_are_in_plain_words() =>
        AreEasy(Hints.All.SelectMany(hint => (string[])[hint.GoingOn, hint.Change, hint.Why]));

    [Fact]
    public void Lessons_exercises_and_their_hints_are_in_plain_words()
    {
        var exercises = ExerciseLibrary.Load(Curriculum, Concepts);
        var texts = Concepts.All.Select(concept => concept.Lesson)
            .Concat(exercises.All.SelectMany(exercise => exercise.Task.Hints.Append(exercise.Task.Markdown)));

        Assert.All(texts, text => Assert.True(ReadingGrade.Of(text) <= ReadingGrade.Hardest, $"grade {ReadingGrade.Of(text):0.0}: {text}"));
    }

    /// <summary>What the agents say of their own accord, and not out of a file.</summary>
    [Theory]
    [InlineData("my program does not work")]
    [InlineData("please review my code")]
    [InlineData("how am I doing?")]
    [InlineData("what's the weather tomorrow?")]
    [InlineData("help")]
    public async Task What_the_agents_say_themselves_is_in_plain_words(string query)
    {
        using var student = stack.As($"reader-{Guid.NewGuid():N}");

        var answer = await student.AskAsync(new { query });

        var text = answer.GetProperty("answer").Text("markdown");
        Assert.True(ReadingGrade.Of(text) <= ReadingGrade.Hardest, $"grade {ReadingGrade.Of(text):0.0}: {text}");
    }

    private static void AreEasy(IEnumerable<string> texts) =>
        Assert.Empty(texts.Select(ReadingGrade.ProblemWith).OfType<string>());
}
