using System.Text.Json.Serialization;

namespace LearnFlow.ServiceDefaults.Contracts;

/// <summary>How far a student is in a topic.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MasteryLevel>))]
public enum MasteryLevel
{
    /// <summary>0 to 40 %.</summary>
    [JsonStringEnumMemberName("beginner")]
    Beginner,

    /// <summary>41 to 70 %.</summary>
    [JsonStringEnumMemberName("learning")]
    Learning,

    /// <summary>71 to 90 %.</summary>
    [JsonStringEnumMemberName("proficient")]
    Proficient,

    /// <summary>91 to 100 %.</summary>
    [JsonStringEnumMemberName("mastered")]
    Mastered,
}

/// <summary>Which percentage is which level.</summary>
public static class MasteryLevels
{
    /// <summary>The level of a percentage.</summary>
    /// <param name="percent">0 to 100.</param>
    public static MasteryLevel Of(int percent) => percent switch
    {
        <= 40 => MasteryLevel.Beginner,
        <= 70 => MasteryLevel.Learning,
        <= 90 => MasteryLevel.Proficient,
        _ => MasteryLevel.Mastered,
    };
}

/// <summary>The mastery of one topic.</summary>
/// <param name="Topic">The topic's id.</param>
/// <param name="Title">The topic's title.</param>
/// <param name="Percent">0 to 100.</param>
/// <param name="Level">What the percentage is called.</param>
/// <param name="Color"><c>red</c>, <c>yellow</c>, <c>green</c> or <c>blue</c>.</param>
/// <param name="Parts">What it is made of, each 0 to 100.</param>
public sealed record TopicMastery(
    string Topic, string Title, int Percent, MasteryLevel Level, string Color, MasteryParts Parts);

/// <summary>The parts of a mastery, each 0 to 100, before they are weighted.</summary>
/// <param name="Exercises">The mean best score over the topic's exercises; one not tried counts 0.</param>
/// <param name="Quizzes">The last quiz.</param>
/// <param name="Quality">The quality of the code last submitted.</param>
/// <param name="Streak">Days in a row with practice, seven being full.</param>
public sealed record MasteryParts(double Exercises, double Quizzes, double Quality, double Streak);

/// <summary>How far a student is.</summary>
/// <param name="Topics">Each topic of the curriculum, in its order.</param>
/// <param name="Overall">The mean over the topics, 0 to 100.</param>
/// <param name="StreakDays">Days in a row with practice, today or yesterday being the last.</param>
public sealed record ProgressReport(IReadOnlyList<TopicMastery> Topics, int Overall, int StreakDays);
