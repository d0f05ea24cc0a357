using System.Security.Cryptography;
using LearnFlow.Triage.Audit;
using LearnFlow.Triage.Gate;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace LearnFlow.Tests.Triage.Audit;

/// <summary>What tests of the audit trail begin with.</summary>
internal static class AuditKit
{
    public static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(AuditOptions.LeastKeyBytes));

    /// <summary>The keys of a replica, the current one first; one of its own where none is named.</summary>
    public static AuditKeys Keys(params string[] keys) => new(
        Options.Create(new AuditOptions { Keys = [.. keys] }),
        Options.Create(new TokenOptions()),
        NullLogger<AuditKeys>.Instance);

    public static AuditRecord Record(string actor, DateTimeOffset at, AuditOutcome outcome = AuditOutcome.Answered, string? agent = null) =>
        new(Guid.CreateVersion7().ToString("N"), at, AuditEvent.Message, actor, "student")
        {
            Message = new() { Length = 10, WordsHash = "hash", Outcome = outcome, Agent = agent },
        };

    public static List<AuditRecord> Records(string actor, int count)
    {
        var now = DateTimeOffset.UtcNow;
        return [.. Enumerable.Range(0, count).Select(i => Record(actor, now.AddMilliseconds(i)))];
    }

    /// <summary>What a chain holds, the oldest first.</summary>
    public static async Task<List<AuditEntry>> ReadAsync(this AuditLog log, int chain)
    {
        List<AuditEntry> entries = [];
        await foreach (var entry in log.NewestFirstAsync(chain, long.MaxValue, 0))
        {
            entries.Insert(0, entry);
        }

        return entries;
    }

    /// <summary>The ids of what a chain holds, the oldest first.</summary>
    public static async Task<IEnumerable<string>> IdsAsync(this AuditLog log, int chain) =>
        (await log.ReadAsync(chain)).Select(entry => entry.Record!.Id);
}
