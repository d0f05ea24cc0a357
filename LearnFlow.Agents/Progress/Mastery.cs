using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Agents.Progress;

/// <summary>The formula of mastery: 40 % exercises, 30 % quizzes, 20 % code quality, 10 % streak.</summary>
public static class Mastery
{
    /// <summary>The weight of the exercises.</summary>
    public const double ExercisesWeight = 0.4;

    /// <summary>The weight of the quizzes.</summary>
    public const double QuizzesWeight = 0.3;

    /// <summary>The weight of code quality.</summary>
    public const double QualityWeight = 0.2;

    /// <summary>The weight of the streak.</summary>
    public const double StreakWeight = 0.1;

    /// <summary>Days in a row that count as a full streak: a week, so that a weekend off costs little.</summary>
    public const int FullStreakDays = 7;

    /// <summary>The mastery that parts make.</summary>
    /// <param name="topic">The topic's id.</param>
    /// <param name="title">The topic's title.</param>
    /// <param name="parts">Each 0 to 100.</param>
    public static TopicMastery Of(string topic, string title, MasteryParts parts)
    {
        var percent = (int)Math.Round(
            (parts.Exercises * ExercisesWeight) + (parts.Quizzes * QuizzesWeight)
            + (parts.Quality * QualityWeight) + (parts.Streak * StreakWeight),
            MidpointRounding.AwayFromZero);
        var level = MasteryLevels.Of(percent);
        var color = level switch
        {
            MasteryLevel.Beginner => "red",
            MasteryLevel.Learning => "yellow",
            MasteryLevel.Proficient => "green",
            _ => "blue",
        };
        return new TopicMastery(topic, title, percent, level, color, parts);
    }

    /// <summary>A streak as a part of mastery.</summary>
    /// <param name="days">Days in a row.</param>
    /// <returns>0 to 100.</returns>
    public static double StreakPart(int days) => Math.Min(days, FullStreakDays) * 100.0 / FullStreakDays;
}
