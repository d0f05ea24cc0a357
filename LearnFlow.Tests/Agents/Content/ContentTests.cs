using LearnFlow.Agents.Concepts;
using LearnFlow.Agents.Content;
using LearnFlow.Agents.Exercise;
using LearnFlow.Tests.Integration;
using Microsoft.Extensions.DependencyInjection;

namespace LearnFlow.Tests.Agents.Content;

/// <summary>What we teach is true: every example is run by real Python.</summary>
[Collection(GarnetCollection.Name)]
public sealed class ContentTests(GarnetStack stack)
{
    private static readonly Curriculum Curriculum = Curriculum.Load();
    private static readonly ConceptLibrary Concepts = ConceptLibrary.Load(Curriculum);
    private static readonly ExerciseLibrary Exercises = ExerciseLibrary.Load(Curriculum, Concepts);

    [Fact]
    public void There_is_as_much_as_a_beginner_needs()
    {
        Assert.True(Concepts.All.Count >= 20, $"{Concepts.All.Count} concepts");
        Assert.True(Exercises.All.Count >= 12, $"{Exercises.All.Count} exercises");
        Assert.All(Curriculum.Topics, topic =>
        {
            Assert.Contains(Concepts.All, concept => concept.Topic == topic.Id);
            Assert.NotEmpty(Exercises.Of(topic.Id));
            Assert.NotNull(QuizLibrary.Load(Curriculum).Find(topic.Id));
        });
    }

    [Fact]
    public async Task Every_lesson_prints_what_it_says()
    {
        var sandbox = await Sandboxes.RequireAsync(stack);
        foreach (var concept in Concepts.All)
        {
            var code = Fenced(concept.Lesson, "python");
            var result = await sandbox.RunAsync(code, null, TestContext.Current.CancellationToken);
            Assert.True(
                Fenced(concept.Lesson, "output").TrimEnd() == result.Output.TrimEnd(),
                $"{concept.Id} prints {result.Output}{result.Error}");
        }
    }

    [Fact]
    public async Task Every_exercise_is_solved_by_its_solution_and_not_by_its_starter()
    {
        await Sandboxes.RequireAsync(stack);
        var grading = stack.AgentServices.GetRequiredService<Grading>();
        foreach (var exercise in Exercises.All)
        {
            var solved = await grading.RunTestsAsync(exercise, exercise.Solution, TestContext.Current.CancellationToken);
            var started = await grading.RunTestsAsync(exercise, exercise.Task.Starter, TestContext.Current.CancellationToken);
            Assert.True(solved.All(test => test.Passed), $"{exercise.Task.Id}: {string.Join("; ", solved.Where(test => !test.Passed))}");
            Assert.False(started.All(test => test.Passed), $"{exercise.Task.Id}: its starter solves it");
        }
    }

    private static string Fenced(string markdown, string language)
    {
        var start = markdown.IndexOf($"```{language}\n", StringComparison.Ordinal) + language.Length + 4;
        return markdown[start..markdown.IndexOf("\n```", start, StringComparison.Ordinal)];
    }
}
