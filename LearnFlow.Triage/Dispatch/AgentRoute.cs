namespace LearnFlow.Triage.Dispatch;

/// <summary>How the calls to an agent are addressed.</summary>
/// <param name="Address">Where they go, by a name or by an address.</param>
/// <param name="Headers">What each carries.</param>
internal sealed record AgentRoute(Uri Address, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>A call.</summary>
    /// <param name="method">Its method.</param>
    /// <param name="path">Its path.</param>
    /// <param name="body">What is sent.</param>
    public HttpRequestMessage Call(HttpMethod method, string path, HttpContent? body = null)
    {
        var call = new HttpRequestMessage(method, new Uri(Address, path)) { Content = body };
        foreach (var (name, value) in Headers)
        {
            call.Headers.TryAddWithoutValidation(name, value);
        }

        return call;
    }
}
