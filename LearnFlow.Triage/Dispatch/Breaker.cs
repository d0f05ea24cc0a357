using System.Text.Json.Serialization;

namespace LearnFlow.Triage.Dispatch;

/// <summary>Whether an agent is called.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BreakerState>))]
public enum BreakerState
{
    /// <summary>It is.</summary>
    [JsonStringEnumMemberName("closed")]
    Closed,

    /// <summary>It is left alone for a while.</summary>
    [JsonStringEnumMemberName("open")]
    Open,

    /// <summary>A few calls find out whether it is back.</summary>
    [JsonStringEnumMemberName("half-open")]
    HalfOpen,
}

/// <summary>
/// The circuit breaker of one agent: after so many failures in a row it is left alone for a while, then probed by a few
/// calls; if all of them succeed it is called as before, if one fails it is left alone again.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class Breaker(TimeProvider time)
{
    /// <summary>Failures in a row that open it.</summary>
    public const int Failures = 5;

    /// <summary>Calls that go through while it is half open, and must succeed to close it.</summary>
    public const int Probes = 3;

    /// <summary>How long it stays open.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private BreakerState _state = BreakerState.Closed;
    private long _openedAt;
    private int _failures;
    private int _probesBegun;
    private int _probesSucceeded;

    /// <summary>Counts its changes, so that a call which ends after one says nothing about what holds by then.</summary>
    private int _period;

    /// <summary>What holds now.</summary>
    public BreakerState State
    {
        get
        {
            lock (_lock)
            {
                return _state == BreakerState.Open && time.GetElapsedTime(_openedAt) >= Pause ? BreakerState.HalfOpen : _state;
            }
        }
    }

    /// <summary>Asks whether a call may go through; one that may must end in <see cref="Leave"/>.</summary>
    /// <param name="period">What to hand to <see cref="Leave"/>.</param>
    public bool TryEnter(out int period)
    {
        lock (_lock)
        {
            if (_state == BreakerState.Open && time.GetElapsedTime(_openedAt) >= Pause)
            {
                ChangeTo(BreakerState.HalfOpen);
            }

            period = _period;
            if (_state == BreakerState.HalfOpen && _probesBegun < Probes)
            {
                _probesBegun++;
                return true;
            }

            return _state == BreakerState.Closed;
        }
    }

    /// <summary>A call has ended.</summary>
    /// <param name="period">What <see cref="TryEnter"/> gave.</param>
    /// <param name="succeeded">Whether the agent answered; null where nobody waited for that any more.</param>
    public void Leave(int period, bool? succeeded)
    {
        lock (_lock)
        {
            if (period != _period)
            {
                return;
            }

            if (succeeded is null)
            {
                // It says nothing; in the place of a probe another call may probe.
                _probesBegun -= _state == BreakerState.HalfOpen ? 1 : 0;
            }
            else if (succeeded.Value)
            {
                _failures = 0;
                if (_state == BreakerState.HalfOpen && ++_probesSucceeded == Probes)
                {
                    ChangeTo(BreakerState.Closed);
                }
            }
            else if (_state == BreakerState.HalfOpen || ++_failures == Failures)
            {
                ChangeTo(BreakerState.Open);
            }
        }
    }

    private void ChangeTo(BreakerState state)
    {
        (_state, _failures, _probesBegun, _probesSucceeded) = (state, 0, 0, 0);
        _period++;
        if (state == BreakerState.Open)
        {
            _openedAt = time.GetTimestamp();
        }
    }
}
