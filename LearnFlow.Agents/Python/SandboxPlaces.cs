using LearnFlow.ServiceDefaults;

namespace LearnFlow.Agents.Python;

/// <summary>
/// The places of this process' sandbox: no more programs at once than are set, the others one behind the other, a bounded
/// number of them and not for ever. A student has few at a time, so that nobody fills the queue alone; each process counts
/// by itself, so that behind several replicas a student may have as many in each.
/// </summary>
/// <param name="options">How many.</param>
/// <param name="time">The clock.</param>
public sealed class SandboxPlaces(SandboxOptions options, TimeProvider time)
{
    /// <summary>Programs of one student that run or wait.</summary>
    public const int MostOfAStudent = 2;

    /// <summary>How long one waits: with the time of the program itself less than triage waits for an agent.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <summary>Enough for a class that runs its programs in the same second, most of which take a tenth of one.</summary>
    private const int WaitingPerPlace = 16;

    /// <summary>How much the last program counts in what a program usually takes.</summary>
    private const double LastShare = 0.1;

    private readonly Lock _changing = new();
    private readonly LinkedList<TaskCompletionSource> _waiting = new();
    private readonly Dictionary<string, int> _ofStudents = new(StringComparer.Ordinal);
    private readonly int _mostWaiting = options.MostWaiting ?? (WaitingPerPlace * options.Concurrency);
    private int _running;
    private double _usualSeconds = 0.1;

    /// <summary>Whether there is a place for which nobody waits.</summary>
    public bool HaveFree
    {
        get
        {
            lock (_changing)
            {
                return _running < options.Concurrency && _waiting.Count == 0;
            }
        }
    }

    /// <summary>Takes a place, at once or after those who came before.</summary>
    /// <param name="student">Whose program it is; null for what is nobody's.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Gives the place back when it is disposed of.</returns>
    /// <exception cref="SandboxBusyException">There is none, or the student has as many as one may have.</exception>
    public async Task<IDisposable> TakeAsync(string? student, CancellationToken cancellation)
    {
        LinkedListNode<TaskCompletionSource> turn;
        lock (_changing)
        {
            if (student is not null && _ofStudents.GetValueOrDefault(student) >= MostOfAStudent)
            {
                throw SandboxBusyException.OfStudent(MostOfAStudent, SecondsFor(1));
            }

            if (_running < options.Concurrency)
            {
                _running++;
                Count(student, 1);
                return new Place(this, student);
            }

            if (_waiting.Count >= _mostWaiting)
            {
                throw SandboxBusyException.InQueue(_waiting.Count + 1, SecondsFor(_waiting.Count + 1));
            }

            Count(student, 1);
            turn = _waiting.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        try
        {
            await turn.Value.Task.WaitAsync(LongestWait, time, cancellation);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            var before = LeaveQueue(turn, student);
            if (before is { } place && exception is TimeoutException)
            {
                throw SandboxBusyException.InQueue(place, SecondsFor(place));
            }

            if (exception is OperationCanceledException)
            {
                if (before is null)
                {
                    // It became its turn in the same moment.
                    GiveBack(student);
                }

                throw;
            }
        }

        return new Place(this, student);
    }

    /// <summary>Leaves the queue.</summary>
    /// <returns>The place in it; null where it has become its turn.</returns>
    private int? LeaveQueue(LinkedListNode<TaskCompletionSource> turn, string? student)
    {
        lock (_changing)
        {
            if (turn.List is null)
            {
                return null;
            }

            var place = 1;
            for (var before = turn.Previous; before is not null; before = before.Previous)
            {
                place++;
            }

            _waiting.Remove(turn);
            Count(student, -1);
            return place;
        }
    }

    private void GiveBack(string? student)
    {
        lock (_changing)
        {
            Count(student, -1);
            if (_waiting.First is { } next)
            {
                _waiting.RemoveFirst();
                next.Value.SetResult();
            }
            else
            {
                _running--;
            }
        }
    }

    private void Count(string? student, int change)
    {
        if (student is null)
        {
            return;
        }

        var count = _ofStudents.GetValueOrDefault(student) + change;
        if (count == 0)
        {
            _ofStudents.Remove(student);
        }
        else
        {
            _ofStudents[student] = count;
        }
    }

    /// <summary>The seconds until a place in the queue has probably become free.</summary>
    private int SecondsFor(int place) => Math.Max(1, (int)Math.Ceiling(place * _usualSeconds / options.Concurrency));

    private void Took(TimeSpan elapsed)
    {
        lock (_changing)
        {
            _usualSeconds += LastShare * (elapsed.TotalSeconds - _usualSeconds);
        }
    }

    private sealed class Place(SandboxPlaces places, string? student) : IDisposable
    {
        private readonly long _since = places.Now;

        public void Dispose()
        {
            places.Took(places.Since(_since));
            places.GiveBack(student);
        }
    }

    private long Now => time.GetTimestamp();

    private TimeSpan Since(long then) => time.GetElapsedTime(then);
}

/// <summary>The sandbox has no place for a program at the moment.</summary>
public sealed class SandboxBusyException : ProblemException
{
    private SandboxBusyException(string detail, int seconds, int? place)
        : base(Problems.Create(ProblemType.SandboxBusy, detail))
    {
        Place = place;
        Problem.Extensions[Problems.RetryAfter] = seconds;
        if (place is not null)
        {
            Problem.Extensions["place"] = place;
        }
    }

    /// <summary>The place in the queue; null where it is the student who has too many.</summary>
    public int? Place { get; }

    /// <summary>Too many wait.</summary>
    /// <param name="place">The place in the queue.</param>
    /// <param name="seconds">When it is worth while to come again.</param>
    internal static SandboxBusyException InQueue(int place, int seconds) => new(
        $"Many programs are waiting to run; yours would be number {place} in the queue. Run it again in {seconds} s.", seconds, place);

    /// <summary>The student has enough of them.</summary>
    /// <param name="most">How many are enough.</param>
    /// <param name="seconds">When it is worth while to come again.</param>
    internal static SandboxBusyException OfStudent(int most, int seconds) => new(
        $"{most} programs of yours are running or waiting already. Run this one when one of them has ended.", seconds, null);
}
