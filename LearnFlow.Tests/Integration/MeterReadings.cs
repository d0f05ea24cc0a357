using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace LearnFlow.Tests.Integration;

/// <summary>What one service of this process measures while this is there; others in the process have meters of the same names.</summary>
internal sealed class MeterReadings : IDisposable
{
    private readonly ConcurrentQueue<(string Instrument, double Value, Dictionary<string, string> Labels)> _measured = new();
    private readonly MeterListener _listener = new();

    public MeterReadings(IServiceProvider service)
    {
        var meters = service.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == meters)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, labels, _) => Keep(instrument, value, labels));
        _listener.SetMeasurementEventCallback<int>((instrument, value, labels, _) => Keep(instrument, value, labels));
        _listener.SetMeasurementEventCallback<double>((instrument, value, labels, _) => Keep(instrument, value, labels));
        _listener.Start();
    }

    /// <summary>Every value of every label.</summary>
    public IEnumerable<string> Labels => _measured.SelectMany(measured => measured.Labels.Values);

    /// <summary>What a counter has counted of what is labelled so.</summary>
    public double Sum(string instrument, params (string Name, string Value)[] labels) => Of(instrument, labels).Sum();

    /// <summary>How often a histogram was told of what is labelled so.</summary>
    public int Count(string instrument, params (string Name, string Value)[] labels) => Of(instrument, labels).Count();

    /// <summary>What a gauge without labels shows now.</summary>
    public double Last(string instrument)
    {
        _listener.RecordObservableInstruments();
        return _measured.Last(measured => measured.Instrument == instrument).Value;
    }

    public void Dispose() => _listener.Dispose();

    private IEnumerable<double> Of(string instrument, (string Name, string Value)[] labels) => _measured
        .Where(measured => measured.Instrument == instrument
            && labels.All(label => measured.Labels.GetValueOrDefault(label.Name) == label.Value))
        .Select(measured => measured.Value);

    private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        var kept = new Dictionary<string, string>();
        foreach (var (name, text) in labels)
        {
            kept[name] = $"{text}";
        }

        _measured.Enqueue((instrument.Name, value, kept));
    }
}
