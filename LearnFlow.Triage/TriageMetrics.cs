using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Dispatch;
using LearnFlow.Triage.Dispatch.Queue;
using LearnFlow.Triage.Endpoints;
using LearnFlow.Triage.Models;
using LearnFlow.Triage.Skills;

namespace LearnFlow.Triage;

/// <summary>What triage measures. No label holds a student or their words.</summary>
public sealed class TriageMetrics
{
    private readonly Counter<long> _messages;
    private readonly Histogram<double> _decision;
    private readonly Histogram<double> _agent;
    private readonly Histogram<double> _confidence;
    private readonly Histogram<double> _model;
    private readonly Counter<long> _modelRequests;
    private readonly Counter<long> _limitedLocally;
    private readonly Counter<long> _auditDropped;
    private readonly Counter<long> _tokensUsed;
    private readonly UpDownCounter<long> _tokensSaved;
    private readonly Counter<long> _deliveries;
    private QueueDepth _queue;

    /// <summary>Creates the instruments.</summary>
    /// <param name="meters">Makes the meter.</param>
    /// <param name="breakers">The breakers of the agents.</param>
    /// <param name="time">The clock.</param>
    public TriageMetrics(IMeterFactory meters, Breakers breakers, TimeProvider time)
    {
        var meter = meters.Create(Telemetry.SourcePrefix + "Triage");
        _messages = meter.CreateCounter<long>(
            "learnflow.triage.messages", "{message}", "Messages by intent and by what became of them.");
        _decision = meter.CreateHistogram(
            "learnflow.triage.decision.duration", "s", "Time to decide what a message means.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.00001, 0.00005, 0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.5, 2] });
        _agent = meter.CreateHistogram(
            "learnflow.triage.agent.duration", "s", "Time that an agent took, with the way there and back.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5] });
        _confidence = meter.CreateHistogram(
            "learnflow.triage.confidence", "1", "Confidence of the chosen reading.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99] });
        _model = meter.CreateHistogram(
            "learnflow.triage.model.duration", "s", "Time that the language model took, by what came of asking it.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2] });
        _modelRequests = meter.CreateCounter<long>(
            "learnflow.triage.model.requests", "{request}", "Requests to the language model by what came of them.");
        _limitedLocally = meter.CreateCounter<long>(
            "learnflow.triage.limiter.local", "{request}", "Requests that this replica let in or refused by itself, Redis being away.");
        _auditDropped = meter.CreateCounter<long>(
            "learnflow.triage.audit.dropped", "{record}", "Audit records that neither Redis nor the data folder took.");
        _tokensUsed = meter.CreateCounter<long>(
            "learnflow.triage.tokens.used", "{token}", "Tokens that the language model used.");
        // Up and down: a message for which the model was asked may cost more than the baseline.
        _tokensSaved = meter.CreateUpDownCounter<long>(
            "learnflow.triage.tokens.saved", "{token}", "Tokens that asking the language model first would have used beyond those.");
        _deliveries = meter.CreateCounter<long>(
            "learnflow.triage.deliveries", "{delivery}", "Deliveries of messages that had waited, by agent and by what came of them.");
        meter.CreateObservableGauge(
            "learnflow.triage.queue.waiting", () => _queue.Waiting, "{message}", "Messages that wait for their agent, on all replicas.");
        meter.CreateObservableGauge(
            "learnflow.triage.queue.dead", () => _queue.Dead, "{message}", "Dead letters.");
        meter.CreateObservableGauge(
            "learnflow.triage.queue.overdue",
            () => _queue.DueSince == 0 ? 0 : Math.Max((time.GetUtcNow().ToUnixTimeMilliseconds() - _queue.DueSince) / 1000d, 0),
            "s", "How long the first message that is due has been so.");
        meter.CreateObservableGauge(
            "learnflow.triage.breaker.state",
            () => AgentRole.All.Select(role => new Measurement<int>(
                (int)breakers.Of(role).State, new KeyValuePair<string, object?>("agent", role.Resource))),
            "1", "This replica's breakers: 0 closed, 1 open, 2 half-open.");
    }

    /// <summary>A message that had waited was delivered, or was not.</summary>
    /// <param name="role">The agent.</param>
    /// <param name="outcome">What came of it: answered, failed or dead.</param>
    public void Delivered(AgentRole role, string outcome) =>
        _deliveries.Add(1, new("agent", role.Resource), new("outcome", outcome));

    /// <summary>The queue was measured.</summary>
    /// <param name="depth">How much waits.</param>
    public void QueueIs(QueueDepth depth) => _queue = depth;

    /// <summary>A message was answered, declined or given back as a question.</summary>
    /// <param name="answer">What became of it.</param>
    public void Answered(Answer answer)
    {
        var intent = new KeyValuePair<string, object?>("intent", IntentNames.Of(answer.Intent));
        _messages.Add(1, intent, new("outcome", answer.Status.ToString().ToLowerInvariant()));
        _decision.Record(answer.Timings.TriageMs / 1000);
        _confidence.Record(answer.Confidence, intent);
        if (answer.Timings.AgentMs is { } agentMs)
        {
            _agent.Record(agentMs / 1000, new TagList { { "agent", answer.Agent } });
        }
    }

    /// <summary>A message could not be answered because its agent could not, or nobody could tell which that is.</summary>
    /// <param name="intent">What it was about, where that is known.</param>
    public void Refused(Intent? intent) =>
        _messages.Add(1, new("intent", intent is { } known ? IntentNames.Of(known) : "unknown"), new("outcome", "unavailable"));

    /// <summary>A language model was asked.</summary>
    /// <param name="outcome">What came of it.</param>
    /// <param name="elapsed">How long it took.</param>
    public void ModelAsked(ModelOutcome outcome, TimeSpan elapsed)
    {
        var label = new KeyValuePair<string, object?>("outcome", JsonNamingPolicy.SnakeCaseLower.ConvertName(outcome.ToString()));
        _modelRequests.Add(1, label);
        _model.Record(elapsed.TotalSeconds, label);
    }

    /// <summary>A caller was let in or refused by this replica alone, since Redis was away.</summary>
    /// <param name="limit">The limit's name.</param>
    public void LimitedLocally(string limit) => _limitedLocally.Add(1, new KeyValuePair<string, object?>("limit", limit));

    /// <summary>Audit records could be kept nowhere.</summary>
    /// <param name="many">How many.</param>
    public void AuditDropped(int many) => _auditDropped.Add(many);

    /// <summary>A message was decided.</summary>
    /// <param name="usage">What that cost.</param>
    public void Spent(Usage usage)
    {
        _tokensUsed.Add(usage.Tokens);
        _tokensSaved.Add(usage.BaselineTokens - usage.Tokens);
    }
}
