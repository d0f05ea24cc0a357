using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LearnFlow.Tests.Triage.Models;

/// <summary>A request as it reached the stand-in.</summary>
public sealed record ModelRequest(string Path, string? Authorization, JsonElement Body)
{
    /// <summary>The content of the message with a role.</summary>
    public string Message(string role) => Body.GetProperty("messages").EnumerateArray()
        .First(message => message.GetProperty("role").GetString() == role).GetProperty("content") switch
    {
        { ValueKind: JsonValueKind.Array } parts => parts[0].GetProperty("text").GetString()!,
        var text => text.GetString()!,
    };
}

/// <summary>Stands in for a language model's server, OpenAI's API and Ollama's, on a real port; each test says what it answers.</summary>
public sealed class ModelStandIn : IAsyncLifetime
{
    public const string Reading = """{"intent":"exercise_request","confidence":0.9}""";

    private const string OllamaPath = "/api/chat";

    private readonly ConcurrentQueue<ModelRequest> _requests = new();
    private WebApplication _server = null!;

    public string Address => _server.Urls.Single();

    public string OpenAiEndpoint => $"{Address}/v1";

    public IReadOnlyCollection<ModelRequest> Requests => _requests;

    /// <summary>What it does with a request.</summary>
    public Func<HttpContext, Task> Reply { get; set; } = Says(Reading);

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        _server = builder.Build();
        _server.MapPost("/v1/chat/completions", AnswerAsync);
        _server.MapPost(OllamaPath, AnswerAsync);
        await _server.StartAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>Back to the beginning: answers with <see cref="Reading"/>, was asked nothing.</summary>
    public void Reset()
    {
        Reply = Says(Reading);
        _requests.Clear();
    }

    /// <summary>Answers as the provider does.</summary>
    /// <param name="content">The model's words.</param>
    /// <param name="prompt">Tokens of the prompt; no usage is told where this is null.</param>
    /// <param name="completion">Tokens of the answer.</param>
    public static Func<HttpContext, Task> Says(string? content, int? prompt = 700, int completion = 20) => context =>
    {
        object reply = IsOllama(context)
            ? new
            {
                model = "m",
                created_at = "2026-01-01T00:00:00Z",
                message = new { role = "assistant", content = content ?? "" },
                done = true,
                done_reason = "stop",
                prompt_eval_count = prompt,
                eval_count = prompt is null ? null : (int?)completion,
            }
            : new
            {
                id = "c",
                @object = "chat.completion",
                created = 1_767_225_600,
                model = "m",
                choices = new[] { new { index = 0, message = new { role = "assistant", content }, finish_reason = "stop" } },
                usage = prompt is null
                    ? null
                    : new { prompt_tokens = prompt, completion_tokens = completion, total_tokens = prompt + completion },
            };
        return context.Response.WriteAsJsonAsync(
            reply, new JsonSerializerOptions { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull });
    };

    /// <summary>Refuses, repeating the key as some servers do, or sends elsewhere: to itself again.</summary>
    public static Func<HttpContext, Task> Refuses(int status) => context =>
    {
        context.Response.StatusCode = status;
        context.Response.Headers.Location = status < 400 ? context.Request.Path.Value : null;
        var message = $"No. You sent {context.Request.Headers.Authorization}";
        return context.Response.WriteAsJsonAsync<object>(IsOllama(context)
            ? new { error = message }
            : new { error = new { message, type = "error", code = "no" } });
    };

    /// <summary>Sends bytes that are no answer of the API.</summary>
    public static Func<HttpContext, Task> Sends(string body) => context =>
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body);
    };

    /// <summary>Ends the connection without an answer.</summary>
    public static Task HangsUp(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    /// <summary>Ends the connection within its answer.</summary>
    public static async Task BreaksOff(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = 1_000;
        await context.Response.WriteAsync("""{"id":"c","choices":[{"mess""");
        await context.Response.Body.FlushAsync();
        context.Abort();
    }

    /// <summary>Never answers.</summary>
    public static Task Dawdles(HttpContext context) => Task.Delay(Timeout.Infinite, context.RequestAborted);

    private static bool IsOllama(HttpContext context) => context.Request.Path == OllamaPath;

    private async Task AnswerAsync(HttpContext context)
    {
        var body = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body);
        _requests.Enqueue(new(context.Request.Path!, context.Request.Headers.Authorization, body));
        await Reply(context);
    }
}
