using Microsoft.AspNetCore.Http.Features;

namespace LearnFlow.Triage.Endpoints;

/// <summary>Names in paths, to the character.</summary>
internal static class PathText
{
    private const string EscapedSlash = "%2F";

    /// <summary>
    /// A segment of the path as the caller meant it. Kestrel leaves an escaped slash as it is, so that by what a route takes
    /// of the path "a/b" and "a%2Fb" are the same, and neither a student nor a token may be taken for another.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="routed">What the route took.</param>
    /// <param name="behind">How many segments stand behind it.</param>
    public static string Of(HttpContext context, string routed, int behind)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var segments = target.Split('?')[0].TrimEnd('/').Split('/');
        var text = segments.Length > behind ? Uri.UnescapeDataString(segments[^(behind + 1)]) : "";

        // A path that holds steps is not routed as it was sent.
        var isSame = string.Equals(
            text.Replace("/", EscapedSlash, StringComparison.Ordinal), routed, StringComparison.OrdinalIgnoreCase);
        return isSame ? text : routed;
    }
}
