using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace LearnFlow.Triage.Audit;

/// <summary>
/// A record as it stands in its chain. Its hash covers the record's digest, its own place and the place and the hash of the
/// one before it: whoever changes, removes or moves one without the key breaks the chain there.
/// </summary>
/// <param name="Place">Microseconds since 1970 at which it was put on record; later than the one before it in its chain.</param>
/// <param name="PreviousPlace">The place of the one before it; 0 for the first.</param>
/// <param name="PreviousHash">The hash of the one before it; empty for the first.</param>
/// <param name="Hash">Its hash, behind the name of its key: nobody can say unnoticed that it is of a key that we do not have.</param>
/// <param name="Body">The record in JSON; of an erased one its digest, and the proof that it was erased by us.</param>
public sealed record AuditEntry(long Place, long PreviousPlace, string PreviousHash, string Hash, string Body)
{
    private const char Separator = '|';
    private const char Erased = '!';
    private const char KeyEnd = '.';
    private const int Parts = 4;

    /// <summary>The key of its hash.</summary>
    public string KeyId => Hash.Split(KeyEnd)[0];

    /// <summary>Whether nothing but the digest is left of it.</summary>
    public bool IsErased => Body.StartsWith(Erased);

    /// <summary>When it was put on record.</summary>
    public DateTimeOffset RecordedAt => DateTimeOffset.UnixEpoch.AddMicroseconds(Place);

    /// <summary>The record; null where it was erased.</summary>
    public AuditRecord? Record => IsErased ? null : JsonSerializer.Deserialize(Body, TriageJson.Default.AuditRecord);

    /// <summary>Chains a record behind another.</summary>
    /// <param name="head">The one before it.</param>
    /// <param name="record">The record.</param>
    /// <param name="keys">The keys.</param>
    public static AuditEntry Behind(AuditHead head, AuditRecord record, AuditKeys keys)
    {
        var place = Math.Max(PlaceOf(record.At), head.Place + 1);
        var body = JsonSerializer.Serialize(record, TriageJson.Default.AuditRecord);
        var unsigned = new AuditEntry(place, head.Place, head.Hash, "", body);
        return unsigned with { Hash = unsigned.ComputeHash(keys.CurrentId, keys) };
    }

    /// <summary>The place of a time.</summary>
    /// <param name="time">The time.</param>
    public static long PlaceOf(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>The entry without its record: the chain stays whole, what happened is gone.</summary>
    /// <param name="keys">The keys.</param>
    public AuditEntry Erase(AuditKeys keys)
    {
        var digest = Digest();
        // By the key of today: that of the entry may be known no more, and its student is to be erased all the same.
        return this with { Body = string.Join(Separator, $"{Erased}{digest}", keys.CurrentId, Proof(digest, keys.CurrentId, keys)) };
    }

    /// <summary>Whether the entry is what its hash says, and, of an erased one, whether we erased it.</summary>
    /// <param name="keys">The keys, its own among them; then that of its erasure, which is no older, is too.</param>
    public bool IsIntact(AuditKeys keys) => ComputeHash(KeyId, keys) == Hash && (!IsErased || IsErasedByUs(keys));

    /// <summary>As it is kept.</summary>
    public override string ToString() => string.Join(
        Separator, PreviousPlace.ToString(CultureInfo.InvariantCulture), PreviousHash, Hash, Body);

    /// <summary>Reads what was kept, or gives null where it is no entry.</summary>
    /// <param name="place">Its place.</param>
    /// <param name="text">The text.</param>
    public static AuditEntry? Parse(long place, string text)
    {
        var parts = text.Split(Separator, Parts);
        return parts.Length == Parts && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var previous)
            ? new(place, previous, parts[1], parts[2], parts[3])
            : null;
    }

    private string Digest() => IsErased
        ? Body[1..].Split(Separator)[0]
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Body)));

    private bool IsErasedByUs(AuditKeys keys) => Body[1..].Split(Separator) is [var digest, var keyId, var proof]
        && keys.Has(keyId) && proof == Proof(digest, keyId, keys);

    private string ComputeHash(string keyId, AuditKeys keys)
    {
        var claim = string.Create(CultureInfo.InvariantCulture, $"{Place} {PreviousPlace} {PreviousHash} {Digest()}");
        return $"{keyId}{KeyEnd}{keys.Hash(keyId, "entry", claim)}";
    }

    private string Proof(string digest, string keyId, AuditKeys keys) => keys.Hash(
        keyId, "erased", string.Create(CultureInfo.InvariantCulture, $"{Place} {digest}"));
}

/// <summary>Where a chain ends, so that taking away its end shows.</summary>
/// <param name="Place">The place of the last entry; 0 where there is none yet.</param>
/// <param name="Hash">Its hash.</param>
public sealed record AuditHead(long Place, string Hash)
{
    /// <summary>The head of a chain that has not begun.</summary>
    public static readonly AuditHead None = new(0, "");

    /// <summary>As it is kept: empty where there is none yet.</summary>
    /// <param name="keys">The keys, for a proof that it is ours.</param>
    public string ToText(AuditKeys keys) => Place == 0 ? "" : ToText(keys.CurrentId, keys);

    /// <summary>Reads what was kept.</summary>
    /// <param name="text">The text; empty where there is none.</param>
    public static AuditHead Parse(string? text) =>
        text?.Split(' ') is [var place, var hash, _, _] && long.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            ? new(at, hash)
            : None;

    /// <summary>Whether it was written by us.</summary>
    /// <param name="text">As it is kept.</param>
    /// <param name="keys">The keys.</param>
    public static bool IsOurs(string text, AuditKeys keys) =>
        text.Length == 0 || (text.Split(' ') is [_, _, var keyId, _] && keys.Has(keyId) && Parse(text).ToText(keyId, keys) == text);

    private string ToText(string keyId, AuditKeys keys)
    {
        var claim = string.Create(CultureInfo.InvariantCulture, $"{Place} {Hash}");
        return $"{claim} {keyId} {keys.Hash(keyId, "head", claim)}";
    }
}
