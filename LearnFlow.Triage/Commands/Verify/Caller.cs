using System.Net;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LearnFlow.ServiceDefaults;

namespace LearnFlow.Triage.Commands.Verify;

/// <summary>Calls a LearnFlow over HTTP.</summary>
/// <param name="url">Where it is; ends with a slash.</param>
/// <param name="cancellation">Ends it early.</param>
internal sealed class Caller(Uri url, CancellationToken cancellation) : IDisposable
{
    /// <summary>Three tries at an agent, and the ways there and back.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Where a redirect leads is not what was to be looked at.</summary>
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = url, Timeout = Patience };

    /// <summary>Where it is.</summary>
    public Uri Url => url;

    /// <summary>Ends it early.</summary>
    public CancellationToken Cancellation => cancellation;

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    /// <summary>Reads a path.</summary>
    public Task<Reply> GetAsync(string path, string? token = null) => SendAsync(HttpMethod.Get, path, token, null);

    /// <summary>Sends JSON, or nothing.</summary>
    public async Task<Reply> SendAsync(HttpMethod method, string path, string? token, JsonObject? body, string accept = "*/*")
    {
        // Somebody behind the same address may have used up its limit; once that is worth waiting for.
        for (var isAgain = false; ; isAgain = true)
        {
            using var request = new HttpRequestMessage(method, path.TrimStart('/'));
            request.Headers.Accept.ParseAdd(accept);
            request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
            request.Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, MediaTypeNames.Application.Json);
            using var response = await _http.SendAsync(request, cancellation);
            if (response.StatusCode == HttpStatusCode.TooManyRequests && !isAgain && response.Headers.RetryAfter?.Delta is { TotalSeconds: <= 60 } pause)
            {
                await Task.Delay(pause, cancellation);
                continue;
            }

            return new(
                response.StatusCode,
                response.Headers.Concat(response.Content.Headers).ToDictionary(
                    header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase),
                await response.Content.ReadAsStringAsync(cancellation));
        }
    }
}

/// <summary>An answer, read to its end.</summary>
internal sealed record Reply(HttpStatusCode Status, Dictionary<string, string> Headers, string Text)
{
    public string? MediaType => Header("Content-Type")?.Split(';')[0];

    public bool IsJson => MediaType?.EndsWith("json", StringComparison.Ordinal) == true;

    public JsonElement Json => JsonElement.Parse(Text);

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    public bool IsProblem(ProblemType type) =>
        IsJson && Json.TryGetProperty("type", out var uri) && uri.ValueEquals(type.Uri);

    public override string ToString() => IsJson && Json.TryGetProperty("title", out var title)
        ? $"{(int)Status} ({title})"
        : $"{(int)Status}";
}

/// <summary>What reading answers needs beside the framework.</summary>
internal static class Reading
{
    public static string Text(this JsonElement json, string name) => json.GetProperty(name).GetString() ?? "";

    public static bool IsSuccess(this HttpStatusCode status) => (int)status is >= 200 and < 300;
}
