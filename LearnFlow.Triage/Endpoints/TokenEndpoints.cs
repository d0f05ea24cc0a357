using LearnFlow.ServiceDefaults;
using LearnFlow.Triage.Audit;
using LearnFlow.Triage.Gate;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LearnFlow.Triage.Endpoints;

/// <summary>Why a token is revoked.</summary>
/// <param name="Reason">1 to 500 characters.</param>
public sealed record Revocation(string? Reason);

/// <summary>Take back a token before it expires.</summary>
internal static class TokenEndpoints
{
    /// <summary>The longest id of a token.</summary>
    private const int LongestTokenId = 256;

    public static void MapTokens(this RouteGroupBuilder admin) => admin
        .MapPut("/revoked-tokens/{tokenId}", RevokeAsync)
        .WithSummary("Refuse a token, by its jti, on all replicas");

    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeAsync(
        string tokenId, Revocation revocation, RevokedTokens revoked, Auditor auditor, HttpContext context)
    {
        tokenId = PathText.Of(context, tokenId, behind: 0);
        var errors = new Dictionary<string, string[]>();
        AskRules.CheckText(errors, "tokenId", tokenId, LongestTokenId, isRequired: true);
        AskRules.CheckText(errors, "reason", revocation.Reason, AskRules.LongestReason, isRequired: true);
        if (errors.Count > 0)
        {
            return TypedResults.Problem(Problems.InvalidInput(errors));
        }

        await revoked.RevokeAsync(tokenId);
        auditor.Add(context, AuditEvent.TokenRevoked, tokenId, revocation.Reason);
        return TypedResults.NoContent();
    }
}
