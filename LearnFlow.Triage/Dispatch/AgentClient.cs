using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using Microsoft.AspNetCore.Mvc;
using Polly.CircuitBreaker;
using Polly.RateLimiting;
using Polly.Timeout;

namespace LearnFlow.Triage.Dispatch;

/// <summary>An agent's reply: what it answers, or the problem that it or the way to it has.</summary>
/// <typeparam name="T">What it answers.</typeparam>
/// <param name="Value">The answer; null where there is a problem.</param>
/// <param name="Problem">The problem; null where there is an answer.</param>
/// <param name="Attempts">How often the agent was called; 0 where its breaker was open, or too many were waiting for it.</param>
/// <param name="Away">Why the agent did not answer; null where it did, be it with a problem.</param>
public readonly record struct AgentReply<T>(T? Value, ProblemDetails? Problem, int Attempts, string? Away = null)
    where T : class;

/// <summary>Calls the agents, always over HTTP, however they are deployed.</summary>
/// <param name="handlers">A chain of handlers for each agent and kind of call (<see cref="AgentHttp"/>).</param>
/// <param name="configuration">Says how the agents are reached.</param>
/// <param name="request">The request on whose behalf they are called.</param>
/// <param name="logger">The log.</param>
public sealed partial class AgentClient(
    IHttpMessageHandlerFactory handlers, IConfiguration configuration, IHttpContextAccessor request, ILogger<AgentClient> logger)
{
    private readonly Dictionary<AgentRole, AgentRoute> _routes =
        AgentRole.All.ToDictionary(role => role, role => DaprSidecar.RouteTo(role, configuration));

    /// <summary>Without HttpClient, whose own timeout and buffer would do again what the handlers do.</summary>
    private readonly ConcurrentDictionary<string, HttpMessageInvoker> _invokers = new();

    /// <summary>Asks an agent to answer a message.</summary>
    /// <param name="role">The agent.</param>
    /// <param name="question">The message.</param>
    /// <param name="cancellation">The student went away.</param>
    public Task<AgentReply<AgentAnswer>> AskAsync(
        AgentRole role, AgentQuestion question, CancellationToken cancellation) => SendAsync(
            role,
            AgentHttp.Quick(role),
            question.RequestId,
            HttpMethod.Post,
            AgentRoutes.Path(role, AgentRoutes.Answer),
            JsonContent.Create(question, ContractsJson.Default.AgentQuestion),
            ContractsJson.Default.AgentAnswer,
            cancellation);

    /// <summary>Reads something from an agent.</summary>
    /// <typeparam name="T">What it answers.</typeparam>
    /// <param name="role">The agent.</param>
    /// <param name="path">The path, with its query.</param>
    /// <param name="type">How the answer is read.</param>
    /// <param name="cancellation">The student went away.</param>
    public Task<AgentReply<T>> GetAsync<T>(
        AgentRole role, string path, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class =>
        SendAsync(role, AgentHttp.Quick(role), RequestId, HttpMethod.Get, path, null, type, cancellation);

    /// <summary>Has an agent do something that may take as long as a program runs.</summary>
    /// <typeparam name="TRequest">What is sent.</typeparam>
    /// <typeparam name="T">What it answers.</typeparam>
    /// <param name="role">The agent.</param>
    /// <param name="path">The path.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="bodyType">How it is written.</param>
    /// <param name="type">How the answer is read.</param>
    /// <param name="cancellation">The student went away.</param>
    public Task<AgentReply<T>> RunAsync<TRequest, T>(
        AgentRole role, string path, TRequest body, JsonTypeInfo<TRequest> bodyType, JsonTypeInfo<T> type,
        CancellationToken cancellation)
        where T : class =>
        SendAsync(
            role, AgentHttp.Patient(role), RequestId, HttpMethod.Post, path, JsonContent.Create(body, bodyType), type,
            cancellation);

    /// <summary>Finds out whether an agent is back, with a call that its breaker counts.</summary>
    /// <param name="role">The agent.</param>
    /// <param name="cancellation">The service stops.</param>
    /// <returns>Whether it answered.</returns>
    public async Task<bool> ProbeAsync(AgentRole role, CancellationToken cancellation)
    {
        using var message = _routes[role].Call(HttpMethod.Get, Topology.AlivePath);
        try
        {
            using var response = await InvokerOf(AgentHttp.Probe(role)).SendAsync(message, cancellation);
            return response.IsSuccessStatusCode;
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested && ReasonOf(exception) is not null)
        {
            return false;
        }
    }

    /// <summary>Whether a reply is a problem in the agent's own words.</summary>
    internal static bool IsProblem(HttpResponseMessage reply) =>
        reply.Content.Headers.ContentType?.MediaType == "application/problem+json";

    private HttpMessageInvoker InvokerOf(string name) => _invokers.GetOrAdd(
        name, static (name, handlers) => new HttpMessageInvoker(handlers.CreateHandler(name), disposeHandler: false), handlers);

    private string? RequestId => request.HttpContext?.TraceIdentifier;

    private async Task<AgentReply<T>> SendAsync<T>(
        AgentRole role, string clientName, string? requestId, HttpMethod method, string path, HttpContent? body,
        JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        using var message = _routes[role].Call(method, path, body);
        message.Headers.TryAddWithoutValidation(RequestIdentity.Header, requestId);
        var attempts = new AgentConnections.AttemptCount();
        message.Options.Set(AgentConnections.Attempts, attempts);
        string away;
        try
        {
            using var response = await InvokerOf(clientName).SendAsync(message, cancellation);
            if (response.IsSuccessStatusCode)
            {
                return new(await response.Content.ReadFromJsonAsync(type, cancellation), null, attempts.Value);
            }

            // What the agent says of the input or of itself is for the student; its failures are not.
            var isForStudent = response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.NotFound
                or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable;
            if (isForStudent && IsProblem(response))
            {
                return new(
                    null,
                    await response.Content.ReadFromJsonAsync(ProblemJson.Default.ProblemDetails, cancellation),
                    attempts.Value);
            }

            away = string.Create(CultureInfo.InvariantCulture, $"status {(int)response.StatusCode}");
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested && ReasonOf(exception) is not null)
        {
            away = ReasonOf(exception)!;
        }

        LogAway(logger, role.Resource, away);

        return new(
            null,
            Problems.Unavailable(
                $"The {role.Resource} does not answer at the moment. Your message was not kept; please send it again in a moment."),
            attempts.Value,
            away);
    }

    /// <summary>What keeps an agent from answering, without anything that it or the way to it says; null for a fault of ours.</summary>
    private static string? ReasonOf(Exception exception) => exception switch
    {
        BrokenCircuitException => "its breaker is open",
        RateLimiterRejectedException => "too many messages wait for it",
        TimeoutRejectedException => "no answer in time",
        // A connection that is reset as soon as it is there comes as the bare exception of its socket.
        HttpRequestException or IOException or SocketException => "no connection, or one that broke",
        JsonException => "an answer that cannot be read",
        _ => null,
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Agent} does not answer: {Reason}")]
    private static partial void LogAway(ILogger logger, string agent, string reason);
}

[System.Text.Json.Serialization.JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[System.Text.Json.Serialization.JsonSerializable(typeof(ProblemDetails))]
internal sealed partial class ProblemJson : System.Text.Json.Serialization.JsonSerializerContext;
