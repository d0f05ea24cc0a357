using LearnFlow.Agents.Concepts;
using LearnFlow.Agents.Content;
using LearnFlow.Agents.Exercise;
using LearnFlow.Agents.Progress;
using LearnFlow.ServiceDefaults.Contracts;
using StackExchange.Redis;

namespace LearnFlow.Tests.Agents.Progress;

public sealed class MasteryTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(100, 0, 0, 0, 40)]
    [InlineData(0, 100, 0, 0, 30)]
    [InlineData(0, 0, 100, 0, 20)]
    [InlineData(0, 0, 0, 100, 10)]
    [InlineData(100, 100, 100, 100, 100)]
    [InlineData(50, 50, 50, 50, 50)]
    public void The_parts_weigh_40_30_20_10(double exercises, double quizzes, double quality, double streak, int percent) =>
        Assert.Equal(percent, Mastery.Of("t", "T", new MasteryParts(exercises, quizzes, quality, streak)).Percent);

    [Theory]
    [InlineData(0, MasteryLevel.Beginner, "red")]
    [InlineData(40, MasteryLevel.Beginner, "red")]
    [InlineData(41, MasteryLevel.Learning, "yellow")]
    [InlineData(70, MasteryLevel.Learning, "yellow")]
    [InlineData(71, MasteryLevel.Proficient, "green")]
    [InlineData(90, MasteryLevel.Proficient, "green")]
    [InlineData(91, MasteryLevel.Mastered, "blue")]
    [InlineData(100, MasteryLevel.Mastered, "blue")]
    public void Levels_begin_where_the_contract_says(int percent, MasteryLevel level, string color)
    {
        var mastery = Mastery.Of("t", "T", new MasteryParts(percent, percent, percent, percent));

        Assert.Equal((percent, level, color), (mastery.Percent, mastery.Level, mastery.Color));
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(1, 5)]
    [InlineData(2, 0)]
    public void A_streak_lives_until_a_day_is_left_out(int daysAgo, int streak)
    {
        var progress = Progress(
            (StudentProgress.StreakDaysField, 5), (StudentProgress.StreakLastField, StudentProgress.DayOf(Now) - daysAgo));

        Assert.Equal(streak, progress.StreakDays);
    }

    [Fact]
    public void A_topic_that_was_never_touched_has_no_mastery_however_long_the_streak()
    {
        var curriculum = Curriculum.Load();
        var exercises = ExerciseLibrary.Load(curriculum, ConceptLibrary.Load(curriculum));
        var progress = Progress(
            (StudentProgress.StreakDaysField, 7),
            (StudentProgress.StreakLastField, StudentProgress.DayOf(Now)),
            (StudentProgress.QuizField("basics"), 100));

        var report = progress.Report(curriculum, exercises);

        Assert.Equal(40, report.Topics.Single(topic => topic.Topic == "basics").Percent);
        Assert.All(report.Topics.Where(topic => topic.Topic != "basics"), topic => Assert.Equal(0, topic.Percent));
        Assert.Equal(5, report.Overall);
    }

    private static StudentProgress Progress(params (string Field, long Value)[] fields) =>
        new(fields.Select(field => new HashEntry(field.Field, field.Value)), Now);
}
