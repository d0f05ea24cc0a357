using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using LearnFlow.ServiceDefaults;

namespace LearnFlow.Tests.Integration;

/// <summary>What holds for every answer of the API, whatever was sent.</summary>
internal static partial class SafeAnswers
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Reads an answer that is data, as data, and no failure of ours.</summary>
    /// <returns>The JSON; undefined where there is nothing to say.</returns>
    public static async Task<JsonElement> ReadSafelyAsync(this HttpResponseMessage reply, string sent)
    {
        var body = await reply.Content.ReadAsStringAsync();
        var seen = $"{(int)reply.StatusCode} {body}\nfor {sent}";
        Assert.True((int)reply.StatusCode is < 500 and not (>= 300 and < 400), seen);
        var headers = reply.Headers.Concat(reply.Content.Headers)
            .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        if (!headers.TryGetValue(RequestIdentity.Header, out var requestId))
        {
            // What Kestrel cannot read as HTTP, such as %00 in an address, it refuses without a word, before anything of ours.
            Assert.True(reply.StatusCode == HttpStatusCode.BadRequest && body.Length == 0, seen);
            return default;
        }

        Assert.True(headers["X-Content-Type-Options"] == "nosniff", seen);
        Assert.True(headers["Content-Security-Policy"].StartsWith("default-src 'none'", StringComparison.Ordinal), seen);
        // What an attack would set, by name or by value.
        Assert.DoesNotContain(headers, header => IsForeign(header.Key) || header.Value.Contains("pwned", StringComparison.Ordinal));
        if (reply.StatusCode == HttpStatusCode.NoContent)
        {
            Assert.True(body.Length == 0, seen);
            return default;
        }

        var type = reply.Content.Headers.ContentType?.MediaType;
        Assert.True(type == (reply.IsSuccessStatusCode ? "application/json" : "application/problem+json"), $"{type}: {seen}");
        var json = JsonDocument.Parse(body).RootElement;
        if (!reply.IsSuccessStatusCode)
        {
            json.ShouldBeProblem((int)reply.StatusCode, seen);
            Assert.True(json.Text("requestId") == requestId, seen);
        }

        return json;
    }

    /// <summary>Checks that a problem is one of those that we have.</summary>
    public static void ShouldBeProblem(this JsonElement problem, int status, string seen)
    {
        var known = ProblemType.All.SingleOrDefault(type => type.Uri == problem.Text("type"));
        Assert.True(known is not null && known.Status == status && known.Title == problem.Text("title"), seen);
        Assert.True(problem.GetProperty("status").GetInt32() == status, seen);
        Assert.False(string.IsNullOrWhiteSpace(problem.Text("detail")), seen);
        Assert.True(RequestIdentity.IsValid(problem.Text("requestId")), seen);
    }

    /// <summary>Sends bytes as they are, which no HTTP client would.</summary>
    /// <param name="server">Where to.</param>
    /// <param name="bytes">The request; it should say that the connection is to be closed.</param>
    /// <param name="isCut">Whether the sender then hangs up halfway.</param>
    /// <returns>All that came back.</returns>
    public static async Task<string> SendRawAsync(this Uri server, byte[] bytes, bool isCut = false)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(server.Host, server.Port, patience.Token);
        var stream = client.GetStream();
        await stream.WriteAsync(bytes, patience.Token);
        if (isCut)
        {
            client.Client.Shutdown(SocketShutdown.Send);
        }

        var answer = new MemoryStream();
        try
        {
            await stream.CopyToAsync(answer, patience.Token);
        }
        catch (IOException)
        {
            // Cut off, as a server may that was sent nonsense; what came before counts.
        }

        return Encoding.Latin1.GetString(answer.ToArray());
    }

    /// <summary>Checks that of what came back no line is a header that somebody smuggled in.</summary>
    public static void ShouldHoldNoForeignHeader(this string raw, string sent)
    {
        var names = HeaderLine().Matches(raw).Select(line => line.Groups[1].Value).Where(IsForeign).ToList();
        Assert.True(names.Count == 0, $"{string.Join(", ", names)} for {sent}:\n{raw}");
    }

    private static bool IsForeign(string header) => header.ToUpperInvariant() is
        "SET-COOKIE" or "LOCATION" or "X-ROLE" or "X-ONE" or "X-TWO" or "X-FORWARDED-FOR" or "REFRESH" or "LINK";

    // JSON holds no line ends within its texts, so that a line of an answer that looks like a header is one.
    [GeneratedRegex(@"^([A-Za-z-]+):", RegexOptions.Multiline)]
    private static partial Regex HeaderLine();
}
