using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace LearnFlow.ServiceDefaults;

/// <summary>
/// Errors as RFC 9457 problems. Each has a stable <c>type</c>, a sentence that says what to change, the
/// <c>requestId</c>, and <c>errors</c> by field where input is wrong; never a stack trace or a name of our code.
/// </summary>
public static partial class Problems
{
    /// <summary>What every <c>type</c> begins with.</summary>
    public const string TypePrefix = "urn:learnflow:problem:";

    private const string UnavailableType = "unavailable";

    /// <summary>A problem to answer with.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="type">The stable name, without <see cref="TypePrefix"/>.</param>
    /// <param name="title">The same for every problem of the type.</param>
    /// <param name="detail">What happened here and what to change.</param>
    /// <param name="errors">What is wrong, by the field's name as it stands in the JSON.</param>
    public static ProblemDetails Create(
        int status, string type, string title, string detail, IReadOnlyDictionary<string, string[]>? errors = null)
    {
        var problem = new ProblemDetails { Status = status, Type = TypePrefix + type, Title = title, Detail = detail };
        if (errors is not null)
        {
            problem.Extensions["errors"] = errors;
        }

        return problem;
    }

    /// <summary>Input that does not fit, with what is wrong by field.</summary>
    /// <param name="errors">What is wrong, by the field's name as it stands in the JSON.</param>
    /// <param name="status">400, or 413 where it is too large to read.</param>
    public static ProblemDetails InvalidInput(
        IReadOnlyDictionary<string, string[]> errors, int status = StatusCodes.Status400BadRequest) => Create(
            status,
            "invalid-input",
            "The request does not fit",
            string.Join(' ', errors.Select(error => $"{error.Key}: {error.Value[0]}")),
            errors);

    /// <summary>A body that is larger than anything that fits.</summary>
    public static ProblemDetails BodyTooLarge() => InvalidInput(
        new Dictionary<string, string[]> { ["body"] = ["is too large; shorten the query, the code or the error."] },
        StatusCodes.Status413PayloadTooLarge);

    /// <summary>Something that this service needs is away; nothing was kept, and the caller may try again.</summary>
    /// <param name="detail">What is away.</param>
    public static ProblemDetails Unavailable(string detail) => Create(
        StatusCodes.Status503ServiceUnavailable, UnavailableType, "Not available at the moment", detail);

    /// <summary>Writes a problem as the answer.</summary>
    /// <param name="context">The request.</param>
    /// <param name="problem">The problem.</param>
    public static async Task WriteAsync(HttpContext context, ProblemDetails problem)
    {
        context.Response.StatusCode = problem.Status ?? StatusCodes.Status500InternalServerError;
        await context.RequestServices.GetRequiredService<IProblemDetailsService>()
            .WriteAsync(new ProblemDetailsContext { HttpContext = context, ProblemDetails = problem });
    }

    internal static void AddProblems(this WebApplicationBuilder builder)
    {
        builder.Services.AddProblemDetails(options => options.CustomizeProblemDetails = Complete);
        builder.Services.AddExceptionHandler<ExceptionProblems>();
    }

    internal static void UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
    }

    /// <summary>Adds what every problem has, and names those that the framework makes (404, 405, 415).</summary>
    private static void Complete(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        problem.Extensions.Remove("traceId");
        problem.Extensions["requestId"] = context.HttpContext.TraceIdentifier;
        if (problem.Type == TypePrefix + UnavailableType)
        {
            context.HttpContext.Response.Headers.RetryAfter = "2";
        }

        if (problem.Type?.StartsWith(TypePrefix, StringComparison.Ordinal) == true)
        {
            return;
        }

        var (type, detail) = problem.Status switch
        {
            StatusCodes.Status404NotFound => ("not-found", "There is nothing at this address; /openapi/v1.json lists what there is."),
            StatusCodes.Status405MethodNotAllowed => ("method-not-allowed", "This address takes another method; the header Allow names it."),
            StatusCodes.Status415UnsupportedMediaType => ("unsupported-media-type", "Send the body with Content-Type: application/json."),
            var status => ($"status-{status}", null),
        };
        problem.Type = TypePrefix + type;
        problem.Detail ??= detail;
    }

    /// <summary>Turns what a handler throws into a problem.</summary>
    private sealed partial class ExceptionProblems(ILogger<ExceptionProblems> logger) : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(
            HttpContext context, Exception exception, CancellationToken cancellationToken)
        {
            if (context.RequestAborted.IsCancellationRequested)
            {
                // The student went away; nobody reads an answer.
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
                return true;
            }

            var problem = exception switch
            {
                BadHttpRequestException bad => FromBadRequest(bad),
                ProblemException known => known.Problem,
                RedisException or RedisTimeoutException => Unavailable(
                    "The store that keeps messages does not answer. Nothing was changed; please try again in a moment."),
                _ => null,
            };
            if (problem is null)
            {
                LogUnexpected(logger, exception);
                problem = Create(
                    StatusCodes.Status500InternalServerError,
                    "internal",
                    "Something went wrong here",
                    "This is our fault, not yours. Please try again, and tell us the requestId if it happens twice.");
            }

            await WriteAsync(context, problem);
            return true;
        }

        private static ProblemDetails FromBadRequest(BadHttpRequestException bad)
        {
            if (bad.StatusCode == StatusCodes.Status413PayloadTooLarge)
            {
                return BodyTooLarge();
            }

            if (bad.InnerException is JsonException json)
            {
                var field = json.Path is { Length: > 2 } path ? path["$.".Length..] : "body";
                var sentence = field == "body"
                    ? $"is not the JSON object that is expected here (line {json.LineNumber + 1}, byte {json.BytePositionInLine})."
                    : $"has a value of the wrong type (line {json.LineNumber + 1}, byte {json.BytePositionInLine}).";
                return InvalidInput(new Dictionary<string, string[]> { [field] = [sentence] });
            }

            return bad.StatusCode == StatusCodes.Status415UnsupportedMediaType
                ? new ProblemDetails { Status = bad.StatusCode }
                : InvalidInput(new Dictionary<string, string[]> { ["body"] = ["is missing or cannot be read."] }, bad.StatusCode);
        }

        [LoggerMessage(Level = LogLevel.Error, Message = "A request failed unexpectedly")]
        private static partial void LogUnexpected(ILogger logger, Exception exception);
    }
}
