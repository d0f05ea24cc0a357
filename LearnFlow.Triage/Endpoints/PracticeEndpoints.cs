using System.Security.Claims;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Dispatch;
using LearnFlow.Triage.Gate;
using LearnFlow.Triage.Gate.Limits;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace LearnFlow.Triage.Endpoints;

/// <summary>Run code, practise, and see one's progress. The exercise and the progress agent do the work.</summary>
internal static class PracticeEndpoints
{
    /// <summary>The longest id that a caller may give a submission.</summary>
    private const int LongestId = 64;

    /// <summary>The largest body of a program with its files, in bytes; what one without files may have is less.</summary>
    private const int LargestRun = AskRules.LargestBody + (RunFiles.MostCharacters * 6);

    public static void MapPractice(this RouteGroupBuilder api)
    {
        var practice = api.MapGroup("").WithTags("Practice").RequireAuthorization(Access.Learner);
        practice.MapPost("/run", RunAsync)
            .WithSummary("Run code in the sandbox")
            .WithMetadata(new RequestSizeLimitAttribute(LargestRun))
            .WithRateLimit(RateLimit.Runs);
        practice.MapGet("/exercises/next", NextAsync).WithSummary("The next exercise, on a topic if one is named");
        practice.MapPost("/exercises/{id}/submissions", SubmitAsync).WithSummary("Hand in a solution").WithRateLimit(RateLimit.Submissions);
        practice.MapGet("/quizzes/{topic}", QuizAsync).WithSummary("The quiz of a topic");
        practice.MapPost("/quizzes/{topic}/answers", AnswerQuizAsync).WithSummary("Answer a quiz").WithRateLimit(RateLimit.Submissions);
        practice.MapGet("/progress", ProgressAsync).WithSummary("My mastery");
    }

    private static async Task<Results<Ok<RunResult>, ProblemHttpResult>> RunAsync(
        RunRequest run, ClaimsPrincipal user, AgentClient agents, CancellationToken cancellation)
    {
        var errors = CheckCode(run.Code);
        AskRules.CheckText(errors, "stdin", run.Stdin, AskRules.LongestAttachment, isRequired: false);
        CheckFiles(errors, run.Files);
        return errors.Count > 0 ? Invalid(errors) : Reply(await agents.RunAsync(
            AgentRole.Exercise, AgentRoutes.PathFor(AgentRole.Exercise, AgentRoutes.Run, user.Id()), run,
            ContractsJson.Default.RunRequest, ContractsJson.Default.RunResult, cancellation));
    }

    private static async Task<Results<Ok<ExerciseTask>, ProblemHttpResult>> NextAsync(
        string? topic, ClaimsPrincipal user, AgentClient agents, CancellationToken cancellation)
    {
        var errors = new Dictionary<string, string[]>();
        AskRules.CheckText(errors, "topic", topic, AskRules.LongestQuery, isRequired: false);
        var path = AgentRoutes.PathFor(AgentRole.Exercise, AgentRoutes.NextExercise, user.Id());
        return errors.Count > 0 ? Invalid(errors) : Reply(await agents.GetAsync(
            AgentRole.Exercise, $"{path}&topic={Uri.EscapeDataString(topic ?? "")}",
            ContractsJson.Default.ExerciseTask, cancellation));
    }

    private static async Task<Results<Ok<GradingResult>, ProblemHttpResult>> SubmitAsync(
        string id, Submission submission, ClaimsPrincipal user, HttpContext context, AgentClient agents,
        CancellationToken cancellation)
    {
        var errors = CheckCode(submission.Code);
        AskRules.CheckText(errors, "submissionId", submission.SubmissionId, LongestId, isRequired: false);
        return errors.Count > 0 ? Invalid(errors) : Reply(await agents.RunAsync(
            AgentRole.Exercise, AgentRoutes.Path(AgentRole.Exercise, AgentRoutes.Grade, id),
            new GradingRequest(user.Id(), submission.SubmissionId ?? context.TraceIdentifier, submission.Code!),
            ContractsJson.Default.GradingRequest, ContractsJson.Default.GradingResult, cancellation));
    }

    private static async Task<Results<Ok<Quiz>, ProblemHttpResult>> QuizAsync(
        string topic, AgentClient agents, CancellationToken cancellation) => Reply(await agents.GetAsync(
            AgentRole.Exercise, AgentRoutes.Path(AgentRole.Exercise, AgentRoutes.Quiz, topic),
            ContractsJson.Default.Quiz, cancellation));

    private static async Task<Results<Ok<QuizResult>, ProblemHttpResult>> AnswerQuizAsync(
        string topic, QuizAnswers answers, ClaimsPrincipal user, HttpContext context, AgentClient agents,
        CancellationToken cancellation)
    {
        var errors = new Dictionary<string, string[]>();
        if (answers.Answers is not { Count: > 0 })
        {
            errors["answers"] = ["is missing or empty; send the chosen text by the question's id."];
        }

        AskRules.CheckText(errors, "submissionId", answers.SubmissionId, LongestId, isRequired: false);
        return errors.Count > 0 ? Invalid(errors) : Reply(await agents.RunAsync(
            AgentRole.Exercise, AgentRoutes.Path(AgentRole.Exercise, AgentRoutes.QuizAnswers, topic),
            new QuizGradingRequest(user.Id(), answers.SubmissionId ?? context.TraceIdentifier, answers.Answers!),
            ContractsJson.Default.QuizGradingRequest, ContractsJson.Default.QuizResult, cancellation));
    }

    private static async Task<Results<Ok<ProgressReport>, ProblemHttpResult>> ProgressAsync(
        ClaimsPrincipal user, AgentClient agents, CancellationToken cancellation) => Reply(await agents.GetAsync(
            AgentRole.Progress, AgentRoutes.PathFor(AgentRole.Progress, AgentRoutes.Progress, user.Id()),
            ContractsJson.Default.ProgressReport, cancellation));

    private static Dictionary<string, string[]> CheckCode(string? code)
    {
        var errors = new Dictionary<string, string[]>();
        AskRules.CheckText(errors, "code", code, AskRules.LongestAttachment, isRequired: true);
        return errors;
    }

    private static void CheckFiles(Dictionary<string, string[]> errors, IReadOnlyDictionary<string, string>? files)
    {
        const string field = "files";
        if (files is null)
        {
            return;
        }

        var characters = files.Sum(file => (long)(file.Value?.Length ?? 0));
        if (files.Count > RunFiles.Most)
        {
            errors[field] = [$"has {files.Count} files; at most {RunFiles.Most} fit."];
        }
        else if (characters > RunFiles.MostCharacters)
        {
            errors[field] = [$"has {characters} characters in all; at most {RunFiles.MostCharacters} fit."];
        }
        else if (files.Keys.FirstOrDefault(name => !RunFiles.IsName(name)) is not null)
        {
            errors[field] = ["has a name that does not fit: 1 to 64 letters from a to z, digits, dots, dashes or underscores, without a folder."];
        }
        else if (files.Keys.Any(name => name.Equals(RunFiles.Program, StringComparison.OrdinalIgnoreCase)))
        {
            errors[field] = [$"has a {RunFiles.Program}; the program itself belongs into code."];
        }
        else if (files.Keys.Distinct(StringComparer.OrdinalIgnoreCase).Count() < files.Count)
        {
            errors[field] = ["has two names that differ in capital letters alone."];
        }
        else if (files.Values.Any(content => content is null))
        {
            errors[field] = ["has a file without content; an empty one is \"\"."];
        }
    }

    private static ProblemHttpResult Invalid(Dictionary<string, string[]> errors) =>
        TypedResults.Problem(Problems.InvalidInput(errors));

    private static Results<Ok<T>, ProblemHttpResult> Reply<T>(AgentReply<T> reply)
        where T : class =>
        reply.Value is { } value ? TypedResults.Ok(value) : TypedResults.Problem(reply.Problem!);
}
