using System.Diagnostics.Metrics;
using System.Text.Json;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Agents;

/// <summary>What agents measure. No label holds a student or their words.</summary>
public sealed class AgentMetrics
{
    private readonly Histogram<double> _answer;
    private readonly Histogram<double> _run;
    private readonly Histogram<double> _wait;
    private readonly Counter<long> _refusals;

    /// <summary>Creates the instruments.</summary>
    /// <param name="meters">Makes the meter.</param>
    public AgentMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(Telemetry.SourcePrefix + "Agents");
        _answer = meter.CreateHistogram(
            "learnflow.agents.answer.duration", "s", "Time that an agent took for an answer.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2] });
        _run = meter.CreateHistogram(
            "learnflow.agents.sandbox.run.duration", "s", "Time that a program ran in the sandbox, by how it ended.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5] });
        _wait = meter.CreateHistogram(
            "learnflow.agents.sandbox.wait.duration", "s", "Time that a program waited for a place in the sandbox.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10] });
        _refusals = meter.CreateCounter<long>(
            "learnflow.agents.sandbox.refusals", "{program}", "Programs that the sandbox had no place for, by whose places were taken.");
    }

    /// <summary>An agent answered.</summary>
    /// <param name="role">Which.</param>
    /// <param name="elapsed">How long it took.</param>
    public void Answered(AgentRole role, TimeSpan elapsed) =>
        _answer.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("agent", role.Resource));

    /// <summary>A program got a place in the sandbox.</summary>
    /// <param name="waited">How long it waited.</param>
    public void GotPlace(TimeSpan waited) => _wait.Record(waited.TotalSeconds);

    /// <summary>A program was refused.</summary>
    /// <param name="reason">Whose places were taken: those of the queue, or those of the student.</param>
    public void Refused(string reason) => _refusals.Add(1, new KeyValuePair<string, object?>("reason", reason));

    /// <summary>A program ended.</summary>
    /// <param name="outcome">How.</param>
    /// <param name="elapsed">How long it ran.</param>
    public void Ran(RunOutcome outcome, TimeSpan elapsed) => _run.Record(
        elapsed.TotalSeconds,
        new KeyValuePair<string, object?>("outcome", JsonNamingPolicy.SnakeCaseLower.ConvertName(outcome.ToString())));
}
