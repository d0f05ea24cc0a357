using System.Text.Json;
using LearnFlow.Agents.Concepts;
using LearnFlow.Agents.Content;
using LearnFlow.Agents.Debug;
using LearnFlow.Agents.Exercise;
using LearnFlow.Agents.Python;
using LearnFlow.ServiceDefaults.Contracts;
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

    /// <summary>Runs each program of a list and tells what ends it: the class and the message.</summary>
    private const string RaiseAll = """
        import json, warnings
        warnings.simplefilter("error")
        ends = []
        for program in json.load(open("programs.json")):
            try:
                exec(compile(program, "example.py", "exec"), {"__name__": "__main__"})
                ends.append([None, ""])
            except BaseException as error:
                message = error.msg if isinstance(error, SyntaxError) else str(error)
                ends.append([type(error).__name__, message])
        print("ENDS" + json.dumps(ends))
        """;

    [Fact]
    public async Task Every_error_example_raises_what_it_explains()
    {
        var sandbox = await Sandboxes.RequireAsync(stack);
        var wrong = new List<string>();
        var all = 0;
        foreach (var error in Errors.All)
        {
            var examples = error.Shapes.SelectMany(shape => shape.Examples.Select(program => (Shape: shape.Id, Program: program))).ToList();
            var run = await sandbox.RunAsync(
                "run.py",
                new Dictionary<string, string>
                {
                    [Sandbox.ProgramFile] = RaiseAll,
                    ["programs.json"] = JsonSerializer.Serialize(examples.Select(example => example.Program)),
                },
                "",
                TestContext.Current.CancellationToken);
            Assert.True(run.Outcome == RunOutcome.Ok, $"{error.Exception}: {run.Outcome} {run.Error}");
            var ends = JsonSerializer.Deserialize<string?[][]>(run.Output[(run.Output.LastIndexOf("ENDS", StringComparison.Ordinal) + 4)..])!;
            all += ends.Length;
            for (var i = 0; i < ends.Length; i++)
            {
                var found = ends[i][0] is { } exception ? Errors.Explain(exception, ends[i][1]!).Shape : null;
                if (ends[i][0] != error.Exception || found != examples[i].Shape)
                {
                    wrong.Add($"{error.Exception}/{examples[i].Shape}: {ends[i][0]}: {ends[i][1]} is {found}");
                }
            }
        }

        Assert.True(all >= 400, $"only {all} examples were run");
        // What a WebAssembly build of Python cannot do (processes, sockets, permissions) it says in words of its own.
        Assert.True(wrong.Count <= all / 25, string.Join('\n', wrong));
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
