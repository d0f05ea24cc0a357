using System.Globalization;
using LearnFlow.Agents.Content;
using LearnFlow.Agents.Exercise;
using LearnFlow.ServiceDefaults.Contracts;
using StackExchange.Redis;

namespace LearnFlow.Agents.Progress;

/// <summary>What a student has done, as it stands in one hash of Redis; the names of its fields are only here.</summary>
public sealed class StudentProgress
{
    /// <summary>Field: days in a row.</summary>
    public const string StreakDaysField = "streak:days";

    /// <summary>Field: the last day with practice, as days since 1970 in UTC.</summary>
    public const string StreakLastField = "streak:last";

    private readonly Dictionary<string, double> _fields;
    private readonly long _today;

    /// <summary>Reads the hash.</summary>
    /// <param name="fields">Its fields; none for a new student.</param>
    /// <param name="now">The time.</param>
    public StudentProgress(IEnumerable<HashEntry> fields, DateTimeOffset now)
    {
        _fields = fields.ToDictionary(
            field => field.Name.ToString(),
            field => double.Parse(field.Value.ToString(), CultureInfo.InvariantCulture));
        _today = DayOf(now);
    }

    /// <summary>Days in a row with practice; a streak lives while its last day is today or yesterday.</summary>
    public int StreakDays => _today - Value(StreakLastField) <= 1 ? (int)Value(StreakDaysField) : 0;

    /// <summary>Field: the best score in an exercise, 0 to 100.</summary>
    /// <param name="exercise">The exercise's id.</param>
    public static string ExerciseField(string exercise) => $"exercise:{exercise}";

    /// <summary>Field: the score of the last quiz, 0 to 100.</summary>
    /// <param name="topic">The topic's id.</param>
    public static string QuizField(string topic) => $"quiz:{topic}";

    /// <summary>Field: the quality of the code last submitted, 0 to 100.</summary>
    /// <param name="topic">The topic's id.</param>
    public static string QualityField(string topic) => $"quality:{topic}";

    /// <summary>The day of a time, as days since 1970 in UTC.</summary>
    /// <param name="time">The time.</param>
    public static long DayOf(DateTimeOffset time) => time.ToUnixTimeSeconds() / 86_400;

    /// <summary>Whether the student has solved an exercise.</summary>
    /// <param name="exercise">The exercise's id.</param>
    public bool HasSolved(string exercise) => Value(ExerciseField(exercise)) >= 100;

    /// <summary>The mastery of a topic. A topic that was never touched has none, however long the streak.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="exercises">The exercises that there are.</param>
    public TopicMastery MasteryOf(Topic topic, ExerciseLibrary exercises)
    {
        var scores = exercises.Of(topic.Id).Select(exercise => Value(ExerciseField(exercise.Task.Id))).ToList();
        var touched = _fields.ContainsKey(QuizField(topic.Id)) || _fields.ContainsKey(QualityField(topic.Id));
        return Mastery.Of(topic.Id, topic.Title, new MasteryParts(
            Exercises: scores.Count == 0 ? 0 : Math.Round(scores.Average(), 1),
            Quizzes: Value(QuizField(topic.Id)),
            Quality: Value(QualityField(topic.Id)),
            Streak: touched ? Math.Round(Mastery.StreakPart(StreakDays), 1) : 0));
    }

    /// <summary>The mastery of every topic.</summary>
    /// <param name="curriculum">The topics.</param>
    /// <param name="exercises">The exercises that there are.</param>
    public ProgressReport Report(Curriculum curriculum, ExerciseLibrary exercises)
    {
        var topics = curriculum.Topics.Select(topic => MasteryOf(topic, exercises)).ToList();
        return new ProgressReport(topics, (int)Math.Round(topics.Average(topic => topic.Percent)), StreakDays);
    }

    private double Value(string field) => _fields.GetValueOrDefault(field);
}
