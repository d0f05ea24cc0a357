using System.Diagnostics.Metrics;
using System.Text.Json;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Dispatch;
using LearnFlow.Triage.Dispatch.Queue;
using LearnFlow.Triage.Endpoints;
using LearnFlow.Triage.Gate;
using LearnFlow.Triage.Models;
using LearnFlow.Triage.Skills;

namespace LearnFlow.Triage;

/// <summary>What triage measures. No label holds a student or their words.</summary>
public sealed class TriageMetrics
{
    /// <summary>Where questions are answered in less than a millisecond, and objectives speak of half a second and one.</summary>
    private static readonly double[] MessageSeconds =
        [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private static readonly string[] Outcomes = [.. Enum.GetValues<AnswerStatus>().Select(status => status.ToString().ToLowerInvariant())];
    private static readonly string[] Kinds =
        [.. Enum.GetValues<SecurityEvent>().Select(kind => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString()))];

    private readonly TimeProvider _time;
    private readonly Counter<long> _messages;
    private readonly Histogram<double> _message;
    private readonly Histogram<double> _gate;
    private readonly Histogram<double> _decision;
    private readonly Histogram<double> _dispatch;
    private readonly Histogram<double> _confidence;
    private readonly Histogram<double> _model;
    private readonly Counter<long> _modelRequests;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _limitedLocally;
    private readonly Counter<long> _authFailures;
    private readonly Counter<long> _securityEvents;
    private readonly Counter<long> _tokensUsed;
    private readonly Counter<long> _tokensBaseline;
    private readonly Counter<long> _deliveries;
    private QueueDepth _queue;
    private long _oftenRefused;
    private long _auditWrittenAt;
    private long _auditDropped;

    /// <summary>Creates the instruments.</summary>
    /// <param name="meters">Makes the meter.</param>
    /// <param name="breakers">The breakers of the agents.</param>
    /// <param name="time">The clock.</param>
    public TriageMetrics(IMeterFactory meters, Breakers breakers, TimeProvider time)
    {
        var meter = meters.Create(Telemetry.SourcePrefix + "Triage");
        _time = time;
        _auditWrittenAt = time.GetTimestamp();
        _messages = meter.CreateCounter<long>(
            "learnflow.triage.messages", "{message}", "Messages by intent and by what became of them.");
        _message = meter.CreateHistogram(
            "learnflow.triage.message.duration", "s", "Time from a message's arrival until its student can be told what became of it.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = MessageSeconds });
        _gate = meter.CreateHistogram(
            "learnflow.triage.gate.duration", "s", "Time from a message's arrival until it is through the gate.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1] });
        _decision = meter.CreateHistogram(
            "learnflow.triage.decision.duration", "s", "Time to decide what a message means.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.00001, 0.00005, 0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.5, 2] });
        _dispatch = meter.CreateHistogram(
            "learnflow.triage.dispatch.duration", "s", "Time until an agent's answer was there, with the way there and back and all tries.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = MessageSeconds });
        _confidence = meter.CreateHistogram(
            "learnflow.triage.confidence", "1", "Confidence of the chosen reading.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99] });
        _model = meter.CreateHistogram(
            "learnflow.triage.model.duration", "s", "Time that the language model took, by what came of asking it.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2] });
        _modelRequests = meter.CreateCounter<long>(
            "learnflow.triage.model.requests", "{request}", "Requests to the language model by what came of them.");
        _refusals = meter.CreateCounter<long>(
            "learnflow.triage.limiter.refusals", "{request}", "Requests that were refused because their caller had sent too many.");
        _limitedLocally = meter.CreateCounter<long>(
            "learnflow.triage.limiter.local", "{request}", "Requests that this replica let in or refused by itself, Redis being away.");
        _authFailures = meter.CreateCounter<long>(
            "learnflow.triage.auth.failures", "{request}", "Requests that were refused for their token, by what is wrong with it.");
        _securityEvents = meter.CreateCounter<long>(
            "learnflow.triage.security.events", "{event}", "What somebody tried and may not do.");
        meter.CreateObservableGauge(
            "learnflow.triage.security.students", () => Volatile.Read(ref _oftenRefused), "{student}",
            "Students who today were refused something for at least the fifth time in a day, on all replicas.");
        meter.CreateObservableGauge(
            "learnflow.triage.audit.lag", () => time.GetElapsedTime(Volatile.Read(ref _auditWrittenAt)).TotalSeconds, "s",
            "How long ago the audit trail was complete.");
        // Observed, so that it stands at 0 before the first one: alerts see a counter grow, not appear.
        meter.CreateObservableCounter(
            "learnflow.triage.audit.dropped", () => Interlocked.Read(ref _auditDropped), "{record}", "Audit records that neither Redis nor the data folder took.");
        _tokensUsed = meter.CreateCounter<long>(
            "learnflow.triage.tokens.used", "{token}", "Tokens that the language model used.");
        // The rest of it was saved: no counter, for a message about which the model was asked may cost more.
        _tokensBaseline = meter.CreateCounter<long>(
            "learnflow.triage.tokens.baseline", "{token}", "Tokens that asking the language model first would have used.");
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
            description: "This replica's breakers: 0 closed, 1 open, 2 half-open.");
    }

    /// <summary>A message came through the gate.</summary>
    /// <param name="arrived">When it arrived, as a timestamp of the clock.</param>
    public void Admitted(long arrived) => _gate.Record(_time.GetElapsedTime(arrived).TotalSeconds);

    /// <summary>A message's student can be told what became of it.</summary>
    /// <param name="arrived">When it arrived, as a timestamp of the clock.</param>
    /// <param name="answer">What became of it; null where that is a problem.</param>
    public void Took(long arrived, Answer? answer) => _message.Record(
        _time.GetElapsedTime(arrived).TotalSeconds,
        new KeyValuePair<string, object?>("outcome", answer is null ? "unavailable" : Outcomes[(int)answer.Status]));

    /// <summary>A token was not believed, or its role does not allow what was asked for.</summary>
    /// <param name="reason">Why, in a word.</param>
    public void AuthFailed(string reason) => _authFailures.Add(1, new KeyValuePair<string, object?>("reason", reason));

    /// <summary>A caller sent too many.</summary>
    /// <param name="limit">The limit's name.</param>
    public void LimitExceeded(string limit) => _refusals.Add(1, new KeyValuePair<string, object?>("limit", limit));

    /// <summary>Somebody tried what they may not do.</summary>
    /// <param name="kind">What.</param>
    public void Happened(SecurityEvent kind) => _securityEvents.Add(1, new KeyValuePair<string, object?>("kind", Kinds[(int)kind]));

    /// <summary>It was counted who tried such things often.</summary>
    /// <param name="students">How many students.</param>
    public void OftenRefusedAre(long students) => Volatile.Write(ref _oftenRefused, students);

    /// <summary>Every record up to now is in the audit trail.</summary>
    public void AuditWritten() => Volatile.Write(ref _auditWrittenAt, _time.GetTimestamp());

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
        var intent = Of(answer.Intent);
        _messages.Add(1, intent, new("outcome", Outcomes[(int)answer.Status]));
        _decision.Record(answer.Timings.TriageMs / 1000);
        _confidence.Record(answer.Confidence, intent);
        if (answer.Timings.AgentMs is { } agentMs)
        {
            _dispatch.Record(agentMs / 1000, new KeyValuePair<string, object?>("agent", answer.Agent));
        }
    }

    /// <summary>A message could not be answered because its agent could not, or nobody could tell which that is.</summary>
    /// <param name="intent">What it was about, where that is known.</param>
    public void Refused(Intent? intent) =>
        _messages.Add(1, Of(intent), new("outcome", "unavailable"));

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
    public void AuditDropped(int many) => Interlocked.Add(ref _auditDropped, many);

    /// <summary>A message was decided.</summary>
    /// <param name="usage">What that cost.</param>
    /// <param name="intent">What it was about, where that is known.</param>
    public void Spent(Usage usage, Intent? intent)
    {
        _tokensUsed.Add(usage.Tokens, Of(intent));
        _tokensBaseline.Add(usage.BaselineTokens, Of(intent));
    }

    private static KeyValuePair<string, object?> Of(Intent? intent) =>
        new("intent", intent is { } known ? IntentNames.Of(known) : "unknown");
}
