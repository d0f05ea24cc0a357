using System.ClientModel;
using LearnFlow.Triage.Skills;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using OllamaSharp.Models.Exceptions;

namespace LearnFlow.Triage.Models;

/// <summary>
/// Asks a language model what a message means: once, for at most <see cref="ModelOptions.Timeout"/>. Whatever goes wrong
/// is an outcome, never an exception.
/// </summary>
public sealed partial class ModelRouter : IDisposable
{
    private readonly IChatClient? _client;
    private readonly TimeSpan _timeout;
    private readonly TokenCounter _tokens;
    private readonly TriageMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <summary>Creates it, with its client where a model is configured.</summary>
    /// <param name="options">The model.</param>
    /// <param name="tokens">Counts where the provider does not.</param>
    /// <param name="metrics">Counts requests.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log; it holds neither the message, nor the answer, nor the key.</param>
    public ModelRouter(
        IOptions<ModelOptions> options, TokenCounter tokens, TriageMetrics metrics, TimeProvider time,
        ILogger<ModelRouter> logger)
    {
        (_tokens, _metrics, _time, _logger) = (tokens, metrics, time, logger);
        _client = ModelClient.Create(options.Value);
        _timeout = options.Value.Timeout;
        if (_client is null && ModelOptions.HasText(options.Value.Provider))
        {
            LogOff(logger);
        }
    }

    /// <summary>Asks the model, where there is one.</summary>
    /// <param name="message">The message.</param>
    /// <param name="isSecondOpinion">Whether the skills read the message first; the prompt is shorter then.</param>
    /// <param name="cancellation">The student went away.</param>
    public async Task<ModelOpinion> AskAsync(StudentMessage message, bool isSecondOpinion, CancellationToken cancellation)
    {
        if (_client is null)
        {
            return new(ModelOutcome.NotAsked, null, 0);
        }

        var started = _time.GetTimestamp();
        var opinion = await AskAsync(_client, message, isSecondOpinion, cancellation);
        var elapsed = _time.GetElapsedTime(started);
        _metrics.ModelAsked(opinion.Outcome, elapsed);
        if (opinion.Reading is null)
        {
            LogNoReading(_logger, opinion.Outcome, Math.Round(elapsed.TotalMilliseconds));
        }

        return opinion;
    }

    /// <inheritdoc/>
    public void Dispose() => _client?.Dispose();

    private async Task<ModelOpinion> AskAsync(
        IChatClient client, StudentMessage message, bool isSecondOpinion, CancellationToken cancellation)
    {
        var instructions = isSecondOpinion ? Prompt.BriefInstructions : Prompt.Instructions;
        using var limit = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            var response = await client.GetResponseAsync(
                [new ChatMessage(ChatRole.System, instructions), new ChatMessage(ChatRole.User, Prompt.Of(message))],
                Prompt.Options,
                either.Token);
            var reading = ModelAnswer.Read(response.Text);
            return new(
                reading is null ? ModelOutcome.Invalid : ModelOutcome.Answered,
                reading,
                Told(response.Usage) ?? await _tokens.CountAsync(message, isSecondOpinion, response.Text));
        }
        // Any: the clients throw whatever a server's answer brings them to.
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            var outcome = limit.IsCancellationRequested ? ModelOutcome.Timeout : OutcomeOf(exception);
            // A model that read the prompt has cost it, even where its answer never came.
            var isRead = outcome is ModelOutcome.Timeout or ModelOutcome.Invalid;
            return new(outcome, null, isRead ? await _tokens.CountAsync(message, isSecondOpinion, answer: "") : 0);
        }
    }

    /// <summary>The tokens that the provider counted, or null where it did not.</summary>
    private static int? Told(UsageDetails? usage)
    {
        var total = usage?.TotalTokenCount ?? (usage?.InputTokenCount ?? 0) + (usage?.OutputTokenCount ?? 0);
        return total > 0 ? (int)Math.Min(total, int.MaxValue) : null;
    }

    private static ModelOutcome OutcomeOf(Exception exception) => exception switch
    {
        ClientResultException { Status: > 0 } answered => OutcomeOf(answered.Status),
        HttpRequestException { StatusCode: { } status } => OutcomeOf((int)status),
        // What Ollama says is wrong with the request.
        OllamaException => ModelOutcome.Refused,
        ClientResultException or HttpRequestException or IOException => ModelOutcome.Unreachable,
        _ => ModelOutcome.Invalid,
    };

    private static ModelOutcome OutcomeOf(int status) => status switch
    {
        < 300 => ModelOutcome.Invalid,
        StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden => ModelOutcome.Unauthorized,
        StatusCodes.Status429TooManyRequests => ModelOutcome.RateLimited,
        < 500 => ModelOutcome.Refused,
        _ => ModelOutcome.ServerError,
    };

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "No language model is asked: Models:Provider is set, but neither Models:ApiKey nor Models:Endpoint")]
    private static partial void LogOff(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The language model gave no reading: {Outcome} after {ElapsedMs} ms")]
    private static partial void LogNoReading(ILogger logger, ModelOutcome outcome, double elapsedMs);
}
