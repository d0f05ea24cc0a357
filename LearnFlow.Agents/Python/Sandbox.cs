using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using Microsoft.Extensions.Options;
using Wasmtime;

namespace LearnFlow.Agents.Python;

/// <summary>
/// Runs Python that nobody trusts: CPython in WebAssembly, with 5 s, 50 MB, no network, no processes, and no files but
/// those of a folder of its own, which goes when the program ends.
/// </summary>
/// <param name="runtime">Python.</param>
/// <param name="options">How many at once, and how many wait.</param>
/// <param name="metrics">Counts runs.</param>
/// <param name="time">The clock.</param>
public sealed class Sandbox(PythonRuntime runtime, IOptions<SandboxOptions> options, AgentMetrics metrics, TimeProvider time)
{
    /// <summary>The time that a program has.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(5);

    /// <summary>The memory that Python and the program have, in bytes.</summary>
    public const long MemoryLimit = 50 * 1024 * 1024;

    /// <summary>How much of standard output and of standard error is kept, in bytes each.</summary>
    public const int OutputLimit = 64 * 1024;

    /// <summary>The interpreter gave up without an error, as by <c>os.abort</c>.</summary>
    private const string Crash = "(Python stopped here: the program did something that the interpreter cannot go on from.)\n";

    /// <summary>WASI's number of the error.</summary>
    private const int NotSupported = 58;

    /// <summary>Recursion within the interpreter (a <c>__repr__</c> that prints itself) ends it before it can say so.</summary>
    private const string DeepRecursion = "RecursionError: maximum recursion depth exceeded\n";

    private static readonly ActivitySource Source = new(Telemetry.SourcePrefix + "Agents");

    private static readonly string Bootstrap = Path.Combine(AppContext.BaseDirectory, "python", "bootstrap");

    private readonly SandboxPlaces _places = new(options.Value, time);

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
        var python = await runtime.GetAsync(cancellation);
        var asked = time.GetTimestamp();
        using var place = await TakePlaceAsync(student, cancellation);
        metrics.GotPlace(time.GetElapsedTime(asked));
        using var activity = Source.StartActivity("sandbox run");
        var result = await OnOwnThreadAsync(() => Run(python, program, files, stdin ?? "", limit, cancellation));
        activity?.SetTag("learnflow.sandbox.outcome", result.Outcome);
        metrics.Ran(result.Outcome, TimeSpan.FromMilliseconds(result.DurationMs));
        return result;
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

    private RunResult Run(
        PreparedPython python, string program, IReadOnlyDictionary<string, string> files, string stdin,
        TimeSpan limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, TimeLimit);
        using var folder = new SandboxFolder(files, stdin);
        var output = new BoundedOutput(OutputLimit);
        var error = new BoundedOutput(OutputLimit);
        var clock = new SandboxClock(time);
        using var store = new Store(python.Engine);
        store.SetWasiConfiguration(new WasiConfiguration()
            .WithArgs("python", "-B", "-u", $"/bootstrap/{program}")
            .WithEnvironmentVariable("PYTHONHOME", "/usr/local")
            .WithEnvironmentVariable("PYTHONUTF8", "1")
            .WithEnvironmentVariable("PYTHONHASHSEED", "0")
            .WithEnvironmentVariable("SANDBOX_INPUT", Describe(stdin))
            .WithPreopenedDirectory(python.LibraryFolder, "/usr", mutable: false)
            .WithPreopenedDirectory(Bootstrap, "/bootstrap", mutable: false)
            .WithPreopenedDirectory(folder.Home, "/", mutable: true)
            .WithStandardInput(folder.Input)
            .WithStandardOutputCallback(output.Write)
            .WithStandardErrorCallback(error.Write));
        store.SetLimits(memorySize: MemoryLimit, instances: 1, memories: 1);

        var started = time.GetTimestamp();
        var isOutOfTime = false;
        var isFolderFull = false;
        store.SetEpochDeadline(1);
        store.SetEpochDeadlineCallback(_ =>
        {
            cancellation.ThrowIfCancellationRequested();
            isFolderFull = folder.IsFull();
            isOutOfTime = time.GetElapsedTime(started) > limit;
            return isFolderFull || isOutOfTime || output.IsFull || error.IsFull ? throw new SandboxStopException() : 1UL;
        });

        var (exitCode, trap) = Execute(python, store, clock, cancellation);
        var errorText = error.ToString() + trap switch
        {
            TrapCode.StackOverflow or TrapCode.MemoryOutOfBounds => DeepRecursion,
            TrapCode.Unreachable => Crash,
            _ => "",
        };
        var outcome = isFolderFull || output.IsFull || error.IsFull ? RunOutcome.OutputLimit
            : isOutOfTime || clock.IsOverslept ? RunOutcome.Timeout
            : exitCode == 0 ? RunOutcome.Ok
            : IsOutOfMemory(errorText) ? RunOutcome.Memory
            : RunOutcome.Error;
        return new RunResult(
            output.ToString(),
            errorText.Length == 0 ? null : errorText,
            outcome,
            Math.Round(time.GetElapsedTime(started).TotalMilliseconds, 1));
    }

    /// <summary>The program's exit code, 1 where it was stopped, and what trap the interpreter ran into.</summary>
    private static (int ExitCode, TrapCode? Trap) Execute(
        PreparedPython python, Store store, SandboxClock clock, CancellationToken cancellation)
    {
        using var linker = new Linker(python.Engine);
        linker.DefineWasi();
        clock.Replace(linker);
        // Nobody learns anything by them here, and what looks after the program's folder need not fear any.
        linker.DefineFunction("wasi_snapshot_preview1", "path_symlink", (int _, int _, int _, int _, int _) => NotSupported);
        try
        {
            linker.Instantiate(store, python.Module).GetAction("_start")!();
            return (0, null);
        }
        catch (WasmtimeException exception)
        {
            cancellation.ThrowIfCancellationRequested();
            return (exception.ExitCode ?? 1, (exception as TrapException)?.Type);
        }
    }

    /// <summary>What the bootstrap says of the input to a program that asks for more.</summary>
    private static string Describe(string stdin) => stdin.AsSpan().TrimEnd('\n').Count('\n') switch
    {
        _ when stdin.Length == 0 => "empty",
        0 => "only one line long",
        var ends => string.Create(CultureInfo.InvariantCulture, $"only {ends + 1} lines long"),
    };

    private static bool IsOutOfMemory(string error) =>
        error.AsSpan().TrimEnd().EndsWith("MemoryError", StringComparison.Ordinal);

    /// <summary>The interpreter needs a deep native stack, and would keep a thread of the pool for seconds.</summary>
    private static Task<RunResult> OnOwnThreadAsync(Func<RunResult> run)
    {
        var done = new TaskCompletionSource<RunResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(
            () =>
            {
                try
                {
                    done.SetResult(run());
                }
                catch (OperationCanceledException exception)
                {
                    done.SetCanceled(exception.CancellationToken);
                }
                catch (Exception exception)
                {
                    done.SetException(exception);
                }
            },
            maxStackSize: 4 * PythonRuntime.StackBytes)
        {
            IsBackground = true,
            Name = "sandbox",
        };
        thread.Start();
        return done.Task;
    }

    /// <summary>Keeps the first bytes of a stream and closes it after them.</summary>
    private sealed class BoundedOutput(int limit)
    {
        private readonly ArrayBufferWriter<byte> _kept = new();

        public bool IsFull { get; private set; }

        public void Write(ReadOnlySpan<byte> data)
        {
            var room = Math.Min(data.Length, limit - _kept.WrittenCount);
            _kept.Write(data[..room]);
            if (room < data.Length)
            {
                IsFull = true;
                throw new SandboxStopException();
            }
        }

        public override string ToString() => Encoding.UTF8.GetString(_kept.WrittenSpan);
    }
}
