using Microsoft.Extensions.Options;

namespace LearnFlow.Triage.Audit;

/// <summary>How the audit trail is kept.</summary>
public sealed class AuditOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Audit";

    /// <summary>The fewest bytes of a key.</summary>
    public const int LeastKeyBytes = 32;

    /// <summary>How long a record is kept.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromDays(90);

    /// <summary>
    /// Keys in base64, at least 32 bytes each, the same on all replicas. The first chains new records and hashes words;
    /// the others are those that came before it, for as long as their records are kept.
    /// </summary>
    public List<string> Keys { get; set; } = [];

    /// <summary>Refuses keys that are none, without showing them.</summary>
    internal sealed class Check : IValidateOptions<AuditOptions>
    {
        public ValidateOptionsResult Validate(string? name, AuditOptions options)
        {
            var failures = options.Keys
                .Select((key, index) => (Index: index, Bytes: Read(key)))
                .Where(key => key.Bytes is null || key.Bytes.Length < LeastKeyBytes)
                .Select(key => $"Audit:Keys:{key.Index} must be at least {LeastKeyBytes} bytes in base64.")
                .ToList();
            return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
        }
    }

    /// <summary>The bytes of a key, or null where it is no base64.</summary>
    internal static byte[]? Read(string key)
    {
        var bytes = new byte[key.Length];
        return Convert.TryFromBase64String(key, bytes, out var length) ? bytes[..length] : null;
    }
}
