using LearnFlow.Triage.Audit;
using LearnFlow.Triage.Dispatch;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LearnFlow.Triage.Endpoints;

/// <summary>Drop the answers that are kept for whoever asks the same, as after a change of a lesson.</summary>
internal static class CacheEndpoints
{
    public static void MapCache(this RouteGroupBuilder admin) => admin
        .MapDelete("/cached-answers", ClearAsync)
        .WithSummary("Drop all cached answers, on all replicas");

    private static async Task<NoContent> ClearAsync(AnswerCache cache, Auditor auditor, HttpContext context)
    {
        await cache.ClearAsync();
        auditor.Add(context, AuditEvent.CacheCleared, "cached-answers", null);
        return TypedResults.NoContent();
    }
}
