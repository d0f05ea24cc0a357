using LearnFlow.ServiceDefaults;
using LearnFlow.Triage.Audit;
using LearnFlow.Triage.Gate;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace LearnFlow.Triage.Endpoints;

/// <summary>Hand out and erase all that is kept of a student; both go on record, without the student's name.</summary>
internal static class StudentDataEndpoints
{
    public static void MapStudentData(this RouteGroupBuilder admin)
    {
        var data = admin.MapGroup("/students/{student}/data");
        data.MapGet("", ExportAsync).WithSummary("All that is kept of a student");
        data.MapDelete("", EraseAsync).WithSummary("Erase all that is kept of a student");
    }

    private static async Task<Results<Ok<StudentExport>, ProblemHttpResult>> ExportAsync(
        string student, [FromQuery] string? reason, StudentData data, Auditor auditor, HttpContext context)
    {
        student = NameOf(student);
        if (Check(student, reason) is { } problem)
        {
            return problem;
        }

        var export = await data.ExportAsync(student);
        auditor.Add(context, AuditEvent.StudentExported, auditor.Pseudonym(student), reason);
        return TypedResults.Ok(export);
    }

    private static async Task<Results<Ok<StudentErasure>, ProblemHttpResult>> EraseAsync(
        string student, [FromQuery] string? reason, StudentData data, Auditor auditor, HttpContext context)
    {
        student = NameOf(student);
        if (Check(student, reason) is { } problem)
        {
            return problem;
        }

        var erasure = await data.EraseAsync(student);
        auditor.Add(
            context, AuditEvent.StudentErased, auditor.Pseudonym(student), reason,
            $"{erasure.Keys} keys, {erasure.Messages} messages, {erasure.AuditRecords} audit records");
        return TypedResults.Ok(erasure);
    }

    /// <summary>The one character that a server leaves escaped in a path; an issuer's ids may be addresses.</summary>
    private static string NameOf(string segment) => segment.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    private static ProblemHttpResult? Check(string student, string? reason)
    {
        var errors = new Dictionary<string, string[]>();
        AskRules.CheckText(errors, "student", student, Tokens.LongestSubject, isRequired: true);
        AskRules.CheckText(errors, "reason", reason, AskRules.LongestReason, isRequired: false);
        return errors.Count > 0 ? TypedResults.Problem(Problems.InvalidInput(errors)) : null;
    }
}
