using OpenTelemetry.Trace;

namespace LearnFlow.ServiceDefaults;

/// <summary>Whether new traces are begun and those that callers have begun are gone on with.</summary>
public sealed class TracingSwitch
{
    /// <summary>Says so at each request; always, unless a service says otherwise.</summary>
    public Func<bool> IsOn { get; set; } = () => true;

    /// <summary>Samples what is switched on, as far as the caller does.</summary>
    /// <param name="tracing">The switch.</param>
    internal sealed class Sampler(TracingSwitch tracing) : OpenTelemetry.Trace.Sampler
    {
        private static readonly ParentBasedSampler AsTheCaller = new(new AlwaysOnSampler());

        public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) => tracing.IsOn()
            ? AsTheCaller.ShouldSample(samplingParameters)
            : new SamplingResult(SamplingDecision.Drop);
    }
}
