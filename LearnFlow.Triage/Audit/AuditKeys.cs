using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using LearnFlow.Triage.Gate;
using Microsoft.Extensions.Options;

namespace LearnFlow.Triage.Audit;

/// <summary>
/// The keys of the audit trail: those that are configured; or else one that is derived from the first secret that signs
/// tokens, which replicas share; or else, where tokens are signed by others alone, one of this process.
/// </summary>
public sealed partial class AuditKeys
{
    /// <summary>Bytes that are kept of a hash: 128 bits, which nobody finds by trying.</summary>
    private const int HashBytes = 16;

    /// <summary>Bytes that tell keys apart.</summary>
    private const int IdBytes = 6;

    private readonly Dictionary<string, byte[]> _keys = [];

    /// <summary>Finds the keys.</summary>
    /// <param name="options">Those that are configured.</param>
    /// <param name="tokens">Those that sign tokens.</param>
    /// <param name="logger">The log.</param>
    public AuditKeys(IOptions<AuditOptions> options, IOptions<TokenOptions> tokens, ILogger<AuditKeys> logger)
    {
        var secret = tokens.Value.SigningKeys.FirstOrDefault(key => key.Algorithm == SigningKey.Hs256);
        if (options.Value.Keys.Count > 0)
        {
            foreach (var key in options.Value.Keys)
            {
                Add(AuditOptions.Read(key)!);
            }
        }
        else if (secret is not null)
        {
            Add(HKDF.DeriveKey(
                HashAlgorithmName.SHA256, AuditOptions.Read(secret.Key)!, AuditOptions.LeastKeyBytes, info: "learnflow audit"u8.ToArray()));
        }
        else
        {
            Add(RandomNumberGenerator.GetBytes(AuditOptions.LeastKeyBytes));
            LogOwn(logger);
        }

        CurrentId = _keys.Keys.First();
    }

    /// <summary>The name of the key that is used for what is new.</summary>
    public string CurrentId { get; }

    /// <summary>Whether a key is known by its name.</summary>
    /// <param name="id">The name.</param>
    public bool Has(string id) => _keys.ContainsKey(id);

    /// <summary>A keyed hash, 22 characters of base64url.</summary>
    /// <param name="keyId">A known key.</param>
    /// <param name="purpose">What it is for: the hash of one purpose is no hash of another.</param>
    /// <param name="text">What is hashed.</param>
    public string Hash(string keyId, string purpose, string text)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_keys[keyId], Encoding.UTF8.GetBytes($"{purpose}\n{text}"), hash);
        return Base64Url.EncodeToString(hash[..HashBytes]);
    }

    /// <summary>A keyed hash by the current key.</summary>
    /// <param name="purpose">What it is for.</param>
    /// <param name="text">What is hashed.</param>
    public string Hash(string purpose, string text) => Hash(CurrentId, purpose, text);

    private void Add(byte[] key) => _keys.TryAdd(
        Base64Url.EncodeToString(HMACSHA256.HashData(key, "id"u8).AsSpan(0, IdBytes)), key);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Audit:Keys is not set: records of this process cannot be verified by another one. Set Audit:Keys:0 to 32 random bytes in base64, the same on all replicas")]
    private static partial void LogOwn(ILogger logger);
}
