using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LearnFlow.ServiceDefaults;

/// <summary>
/// Gives every request an id before anything else happens to it. Problems, logs and the trace carry the same one; a
/// student who names an id of their own for a message (<see cref="Use"/>) finds that one everywhere.
/// </summary>
/// <param name="next">The rest of the pipeline.</param>
/// <param name="logger">Where the id becomes a scope.</param>
public sealed class RequestIdentity(RequestDelegate next, ILogger<RequestIdentity> logger)
{
    /// <summary>The header in which services hand the id on, and in which it is answered.</summary>
    public const string Header = "X-Request-Id";

    /// <summary>The attribute of a span that names the message.</summary>
    public const string SpanAttribute = "learnflow.request_id";

    /// <summary>Runs the request under its id.</summary>
    /// <param name="context">The request.</param>
    public async Task InvokeAsync(HttpContext context)
    {
        var scope = new RequestIdScope();
        context.Items[typeof(RequestIdScope)] = scope;
        var handedOn = context.Request.Headers[Header].ToString();
        Use(context, IsValid(handedOn) ? handedOn : Create());
        using (logger.BeginScope(scope))
        {
            await next(context);
        }
    }

    /// <summary>Whether a text may be a request id: 1 to 64 letters, digits, dots, dashes and underscores.</summary>
    /// <param name="id">The text.</param>
    public static bool IsValid(string id) =>
        id.Length is > 0 and <= 64 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    /// <summary>A new id; later ones sort behind earlier ones.</summary>
    public static string Create() => Guid.CreateVersion7().ToString("N");

    /// <summary>Makes an id the request's own.</summary>
    /// <param name="context">The request.</param>
    /// <param name="id">A valid id.</param>
    public static void Use(HttpContext context, string id)
    {
        context.TraceIdentifier = id;
        ((RequestIdScope)context.Items[typeof(RequestIdScope)]!).Id = id;
        context.Response.Headers[Header] = id;
        Activity.Current?.SetTag(SpanAttribute, id);
    }

    /// <summary>
    /// What each line is logged with. It is read late, by exporters even after the request has ended, so it holds the id
    /// itself and nothing of the request.
    /// </summary>
    private sealed class RequestIdScope : IReadOnlyList<KeyValuePair<string, object?>>
    {
        public string Id { get; set; } = "";

        public int Count => 1;

        public KeyValuePair<string, object?> this[int index] => index == 0
            ? new("RequestId", Id)
            : throw new ArgumentOutOfRangeException(nameof(index));

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
        {
            yield return this[0];
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString() => $"RequestId:{Id}";
    }
}
