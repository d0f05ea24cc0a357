using LearnFlow.ServiceDefaults;
using Microsoft.Net.Http.Headers;

namespace LearnFlow.Triage.Gate;

/// <summary>
/// Refuses a body that says that it is not in UTF-8, as JSON is, or that it is compressed. The framework would fail over a
/// character set that it does not know, and would take what is compressed for broken JSON.
/// </summary>
internal static class BodyEncoding
{
    public static void UseBodyEncoding(this WebApplication app) => app.Use((context, next) =>
    {
        var headers = context.Request.Headers;
        var isPlain = headers.ContentEncoding.Count == 0 || headers.ContentEncoding is ["identity"];
        return isPlain && IsUtf8(headers.ContentType)
            ? next(context)
            : Problems.WriteAsync(context, Problems.Create(
                ProblemType.UnsupportedMediaType, "Send the body with Content-Type: application/json, in UTF-8 and not compressed."));
    });

    private static bool IsUtf8(string? contentType) =>
        contentType?.Contains("charset", StringComparison.OrdinalIgnoreCase) != true
        || !MediaTypeHeaderValue.TryParse(contentType, out var type)
        || !type.Charset.HasValue
        || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase);
}
