using System.Collections.Concurrent;
using System.Text.Json;
using LearnFlow.ServiceDefaults.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LearnFlow.Tests.Integration;

/// <summary>A call as it reached the stand-in.</summary>
/// <param name="Path">The path, whose first segment names the role, with its query.</param>
/// <param name="Question">The body; undefined where there is none.</param>
/// <param name="Headers">The headers.</param>
/// <param name="Connection">The TCP connection that it came over.</param>
public sealed record AgentCall(string Path, JsonElement Question, IReadOnlyDictionary<string, string> Headers, string Connection);

/// <summary>Stands in for agents of any role on a real port; each test says what it answers.</summary>
public sealed class AgentStandIn : IAsyncLifetime
{
    private readonly ConcurrentQueue<AgentCall> _calls = new();
    private WebApplication _server = null!;

    public string Address => _server.Urls.Single();

    /// <summary>Every call, in the order of their arrival.</summary>
    public IReadOnlyCollection<AgentCall> Calls => _calls;

    /// <summary>What it does with a call, which is among <see cref="Calls"/> already.</summary>
    public Func<AgentCall, HttpContext, Task> Reply { get; set; } = Answers("Like this.");

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        _server = builder.Build();
        _server.Run(TakeAsync);
        await _server.StartAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>Back to the beginning: answers whatever it is asked, was asked nothing.</summary>
    public void Reset()
    {
        Reply = Answers("Like this.");
        _calls.Clear();
    }

    /// <summary>Answers as an agent does.</summary>
    public static Func<AgentCall, HttpContext, Task> Answers(string markdown) =>
        (_, context) => context.Response.WriteAsJsonAsync(new { markdown });

    /// <summary>Fails with a status and without a word about it, as what is broken does.</summary>
    public static Func<AgentCall, HttpContext, Task> Refuses(int status) => (_, context) =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    /// <summary>Ends the connection without an answer.</summary>
    public static Task HangsUp(AgentCall call, HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    /// <summary>Never answers.</summary>
    public static Task Dawdles(AgentCall call, HttpContext context) => Task.Delay(Timeout.Infinite, context.RequestAborted);

    private async Task TakeAsync(HttpContext context)
    {
        // A body that comes in chunks has no length either.
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var call = new AgentCall(
            $"{context.Request.Path}{context.Request.QueryString}",
            body.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(body.ToArray()),
            context.Request.Headers.ToDictionary(
                header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            context.Connection.Id);
        _calls.Enqueue(call);
        await Reply(call, context);
    }
}

/// <summary>A stack whose agents are a stand-in.</summary>
/// <typeparam name="TRedis">Which Redis.</typeparam>
public class StandInStack<TRedis> : LearnFlowStack<TRedis>
    where TRedis : RedisUnderTest, new()
{
    public AgentStandIn Agents { get; } = new();

    protected override string? AgentAddress(AgentRole role) => Agents.Address;

    public override async ValueTask InitializeAsync()
    {
        await Agents.InitializeAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Agents.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
