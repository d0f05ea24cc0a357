using LearnFlow.Agents.Concepts;
using LearnFlow.Agents.Content;
using LearnFlow.Agents.Progress;
using LearnFlow.ServiceDefaults.Contracts;
using StackExchange.Redis;

namespace LearnFlow.Agents.Exercise;

/// <summary>Sets practice: the easiest exercise on what was asked for that the student has not solved.</summary>
/// <param name="exercises">The exercises.</param>
/// <param name="curriculum">The topics.</param>
/// <param name="concepts">The concepts, for requests that name one.</param>
/// <param name="store">What the student has solved.</param>
public sealed class ExerciseAgent(
    ExerciseLibrary exercises, Curriculum curriculum, ConceptLibrary concepts, MasteryStore store) : IAgent
{
    private readonly PhraseIndex<Topic> _topics =
        new(curriculum.Topics.SelectMany(topic => topic.Names.Select(name => (name, topic))));

    /// <inheritdoc />
    public async Task<AgentAnswer> AnswerAsync(AgentQuestion question, CancellationToken cancellation)
    {
        var task = await NextAsync(question.Student, question.Query);
        var text = $"## {task.Title}\n\n{task.Markdown}\n\nStart from this:\n\n```python\n{task.Starter.TrimEnd()}\n```\n\n"
            + "Write your solution in the editor, run it, and hand it in when you think it works. "
            + $"There are {task.Hints.Count} hints if you need them.";
        return new AgentAnswer(text) { Exercise = task };
    }

    /// <summary>The next exercise for a student.</summary>
    /// <param name="student">The student.</param>
    /// <param name="wish">Words that may name a topic or a concept.</param>
    public async Task<ExerciseTask> NextAsync(string student, string wish)
    {
        var progress = await ProgressAsync(student);
        var fitting = Fitting(wish);
        var next = fitting.FirstOrDefault(exercise => progress?.HasSolved(exercise.Task.Id) != true) ?? fitting[0];
        return next.Task;
    }

    /// <summary>The exercises on what the wish names, the nearest and then the easiest first; all where it names nothing.</summary>
    private List<PracticeExercise> Fitting(string wish)
    {
        var wanted = concepts.In(wish).Select(concept => concept.Id).ToHashSet();
        var topic = _topics.Find(wish)?.Id;
        var fitting = exercises.All
            .Select(exercise => (Exercise: exercise, Fit: Fit(exercise)))
            .Where(candidate => candidate.Fit > 0)
            .OrderByDescending(candidate => candidate.Fit)
            .Select(candidate => candidate.Exercise)
            .ToList();
        return fitting.Count > 0 ? fitting : [.. exercises.All];

        int Fit(PracticeExercise exercise) =>
            (exercise.Concepts.Any(wanted.Contains) ? 2 : 0) + (exercise.Task.Topic == topic ? 1 : 0);
    }

    /// <summary>Null where Redis is away: an exercise that was solved before is better than none.</summary>
    private async Task<StudentProgress?> ProgressAsync(string student)
    {
        try
        {
            return await store.ReadAsync(student);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            return null;
        }
    }
}
