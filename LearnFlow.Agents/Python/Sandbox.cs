using System.Buffers;
using System.Diagnostics;
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
/// <param name="options">How many at once.</param>
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

    /// <summary>How much a program may have in files of its own, in bytes.</summary>
    public const long FileLimit = 16 * 1024 * 1024;

    /// <summary>The student's program, as its tracebacks name it.</summary>
    public const string ProgramFile = "main.py";

    /// <summary>Recursion within the interpreter (a <c>__repr__</c> that prints itself) ends it before it can say so.</summary>
    private const string DeepRecursion = "RecursionError: maximum recursion depth exceeded\n";

    private static readonly ActivitySource Source = new(Telemetry.SourcePrefix + "Agents");

    private static readonly string Bootstrap = Path.Combine(AppContext.BaseDirectory, "python", "bootstrap");

    private readonly SemaphoreSlim _places = new(options.Value.Concurrency);

    /// <summary>Runs a program as <c>python main.py</c> would.</summary>
    /// <param name="code">The program.</param>
    /// <param name="stdin">What <c>input()</c> reads.</param>
    /// <param name="cancellation">Stops the program, or the wait for a place.</param>
    /// <param name="limit">The time that it has, at most and unless given <see cref="TimeLimit"/>.</param>
    /// <exception cref="SandboxUnavailableException">Python is not installed.</exception>
    public Task<RunResult> RunAsync(
        string code, string? stdin, CancellationToken cancellation, TimeSpan? limit = null) => RunAsync(
            "run.py", new Dictionary<string, string> { [ProgramFile] = code }, stdin, limit ?? TimeLimit, cancellation);

    /// <summary>Runs one of our own programs from the folder <c>bootstrap</c> over files that a student may have made.</summary>
    /// <param name="program">The program's file name.</param>
    /// <param name="files">What lies in the folder in which it runs.</param>
    /// <param name="stdin">What it reads.</param>
    /// <param name="limit">The time that it has, at most <see cref="TimeLimit"/>.</param>
    /// <param name="cancellation">Stops the program, or the wait for a place.</param>
    /// <exception cref="SandboxUnavailableException">Python is not installed.</exception>
    public async Task<RunResult> RunAsync(
        string program, IReadOnlyDictionary<string, string> files, string? stdin, TimeSpan limit,
        CancellationToken cancellation)
    {
        var python = await runtime.GetAsync(cancellation);
        var asked = time.GetTimestamp();
        await _places.WaitAsync(cancellation);
        metrics.GotPlace(time.GetElapsedTime(asked));
        try
        {
            using var activity = Source.StartActivity("sandbox run");
            var result = await OnOwnThreadAsync(() => Run(python, program, files, stdin ?? "", limit, cancellation));
            activity?.SetTag("learnflow.sandbox.outcome", result.Outcome);
            metrics.Ran(result.Outcome, TimeSpan.FromMilliseconds(result.DurationMs));
            return result;
        }
        finally
        {
            _places.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _places.Dispose();

    private RunResult Run(
        PreparedPython python, string program, IReadOnlyDictionary<string, string> files, string stdin,
        TimeSpan limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, TimeLimit);
        var folder = Directory.CreateTempSubdirectory("learnflow-run-").FullName;
        try
        {
            var home = Directory.CreateDirectory(Path.Combine(folder, "home")).FullName;
            foreach (var (name, content) in files)
            {
                File.WriteAllText(Path.Combine(home, name), content);
            }

            var input = Path.Combine(folder, "stdin");
            File.WriteAllText(input, stdin);

            var output = new BoundedOutput(OutputLimit);
            var error = new BoundedOutput(OutputLimit);
            using var engine = new Store(python.Engine);
            engine.SetWasiConfiguration(new WasiConfiguration()
                .WithArgs("python", "-B", "-u", $"/bootstrap/{program}")
                .WithEnvironmentVariable("PYTHONHOME", "/usr/local")
                .WithEnvironmentVariable("PYTHONUTF8", "1")
                .WithEnvironmentVariable("PYTHONHASHSEED", "0")
                .WithPreopenedDirectory(python.LibraryFolder, "/usr", mutable: false)
                .WithPreopenedDirectory(Bootstrap, "/bootstrap", mutable: false)
                .WithPreopenedDirectory(home, "/", mutable: true)
                .WithStandardInput(input)
                .WithStandardOutputCallback(output.Write)
                .WithStandardErrorCallback(error.Write));
            engine.SetLimits(memorySize: MemoryLimit, instances: 1, memories: 1);

            var started = time.GetTimestamp();
            RunOutcome? stopped = null;
            engine.SetEpochDeadline(1);
            engine.SetEpochDeadlineCallback(_ =>
            {
                cancellation.ThrowIfCancellationRequested();
                stopped = output.IsFull || error.IsFull || SizeOf(home) > FileLimit ? RunOutcome.OutputLimit
                    : time.GetElapsedTime(started) > limit ? RunOutcome.Timeout
                    : null;
                return stopped is null ? 1UL : throw new ProgramStoppedException();
            });

            var (exitCode, stackOverflow) = Execute(python, engine, cancellation);
            var errorText = error.ToString() + (stackOverflow ? DeepRecursion : "");
            var outcome = stopped
                ?? (output.IsFull || error.IsFull ? RunOutcome.OutputLimit
                : exitCode == 0 ? RunOutcome.Ok
                : IsOutOfMemory(errorText) ? RunOutcome.Memory
                : RunOutcome.Error);
            return new RunResult(
                output.ToString(),
                errorText.Length == 0 ? null : errorText,
                outcome,
                Math.Round(time.GetElapsedTime(started).TotalMilliseconds, 1));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The program's exit code, 1 where it was stopped, and whether the interpreter ran out of its own stack.</summary>
    private static (int ExitCode, bool StackOverflow) Execute(PreparedPython python, Store store, CancellationToken cancellation)
    {
        using var linker = new Linker(python.Engine);
        linker.DefineWasi();
        try
        {
            linker.Instantiate(store, python.Module).GetAction("_start")!();
            return (0, false);
        }
        catch (WasmtimeException exception)
        {
            cancellation.ThrowIfCancellationRequested();
            return (exception.ExitCode ?? 1, exception is TrapException { Type: TrapCode.StackOverflow or TrapCode.MemoryOutOfBounds });
        }
    }

    private static bool IsOutOfMemory(string error) =>
        error.AsSpan().TrimEnd().EndsWith("MemoryError", StringComparison.Ordinal);

    private static long SizeOf(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

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

    private sealed class ProgramStoppedException : Exception;

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
                throw new ProgramStoppedException();
            }
        }

        public override string ToString() => Encoding.UTF8.GetString(_kept.WrittenSpan);
    }
}
