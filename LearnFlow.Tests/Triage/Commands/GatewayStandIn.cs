using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LearnFlow.Tests.Triage.Commands;

/// <summary>Stands in front of triage as a gateway does, and does what a test tells it to.</summary>
internal sealed class GatewayStandIn : IAsyncDisposable
{
    private readonly HttpClient _http = new();
    private readonly WebApplication _server;

    private GatewayStandIn(WebApplication server) => _server = server;

    public string Address => _server.Urls.Single();

    /// <summary>Starts it.</summary>
    /// <param name="behind">Where triage is.</param>
    /// <param name="answers">Whether it answered by itself.</param>
    /// <param name="without">A header that it takes away, from requests and from answers.</param>
    public static async Task<GatewayStandIn> StartAsync(Uri behind, Func<HttpContext, Task<bool>>? answers = null, string without = "-")
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        var gateway = new GatewayStandIn(builder.Build());
        gateway._server.Run(async context =>
        {
            if (answers is null || !await answers(context))
            {
                await gateway.ForwardAsync(context, behind, without);
            }
        });
        await gateway._server.StartAsync();
        return gateway;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _http.Dispose();
    }

    private async Task ForwardAsync(HttpContext context, Uri behind, string without)
    {
        using var request = new HttpRequestMessage(
            new(context.Request.Method), new Uri(behind, $"{context.Request.Path}{context.Request.QueryString}"));
        if (context.Request.ContentLength > 0)
        {
            request.Content = new StreamContent(context.Request.Body);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(context.Request.ContentType!);
        }

        foreach (var name in (string[])["Authorization", "Accept"])
        {
            if (name != without && context.Request.Headers.TryGetValue(name, out var value))
            {
                request.Headers.TryAddWithoutValidation(name, value.ToString());
            }
        }

        using var response = await _http.SendAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
        {
            if (name != without && name != "Transfer-Encoding")
            {
                context.Response.Headers[name] = values.ToArray();
            }
        }

        await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
