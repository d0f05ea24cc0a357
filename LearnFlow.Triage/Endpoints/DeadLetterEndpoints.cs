using LearnFlow.ServiceDefaults;
using LearnFlow.Triage.Audit;
using LearnFlow.Triage.Dispatch;
using LearnFlow.Triage.Dispatch.Queue;
using LearnFlow.Triage.Gate;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace LearnFlow.Triage.Endpoints;

/// <summary>Dead letters.</summary>
/// <param name="DeadLetters">The newest first.</param>
public sealed record DeadLetterList(IReadOnlyList<DeadLetter> DeadLetters);

/// <summary>A message that could not be delivered.</summary>
/// <param name="RequestId">Its id.</param>
/// <param name="Student">Whose it is.</param>
/// <param name="Agent">Who should have answered it.</param>
/// <param name="Ask">What the student sent.</param>
/// <param name="AcceptedAt">When it was kept.</param>
/// <param name="DiedAt">When it became a dead letter.</param>
/// <param name="History">What went wrong, the first first.</param>
public sealed record DeadLetter(
    string RequestId, string Student, string Agent, Ask Ask, DateTimeOffset AcceptedAt, DateTimeOffset DiedAt,
    IReadOnlyList<FailedDelivery> History);

/// <summary>How many dead letters wait for delivery once more.</summary>
/// <param name="Replayed">The number.</param>
public sealed record ReplayResult(int Replayed);

/// <summary>Look at what could not be delivered, send it again, or drop it. All of it goes on record.</summary>
internal static class DeadLetterEndpoints
{
    public static void MapDeadLetters(this RouteGroupBuilder admin)
    {
        var dead = admin.MapGroup("/dead-letters");
        dead.MapGet("", ListAsync).WithSummary("What could not be delivered, the newest first");
        dead.MapPost("/replay", ReplayAllAsync).WithSummary("Send up to 500 dead letters again");
        dead.MapPost("/{requestId}/replay", ReplayAsync).WithSummary("Send a dead letter again");
        dead.MapDelete("/{requestId}", DropAsync).WithSummary("Drop a dead letter");
    }

    /// <summary>What handling dead letters needs.</summary>
    internal sealed record DeadLetterServices(WaitingMessages Queue, MessageStore Store, Auditor Auditor, HttpContext Context);

    private static async Task<Results<Ok<DeadLetterList>, ProblemHttpResult>> ListAsync(string? limit, WaitingMessages queue)
    {
        var errors = new Dictionary<string, string[]>();
        var most = PageSize.Read(limit, errors);
        return errors.Count > 0
            ? TypedResults.Problem(Problems.InvalidInput(errors))
            : TypedResults.Ok(new DeadLetterList([.. (await queue.DeadAsync(most)).Select(dead => new DeadLetter(
                dead.Message.RequestId, dead.Message.Student, dead.Message.Agent.Resource, dead.Message.Ask,
                dead.Message.DecidedAt, dead.DiedAt, dead.Message.History))]));
    }

    private static async Task<Ok<ReplayResult>> ReplayAllAsync([AsParameters] DeadLetterServices services)
    {
        var replayed = 0;
        foreach (var dead in await services.Queue.DeadAsync(PageSize.Largest))
        {
            replayed += await TryReplayAsync(dead.Message, services) ? 1 : 0;
        }

        return TypedResults.Ok(new ReplayResult(replayed));
    }

    private static async Task<Results<Ok<ReplayResult>, ProblemHttpResult>> ReplayAsync(
        string requestId, [AsParameters] DeadLetterServices services) =>
        await services.Queue.FindAsync(requestId) is { } message && await TryReplayAsync(message, services)
            ? TypedResults.Ok(new ReplayResult(1))
            : NotFound();

    private static async Task<bool> TryReplayAsync(DecidedMessage message, DeadLetterServices services)
    {
        // What its student sees first: the answer may be there a moment later, and must not be written over.
        await services.Store.KeepAsync(message, message.Queued(null, 0));
        if (!await services.Queue.ReplayAsync(message))
        {
            return false;
        }

        services.Auditor.Add(services.Context, AuditEvent.DeadLetterReplayed, message.RequestId, null);
        return true;
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DropAsync(
        string requestId, [FromQuery] string? reason, [AsParameters] DeadLetterServices services)
    {
        var errors = new Dictionary<string, string[]>();
        AskRules.CheckText(errors, "reason", reason, AskRules.LongestReason, isRequired: true);
        if (errors.Count > 0)
        {
            return TypedResults.Problem(Problems.InvalidInput(errors));
        }

        if (await services.Queue.FindAsync(requestId) is not { } message || !await services.Queue.DropAsync(message))
        {
            return NotFound();
        }

        services.Auditor.Add(services.Context, AuditEvent.DeadLetterDropped, requestId, reason);
        return TypedResults.NoContent();
    }

    private static ProblemHttpResult NotFound() => TypedResults.Problem(Problems.Create(
        ProblemType.NotFound, "There is no dead letter by that requestId."));
}
