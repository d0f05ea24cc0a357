using System.Globalization;
using System.Net.Mime;
using System.Security.Claims;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Audit;
using LearnFlow.Triage.Dispatch;
using LearnFlow.Triage.Flags;
using LearnFlow.Triage.Gate;
using LearnFlow.Triage.Gate.Limits;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace LearnFlow.Triage.Endpoints;

/// <summary>The breakers of a replica.</summary>
/// <param name="Breakers">One for each agent.</param>
public sealed record BreakerList(IReadOnlyList<BreakerView> Breakers);

/// <summary>A breaker.</summary>
/// <param name="Agent">Whose.</param>
/// <param name="State">Whether the agent is called.</param>
public sealed record BreakerView(string Agent, BreakerState State);

/// <summary>How an agent is.</summary>
/// <param name="Agent">Which.</param>
/// <param name="Status"><c>up</c> where it answered just now, else <c>down</c>.</param>
/// <param name="Breaker">Whether this replica calls it.</param>
public sealed record AgentHealth(string Agent, string Status, BreakerState Breaker);

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
        triage.MapGet("/circuit-breakers", ListBreakers).WithSummary("Which agents this replica calls at the moment");
        triage.MapGet("/health/{agent}", CheckAgentAsync).WithSummary("Whether an agent answers");
        triage.MapPost("/batch", AskManyAsync)
            .WithSummary("Ask up to 100 messages, each answered on its own")
            .RequireAuthorization(Access.Teacher)
            .WithFlag(Flag.EnableBatchProcessing)
            .WithRateLimit(RateLimit.Messages)
            .WithMetadata(new TakesFromRateLimit(), new RequestSizeLimitAttribute(Batch.LargestBody));
    }

    /// <summary>What asking needs.</summary>
    internal sealed record AskServices(
        Tutor Tutor, Claims Claims, AnswerFollower Follower, Sanitizer Sanitizer, Auditor Auditor, TriageMetrics Metrics,
        HttpContext Context, ClaimsPrincipal User);

    private static async Task<Results<Ok<Answer>, Accepted<Answer>, ServerSentEventsResult<string>, ProblemHttpResult>> AskAsync(
        Ask ask, [AsParameters] AskServices services, CancellationToken cancellation)
    {
        // Never the id that the request came with: a header is no claim to a message.
        var id = ask.RequestId is { } own && RequestIdentity.IsValid(own) ? own : RequestIdentity.Create();
        RequestIdentity.Use(services.Context, id);
        services.Metrics.Admitted(Arrival.Of(services.Context));
        if (WantsEvents(services.Context))
        {
            var stream = new AnswerEvents(id, services.Context.Request.Headers["Last-Event-ID"]);
            return await services.Follower.BeginAsync(stream, AnswerAsync(ask, id, services, stream, cancellation), cancellation) is { } problem
                ? TypedResults.Problem(problem)
                : TypedResults.ServerSentEvents(stream.Events.ReadAllAsync(cancellation));
        }

        var reply = await AnswerAsync(ask, id, services, null, cancellation);
        if (reply.Age is { } age)
        {
            services.Context.Response.Headers.Age = ((int)age.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        return reply.Answer is null ? TypedResults.Problem(reply.Problem!)
            : reply.Answer.Status.IsFinal() ? TypedResults.Ok(reply.Answer)
            : AskAgainLater(services.Context, TypedResults.Accepted($"/api/v1/triage/{id}", reply.Answer));
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
                : messages[i] is { } message ? await AnswerAsync(message, id, services, null, stop)
                : new Reply(null, Problems.InvalidInput($"messages[{i}]", "is null."));
            var status = reply.Problem?.Status
                ?? (reply.Answer!.Status.IsFinal() ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
            results[i] = new(id, status, reply.Answer, reply.Problem);
        });
        return TypedResults.Ok(new BatchAnswer(results));
    }

    private static async Task<Reply> AnswerAsync(
        Ask ask, string id, AskServices services, AnswerEvents? stream, CancellationToken cancellation)
    {
        ask = services.Sanitizer.Clean(ask);
        var errors = AskRules.Check(ask);
        if (errors.Count > 0)
        {
            return new(null, Problems.InvalidInput(errors));
        }

        var record = services.Auditor.Begin(ask);
        var fingerprint = MessageStore.Fingerprint(ask);
        var student = services.User.Id();
        try
        {
            // An id of ours nobody else has.
            var (claim, known, isTaken) = ask.RequestId is null
                ? default
                : await services.Claims.ClaimAsync(id, student, fingerprint, cancellation);
            if (known is not null || isTaken)
            {
                record.Outcome = isTaken ? AuditOutcome.Conflict : AuditOutcome.Repeated;
                return isTaken ? new(null, Claims.Taken()) : new(known, null);
            }

            await using (claim)
            {
                var reply = await services.Tutor.AnswerAsync(
                    new(ask, id, fingerprint, student, services.User.Role(), LanguageOf(services.Context), Arrival.Of(services.Context), record)
                    {
                        Stream = stream,
                    },
                    cancellation);
                claim?.IsKept = reply.Answer is not null;
                services.Metrics.Took(Arrival.Of(services.Context), reply.Answer);
                return reply;
            }
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

    private static async Task<Results<Ok<Answer>, ServerSentEventsResult<string>, ProblemHttpResult>> ReadAsync(
        string requestId, MessageStore store, AnswerFollower follower, SecurityEvents events, HttpContext context,
        CancellationToken cancellation)
    {
        var kept = RequestIdentity.IsValid(requestId) ? await store.ReadAsync(requestId) : null;
        var user = context.User;
        var mayRead = kept?.Student == user.Id() || user.IsInRole(Roles.Teacher) || user.IsInRole(Roles.Admin);
        if (kept is null || !mayRead)
        {
            if (kept is not null)
            {
                events.Add(SecurityEvent.OthersMessage, user);
            }

            // Another's message looks like none at all.
            return TypedResults.Problem(Problems.Create(
                ProblemType.NotFound, "There is no message by that requestId, or it is older than a day."));
        }

        var answering = follower.UntilKnownAsync(requestId, kept, cancellation);
        if (WantsEvents(context))
        {
            var stream = new AnswerEvents(requestId, context.Request.Headers["Last-Event-ID"]);
            return await follower.BeginAsync(stream, answering, cancellation) is { } problem
                ? TypedResults.Problem(problem)
                : TypedResults.ServerSentEvents(stream.Events.ReadAllAsync(cancellation));
        }

        var reply = await answering;
        return reply.Answer is null ? TypedResults.Problem(reply.Problem!)
            : reply.Answer.Status == AnswerStatus.Queued ? AskAgainLater(context, TypedResults.Ok(reply.Answer))
            : TypedResults.Ok(reply.Answer);
    }

    private static Ok<BreakerList> ListBreakers(Breakers breakers) => TypedResults.Ok(new BreakerList(
        [.. AgentRole.All.Select(role => new BreakerView(role.Resource, breakers.Of(role).State))]));

    private static async Task<Results<Ok<AgentHealth>, ProblemHttpResult>> CheckAgentAsync(
        string agent, AgentClient agents, Breakers breakers, CancellationToken cancellation)
    {
        if (AgentRole.All.FirstOrDefault(role => role.Resource == agent || role.Name == agent) is not { } role)
        {
            return TypedResults.Problem(Problems.Create(
                ProblemType.NotFound, $"There is no such agent; there are {string.Join(", ", AgentRole.All.Select(other => other.Resource))}."));
        }

        var isUp = await agents.ProbeAsync(role, cancellation);
        return TypedResults.Ok(new AgentHealth(role.Resource, isUp ? "up" : "down", breakers.Of(role).State));
    }

    private static TResult AskAgainLater<TResult>(HttpContext context, TResult result)
    {
        context.Response.Headers.RetryAfter = "2";
        return result;
    }

    private static bool WantsEvents(HttpContext context) => context.Request.Headers.Accept.ToString()
        .Contains(MediaTypeNames.Text.EventStream, StringComparison.OrdinalIgnoreCase);

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
