using System.Security.Claims;
using LearnFlow.ServiceDefaults;
using LearnFlow.Triage.Dispatch;
using LearnFlow.Triage.Gate;
using Microsoft.AspNetCore.Http.HttpResults;
using StackExchange.Redis;

namespace LearnFlow.Triage.Endpoints;

/// <summary>Ask, and read again what became of a message.</summary>
internal static class TriageEndpoints
{
    public static void MapTriage(this RouteGroupBuilder api)
    {
        var triage = api.MapGroup("").WithTags("Triage");
        triage.MapPost("/triage", AskAsync).WithSummary("Ask, and get the right specialist's answer");
        triage.MapGet("/triage/{requestId}", ReadAsync).WithSummary("Read again what became of a message");
    }

    /// <summary>What asking needs.</summary>
    internal sealed record AskServices(Tutor Tutor, MessageStore Store, HttpContext Context, ClaimsPrincipal User);

    private static async Task<Results<Ok<Answer>, ProblemHttpResult>> AskAsync(
        Ask ask, [AsParameters] AskServices services, CancellationToken cancellation)
    {
        var errors = AskRules.Check(ask);
        if (errors.Count > 0)
        {
            return TypedResults.Problem(Problems.InvalidInput(errors));
        }

        // Never the id that the request came with: a header is no claim to a message.
        var id = ask.RequestId ?? RequestIdentity.Create();
        RequestIdentity.Use(services.Context, id);
        if (ask.RequestId is not null && await FindAsync(services.Store, id) is { } kept)
        {
            return IsSame(kept, ask, services.User)
                ? TypedResults.Ok(kept.Answer)
                : TypedResults.Problem(Problems.Create(
                    StatusCodes.Status409Conflict,
                    "request-id-taken",
                    "This requestId belongs to another message",
                    "Send the same message to get its answer again, or choose a new requestId."));
        }

        var (answer, problem) = await services.Tutor.AnswerAsync(
            ask, id, services.User.Id(), Arrival.Of(services.Context), cancellation);
        return answer is not null ? TypedResults.Ok(answer) : TypedResults.Problem(problem!);
    }

    private static async Task<Results<Ok<Answer>, ProblemHttpResult>> ReadAsync(
        string requestId, MessageStore store, ClaimsPrincipal user)
    {
        var kept = RequestIdentity.IsValid(requestId) ? await store.ReadAsync(requestId) : null;
        var mayRead = kept?.Student == user.Id() || user.IsInRole(Roles.Teacher) || user.IsInRole(Roles.Admin);

        // Another's message looks like none at all.
        return kept is not null && mayRead ? TypedResults.Ok(kept.Answer) : TypedResults.Problem(Problems.Create(
            StatusCodes.Status404NotFound,
            "not-found",
            "Not found",
            "There is no message by that requestId, or it is older than a day."));
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

    private static bool IsSame(KeptMessage kept, Ask ask, ClaimsPrincipal user) =>
        kept.Student == user.Id() && kept.Fingerprint == MessageStore.Fingerprint(ask);
}
