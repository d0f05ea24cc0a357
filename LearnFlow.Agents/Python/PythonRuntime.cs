using System.Formats.Tar;
using System.IO.Compression;
using LearnFlow.ServiceDefaults;
using Wasmtime;

namespace LearnFlow.Agents.Python;

/// <summary>
/// CPython for WASI, ready to run: the module compiled for this machine and its standard library unpacked. Both are made
/// once, beside the program when it is published, otherwise in the data folder, under a name that changes with whatever
/// they are made from.
/// </summary>
public sealed partial class PythonRuntime : BackgroundService
{
    /// <summary>The interpreter's version.</summary>
    public const string Version = "3.11.3";

    /// <summary>Native stack of the interpreter in bytes: the most that Wasmtime takes, and enough for recursion of 1,000.</summary>
    public const int StackBytes = 2 * 1024 * 1024;

    /// <summary>
    /// The argument with which the program makes both beside itself and ends, so that containers find them in their image
    /// and need no folder to write to.
    /// </summary>
    public const string PrepareCommand = "prepare-python";

    private readonly ModuleCache _cache;
    private readonly ILogger<PythonRuntime> _logger;
    private readonly Lazy<Task<PreparedPython>> _prepared;

    /// <summary>Creates the runtime; nothing is prepared before it is needed or the service has started.</summary>
    /// <param name="cache">Where it is kept compiled and unpacked.</param>
    /// <param name="logger">Where a missing runtime is told.</param>
    public PythonRuntime(ModuleCache cache, ILogger<PythonRuntime> logger)
    {
        _cache = cache;
        _logger = logger;
        _prepared = new(() => Task.Run(Prepare));
    }

    /// <summary>The runtime, as soon as it is ready.</summary>
    /// <param name="cancellation">Ends the wait, not the preparation.</param>
    /// <exception cref="SandboxUnavailableException">It is not installed.</exception>
    public Task<PreparedPython> GetAsync(CancellationToken cancellation) => _prepared.Value.WaitAsync(cancellation);

    /// <inheritdoc />
    public override void Dispose()
    {
        if (_prepared.IsValueCreated && _prepared.Value.IsCompletedSuccessfully)
        {
            _prepared.Value.Result.Module.Dispose();
            _prepared.Value.Result.Engine.Dispose();
        }

        base.Dispose();
    }

    /// <summary>Prepares the runtime at start, so that the first student does not wait, and keeps its clock.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var python = await GetAsync(stoppingToken);
            await InterruptibleEngine.KeepClockAsync(python.Engine, stoppingToken);
        }
        catch (SandboxUnavailableException exception)
        {
            LogUnavailable(_logger, exception.Message);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    /// <summary>Makes both beside the program.</summary>
    /// <exception cref="SandboxUnavailableException">It is not installed.</exception>
    public static void PrepareBesideProgram()
    {
        var (wasm, library) = Sources();
        using var engine = InterruptibleEngine.Create(StackBytes);
        ModuleCache.CompileBesideProgram(engine, wasm);
        Unpack(library, Path.Combine(ModuleCache.BesideProgram, UnpackedName(library)));
    }

    private PreparedPython Prepare()
    {
        var (wasm, library) = Sources();
        var libraryFolder = FindOrUnpack(library);
        var engine = InterruptibleEngine.Create(StackBytes);
        return new PreparedPython(engine, _cache.LoadOrCompile(engine, wasm), Path.Combine(libraryFolder, "usr"));
    }

    private static (string Wasm, string Library) Sources()
    {
        var wasm = Path.Combine(ModuleCache.BesideProgram, $"python-{Version}.wasm");
        var library = Path.Combine(ModuleCache.BesideProgram, $"python-{Version}.tar.gz");
        return File.Exists(wasm) && File.Exists(library) ? (wasm, library) : throw new SandboxUnavailableException(
            "Running code needs Python for the sandbox, which npm fetches at build time: install Node 20 and build again.");
    }

    private string FindOrUnpack(string library)
    {
        var name = UnpackedName(library);
        var folder = Path.Combine(ModuleCache.BesideProgram, name);
        if (!Directory.Exists(folder))
        {
            folder = Path.Combine(OpenCache(), name);
            if (!Directory.Exists(folder))
            {
                Unpack(library, folder);
            }
        }

        return folder;
    }

    private string OpenCache()
    {
        try
        {
            return _cache.OpenFolder();
        }
        catch (StartupException exception)
        {
            // The rest of the agents needs no folder and goes on.
            throw new SandboxUnavailableException(exception.Message);
        }
    }

    private static void Unpack(string archive, string folder)
    {
        var partial = Directory.CreateDirectory($"{folder}.{Guid.NewGuid():N}").FullName;
        using (var packed = File.OpenRead(archive))
        using (var unpacked = new GZipStream(packed, CompressionMode.Decompress))
        {
            TarFile.ExtractToDirectory(unpacked, partial, overwriteFiles: false);
        }

        // Python would read the list of all modules, and each module that it imports, out of the compressed file at every run.
        var modules = Path.Combine(partial, "usr", "local", "lib", "python311.zip");
        ZipFile.ExtractToDirectory(modules, Path.Combine(partial, "usr", "local", "lib", "python3.11"));
        File.Delete(modules);

        try
        {
            Directory.Move(partial, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // Another process was quicker, or it is there since the last publishing.
            Directory.Delete(partial, recursive: true);
        }
    }

    private static string UnpackedName(string library) => $"modules-{Version}-{ModuleCache.Fingerprint(library)}";

    [LoggerMessage(Level = LogLevel.Warning, Message = "The sandbox is off: {Reason}")]
    private static partial void LogUnavailable(ILogger logger, string reason);
}

/// <summary>Python, ready to run.</summary>
/// <param name="Engine">Runs it.</param>
/// <param name="Module">The interpreter, compiled.</param>
/// <param name="LibraryFolder">The folder that a program sees as <c>/usr</c>, read-only.</param>
public sealed record PreparedPython(Engine Engine, Module Module, string LibraryFolder);

/// <summary>Code cannot be run on this installation.</summary>
/// <param name="whatToDo">What to install or to set.</param>
public sealed class SandboxUnavailableException(string whatToDo) : ProblemException(Problems.Create(ProblemType.SandboxUnavailable, whatToDo));
