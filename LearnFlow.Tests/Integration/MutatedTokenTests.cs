using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace LearnFlow.Tests.Integration;

/// <summary>A stack of its own, since the memory that is measured is the whole process'.</summary>
[CollectionDefinition(nameof(MutatedTokenTests), DisableParallelization = true)]
public sealed class MutatedTokenCollection : ICollectionFixture<TokenStack>;

/// <summary>
/// 10,000 tokens that were right before something in them was changed. None is believed, for a token has one form alone:
/// the signature must be the one that base64url writes, without padding and with its unused bits zero.
/// </summary>
[Collection(nameof(MutatedTokenTests))]
public sealed class MutatedTokenTests(TokenStack stack)
{
    private const int Count = 10_000;
    private const int Seed = 20_261;
    private const int AtOnce = 8;

    /// <summary>Half a kilobyte for each token would be more: nothing of a wrong one may stay.</summary>
    private const long MostGrowth = 5_000_000;

    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static readonly string[] Strange =
        ["é", "\u200b", "\u202e", "😀", "\u0130", "\uff21", "\u0001", "\u007f", "\t", " ", "%00", "\"", "'; --", "../", "\\u0041", ",", "="];

    private static readonly string[] Algorithms = ["none", "None", "NONE", "", "HS384", "HS512", "RS256", "RS512", "PS256", "ES256", "EdDSA", "dir", "hs256", "HS256 "];

    private static readonly string[] KeyIds = ["", "../../etc/passwd", "' or 1=1 --", "club", "school", "\0", "file:///dev/null", "💥"];

    [Fact]
    public async Task No_changed_token_is_believed_none_does_harm_and_nothing_of_them_stays()
    {
        string[] originals = [stack.Sign(TokenStack.Own), stack.Sign(TokenStack.School), stack.Sign(TokenStack.Club), stack.Sign(TokenStack.Own)];
        var mutants = Mutants(originals);
        using var log = new LogLines();
        stack.TriageServices.GetRequiredService<ILoggerFactory>().AddProvider(log);
        using var handler = new SocketsHttpHandler
        {
            MaxConnectionsPerServer = AtOnce,
            RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        };
        using var client = new HttpClient(handler) { BaseAddress = stack.Address };

        // What is compiled and pooled at first use is there before memory is looked at.
        await SendAsync(client, mutants[..(Count / 10)]);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var statuses = await SendAsync(client, mutants);
        var growth = GC.GetTotalMemory(forceFullCollection: true) - before;

        Assert.Equal(Count, statuses.Values.Sum());
        Assert.Subset(
            new HashSet<HttpStatusCode> { HttpStatusCode.Unauthorized, HttpStatusCode.BadRequest, HttpStatusCode.RequestHeaderFieldsTooLarge },
            statuses.Keys.ToHashSet());
        // What Kestrel itself refuses says nothing about tokens.
        Assert.True(statuses[HttpStatusCode.Unauthorized] > Count * 9 / 10, string.Join(", ", statuses));
        Assert.DoesNotContain(log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Critical", StringComparison.Ordinal));
        Assert.True(growth < MostGrowth, $"{growth} bytes more");
        foreach (var original in originals)
        {
            Assert.Equal(HttpStatusCode.OK, await stack.StatusOfAsync(original));
        }
    }

    private static async Task<ConcurrentDictionary<HttpStatusCode, int>> SendAsync(HttpClient client, IReadOnlyList<string> headers)
    {
        var statuses = new ConcurrentDictionary<HttpStatusCode, int>();
        await Parallel.ForEachAsync(headers, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (header, stop) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, TokenStack.Probe);
            Assert.True(request.Headers.TryAddWithoutValidation("Authorization", header), header);
            using var reply = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
            Assert.False(reply.IsSuccessStatusCode, $"believed: {header}");
            statuses.AddOrUpdate(reply.StatusCode, 1, (_, count) => count + 1);
        });
        return statuses;
    }

    private List<string> Mutants(string[] originals)
    {
        var random = new Random(Seed);
        var whole = originals.Select(original => $"Bearer {original}").ToHashSet(StringComparer.OrdinalIgnoreCase);
        List<string> mutants = new(Count);
        while (mutants.Count < Count)
        {
            var header = Mutate(originals, random);
            // A line break ends a header on the wire, and around a token white space is none of it.
            if (header.AsSpan().IndexOfAny("\r\n\0") < 0 && !whole.Contains($"Bearer {header[Math.Min(7, header.Length)..].Trim()}"))
            {
                mutants.Add(header);
            }
        }

        return mutants;
    }

    private string Mutate(string[] originals, Random random)
    {
        var token = originals[random.Next(originals.Length)];
        var other = originals[random.Next(originals.Length)].Split('.');
        var parts = token.Split('.');
        var at = random.Next(token.Length);
        return random.Next(18) switch
        {
            0 or 1 => Bearer(Flip(token, at, random)),
            2 => Bearer(token[..at]),
            3 => Bearer(token[at..]),
            4 => Bearer(token.Remove(at, 1)),
            5 => Bearer(token.Insert(at, $"{Alphabet[random.Next(Alphabet.Length)]}")),
            6 => Bearer(token.Insert(at, Strange[random.Next(Strange.Length)])),
            7 => Bearer(string.Join('.', parts.OrderBy(_ => random.Next()))),
            8 => Bearer(string.Join('.', parts.Select((part, i) => random.Next(2) == 0 ? part : other[i]))),
            9 => Bearer(string.Join('.', Enumerable.Range(0, random.Next(1, 9)).Select(_ => parts[random.Next(3)]))),
            // The last character of a signature has bits that say nothing, and so has padding.
            10 => Bearer(token[..^1] + Alphabet[random.Next(Alphabet.Length)]),
            11 => Bearer(random.Next(3) switch
            {
                0 => token + new string('=', random.Next(1, 5)),
                1 => token.Replace('-', '+').Replace('_', '/') + new string('=', random.Next(1, 3)),
                _ => string.Join('.', parts.Select(part => part + new string('=', random.Next(3)))) + "=",
            }),
            12 => Bearer($"{parts[0]}.{Encode(ChangeClaims(Decode(parts[1]), random))}.{parts[2]}"),
            13 => Bearer($"{Encode(ChangeHeader(Decode(parts[0]), random))}.{parts[1]}.{(random.Next(2) == 0 ? parts[2] : "")}"),
            14 => Bearer(SignAgain(parts, random)),
            15 => Bearer($"{parts[0]}.{Encode(Decode(parts[1]).Insert(1, random.Next(2) == 0 ? "\"role\":\"admin\"," : "\"sub\":\"james\","))}.{parts[2]}"),
            16 => Bearer(Huge(parts, random)),
            _ => random.Next(4) switch
            {
                0 => $"Basic {token}",
                1 => $"Bearer Bearer {token}",
                2 => $"Bearer {token},Bearer {token}",
                _ => $"Bearer{token}",
            },
        };
    }

    private static string Bearer(string token) => $"Bearer {token}";

    private static string Flip(string token, int at, Random random)
    {
        var flipped = token.ToCharArray();
        flipped[at] = (char)(flipped[at] ^ (1 << random.Next(7)));
        return new string(flipped);
    }

    private static string ChangeClaims(string json, Random random)
    {
        var claims = JsonNode.Parse(json)!.AsObject();
        var name = claims.ElementAt(random.Next(claims.Count)).Key;
        claims[name] = random.Next(8) switch
        {
            0 => "teacher",
            1 => new JsonArray("student", "admin", random.Next()),
            2 => random.NextInt64(),
            3 => 1e300,
            4 => null,
            5 => new JsonObject { [name] = "maya" },
            6 => Strange[random.Next(Strange.Length)],
            _ => random.Next(2) == 0,
        };
        return random.Next(10) switch
        {
            0 => new string('[', 500) + new string(']', 500),
            1 => claims.ToJsonString()[..^1],
            2 => "null",
            _ => claims.ToJsonString(),
        };
    }

    private static string ChangeHeader(string json, Random random)
    {
        var header = JsonNode.Parse(json)!.AsObject();
        switch (random.Next(6))
        {
            case 0: header["alg"] = Algorithms[random.Next(Algorithms.Length)]; break;
            case 1: header["kid"] = KeyIds[random.Next(KeyIds.Length)]; break;
            case 2: header["jwk"] = new JsonObject { ["kty"] = "oct", ["k"] = "AAAA", ["kid"] = $"{random.Next()}" }; break;
            case 3: header["crit"] = new JsonArray("exp", $"{random.Next()}"); break;
            case 4: (header["enc"], header["zip"]) = ("A128GCM", "DEF"); break;
            default: (header["typ"], header["cty"]) = ($"{random.Next()}", "JWT"); break;
        }

        return header.ToJsonString();
    }

    /// <summary>By a key that anyone has, after a change that makes it worth while.</summary>
    private string SignAgain(string[] parts, Random random) => Jwt.Sign(
        Decode(parts[0]).Replace("RS256", "HS256", StringComparison.Ordinal),
        Decode(parts[1]).Replace("maya", "james", StringComparison.Ordinal),
        Jwt.Hs256(random.Next(4) switch
        {
            0 => [],
            1 => new byte[32],
            2 => Encoding.ASCII.GetBytes(stack.SchoolKey.ExportSubjectPublicKeyInfoPem()),
            _ => Encoding.ASCII.GetBytes("secret"),
        }));

    private static string Huge(string[] parts, Random random) => random.Next(4) switch
    {
        0 => $"{parts[0]}.{parts[1]}.{parts[2]}{new string('A', random.Next(20_000))}A",
        1 => new string('.', random.Next(1, 10_000)),
        2 => $"{parts[0]}.{Encode($$"""{"sub":"{{new string('m', random.Next(10_000))}}"}""")}.{parts[2]}",
        // More than Kestrel reads of all headers together.
        _ => random.Next(20) == 0 ? new string('A', 40_000) : $"{new string('A', random.Next(2_000))}.{parts[1]}.{parts[2]}",
    };

    private static string Decode(string part) => Base64UrlEncoder.Decode(part);

    private static string Encode(string json) => Base64UrlEncoder.Encode(json);
}
