using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Audit;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LearnFlow.Triage.Endpoints;

/// <summary>What walking the audit trail showed.</summary>
/// <param name="IsWhole">Whether no record was changed, removed or put in from elsewhere.</param>
/// <param name="Records">Records that were walked.</param>
/// <param name="Erased">Those of them whose content was erased with their student.</param>
/// <param name="UnknownKeys">Those of them that were chained by a key that is not among <c>Audit:Keys</c> here; they were not checked.</param>
/// <param name="Problems">Where it is broken.</param>
public sealed record AuditVerification(
    bool IsWhole, long Records, long Erased, long UnknownKeys, IReadOnlyList<ChainProblem> Problems);

/// <summary>Read the audit trail, and see whether it is whole.</summary>
internal static class AuditEndpoints
{
    public static void MapAudit(this RouteGroupBuilder admin)
    {
        var audit = admin.MapGroup("/audit");
        audit.MapGet("", ReadAsync).WithSummary("What is on record, the newest first");
        audit.MapGet("/verify", VerifyAsync).WithSummary("Whether the record is whole");
    }

    /// <summary>What is looked for.</summary>
    /// <param name="Student">Only what this student, or admin, did.</param>
    /// <param name="From">Only what was put on record then or later.</param>
    /// <param name="To">Only what was put on record before.</param>
    /// <param name="Event">Only this kind.</param>
    /// <param name="Agent">Only messages of this agent.</param>
    /// <param name="Outcome">Only messages that became this.</param>
    /// <param name="Limit">Records on the page, 1 to 500; 50 unless set.</param>
    /// <param name="After">What the page before it gave as <c>next</c>.</param>
    internal sealed record Search(
        string? Student, string? From, string? To, string? Event, string? Agent, string? Outcome, string? Limit, string? After);

    private static async Task<Results<Ok<AuditPage>, ProblemHttpResult>> ReadAsync(
        [AsParameters] Search search, AuditReader reader)
    {
        var errors = new Dictionary<string, string[]>();
        var query = new AuditQuery(
            search.Student,
            ReadTime("from", search.From, errors),
            ReadTime("to", search.To, errors),
            ReadName<AuditEvent>("event", search.Event, errors),
            ReadAgent(search.Agent, errors),
            ReadName<AuditOutcome>("outcome", search.Outcome, errors));
        var size = PageSize.Read(search.Limit, errors);
        AuditCursor? after = null;
        if (search.After is not null)
        {
            after = AuditCursor.TryParse(search.After, out var cursor) ? cursor : null;
            if (after is null)
            {
                errors["after"] = ["must be what the page before it gave as next."];
            }
        }

        return errors.Count > 0
            ? TypedResults.Problem(Problems.InvalidInput(errors))
            : TypedResults.Ok(await reader.ReadAsync(query, after, size));
    }

    private static async Task<Ok<AuditVerification>> VerifyAsync(AuditLog log)
    {
        var reports = await Task.WhenAll(Enumerable.Range(0, AuditLog.Chains).Select(log.VerifyAsync));
        var problems = reports.SelectMany(report => report.Problems).ToList();
        return TypedResults.Ok(new AuditVerification(
            problems.Count == 0,
            reports.Sum(report => report.Entries),
            reports.Sum(report => report.Erased),
            reports.Sum(report => report.UnknownKeys),
            problems));
    }

    private static DateTimeOffset? ReadTime(string field, string? text, Dictionary<string, string[]> errors)
    {
        if (text is null)
        {
            return null;
        }

        if (DateTimeOffset.TryParse(
            text, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out var time)
            && time >= DateTimeOffset.UnixEpoch)
        {
            return time;
        }

        errors[field] = ["must be a time such as 2026-11-26T08:00:00Z."];
        return null;
    }

    private static T? ReadName<T>(string field, string? text, Dictionary<string, string[]> errors)
        where T : struct, Enum
    {
        if (text is null)
        {
            return null;
        }

        var known = Enum.GetValues<T>().ToDictionary(Name);
        if (known.TryGetValue(text, out var value))
        {
            return value;
        }

        errors[field] = [$"must be one of {string.Join(", ", known.Keys)}."];
        return null;
    }

    private static string? ReadAgent(string? text, Dictionary<string, string[]> errors)
    {
        if (text is not null && !AgentRole.All.Any(role => role.Resource == text))
        {
            errors["agent"] = [$"must be one of {string.Join(", ", AgentRole.All.Select(role => role.Resource))}."];
        }

        return text;
    }

    /// <summary>As it stands in the records.</summary>
    private static string Name<T>(T value)
        where T : struct, Enum =>
        System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}
