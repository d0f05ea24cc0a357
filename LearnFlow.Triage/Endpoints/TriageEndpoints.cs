using System.Globalization;
using System.Security.Claims;
using LearnFlow.ServiceDefaults;
using LearnFlow.Triage.Audit;
using LearnFlow.Triage.Dispatch;
using LearnFlow.Triage.Flags;
using LearnFlow.Triage.Gate;
using LearnFlow.Triage.Gate.Limits;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StackExchange.Redis;

namespace LearnFlow.Triage.Endpoints;

/// <summary>Ask, one message or many, and read again what became of one.</summary>
internal static class TriageEndpoints
{
    /// <summary>The language in which we answer whom we do not understand.</summary>
    private const string DefaultLanguage = "en";

    public static void MapTriage(this RouteGroupBuilder api)
    {
        var triage = api.MapGroup("/triage").WithTags("Triage").RequireAuthorization(Access.Learner);
        triage.MapPost("", AskAsync).WithSummary("Ask, and get the right specialist's answer").WithRateLimit(RateLimit.Messages);
        triage.MapGet("/{requestId}", ReadAsync).WithSummary("Read again what became of a message");
        triage.MapPost("/batch", AskManyAsync)
            .WithSummary("Ask up to 100 messages, each answered on its own")
            .RequireAuthorization(Access.Teacher)
            .WithFlag(Flag.EnableBatchProcessing)
            .WithRateLimit(RateLimit.Messages)
            .WithMetadata(new TakesFromRateLimit(), new RequestSizeLimitAttribute(Batch.LargestBody));
    }

    /// <summary>What asking needs.</summary>
    internal sealed record AskServices(
        Tutor Tutor, MessageStore Store, Sanitizer Sanitizer, Auditor Auditor, HttpContext Context, ClaimsPrincipal User);

    private static async Task<Results<Ok<Answer>, ProblemHttpResult>> AskAsync(
        Ask ask, [AsParameters] AskServices services, CancellationToken cancellation)
    {
        // Never the id that the request came with: a header is no claim to a message.
        var id = ask.RequestId is { } own && RequestIdentity.IsValid(own) ? own : RequestIdentity.Create();
        RequestIdentity.Use(services.Context, id);
        var reply = await AnswerAsync(ask, id, services, cancellation);
        if (reply.Age is { } age)
        {
            services.Context.Response.Headers.Age = ((int)age.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        return reply.Answer is not null ? TypedResults.Ok(reply.Answer) : TypedResults.Problem(reply.Problem!);
    }

    private static async Task<Results<Ok<BatchAnswer>, ProblemHttpResult>> AskManyAsync(
        Batch batch, [AsParameters] AskServices services, RateLimiting limits, CancellationToken cancellation)
    {
        if (batch.Messages is not { Count: > 0 and <= Batch.Most } messages)
        {
            return TypedResults.Problem(Problems.InvalidInput("messages", $"must hold 1 to {Batch.Most} messages."));
        }

        var (admitted, refusal) = await limits.TakeAsync(services.Context, messages.Count);
        var results = new BatchResult[messages.Count];
        await Parallel.ForAsync(0, messages.Count, new ParallelOptions { MaxDegreeOfParallelism = Batch.AtOnce, CancellationToken = cancellation }, async (i, stop) =>
        {
            var id = messages[i]?.RequestId is { } own && RequestIdentity.IsValid(own) ? own : RequestIdentity.Create();
            var reply = i >= admitted ? new Reply(null, refusal)
                : messages[i] is { } message ? await AnswerAsync(message, id, services, stop)
                : new Reply(null, Problems.InvalidInput($"messages[{i}]", "is null."));
            results[i] = new(id, reply.Problem?.Status ?? StatusCodes.Status200OK, reply.Answer, reply.Problem);
        });
        return TypedResults.Ok(new BatchAnswer(results));
    }

    private static async Task<Reply> AnswerAsync(Ask ask, string id, AskServices services, CancellationToken cancellation)
    {
        ask = services.Sanitizer.Clean(ask);
        var errors = AskRules.Check(ask);
        if (errors.Count > 0)
        {
            return new(null, Problems.InvalidInput(errors));
        }

        var record = services.Auditor.Begin(ask);
        try
        {
            if (ask.RequestId is not null && await FindAsync(services.Store, id) is { } kept)
            {
                var isSame = kept.Student == services.User.Id() && kept.Fingerprint == MessageStore.Fingerprint(ask);
                record.Outcome = isSame ? AuditOutcome.Repeated : AuditOutcome.Conflict;
                return isSame ? new(kept.Answer, null) : new(null, Problems.Create(
                    ProblemType.RequestIdTaken, "Send the same message to get its answer again, or choose a new requestId."));
            }

            return await services.Tutor.AnswerAsync(
                new(ask, id, services.User.Id(), LanguageOf(services.Context), Arrival.Of(services.Context), record), cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            record.Outcome = AuditOutcome.Abandoned;
            throw;
        }
        finally
        {
            services.Auditor.Add(services.Context, id, record);
        }
    }

    private static async Task<Results<Ok<Answer>, ProblemHttpResult>> ReadAsync(
        string requestId, MessageStore store, ClaimsPrincipal user)
    {
        var kept = RequestIdentity.IsValid(requestId) ? await store.ReadAsync(requestId) : null;
        var mayRead = kept?.Student == user.Id() || user.IsInRole(Roles.Teacher) || user.IsInRole(Roles.Admin);

        // Another's message looks like none at all.
        return kept is not null && mayRead ? TypedResults.Ok(kept.Answer) : TypedResults.Problem(Problems.Create(
            ProblemType.NotFound, "There is no message by that requestId, or it is older than a day."));
    }

    /// <summary>Null also where Redis is away: then a message is answered once more rather than not at all.</summary>
    private static async Task<KeptMessage?> FindAsync(MessageStore store, string requestId)
    {
        try
        {
            return await store.ReadAsync(requestId);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            return null;
        }
    }

    /// <summary>The first language that the student's browser asks for, without its region.</summary>
    private static string LanguageOf(HttpContext context)
    {
        var first = context.Request.Headers.AcceptLanguage.ToString().AsSpan().TrimStart();
        var end = first.IndexOfAnyExcept(Letters);
        first = end < 0 ? first : first[..end];
        return first.Length is 2 or 3 ? first.ToString().ToLowerInvariant() : DefaultLanguage;
    }

    private static readonly System.Buffers.SearchValues<char> Letters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
}
