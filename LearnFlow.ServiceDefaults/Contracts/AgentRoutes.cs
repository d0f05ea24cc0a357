namespace LearnFlow.ServiceDefaults.Contracts;

/// <summary>The routes of the agents, each below its role's name: <c>http://debug-agent/debug/answer</c>.</summary>
public static class AgentRoutes
{
    /// <summary>POST <see cref="AgentQuestion"/> → <see cref="AgentAnswer"/>; every role has it.</summary>
    public const string Answer = "/answer";

    /// <summary>Exercise: POST <see cref="RunRequest"/> → <see cref="RunResult"/>.</summary>
    public const string Run = "/run";

    /// <summary>Exercise: GET the next exercise of a student → <see cref="ExerciseTask"/>.</summary>
    public const string NextExercise = "/students/{student}/next";

    /// <summary>Exercise: POST <see cref="GradingRequest"/> → <see cref="GradingResult"/>.</summary>
    public const string Grade = "/exercises/{id}/submissions";

    /// <summary>Exercise: GET → <see cref="Contracts.Quiz"/>.</summary>
    public const string Quiz = "/quizzes/{topic}";

    /// <summary>Exercise: POST <see cref="QuizGradingRequest"/> → <see cref="QuizResult"/>.</summary>
    public const string QuizAnswers = "/quizzes/{topic}/answers";

    /// <summary>Progress: GET → <see cref="ProgressReport"/>.</summary>
    public const string Progress = "/students/{student}";

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
                // Twice, since Kestrel leaves an escaped slash as it is: "a/b" and "a%2Fb" would arrive as the same.
                Uri.EscapeDataString(Uri.EscapeDataString(parameter ?? throw new ArgumentNullException(nameof(parameter)))),
                route.AsSpan(route.IndexOf('}', StringComparison.Ordinal) + 1));
        return $"/{role.Name}{filled}";
    }

    /// <summary>What <see cref="Path"/> filled in, from what the route took of the path.</summary>
    /// <param name="segment">The route's parameter.</param>
    public static string Parameter(string segment) => Uri.UnescapeDataString(segment);
}
