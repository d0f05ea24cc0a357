using System.Net;
using LearnFlow.Triage.Flags;

namespace LearnFlow.Triage.Dispatch;

/// <summary>
/// The connections to an agent: kept for the next call and renewed now and then, or, with
/// <see cref="Flag.EnableConnectionPooling"/> off, one for each call.
/// </summary>
/// <param name="flags">Which of the two.</param>
internal sealed class AgentConnections(FlagState flags) : HttpMessageHandler
{
    /// <summary>Counts the attempts at a request.</summary>
    public static readonly HttpRequestOptionsKey<AttemptCount> Attempts = new("learnflow.attempts");

    /// <summary>Agents move; a connection that lives for ever would not notice.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(2);

    private readonly HttpMessageInvoker _pooled = Create(Lifetime);
    private readonly HttpMessageInvoker _single = Create(TimeSpan.Zero);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Options.TryGetValue(Attempts, out var attempts) && ++attempts.Value > 1)
        {
            // Each attempt is a span of its own, and the client leaves a header alone that the last one has left there.
            request.Headers.Remove("traceparent");
        }

        var response = await (flags.IsOn(Flag.EnableConnectionPooling) ? _pooled : _single).SendAsync(request, cancellationToken);
        try
        {
            // Here and not later, so that an answer which stops half-way is a failed attempt like any other: timed out, tried
            // again, and counted by the breaker.
            await response.Content.LoadIntoBufferAsync(cancellationToken);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _pooled.Dispose();
            _single.Dispose();
        }

        base.Dispose(disposing);
    }

    private static HttpMessageInvoker Create(TimeSpan lifetime) => new(new SocketsHttpHandler
    {
        PooledConnectionLifetime = lifetime,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        AllowAutoRedirect = false,
    });

    /// <summary>How often a request was sent.</summary>
    public sealed class AttemptCount
    {
        /// <summary>The number.</summary>
        public int Value { get; set; }
    }
}
