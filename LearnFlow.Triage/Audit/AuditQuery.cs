using System.Globalization;

namespace LearnFlow.Triage.Audit;

/// <summary>What is looked for in the audit trail.</summary>
/// <param name="Actor">Only what this student or admin did.</param>
/// <param name="From">Only what was put on record then or later.</param>
/// <param name="To">Only what was put on record before.</param>
/// <param name="Event">Only this kind.</param>
/// <param name="Agent">Only messages of this agent.</param>
/// <param name="Outcome">Only messages that became this.</param>
public sealed record AuditQuery(
    string? Actor = null, DateTimeOffset? From = null, DateTimeOffset? To = null, AuditEvent? Event = null,
    string? Agent = null, AuditOutcome? Outcome = null)
{
    /// <summary>Whether a record is looked for, its time apart.</summary>
    /// <param name="record">The record.</param>
    public bool Fits(AuditRecord record) =>
        (Actor is null || record.Actor == Actor)
        && (Event is null || record.Event == Event)
        && (Agent is null || record.Message?.Agent == Agent)
        && (Outcome is null || record.Message?.Outcome == Outcome);
}

/// <summary>Where a page of the audit trail ends, between two entries: newer ones, and of the same place those in lower chains, come before.</summary>
/// <param name="Place">The place of the last entry on the page.</param>
/// <param name="Chain">Its chain.</param>
public readonly record struct AuditCursor(long Place, int Chain)
{
    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <param name="text">The text.</param>
    /// <param name="cursor">The cursor.</param>
    public static bool TryParse(string text, out AuditCursor cursor)
    {
        cursor = default;
        if (text.Split('-') is not [var place, var chain]
            || !long.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            || !int.TryParse(chain, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number >= AuditLog.Chains)
        {
            return false;
        }

        cursor = new(at, number);
        return true;
    }

    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Place}-{Chain}");
}

/// <summary>A page of the audit trail.</summary>
/// <param name="Records">The newest first.</param>
/// <param name="Next">Asks for the page behind it; absent where there is none.</param>
public sealed record AuditPage(IReadOnlyList<AuditPageRecord> Records, string? Next);

/// <summary>A record on a page.</summary>
/// <param name="RecordedAt">When it was put on record; later than it happened where Redis was away meanwhile.</param>
/// <param name="Record">The record.</param>
public sealed record AuditPageRecord(DateTimeOffset RecordedAt, AuditRecord Record);

/// <summary>Reads the audit trail page by page, across its chains.</summary>
/// <param name="log">The chains.</param>
public sealed class AuditReader(AuditLog log)
{
    /// <summary>Entries that are looked at for one page; a page may end before it is full, and the next one goes on.</summary>
    private const int MostLookedAt = 20_000;

    /// <summary>Reads a page.</summary>
    /// <param name="query">What is looked for.</param>
    /// <param name="after">Where the page before it ended; null for the first.</param>
    /// <param name="size">Records on it at most.</param>
    public async Task<AuditPage> ReadAsync(AuditQuery query, AuditCursor? after, int size)
    {
        var from = query.From is { } begin ? AuditEntry.PlaceOf(begin) : 0;
        var to = query.To is { } end ? AuditEntry.PlaceOf(end) : long.MaxValue;
        var chains = query.Actor is null ? Enumerable.Range(0, AuditLog.Chains) : [AuditLog.ChainOf(query.Actor)];
        var readers = chains.Select(chain => new ChainReader(chain, log
            .NewestFirstAsync(chain, Math.Min(to, BeginOf(chain, after)), from)
            .GetAsyncEnumerator())).ToList();
        try
        {
            await Task.WhenAll(readers.Select(reader => reader.MoveAsync()));
            return await MergeAsync(readers, query, size);
        }
        finally
        {
            foreach (var reader in readers)
            {
                await reader.Entries.DisposeAsync();
            }
        }
    }

    private static long BeginOf(int chain, AuditCursor? after) => after switch
    {
        null => long.MaxValue,
        { } cursor when chain > cursor.Chain => cursor.Place + 1,
        { } cursor => cursor.Place,
    };

    private static async Task<AuditPage> MergeAsync(List<ChainReader> readers, AuditQuery query, int size)
    {
        List<AuditPageRecord> page = [];
        for (var lookedAt = 0; ; lookedAt++)
        {
            var newest = readers.Where(reader => reader.Current is not null).MaxBy(reader => (reader.Current!.Place, -reader.Chain));
            if (newest?.Current is not { } entry)
            {
                return new(page, null);
            }

            if (entry.Record is { } record && query.Fits(record))
            {
                page.Add(new(entry.RecordedAt, record));
            }

            if (page.Count == size || lookedAt == MostLookedAt)
            {
                return new(page, new AuditCursor(entry.Place, newest.Chain).ToString());
            }

            await newest.MoveAsync();
        }
    }

    private sealed class ChainReader(int chain, IAsyncEnumerator<AuditEntry> entries)
    {
        public int Chain => chain;

        public IAsyncEnumerator<AuditEntry> Entries => entries;

        public AuditEntry? Current { get; private set; }

        public async Task MoveAsync() => Current = await entries.MoveNextAsync() ? entries.Current : null;
    }
}
