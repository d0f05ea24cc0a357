using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace LearnFlow.ServiceDefaults;

/// <summary>
/// Errors as RFC 9457 problems. Each has a stable <c>type</c>, a sentence that says what to change, the
/// <c>requestId</c>, and <c>errors</c> by field where input is wrong; never a stack trace or a name of our code.
/// </summary>
public static partial class Problems
{
    /// <summary>The field of a problem that says in how many seconds it is worth while to come again, as the header of that name does.</summary>
    public const string RetryAfter = "retryAfter";

    /// <summary>A problem to answer with.</summary>
    /// <param name="type">Which kind.</param>
    /// <param name="detail">What happened here and what to change.</param>
    /// <param name="errors">What is wrong, by the field's name as it stands in the JSON.</param>
    public static ProblemDetails Create(
        ProblemType type, string detail, IReadOnlyDictionary<string, string[]>? errors = null)
    {
        var problem = new ProblemDetails { Status = type.Status, Type = type.Uri, Title = type.Title, Detail = detail };
        if (errors is not null)
        {
            problem.Extensions["errors"] = errors;
        }

        return problem;
    }

    /// <summary>Input that does not fit, with what is wrong by field.</summary>
    /// <param name="errors">What is wrong, by the field's name as it stands in the JSON.</param>
    public static ProblemDetails InvalidInput(IReadOnlyDictionary<string, string[]> errors) =>
        Create(ProblemType.InvalidInput, string.Join(' ', errors.Select(error => $"{error.Key}: {error.Value[0]}")), errors);

    /// <summary>One field that does not fit.</summary>
    /// <param name="field">The field's name as it stands in the JSON.</param>
    /// <param name="reason">What is wrong with it, as the rest of a sentence.</param>
    public static ProblemDetails InvalidInput(string field, string reason) =>
        InvalidInput(new Dictionary<string, string[]> { [field] = [reason] });

    /// <summary>A body that is larger than anything that fits.</summary>
    public static ProblemDetails TooLarge()
    {
        const string reason = "is too large; shorten the query, the code or the error.";
        return Create(ProblemType.TooLarge, $"body: {reason}", new Dictionary<string, string[]> { ["body"] = [reason] });
    }

    /// <summary>Something that this service needs is away; nothing was kept, and the caller may try again.</summary>
    /// <param name="detail">What is away.</param>
    public static ProblemDetails Unavailable(string detail) => Create(ProblemType.Unavailable, detail);

    private const string OurFault =
        "This is our fault, not yours. Please try again, and tell us the requestId if it happens twice.";

    private const string TooSlow = "Send the whole body faster.";

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
        builder.Services.AddSingleton<IProblemDetailsWriter, Writer>();
        builder.Services.AddProblemDetails();
    }

    /// <summary>
    /// Turns what a handler throws into a problem. Not by the framework's exception handler, which takes away all headers
    /// that were set before: the request's id, the caller's limit, what browsers are told.
    /// </summary>
    internal static void UseProblems(this WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(Problems));
        app.Use(async (context, next) =>
        {
            try
            {
                await next(context);
            }
            catch (Exception exception) when (!context.Response.HasStarted)
            {
                await AnswerAsync(context, exception, logger);
            }
        });
        app.UseStatusCodePages();
    }

    /// <summary>Adds what every problem has, and names those that the framework makes (404, 405, 415).</summary>
    private static void Complete(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        problem.Status ??= context.HttpContext.Response.StatusCode;
        problem.Extensions["requestId"] = context.HttpContext.TraceIdentifier;
        if (problem.Type == ProblemType.Unavailable.Uri)
        {
            context.HttpContext.Response.Headers.RetryAfter = "2";
        }
        else if (problem.Extensions.TryGetValue(RetryAfter, out var seconds))
        {
            // A number, or, handed on from an agent, the JSON of one.
            context.HttpContext.Response.Headers.RetryAfter = Convert.ToString(seconds, CultureInfo.InvariantCulture);
        }

        if (problem.Type?.StartsWith(ProblemType.Prefix, StringComparison.Ordinal) == true)
        {
            return;
        }

        var (type, detail) = problem.Status switch
        {
            StatusCodes.Status404NotFound => (ProblemType.NotFound, "There is nothing at this address; /openapi/v1.json lists what there is."),
            StatusCodes.Status405MethodNotAllowed => (ProblemType.MethodNotAllowed, "This address takes another method; the header Allow names it."),
            // The framework itself tells what it could not read to the end, by the status alone.
            StatusCodes.Status413PayloadTooLarge => (ProblemType.TooLarge, TooLarge().Detail!),
            StatusCodes.Status408RequestTimeout => (ProblemType.RequestTimeout, TooSlow),
            StatusCodes.Status415UnsupportedMediaType => (ProblemType.UnsupportedMediaType, "Send the body with Content-Type: application/json."),
            < StatusCodes.Status500InternalServerError => (ProblemType.InvalidInput, "The request cannot be read."),
            _ => (ProblemType.Internal, OurFault),
        };
        if (type == ProblemType.TooLarge)
        {
            problem.Extensions["errors"] = TooLarge().Extensions["errors"];
        }

        (problem.Type, problem.Title) = (type.Uri, type.Title);
        problem.Detail ??= detail;
    }

    private static async Task AnswerAsync(HttpContext context, Exception exception, ILogger logger)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            // The student went away; nobody reads an answer.
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return;
        }

        await WriteAsync(context, Of(exception, logger));
    }

    /// <summary>What a caller is told of what a handler throws; a fault of ours is logged and not told.</summary>
    /// <param name="exception">What it throws.</param>
    /// <param name="logger">The log.</param>
    public static ProblemDetails Of(Exception exception, ILogger logger)
    {
        var problem = exception switch
        {
            BadHttpRequestException bad => FromBadRequest(bad),
            ProblemException known => known.Problem,
            // Not what Redis finds wrong with a command: that is a fault of ours.
            RedisException and not RedisServerException or TimeoutException => Unavailable(
                "The store that keeps messages does not answer. Nothing was changed; please try again in a moment."),
            _ => null,
        };
        if (problem is null)
        {
            LogUnexpected(logger, exception);
            problem = Create(ProblemType.Internal, OurFault);
        }

        return problem;
    }

    private static ProblemDetails FromBadRequest(BadHttpRequestException bad)
    {
        if (bad.InnerException is JsonException json)
        {
            var field = json.Path is { Length: > 2 } path ? path["$.".Length..] : "body";
            return InvalidInput(field, field == "body"
                ? $"is not the JSON object that is expected here (line {json.LineNumber + 1}, byte {json.BytePositionInLine})."
                : $"has a value of the wrong type (line {json.LineNumber + 1}, byte {json.BytePositionInLine}).");
        }

        return bad.StatusCode switch
        {
            StatusCodes.Status413PayloadTooLarge => TooLarge(),
            StatusCodes.Status415UnsupportedMediaType => new ProblemDetails { Status = bad.StatusCode },
            StatusCodes.Status408RequestTimeout => Create(ProblemType.RequestTimeout, TooSlow),
            _ => InvalidInput("body", "is missing or cannot be read."),
        };
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A request failed unexpectedly")]
    private static partial void LogUnexpected(ILogger logger, Exception exception);

    /// <summary>
    /// Writes a problem whatever the caller says to accept. The framework's own writer fails where that is a page or events
    /// alone, and the caller would be told nothing.
    /// </summary>
    private sealed class Writer(IOptions<JsonOptions> json) : IProblemDetailsWriter
    {
        public bool CanWrite(ProblemDetailsContext context) => true;

        public ValueTask WriteAsync(ProblemDetailsContext context)
        {
            Complete(context);
            return new(context.HttpContext.Response.WriteAsJsonAsync(
                context.ProblemDetails, json.Value.SerializerOptions, "application/problem+json", context.HttpContext.RequestAborted));
        }
    }
}
