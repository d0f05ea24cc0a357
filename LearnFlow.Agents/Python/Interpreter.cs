using System.Buffers;
using System.Globalization;
using System.Text;
using LearnFlow.ServiceDefaults.Contracts;
using Wasmtime;

namespace LearnFlow.Agents.Python;

/// <summary>What an interpreter is to run.</summary>
/// <param name="Files">What lies in the folder in which it runs, by name.</param>
/// <param name="Limit">The time that it has.</param>
/// <param name="Cancellation">Stops it.</param>
internal sealed record InterpreterJob(IReadOnlyDictionary<string, string> Files, TimeSpan Limit, CancellationToken Cancellation);

/// <summary>
/// One Python, which runs one program and is gone then. It starts before there is a program for it and waits, since starting
/// takes longer than what most students write.
/// </summary>
internal sealed class Interpreter : IDisposable
{
    /// <summary>The interpreter gave up without an error, as by <c>os.abort</c>.</summary>
    private const string Crash = "(Python stopped here: the program did something that the interpreter cannot go on from.)\n";

    /// <summary>Recursion within the interpreter (a <c>__repr__</c> that prints itself) ends it before it can say so.</summary>
    private const string DeepRecursion = "RecursionError: maximum recursion depth exceeded\n";

    /// <summary>WASI's number of the error.</summary>
    private const int NotSupported = 58;

    private static readonly string Bootstrap = Path.Combine(AppContext.BaseDirectory, "python", "bootstrap");

    private readonly PreparedPython _python;
    private readonly string _program;
    private readonly TimeProvider _time;
    private readonly SandboxClock _clock;
    private readonly string _input;
    private readonly SandboxFolder _folder;
    private readonly BoundedOutput _output = new(Sandbox.OutputLimit);
    private readonly BoundedOutput _error = new(Sandbox.OutputLimit);
    private readonly TaskCompletionSource<RunResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _hasJob = new();
    private readonly Thread _thread;

    /// <summary>Null until there is one, and where the interpreter is to end without.</summary>
    private InterpreterJob? _job;

    private long _started;
    private bool _hasStarted;
    private bool _isOutOfTime;
    private bool _isFolderFull;

    /// <summary>Starts it.</summary>
    /// <param name="python">Python.</param>
    /// <param name="program">The file of the folder <c>bootstrap</c> that it begins with, which waits for the job.</param>
    /// <param name="input">What the program reads from standard input.</param>
    /// <param name="time">The clock.</param>
    public Interpreter(PreparedPython python, string program, string input, TimeProvider time)
    {
        (_python, _program, _input, _time, _clock) = (python, program, input, time, new SandboxClock(time));
        _folder = new SandboxFolder(input);
        _started = time.GetTimestamp();
        // It needs a deep native stack, and would keep a thread of the pool for seconds.
        _thread = new Thread(Live, maxStackSize: 4 * PythonRuntime.StackBytes) { IsBackground = true, Name = "sandbox" };
        // It outlives the request in which it is started, and is to know nothing of it.
        _thread.UnsafeStart();
    }

    /// <summary>Runs the one program that it is for.</summary>
    /// <param name="job">The program.</param>
    /// <exception cref="ArgumentException">The name of a file is more than a name.</exception>
    /// <exception cref="OperationCanceledException">The job was cancelled.</exception>
    public Task<RunResult> RunAsync(InterpreterJob job)
    {
        try
        {
            _folder.Fill(job.Files);
        }
        catch
        {
            Dispose();
            throw;
        }

        _job = job;
        _hasJob.Set();
        return _done.Task;
    }

    /// <summary>Ends it, if it has had no job; what has one ends by itself.</summary>
    public void Dispose()
    {
        _hasJob.Set();
        _thread.Join();
        _hasJob.Dispose();
    }

    private void Live()
    {
        try
        {
            _done.SetResult(Run());
        }
        catch (OperationCanceledException exception)
        {
            _done.SetCanceled(exception.CancellationToken);
        }
        catch (Exception exception)
        {
            _done.SetException(exception);
        }
    }

    private RunResult Run()
    {
        using var folder = _folder;
        using var store = new Store(_python.Engine);
        store.SetWasiConfiguration(new WasiConfiguration()
            .WithArgs("python", "-B", "-u", $"/bootstrap/{_program}")
            .WithEnvironmentVariable("PYTHONHOME", "/usr/local")
            .WithEnvironmentVariable("PYTHONUTF8", "1")
            .WithEnvironmentVariable("PYTHONHASHSEED", "0")
            .WithEnvironmentVariable("SANDBOX_INPUT", Describe(_input))
            .WithPreopenedDirectory(_python.LibraryFolder, "/usr", mutable: false)
            .WithPreopenedDirectory(Bootstrap, "/bootstrap", mutable: false)
            .WithPreopenedDirectory(folder.Home, "/", mutable: true)
            .WithStandardInput(folder.Input)
            .WithStandardOutputCallback(_output.Write)
            .WithStandardErrorCallback(_error.Write));
        store.SetLimits(memorySize: Sandbox.MemoryLimit, instances: 1, memories: 1);
        store.SetEpochDeadline(1);
        store.SetEpochDeadlineCallback(_ =>
        {
            var job = Volatile.Read(ref _job);
            job?.Cancellation.ThrowIfCancellationRequested();
            _isFolderFull = folder.IsFull();
            _isOutOfTime = _time.GetElapsedTime(_started) > (job?.Limit ?? Sandbox.TimeLimit);
            return _isFolderFull || _isOutOfTime || _output.IsFull || _error.IsFull ? throw new SandboxStopException() : 1UL;
        });

        var (exitCode, trap) = Execute(store);
        var errorText = _error.ToString() + trap switch
        {
            TrapCode.StackOverflow or TrapCode.MemoryOutOfBounds => DeepRecursion,
            TrapCode.Unreachable => Crash,
            _ => "",
        };
        var outcome = _isFolderFull || _output.IsFull || _error.IsFull ? RunOutcome.OutputLimit
            : _isOutOfTime || _clock.IsOverslept ? RunOutcome.Timeout
            : exitCode == 0 ? RunOutcome.Ok
            : IsOutOfMemory(errorText) ? RunOutcome.Memory
            : RunOutcome.Error;
        return new RunResult(
            _output.ToString(),
            errorText.Length == 0 ? null : errorText,
            outcome,
            Math.Round(_time.GetElapsedTime(_started).TotalMilliseconds, 1));
    }

    /// <summary>The program's exit code, 1 where it was stopped, and what trap the interpreter ran into.</summary>
    private (int ExitCode, TrapCode? Trap) Execute(Store store)
    {
        using var linker = new Linker(_python.Engine);
        linker.DefineWasi();
        _clock.Replace(linker, WaitForJob);
        // Nobody learns anything by them here, and what looks after the program's folder need not fear any.
        linker.DefineFunction("wasi_snapshot_preview1", "path_symlink", (int _, int _, int _, int _, int _) => NotSupported);
        try
        {
            linker.Instantiate(store, _python.Module).GetAction("_start")!();
            return (0, null);
        }
        catch (WasmtimeException exception)
        {
            Volatile.Read(ref _job)?.Cancellation.ThrowIfCancellationRequested();
            return (exception.ExitCode ?? 1, (exception as TrapException)?.Type);
        }
    }

    /// <summary>The time of a program begins when it is there. A program that says once more that it has started changes nothing.</summary>
    private void WaitForJob()
    {
        if (_hasStarted)
        {
            return;
        }

        _hasStarted = true;
        _hasJob.Wait();
        if (_job is null)
        {
            throw new SandboxStopException();
        }

        _started = _time.GetTimestamp();
        _clock.Restart();
    }

    /// <summary>What the bootstrap says of the input to a program that asks for more.</summary>
    private static string Describe(string input) => input.AsSpan().TrimEnd('\n').Count('\n') switch
    {
        _ when input.Length == 0 => "empty",
        0 => "only one line long",
        var ends => string.Create(CultureInfo.InvariantCulture, $"only {ends + 1} lines long"),
    };

    private static bool IsOutOfMemory(string error) =>
        error.AsSpan().TrimEnd().EndsWith("MemoryError", StringComparison.Ordinal);

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
