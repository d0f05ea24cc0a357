using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace LearnFlow.ServiceDefaults.Contracts;

/// <summary>An exercise as a student gets it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Title">Its title.</param>
/// <param name="Topic">The curriculum's topic that it practises.</param>
/// <param name="Level"><c>beginner</c>, <c>learning</c> or <c>proficient</c>.</param>
/// <param name="Markdown">The task.</param>
/// <param name="Starter">The code to begin with.</param>
/// <param name="Hints">From a nudge to a plan; a page shows them one at a time.</param>
public sealed record ExerciseTask(
    string Id, string Title, string Topic, string Level, string Markdown, string Starter, IReadOnlyList<string> Hints);

/// <summary>Code to run.</summary>
/// <param name="Code">1 to 20,000 characters of Python.</param>
/// <param name="Stdin">What <c>input()</c> reads, at most 20,000 characters.</param>
/// <param name="Files">Other files of the program by name: modules that it imports, data that it reads.</param>
public sealed record RunRequest(string? Code, string? Stdin = null, IReadOnlyDictionary<string, string>? Files = null);

/// <summary>The bounds of the files that come with a program.</summary>
public static partial class RunFiles
{
    /// <summary>The student's program, as its tracebacks name it.</summary>
    public const string Program = "main.py";

    /// <summary>The most files beside it.</summary>
    public const int Most = 10;

    /// <summary>The most characters in all of them.</summary>
    public const int MostCharacters = 20_000;

    /// <summary>Whether a text may name a file: in one folder, and on every system.</summary>
    /// <param name="text">The text.</param>
    public static bool IsName(string text) => Name().IsMatch(text);

    [GeneratedRegex("^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,62}[A-Za-z0-9_])?\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}

/// <summary>How a run ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RunOutcome>))]
public enum RunOutcome
{
    /// <summary>To its end.</summary>
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>With an exception or another exit code than 0.</summary>
    [JsonStringEnumMemberName("error")]
    Error,

    /// <summary>It took longer than the sandbox allows.</summary>
    [JsonStringEnumMemberName("timeout")]
    Timeout,

    /// <summary>It needed more memory than the sandbox has.</summary>
    [JsonStringEnumMemberName("memory")]
    Memory,

    /// <summary>It printed more than the sandbox keeps.</summary>
    [JsonStringEnumMemberName("output-limit")]
    OutputLimit,
}

/// <summary>What a run printed and how it ended.</summary>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error: the traceback, where there is one.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="DurationMs">Milliseconds that it took.</param>
public sealed record RunResult(string Output, string? Error, RunOutcome Outcome, double DurationMs);

/// <summary>A student's solution.</summary>
/// <param name="Code">1 to 20,000 characters of Python.</param>
/// <param name="SubmissionId">An id of the caller's; the same id counts once.</param>
public sealed record Submission(string? Code, string? SubmissionId = null);

/// <summary>A solution as the exercise agent gets it.</summary>
/// <param name="Student">Who submits.</param>
/// <param name="SubmissionId">Counts once.</param>
/// <param name="Code">The solution.</param>
public sealed record GradingRequest(string Student, string SubmissionId, string Code);

/// <summary>How a solution did.</summary>
/// <param name="Passed">Whether every test passed.</param>
/// <param name="Score">The share of tests passed, 0 to 100.</param>
/// <param name="Tests">Each test.</param>
/// <param name="Feedback">Words for the student, in Markdown.</param>
/// <param name="Mastery">The topic's mastery afterwards.</param>
public sealed record GradingResult(
    bool Passed, int Score, IReadOnlyList<TestOutcome> Tests, string Feedback, TopicMastery Mastery);

/// <summary>How a solution did in one test.</summary>
/// <param name="Call">The expression that was evaluated.</param>
/// <param name="Expected">What it should give, or the exception that it should raise.</param>
/// <param name="Actual">What it gave.</param>
/// <param name="Passed">Whether that is right.</param>
/// <param name="Error">The exception that ended it, where one did.</param>
public sealed record TestOutcome(string Call, string Expected, string? Actual, bool Passed, string? Error);

/// <summary>A quiz, without its answers.</summary>
/// <param name="Topic">The topic's id.</param>
/// <param name="Title">The topic's title.</param>
/// <param name="Questions">The questions.</param>
public sealed record Quiz(string Topic, string Title, IReadOnlyList<QuizQuestion> Questions);

/// <summary>One question of a quiz.</summary>
/// <param name="Id">Its id within the quiz.</param>
/// <param name="Question">The question, in Markdown.</param>
/// <param name="Choices">What to choose from.</param>
public sealed record QuizQuestion(string Id, string Question, IReadOnlyList<string> Choices);

/// <summary>A student's answers to a quiz.</summary>
/// <param name="Answers">The chosen text by question id.</param>
/// <param name="SubmissionId">An id of the caller's; the same id counts once.</param>
public sealed record QuizAnswers(IReadOnlyDictionary<string, string>? Answers, string? SubmissionId = null);

/// <summary>Answers as the exercise agent gets them.</summary>
/// <param name="Student">Who answers.</param>
/// <param name="SubmissionId">Counts once.</param>
/// <param name="Answers">The chosen text by question id.</param>
public sealed record QuizGradingRequest(
    string Student, string SubmissionId, IReadOnlyDictionary<string, string> Answers);

/// <summary>How a quiz went.</summary>
/// <param name="Score">The share of right answers, 0 to 100.</param>
/// <param name="Questions">Each question.</param>
/// <param name="Mastery">The topic's mastery afterwards.</param>
public sealed record QuizResult(int Score, IReadOnlyList<QuizOutcome> Questions, TopicMastery Mastery);

/// <summary>How one question went.</summary>
/// <param name="Id">The question.</param>
/// <param name="Correct">Whether the chosen answer is right.</param>
/// <param name="Answer">The right answer.</param>
/// <param name="Why">Why it is right.</param>
public sealed record QuizOutcome(string Id, bool Correct, string Answer, string Why);
