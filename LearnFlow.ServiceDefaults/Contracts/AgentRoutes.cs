namespace LearnFlow.ServiceDefaults.Contracts;

/// <summary>The routes of the agents, each below its role's name: <c>http://debug-agent/debug/answer</c>.</summary>
public static class AgentRoutes
{
    /// <summary>POST <see cref="AgentQuestion"/> → <see cref="AgentAnswer"/>; every role has it.</summary>
    public const string Answer = "/answer";

    /// <summary>Exercise: POST <see cref="RunRequest"/> of <c>?student=</c> → <see cref="RunResult"/>.</summary>
    public const string Run = "/run";

    /// <summary>Exercise: GET the next exercise of <c>?student=</c> → <see cref="ExerciseTask"/>.</summary>
    public const string NextExercise = "/next";

    /// <summary>Exercise: POST <see cref="GradingRequest"/> → <see cref="GradingResult"/>.</summary>
    public const string Grade = "/exercises/{id}/submissions";

    /// <summary>Exercise: GET → <see cref="Contracts.Quiz"/>.</summary>
    public const string Quiz = "/quizzes/{topic}";

    /// <summary>Exercise: POST <see cref="QuizGradingRequest"/> → <see cref="QuizResult"/>.</summary>
    public const string QuizAnswers = "/quizzes/{topic}/answers";

    /// <summary>Progress: GET that of <c>?student=</c> → <see cref="ProgressReport"/>.</summary>
    public const string Progress = "/mastery";

    /// <summary>
    /// The path of a route of a role that is about a student. They stand in the query, since a slash in their id comes out
    /// of a path as <c>%2F</c>, which is another student's id.
    /// </summary>
    /// <param name="role">The agent.</param>
    /// <param name="route">One of the routes above.</param>
    /// <param name="student">The student.</param>
    public static string PathFor(AgentRole role, string route, string student) =>
        $"{Path(role, route)}?student={Uri.EscapeDataString(student)}";

    /// <summary>The path of a route of a role, with its one parameter filled in.</summary>
    /// <param name="role">The agent.</param>
    /// <param name="route">One of the routes above.</param>
    /// <param name="parameter">What stands for the part in braces.</param>
    public static string Path(AgentRole role, string route, string? parameter = null)
    {
        var open = route.IndexOf('{', StringComparison.Ordinal);
        var filled = open < 0
            ? route
            : string.Concat(
                route.AsSpan(0, open),
                Uri.EscapeDataString(parameter ?? throw new ArgumentNullException(nameof(parameter))),
                route.AsSpan(route.IndexOf('}', StringComparison.Ordinal) + 1));
        return $"/{role.Name}{filled}";
    }
}
