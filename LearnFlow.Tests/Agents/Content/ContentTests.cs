using System.Collections.Concurrent;
using LearnFlow.Agents.Concepts;
using LearnFlow.Agents.Content;
using LearnFlow.Agents.Debug;
using LearnFlow.Agents.Exercise;
using LearnFlow.Agents.Python;
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
    private static readonly ErrorLibrary Errors = ErrorLibrary.Load(Concepts);

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

    /// <summary>What Python for WebAssembly cannot raise: it has no pipes, sockets, event loop or /dev, and 32 bits.</summary>
    private static readonly HashSet<string> NotInWebAssembly =
    [
        "BrokenPipeError/broken-pipe", "ConnectionRefusedError/connection-refused", "FileNotFoundError/empty-path",
        "MemoryError/memory-plain", "RecursionError/depth-in-text-form", "TimeoutError/connection-timed-out",
        "TypeError/coroutine", "ValueError/closed-file",
    ];

    [Fact]
    public async Task Every_error_example_raises_what_it_explains()
    {
        var sandbox = await Sandboxes.RequireAsync(stack);
        var examples = Errors.All
            .SelectMany(error => error.Shapes.SelectMany(shape => shape.Examples.Select(program => (error.Exception, Shape: shape.Id, Program: program))))
            .ToList();
        var wrong = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(examples, TestContext.Current.CancellationToken, async (example, cancellation) =>
        {
            var run = await sandbox.RunAsync(example.Program, null, cancellation);
            var found = Traceback.Find(run.Error);
            var shape = found is null ? null : Errors.Explain(found.Exception, found.Message).Shape;
            if (NotInWebAssembly.Contains($"{example.Exception}/{example.Shape}"))
            {
                return;
            }

            if (found?.Exception != example.Exception || shape != example.Shape)
            {
                wrong.Add($"{example.Exception}/{example.Shape}: {found?.Exception}: {found?.Message} is {shape}");
            }
        });

        Assert.True(examples.Count >= 400, $"only {examples.Count} examples");
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order()));
    }

    [Fact]
    public void Every_message_of_another_version_is_recognised() => Assert.All(
        Errors.All.SelectMany(error => error.Shapes.SelectMany(shape => shape.Messages.Select(message => (error, shape, message)))),
        entry => Assert.Equal(entry.shape.Id, Errors.Explain(entry.error.Exception, entry.message).Shape));

    [Fact]
    public void What_a_message_names_stands_in_its_explanation()
    {
        var explanation = Errors.Explain("NameError", "name 'total' is not defined");

        Assert.Contains("`total`", explanation.Cause, StringComparison.Ordinal);
        Assert.DoesNotContain("{", explanation.Cause + explanation.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_made_to_take_long_is_answered_all_the_same()
    {
        foreach (var error in Errors.All)
        {
            foreach (var part in (string[])["a", "'", "' ", "()", "\\", " 'a' ", "a.a", "0", "(a, "])
            {
                Assert.NotEmpty(Errors.Explain(error.Exception, string.Concat(Enumerable.Repeat(part, 20_000))).Cause);
            }
        }
    }

    [Fact]
    public void An_unknown_error_is_called_unknown()
    {
        var explanation = Errors.Explain("SpaceshipError", "out of fuel");

        Assert.Null(explanation.Shape);
        Assert.Contains("cannot say for certain", explanation.Cause, StringComparison.Ordinal);
    }

    private static string Fenced(string markdown, string language)
    {
        var start = markdown.IndexOf($"```{language}\n", StringComparison.Ordinal) + language.Length + 4;
        return markdown[start..markdown.IndexOf("\n```", start, StringComparison.Ordinal)];
    }
}
