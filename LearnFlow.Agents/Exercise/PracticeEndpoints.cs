using LearnFlow.Agents.Content;
using LearnFlow.Agents.Python;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LearnFlow.Agents.Exercise;

/// <summary>The routes of the exercise role beside its answer.</summary>
internal static class PracticeEndpoints
{
    public static void MapPractice(this RouteGroupBuilder routes)
    {
        routes.MapPost(AgentRoutes.Run, RunAsync);
        routes.MapGet(AgentRoutes.NextExercise, NextAsync);
        routes.MapPost(AgentRoutes.Grade, GradeAsync);
        routes.MapGet(AgentRoutes.Quiz, GetQuiz);
        routes.MapPost(AgentRoutes.QuizAnswers, GradeQuizAsync);
    }

    private static Task<RunResult> RunAsync(
        string? student, RunRequest request, Sandbox sandbox, CancellationToken cancellation) => sandbox.RunAsync(
            request.Code ?? "", request.Stdin, cancellation, student: student, files: request.Files);

    private static Task<ExerciseTask> NextAsync(string student, string? topic, ExerciseAgent agent) =>
        agent.NextAsync(student, topic ?? "");

    private static async Task<Results<Ok<GradingResult>, ProblemHttpResult>> GradeAsync(
        string id, GradingRequest request, ExerciseLibrary exercises, Grading grading, CancellationToken cancellation) =>
        exercises.Find(id) is { } exercise
            ? TypedResults.Ok(await grading.GradeAsync(exercise, request, cancellation))
            : NotFound($"There is no exercise \"{id}\". GET /api/v1/exercises/next gives one.");

    private static Results<Ok<Quiz>, ProblemHttpResult> GetQuiz(string topic, QuizLibrary quizzes, Curriculum curriculum) =>
        quizzes.Find(topic) is { } quiz ? TypedResults.Ok(quiz.WithoutAnswers(topic)) : NoQuiz(topic, curriculum);

    private static async Task<Results<Ok<QuizResult>, ProblemHttpResult>> GradeQuizAsync(
        string topic, QuizGradingRequest request, QuizLibrary quizzes, Curriculum curriculum, Grading grading) =>
        quizzes.Find(topic) is { } quiz
            ? TypedResults.Ok(await grading.GradeAsync(curriculum.Find(topic)!, quiz, request))
            : NoQuiz(topic, curriculum);

    private static ProblemHttpResult NoQuiz(string topic, Curriculum curriculum) => NotFound(
        $"There is no quiz on \"{topic}\"; the topics are {string.Join(", ", curriculum.Topics.Select(known => known.Id))}.");

    private static ProblemHttpResult NotFound(string detail) =>
        TypedResults.Problem(Problems.Create(ProblemType.NotFound, detail));
}
