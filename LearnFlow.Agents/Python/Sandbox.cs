using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using Microsoft.Extensions.Options;

namespace LearnFlow.Agents.Python;

/// <summary>
/// Runs Python that nobody trusts: CPython in WebAssembly, with 5 s, 50 MB, no network, no processes, and no files but
/// those of a folder of its own, which goes when the program ends.
/// </summary>
/// <param name="runtime">Python.</param>
/// <param name="options">How many at once, and how many wait.</param>
/// <param name="metrics">Counts runs.</param>
/// <param name="time">The clock.</param>
public sealed class Sandbox(PythonRuntime runtime, IOptions<SandboxOptions> options, AgentMetrics metrics, TimeProvider time) : IDisposable
{
    /// <summary>The time that a program has.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(5);

    /// <summary>The memory that Python and the program have, in bytes.</summary>
    public const long MemoryLimit = 50 * 1024 * 1024;

    /// <summary>How much of standard output and of standard error is kept, in bytes each.</summary>
    public const int OutputLimit = 64 * 1024;

    private static readonly ActivitySource Source = new(Telemetry.SourcePrefix + "Agents");

    private readonly SandboxPlaces _places = new(options.Value, time);

    /// <summary>The interpreters that have started and wait: of each of our programs one.</summary>
    private readonly ConcurrentDictionary<string, Interpreter> _started = new();

    private volatile bool _isStopping;

    /// <summary>Runs a program as <c>python main.py</c> would.</summary>
    /// <param name="code">The program.</param>
    /// <param name="stdin">What <c>input()</c> reads.</param>
    /// <param name="cancellation">Stops the program, or the wait for a place.</param>
    /// <param name="limit">The time that it has, at most and unless given <see cref="TimeLimit"/>.</param>
    /// <param name="student">Whose program it is, for the limit of a student; null for what is nobody's.</param>
    /// <param name="files">Other files of the program, by name.</param>
    /// <exception cref="SandboxUnavailableException">Python is not installed.</exception>
    /// <exception cref="SandboxBusyException">Too many programs are running and waiting, or too many of the student.</exception>
    public Task<RunResult> RunAsync(
        string code, string? stdin, CancellationToken cancellation, TimeSpan? limit = null, string? student = null,
        IReadOnlyDictionary<string, string>? files = null) => RunAsync(
            "run.py", new Dictionary<string, string>(files ?? ImmutableDictionary<string, string>.Empty) { [RunFiles.Program] = code },
            stdin, limit ?? TimeLimit, cancellation, student);

    /// <summary>Runs one of our own programs from the folder <c>bootstrap</c> over files that a student may have made.</summary>
    /// <param name="program">The program's file name.</param>
    /// <param name="files">What lies in the folder in which it runs.</param>
    /// <param name="stdin">What it reads.</param>
    /// <param name="limit">The time that it has, at most <see cref="TimeLimit"/>.</param>
    /// <param name="cancellation">Stops the program, or the wait for a place.</param>
    /// <param name="student">Whose program it is, for the limit of a student; null for what is nobody's.</param>
    /// <exception cref="SandboxUnavailableException">Python is not installed.</exception>
    /// <exception cref="SandboxBusyException">Too many programs are running and waiting, or too many of the student.</exception>
    public async Task<RunResult> RunAsync(
        string program, IReadOnlyDictionary<string, string> files, string? stdin, TimeSpan limit,
        CancellationToken cancellation, string? student = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, TimeLimit);
        var python = await runtime.GetAsync(cancellation);
        var asked = time.GetTimestamp();
        var place = await TakePlaceAsync(student, cancellation);
        metrics.GotPlace(time.GetElapsedTime(asked));
        using var activity = Source.StartActivity("sandbox run");
        try
        {
            var input = stdin ?? "";
            // One that has started already has seen that there is nothing to read.
            var interpreter = input.Length == 0 && _started.TryRemove(program, out var started) ? started : new Interpreter(python, program, input, time);
            var result = await interpreter.RunAsync(new(files, limit, cancellation));
            activity?.SetTag("learnflow.sandbox.outcome", result.Outcome);
            metrics.Ran(result.Outcome, TimeSpan.FromMilliseconds(result.DurationMs));
            return result;
        }
        finally
        {
            place.Dispose();
            StartNext(python, program);
        }
    }

    /// <summary>Ends the interpreters that wait for a program.</summary>
    public void Dispose()
    {
        _isStopping = true;
        foreach (var program in _started.Keys)
        {
            if (_started.TryRemove(program, out var interpreter))
            {
                interpreter.Dispose();
            }
        }
    }

    /// <summary>
    /// Starts the interpreter for the next program of this kind, if nobody needs the core for a program. Who comes while it
    /// starts takes it all the same, and is no later than with one of their own.
    /// </summary>
    private void StartNext(PreparedPython python, string program)
    {
        if (_isStopping || !_places.HaveFree || _started.ContainsKey(program))
        {
            return;
        }

        var next = new Interpreter(python, program, "", time);
        if (!_started.TryAdd(program, next))
        {
            next.Dispose();
        }
    }

    private async Task<IDisposable> TakePlaceAsync(string? student, CancellationToken cancellation)
    {
        try
        {
            return await _places.TakeAsync(student, cancellation);
        }
        catch (SandboxBusyException busy)
        {
            metrics.Refused(busy.Place is null ? "student" : "queue");
            throw;
        }
    }
}
