using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using LearnFlow.Agents.Content;
using LearnFlow.Agents.Progress;
using LearnFlow.Agents.Python;
using LearnFlow.Agents.Review;
using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Agents.Exercise;

/// <summary>Grades solutions by running them against their exercise's tests, and quizzes, and records both.</summary>
/// <param name="sandbox">Runs the solution.</param>
/// <param name="store">Records the result.</param>
/// <param name="curriculum">The topics.</param>
/// <param name="exercises">The exercises.</param>
/// <param name="reviewer">Says how good the code is.</param>
public sealed class Grading(
    Sandbox sandbox, MasteryStore store, Curriculum curriculum, ExerciseLibrary exercises, CodeReviewer reviewer)
{
    /// <summary>Grades a solution and records it.</summary>
    /// <param name="exercise">The exercise.</param>
    /// <param name="request">The solution.</param>
    /// <param name="cancellation">Stops the run.</param>
    public async Task<GradingResult> GradeAsync(
        PracticeExercise exercise, GradingRequest request, CancellationToken cancellation)
    {
        var outcomes = await RunTestsAsync(exercise, request.Code, cancellation, request.Student);
        var passed = outcomes.Count(outcome => outcome.Passed);
        var score = passed * 100 / outcomes.Count;
        var review = await reviewer.ReviewAsync(request.Code, cancellation);
        var progress = await store.RecordAsync(request.Student, new PracticeRecord(
            request.SubmissionId,
            (StudentProgress.ExerciseField(exercise.Task.Id), score),
            [(StudentProgress.QualityField(exercise.Task.Topic), review.Quality)]));
        return new GradingResult(
            passed == outcomes.Count, score, outcomes, Feedback(outcomes, passed),
            progress.MasteryOf(curriculum.Find(exercise.Task.Topic)!, exercises));
    }

    /// <summary>Runs a solution against the tests of its exercise.</summary>
    /// <param name="exercise">The exercise.</param>
    /// <param name="code">The solution.</param>
    /// <param name="cancellation">Stops the run.</param>
    /// <param name="student">Whose solution it is; null for what is nobody's.</param>
    public async Task<IReadOnlyList<TestOutcome>> RunTestsAsync(
        PracticeExercise exercise, string code, CancellationToken cancellation, string? student = null)
    {
        // A mark that the solution cannot know tells our lines from what it prints.
        var mark = Guid.NewGuid().ToString("N");
        var run = await sandbox.RunAsync(
            "grade.py",
            new Dictionary<string, string>
            {
                [RunFiles.Program] = code,
                ["tests.json"] = JsonSerializer.Serialize(exercise.Tests, GradingJson.Default.IReadOnlyListExerciseTest),
                ["mark"] = mark,
            },
            null,
            Sandbox.TimeLimit,
            cancellation,
            student);
        var lines = run.Output.Split('\n')
            .Where(line => line.StartsWith(mark, StringComparison.Ordinal))
            .Select(line => JsonSerializer.Deserialize(line[mark.Length..], GradingJson.Default.ReportedTest)!)
            .ToList();
        return [.. exercise.Tests.Select((test, i) => OutcomeOf(test, lines.ElementAtOrDefault(i), run))];
    }

    /// <summary>Grades a quiz.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="quiz">Its quiz.</param>
    /// <param name="request">The answers; a question that has none counts as wrong.</param>
    public async Task<QuizResult> GradeAsync(Topic topic, TopicQuiz quiz, QuizGradingRequest request)
    {
        var outcomes = quiz.Questions
            .Select(question => new QuizOutcome(
                question.Id, request.Answers.GetValueOrDefault(question.Id) == question.Answer, question.Answer, question.Why))
            .ToList();
        var score = outcomes.Count(outcome => outcome.Correct) * 100 / outcomes.Count;
        var progress = await store.RecordAsync(request.Student, new PracticeRecord(
            request.SubmissionId, null, [(StudentProgress.QuizField(topic.Id), score)]));
        return new QuizResult(score, outcomes, progress.MasteryOf(topic, exercises));
    }

    private static TestOutcome OutcomeOf(ExerciseTest test, ReportedTest? reported, RunResult run)
    {
        var expected = test.Expect ?? $"raises {test.Raises}";
        if (reported is { Broken: null })
        {
            return new TestOutcome(test.Call, expected, reported.Actual, reported.Passed, reported.Error);
        }

        var error = reported?.Broken is { } broken ? $"Your code does not run: {broken}" : run.Outcome switch
        {
            RunOutcome.Timeout => $"It did not end within {Sandbox.TimeLimit.TotalSeconds:0} seconds. Is there a loop that never stops?",
            RunOutcome.Memory => "It needed more memory than there is.",
            RunOutcome.OutputLimit => "It wrote more than there is room for.",
            _ => "It did not get this far.",
        };
        return new TestOutcome(test.Call, expected, null, false, error);
    }

    private static string Feedback(IReadOnlyList<TestOutcome> outcomes, int passed)
    {
        if (passed == outcomes.Count)
        {
            return $"All {outcomes.Count} tests pass. Well done!";
        }

        var first = outcomes.First(outcome => !outcome.Passed);
        var text = new StringBuilder($"{passed} of {outcomes.Count} tests pass. Look at this one first: `{first.Call}` ");
        text.Append(first.Error is not null
            ? $"should give `{first.Expected}`, and ended with this instead: {first.Error}"
            : $"should give `{first.Expected}`, and gave `{first.Actual}`.");
        return text.Append(" Work through it by hand, line by line, and see where it turns.").ToString();
    }
}

/// <summary>What the program in the sandbox says of one test.</summary>
/// <param name="Passed">Whether it passed.</param>
/// <param name="Actual">What the call gave.</param>
/// <param name="Error">What ended it.</param>
/// <param name="Broken">Why the code as a whole does not run.</param>
internal sealed record ReportedTest(bool Passed, string? Actual, string? Error, string? Broken);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyList<ExerciseTest>))]
[JsonSerializable(typeof(ReportedTest))]
internal sealed partial class GradingJson : JsonSerializerContext;
