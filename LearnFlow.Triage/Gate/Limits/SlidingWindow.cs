namespace LearnFlow.Triage.Gate.Limits;

/// <summary>
/// When a caller was let in by this replica during the last window: a sliding window log. A point in time is a timestamp
/// of the clock; one that is exactly a window old still counts, so that no window holds more than the limit whichever end
/// belongs to it.
/// </summary>
public sealed class SlidingWindow
{
    private readonly Lock _lock = new();
    private long[] _times = new long[8];
    private int _first;
    private int _count;
    private long _blockedUntil = long.MinValue;

    /// <summary>When somebody was let in last, or refused because of others.</summary>
    public long LastUse { get; private set; }

    /// <summary>How many this replica alone would let in, and from when on one more.</summary>
    /// <param name="now">The time.</param>
    /// <param name="window">The window's length.</param>
    /// <param name="limit">The most in a window.</param>
    public (int Free, long FreeFrom) Look(long now, long window, int limit)
    {
        lock (_lock)
        {
            return LookLocked(now, window, limit);
        }
    }

    /// <summary>Lets in as many as are free.</summary>
    /// <param name="now">The time.</param>
    /// <param name="window">The window's length.</param>
    /// <param name="limit">The most in a window.</param>
    /// <param name="wanted">How many want in.</param>
    /// <returns>How many were let in, how many more would be, and from when on one more.</returns>
    public (int Admitted, int Free, long FreeFrom) Take(long now, long window, int limit, int wanted)
    {
        lock (_lock)
        {
            var admitted = Math.Min(wanted, LookLocked(now, window, limit).Free);
            AddLocked(now, admitted);
            var (free, freeFrom) = LookLocked(now, window, limit);
            return (admitted, free, freeFrom);
        }
    }

    /// <summary>Writes down what Redis let in.</summary>
    /// <param name="asked">When Redis was asked: it let them in then or later.</param>
    /// <param name="admitted">How many.</param>
    public void Add(long asked, int admitted)
    {
        lock (_lock)
        {
            AddLocked(asked, admitted);
        }
    }

    /// <summary>Writes down that other replicas have let in all that may come.</summary>
    /// <param name="now">The time.</param>
    /// <param name="until">Until when.</param>
    public void Block(long now, long until)
    {
        lock (_lock)
        {
            LastUse = now;
            _blockedUntil = Math.Max(_blockedUntil, until);
        }
    }

    private (int Free, long FreeFrom) LookLocked(long now, long window, int limit)
    {
        while (_count > 0 && _times[_first] < now - window)
        {
            _first = (_first + 1) % _times.Length;
            _count--;
        }

        if (_blockedUntil >= now)
        {
            return (0, _blockedUntil);
        }

        if (_count == 0)
        {
            return (limit, now);
        }

        // The one that leaves when the count falls below the limit, which may have been lowered meanwhile.
        var leaves = Math.Max(_count - limit, 0);
        return (Math.Max(limit - _count, 0), _times[(_first + leaves) % _times.Length] + window);
    }

    private void AddLocked(long at, int many)
    {
        if (many == 0)
        {
            return;
        }

        if (_count + many > _times.Length)
        {
            var larger = new long[Math.Max(_times.Length * 2, _count + many)];
            for (var i = 0; i < _count; i++)
            {
                larger[i] = _times[(_first + i) % _times.Length];
            }

            (_times, _first) = (larger, 0);
        }

        for (; many > 0; many--)
        {
            _times[(_first + _count++) % _times.Length] = at;
        }

        LastUse = at;
    }
}
