using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Caching.Memory;

namespace LearnFlow.Triage.Gate;

/// <summary>A token that was found right.</summary>
/// <param name="Result">Who it speaks for.</param>
/// <param name="TokenId">Its <c>jti</c>; null where it has none and cannot be revoked.</param>
/// <param name="ExpiresAt">Until when it is believed, the clock skew included.</param>
/// <param name="Keys">The issuer's published keys by which it was found right; null where the keys are fixed.</param>
internal sealed record RememberedToken(Task<AuthenticateResult> Result, string? TokenId, DateTimeOffset ExpiresAt, object? Keys);

/// <summary>
/// Remembers right tokens by their SHA-256, so that the second request with one costs a lookup instead of a signature.
/// Wrong ones are not remembered: anybody can make those.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class RememberedTokens(TimeProvider time) : IDisposable
{
    /// <summary>The most that are remembered, about 2 KB each; beyond it the least used are forgotten.</summary>
    public const int Capacity = 20_000;

    /// <summary>The longest token whose bytes are hashed on the stack.</summary>
    private const int OnStack = 2048;

    private readonly MemoryCache _tokens = new(new MemoryCacheOptions { SizeLimit = Capacity });

    /// <summary>How many are remembered.</summary>
    public int Count => _tokens.Count;

    /// <summary>A token's name here.</summary>
    /// <param name="token">The token, in ASCII.</param>
    public static UInt256 Hash(ReadOnlySpan<char> token)
    {
        var bytes = token.Length <= OnStack ? stackalloc byte[token.Length] : new byte[token.Length];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        // What is not ASCII is no token; as '?' it is none that was remembered either.
        Encoding.ASCII.GetBytes(token, bytes);
        SHA256.HashData(bytes, hash);
        return new UInt256(BitConverter.ToUInt64(hash), BitConverter.ToUInt64(hash[8..]), BitConverter.ToUInt64(hash[16..]), BitConverter.ToUInt64(hash[24..]));
    }

    /// <summary>A token that is still right, or null.</summary>
    /// <param name="hash">Its name.</param>
    /// <param name="keys">The issuer's keys as they are published now.</param>
    public RememberedToken? Find(UInt256 hash, object? keys) =>
        _tokens.TryGetValue(hash, out RememberedToken? known)
        && known!.ExpiresAt > time.GetUtcNow()
        // A key that was withdrawn takes its tokens with it.
        && ReferenceEquals(known.Keys, keys)
            ? known
            : null;

    /// <summary>Remembers a token.</summary>
    /// <param name="hash">Its name.</param>
    /// <param name="token">What is known of it.</param>
    public void Add(UInt256 hash, RememberedToken token) => _tokens.Set(
        hash, token, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpiration = token.ExpiresAt });

    /// <inheritdoc />
    public void Dispose() => _tokens.Dispose();

    /// <summary>256 bits that can be a key.</summary>
    public readonly record struct UInt256(ulong A, ulong B, ulong C, ulong D);
}
