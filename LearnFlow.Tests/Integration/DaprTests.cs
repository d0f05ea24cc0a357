using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Tests.Triage;
using LearnFlow.Triage.Dispatch;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using YamlDotNet.RepresentationModel;

namespace LearnFlow.Tests.Integration;

/// <summary>
/// Stands in for Dapr's sidecar as its API describes it: the header names the app, the path is the app's, an app that it
/// cannot reach is a 500 with an error code, and a wrong token a 401.
/// </summary>
public sealed class SidecarStandIn : IAsyncDisposable
{
    public const string Token = "a-token-of-the-tests";

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });
    private WebApplication _server = null!;

    public int Port { get; private set; }

    /// <summary>Where each app is; one that is missing cannot be reached.</summary>
    public ConcurrentDictionary<string, string> Apps { get; } = [];

    public ConcurrentQueue<(string AppId, string Path, string? RequestId)> Calls { get; } = [];

    public async Task StartAsync()
    {
        Port = Tools.FreePort();
        var builder = WebApplication.CreateSlimBuilder([$"--urls=http://127.0.0.1:{Port}"]);
        builder.Logging.ClearProviders();
        _server = builder.Build();
        _server.Run(InvokeAsync);
        await _server.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _client.Dispose();
    }

    private async Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Headers["dapr-api-token"] != Token)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        var app = context.Request.Headers["dapr-app-id"].ToString();
        var path = $"{context.Request.Path}{context.Request.QueryString}";
        Calls.Enqueue((app, path, context.Request.Headers["X-Request-Id"]));
        if (!Apps.TryGetValue(app, out var address))
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            await context.Response.WriteAsJsonAsync(new { errorCode = "ERR_DIRECT_INVOKE", message = $"failed to resolve app {app}" });
            return;
        }

        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), $"{address}{path}");
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (body.Length > 0)
        {
            request.Content = new ByteArrayContent(body.ToArray());
            request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        }

        using var reply = await _client.SendAsync(request);
        context.Response.StatusCode = (int)reply.StatusCode;
        context.Response.ContentType = reply.Content.Headers.ContentType?.ToString();
        await reply.Content.CopyToAsync(context.Response.Body);
    }
}

/// <summary>A stack that has a sidecar, and by whose service discovery no agent is found.</summary>
public sealed class DaprStack : LearnFlowStack<GarnetUnderTest>
{
    public SidecarStandIn Sidecar { get; } = new();

    protected override IEnumerable<string> Settings =>
    [
        $"--DAPR_HTTP_PORT={Sidecar.Port}", $"--DAPR_API_TOKEN={SidecarStandIn.Token}",
        "--Delivery:FirstPauseMs=20", "--FeatureManagement:EnableCircuitBreaker=false",
    ];

    protected override string AgentAddress(AgentRole role) => "http://127.0.0.1:1";

    public override async ValueTask InitializeAsync()
    {
        await Sidecar.StartAsync();
        await base.InitializeAsync();
        foreach (var role in AgentRole.All)
        {
            Sidecar.Apps[role.Resource] = AgentsAddress;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Sidecar.DisposeAsync();
    }
}

/// <summary>Agents behind Dapr's sidecar are agents like others.</summary>
public sealed class DaprTests(DaprStack stack) : IClassFixture<DaprStack>
{
    [Fact]
    public async Task Agents_are_called_through_the_sidecar_by_their_app_id()
    {
        using var maya = await stack.SignInAsync("maya");

        var answer = await maya.AskAsync(new { query = "what is a list?", requestId = "through-dapr" });
        using var progress = await maya.GetAsync("/api/v1/progress");

        Assert.Equal("answered", answer.Text("status"));
        Assert.Equal(HttpStatusCode.OK, progress.StatusCode);
        Assert.Contains(("concepts-agent", "/concepts/answer", "through-dapr"), stack.Sidecar.Calls);
        Assert.Contains(stack.Sidecar.Calls, call => call.AppId == "progress-agent");
        Assert.Equal("up", (await maya.GetFromJsonAsync<System.Text.Json.JsonElement>("/api/v1/triage/health/debug-agent")).Text("status"));
    }

    [Fact]
    public async Task An_app_that_the_sidecar_cannot_reach_is_an_agent_that_is_away()
    {
        using var maya = await stack.SignInAsync("maya");
        stack.Sidecar.Apps.Remove("review-agent", out var address);

        using var reply = await maya.PostAsJsonAsync("/api/v1/triage", new { query = "please review my code", code = "print(1)" });

        Assert.Equal(HttpStatusCode.Accepted, reply.StatusCode);
        var requestId = (await reply.ReadAsync()).Text("requestId");
        // The first try and two more, as without a sidecar.
        Assert.True(stack.Sidecar.Calls.Count(call => call.RequestId == requestId) >= 3);

        stack.Sidecar.Apps["review-agent"] = address!;
        await Eventually.HoldsAsync("it is answered", async () =>
        {
            using var kept = await maya.GetAsync(reply.Headers.Location);
            return (await kept.ReadAsync()).Text("status") == "answered";
        });
    }

    [Fact]
    public async Task A_port_that_is_none_is_told_at_the_start()
    {
        var error = await Assert.ThrowsAsync<StartupException>(() => TriageAlone.StartAsync("Development", "--DAPR_HTTP_PORT=http"));

        Assert.Contains("DAPR_HTTP_PORT", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_resiliency_has_our_numbers_for_every_agent()
    {
        var policies = Read("spec", "policies");
        var breaker = policies["circuitBreakers"]["agent"];

        Assert.Equal($"{AgentHttp.QuickTimeout.TotalSeconds:0}s", policies["timeouts"]["quick"].ToString());
        Assert.Equal($"{AgentHttp.Retries}", policies["retries"]["quick"]["maxRetries"].ToString());
        Assert.Equal($"{AgentHttp.RetryDelay.TotalMilliseconds:0}ms", policies["retries"]["quick"]["duration"].ToString());
        Assert.Equal($"{Breaker.Probes}", breaker["maxRequests"].ToString());
        Assert.Equal($"{Breaker.Pause.TotalSeconds:0}s", breaker["timeout"].ToString());
        Assert.Equal($"consecutiveFailures >= {Breaker.Failures}", breaker["trip"].ToString());
        Assert.Equal(
            AgentRole.All.Select(role => role.Resource).Order(StringComparer.Ordinal),
            ((YamlMappingNode)Read("spec", "targets", "apps")).Children.Keys.Select(app => app.ToString()).Order(StringComparer.Ordinal));
    }

    private static YamlNode Read(params string[] path)
    {
        var file = new YamlStream();
        using var reader = new StreamReader(Docs.Pages.Of("../deploy/dapr/resiliency.yaml"));
        file.Load(reader);
        return path.Aggregate(file.Documents[0].RootNode, (node, name) => node[name]);
    }
}
