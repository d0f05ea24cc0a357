using System.Diagnostics;
using System.Security.Claims;
using System.Text.Json;
using LearnFlow.Triage.Dispatch;
using LearnFlow.Triage.Endpoints;
using LearnFlow.Triage.Flags;
using LearnFlow.Triage.Gate;

namespace LearnFlow.Triage.Audit;

/// <summary>Makes records of what happens in requests and hands them to the trail.</summary>
/// <param name="trail">Keeps them.</param>
/// <param name="keys">Hashes what must not be kept in words.</param>
/// <param name="flags">Whether messages are put on record; what admins do always is.</param>
/// <param name="time">The clock.</param>
public sealed class Auditor(AuditTrail trail, AuditKeys keys, FlagState flags, TimeProvider time)
{
    /// <summary>Begins the record of a message.</summary>
    /// <param name="ask">The message; of its words the length and a keyed hash are kept.</param>
    public MessageRecord Begin(Ask ask) => new()
    {
        Length = ask.Query!.Length + (ask.Code?.Length ?? 0) + (ask.Error?.Length ?? 0),
        WordsHash = keys.Hash("words", JsonSerializer.Serialize(new Ask(ask.Query, ask.Code, ask.Error), TriageJson.Default.Ask)),
    };

    /// <summary>Puts a message on record.</summary>
    /// <param name="context">Its request.</param>
    /// <param name="requestId">Its id.</param>
    /// <param name="message">Its record.</param>
    public void Add(HttpContext context, string requestId, MessageRecord message)
    {
        if (flags.IsOn(Flag.EnableAuditLogging))
        {
            trail.Add(Create(AuditEvent.Message, context) with { RequestId = requestId, Message = message });
        }
    }

    /// <summary>Puts on record what became of a message that had been kept.</summary>
    /// <param name="decided">The message.</param>
    /// <param name="message">Its record.</param>
    public void Add(DecidedMessage decided, MessageRecord message)
    {
        if (flags.IsOn(Flag.EnableAuditLogging))
        {
            trail.Add(new AuditRecord(
                Guid.CreateVersion7().ToString("N"), time.GetUtcNow(), AuditEvent.Delivery, decided.Student, decided.Role)
            {
                RequestId = decided.RequestId,
                TraceId = decided.Trace.TraceId == default ? null : decided.Trace.TraceId.ToHexString(),
                Message = message,
            });
        }
    }

    /// <summary>Puts on record what an admin did.</summary>
    /// <param name="context">The request.</param>
    /// <param name="event">What.</param>
    /// <param name="target">To what.</param>
    /// <param name="reason">Why.</param>
    /// <param name="result">What it came to.</param>
    public void Add(HttpContext context, AuditEvent @event, string target, string? reason, string? result = null) => trail.Add(
        Create(@event, context) with { RequestId = context.TraceIdentifier, Action = new(target, reason, result) });

    /// <summary>A student as they stand in the record of what an admin did to them.</summary>
    /// <param name="student">The student.</param>
    public string Pseudonym(string student) => keys.Hash("student", student);

    private AuditRecord Create(AuditEvent @event, HttpContext context)
    {
        ClaimsPrincipal user = context.User;
        return new(Guid.CreateVersion7().ToString("N"), time.GetUtcNow(), @event, user.Id(), user.Role())
        {
            TraceId = Activity.Current?.TraceId.ToHexString(),
            Consumer = Gateway.Consumer(context),
        };
    }
}
