using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using StackExchange.Redis;

namespace LearnFlow.ServiceDefaults;

/// <summary>
/// Sends the commands of many requests together: those that come while others are on their way leave as soon as these are
/// back. One at a time would cost a send, a receive and a wake-up each; together they share them, which halves what a
/// command costs here as soon as a few requests run at once. A request waits for one more round trip at most. Where Redis
/// does not answer, commands fail at once for a moment, so that a request which has several of them does not wait for each.
/// </summary>
/// <param name="redis">Redis.</param>
/// <param name="time">The clock.</param>
/// <param name="meters">Makes the meter; without one nothing is measured.</param>
public sealed class RedisPipeline(IConnectionMultiplexer redis, TimeProvider time, IMeterFactory? meters = null)
{
    /// <summary>How long Redis is left alone after it did not answer.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentQueue<Command> _waiting = new();
    private readonly Histogram<double>? _roundTrip = meters?.Create(ServiceMetrics.MeterName).CreateHistogram(
        "learnflow.redis.round_trip.duration", "s", "Time until Redis answered commands that were sent together.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1] });

    private int _isSending;

    /// <summary>When Redis may be asked again, as a timestamp of the clock; 0 while it answers.</summary>
    private long _askAgainAt;

    /// <summary>Sends a command with the next that leave.</summary>
    /// <typeparam name="T">What it answers.</typeparam>
    /// <param name="command">Issues the command.</param>
    /// <param name="withScript">Issues it for a Redis that does not know its script.</param>
    /// <exception cref="RedisException">Redis is away.</exception>
    /// <exception cref="TimeoutException">Redis took too long.</exception>
    public Task<T> SendAsync<T>(Func<IDatabaseAsync, Task<T>> command, Func<IDatabaseAsync, Task<T>>? withScript = null)
    {
        if (!MayAsk())
        {
            return Task.FromException<T>(new RedisException("Redis did not answer a moment ago."));
        }

        var waiting = new Command<T>(command, withScript);
        _waiting.Enqueue(waiting);
        if (TryBegin())
        {
            _ = SendAllAsync();
        }

        return waiting.Answer;
    }

    /// <summary>
    /// Lets the commands that are asked for until it is disposed leave together, in one round trip: without it the first of
    /// them leaves alone, and the others when it is back. To be disposed without waiting for anything in between.
    /// </summary>
    public Gathering Gather() => new(TryBegin() ? this : null);

    /// <summary>Whether Redis did not answer a moment ago, and a command would fail at once.</summary>
    public bool IsAway => Volatile.Read(ref _askAgainAt) is var at and not 0 && time.GetTimestamp() < at;

    /// <summary>While Redis is away one command after each pause finds out whether it is back; the others do not wait for that.</summary>
    private bool MayAsk()
    {
        var at = Volatile.Read(ref _askAgainAt);
        return at == 0 || (time.GetTimestamp() >= at && Interlocked.CompareExchange(ref _askAgainAt, Later(), at) == at);
    }

    private long Later() => time.GetTimestamp() + (long)(Pause.TotalSeconds * time.TimestampFrequency);

    /// <summary>Goes on until nobody waits. It never fails: what goes wrong is the answer of those whom it concerns.</summary>
    private async Task SendAllAsync()
    {
        List<Command> commands = [];
        do
        {
            // Those who have their answers go on with them while the next leave.
            commands.ForEach(HandOver);
            commands.Clear();
            while (_waiting.TryDequeue(out var command))
            {
                commands.Add(command);
            }

            if (commands.Count > 0)
            {
                await SendAsync(commands);
            }
        }
        while (!_waiting.IsEmpty || !TryEnd());

        // This thread is free by now and goes on with one of them; that saves waking another where few come at once.
        if (commands.Count > 0)
        {
            var last = commands[^1];
            commands.RemoveAt(commands.Count - 1);
            commands.ForEach(HandOver);
            last.Execute();
        }
    }

    /// <summary>Whether nobody was sending, so that the caller has to.</summary>
    private bool TryBegin() => Interlocked.CompareExchange(ref _isSending, 1, 0) == 0;

    /// <summary>Ends the sending, unless somebody came in this moment and found it going on.</summary>
    private bool TryEnd()
    {
        Volatile.Write(ref _isSending, 0);
        return _waiting.IsEmpty || !TryBegin();
    }

    private static void HandOver(Command command) => ThreadPool.UnsafeQueueUserWorkItem(command, preferLocal: false);

    /// <summary>Sends commands and waits for the answers; those that are to be sent once more it takes out, and they wait again.</summary>
    private async Task SendAsync(List<Command> commands)
    {
        var database = redis.GetDatabase();
        var sent = time.GetTimestamp();
        try
        {
            if (commands is [var alone])
            {
                alone.Issue(database);
            }
            else
            {
                var batch = database.CreateBatch();
                commands.ForEach(command => command.Issue(batch));
                batch.Execute();
            }
        }
        catch (Exception exception)
        {
            // Without any connection the batch as a whole is refused, and commands of it may be left without an answer.
            commands.ForEach(command => command.Fail(exception));
            LeaveAlone(isAway: true);
            return;
        }

        await Task.WhenAll(commands.Select(command => command.Issued)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _roundTrip?.Record(time.GetElapsedTime(sent).TotalSeconds);
        LeaveAlone(commands.TrueForAll(IsUnanswered));
        commands.RemoveAll(WaitsAgain);
    }

    private bool WaitsAgain(Command command)
    {
        var waits = command.WantsScript();
        if (waits)
        {
            _waiting.Enqueue(command);
        }

        return waits;
    }

    /// <summary>Where one node of a cluster is away, its commands fail without waiting, and the others answer theirs.</summary>
    private bool IsUnanswered(Command command) => command.Issued.Exception?.InnerException switch
    {
        RedisConnectionException => !redis.IsConnected,
        TimeoutException => true,
        _ => false,
    };

    private void LeaveAlone(bool isAway) => Volatile.Write(ref _askAgainAt, isAway ? Later() : 0);

    /// <summary>Commands that leave together when it is disposed.</summary>
    /// <param name="pipeline">What sends them; null where others are being sent, and these leave when those are back.</param>
    public readonly struct Gathering(RedisPipeline? pipeline) : IDisposable
    {
        /// <inheritdoc />
        public void Dispose() => _ = pipeline?.SendAllAsync();
    }

    /// <summary>A command; executed, it hands its answer over to whoever waits for it.</summary>
    private abstract class Command : IThreadPoolWorkItem
    {
        /// <summary>Its answer, once it is sent.</summary>
        public abstract Task Issued { get; }

        /// <summary>Sends it, alone or in a batch.</summary>
        public abstract void Issue(IDatabaseAsync redis);

        /// <summary>Whether Redis did not know its script; it is sent with it next.</summary>
        public abstract bool WantsScript();

        /// <summary>It could not be sent.</summary>
        public abstract void Fail(Exception exception);

        public abstract void Execute();
    }

    private sealed class Command<T>(Func<IDatabaseAsync, Task<T>> issue, Func<IDatabaseAsync, Task<T>>? withScript) : Command
    {
        private readonly TaskCompletionSource<T> _answer = new();

        /// <summary>So that a command is a span of the trace of whom it is for, not of whom it left with.</summary>
        private readonly ExecutionContext? _context = ExecutionContext.Capture();

        private Func<IDatabaseAsync, Task<T>> _issue = issue;
        private Task<T>? _issued;

        public Task<T> Answer => _answer.Task;

        public override Task Issued => _issued!;

        public override void Issue(IDatabaseAsync redis)
        {
            if (_context is null)
            {
                _issued = _issue(redis);
            }
            else
            {
                ExecutionContext.Run(_context, _ => _issued = _issue(redis), null);
            }
        }

        public override bool WantsScript()
        {
            if (_issue == withScript || withScript is null || _issued!.Exception?.InnerException is not RedisServerException { Message: var said }
                || !said.StartsWith("NOSCRIPT", StringComparison.Ordinal))
            {
                return false;
            }

            _issue = withScript;
            return true;
        }

        public override void Fail(Exception exception)
        {
            // Seen here, so that no finalizer reports it a second time.
            _ = _issued?.Exception;
            _issued = Task.FromException<T>(exception);
        }

        public override void Execute() => _answer.SetFromTask(_issued!);
    }
}
