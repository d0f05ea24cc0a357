using LearnFlow.Agents.Concepts;
using LearnFlow.Agents.Content;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Agents.Exercise;

/// <summary>A test of an exercise: an expression over the student's code and what it should give.</summary>
public sealed class ExerciseTest
{
    /// <summary>The expression.</summary>
    public required string Call { get; init; }

    /// <summary>The expression that it should equal; none where it should raise.</summary>
    public string? Expect { get; init; }

    /// <summary>The exception that it should raise; none where it should equal.</summary>
    public string? Raises { get; init; }

    /// <summary>Statements that run before.</summary>
    public string? Setup { get; init; }
}

/// <summary>An exercise with what a student does not see.</summary>
/// <param name="Task">What the student sees.</param>
/// <param name="Concepts">Ids of the concepts that it practises.</param>
/// <param name="Solution">A solution that passes its tests.</param>
/// <param name="Tests">Its tests.</param>
public sealed record PracticeExercise(
    ExerciseTask Task, IReadOnlyList<string> Concepts, string Solution, IReadOnlyList<ExerciseTest> Tests);

/// <summary>All exercises, read from <c>Content/exercises</c>.</summary>
public sealed class ExerciseLibrary
{
    /// <summary>The levels of exercises, the easiest first.</summary>
    public static readonly IReadOnlyList<string> Levels = ["beginner", "learning", "proficient"];

    private readonly Dictionary<string, PracticeExercise> _byId;

    private ExerciseLibrary(Dictionary<string, PracticeExercise> byId) => _byId = byId;

    /// <summary>All of them: by topic in the curriculum's order, the easier first.</summary>
    public IReadOnlyCollection<PracticeExercise> All => _byId.Values;

    /// <summary>Reads the exercises.</summary>
    /// <param name="curriculum">The topics that they may belong to.</param>
    /// <param name="concepts">The concepts that they may practise.</param>
    /// <exception cref="StartupException">A file does not fit.</exception>
    public static ExerciseLibrary Load(Curriculum curriculum, ConceptLibrary concepts)
    {
        var topics = curriculum.Topics.Select(topic => topic.Id).ToList();
        return new(ContentFile.In("exercises", ".md")
            .Select(file => Read(file, curriculum, concepts))
            .OrderBy(exercise => topics.IndexOf(exercise.Task.Topic))
            .ThenBy(exercise => LevelOf(exercise))
            .ThenBy(exercise => exercise.Task.Id, StringComparer.Ordinal)
            .ToDictionary(exercise => exercise.Task.Id));
    }

    /// <summary>The exercise with an id, or null.</summary>
    /// <param name="id">The id.</param>
    public PracticeExercise? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>The exercises of a topic.</summary>
    /// <param name="topic">The topic's id.</param>
    public IEnumerable<PracticeExercise> Of(string topic) => All.Where(exercise => exercise.Task.Topic == topic);

    private static int LevelOf(PracticeExercise exercise) => Levels.ToList().IndexOf(exercise.Task.Level);

    private static PracticeExercise Read(string file, Curriculum curriculum, ConceptLibrary concepts)
    {
        var (matter, text) = ContentFile.ReadMarkdown<FrontMatter>(file);
        if (!Levels.Contains(matter.Level))
        {
            throw YamlFile.Wrong(file, matter.Level, $"its level \"{matter.Level}\" is none of {string.Join(", ", Levels)}");
        }

        if (matter.Concepts.FirstOrDefault(id => concepts.Find(id) is null) is { } unknown)
        {
            throw YamlFile.Wrong(file, unknown, $"it practises \"{unknown}\", which is no concept");
        }

        if (matter.Tests.Count == 0 || matter.Tests.Any(test => test.Expect is null == test.Raises is null))
        {
            throw YamlFile.Wrong(file, "tests:", "it needs tests, and each of them either expect or raises");
        }

        var topic = curriculum.Require(matter.Topic, file).Id;
        var task = new ExerciseTask(
            ContentFile.Id(file), matter.Title, topic, matter.Level, text, matter.Starter, matter.Hints);
        return new PracticeExercise(task, matter.Concepts, matter.Solution, matter.Tests);
    }

    private sealed class FrontMatter
    {
        public required string Title { get; init; }

        public required string Topic { get; init; }

        public required string Level { get; init; }

        public required List<string> Concepts { get; init; }

        public required string Starter { get; init; }

        public required string Solution { get; init; }

        public required List<string> Hints { get; init; }

        public required List<ExerciseTest> Tests { get; init; }
    }
}
