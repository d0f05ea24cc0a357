using System.Collections.Concurrent;
using LearnFlow.Agents.Python;
using Wasmtime;

namespace LearnFlow.Agents.Review.Ruff;

/// <summary>
/// Ruff, the linter that Python programmers use, in WebAssembly: its rules find what <see cref="LintRules"/> has words for.
/// Where it is not installed, reviews have our own checks alone.
/// </summary>
public sealed partial class RuffLinter : BackgroundService
{
    /// <summary>
    /// Its stack in bytes: a small part of the stack that every thread has, and enough for brackets in brackets a hundred
    /// times over.
    /// </summary>
    private const int StackBytes = 512 * 1024;

    /// <summary>
    /// How long the first review waits for it where it is not ready yet. What takes longer is being compiled, which takes ten
    /// seconds and more: no other waits for that, or those that come meanwhile would use up the calls that triage makes at once.
    /// </summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private static readonly string Wasm = Path.Combine(ModuleCache.BesideProgram, "ruff.wasm");

    private readonly ModuleCache _cache;
    private readonly TimeProvider _time;
    private readonly ILogger<RuffLinter> _logger;
    private readonly Dictionary<string, object?> _settings;
    private readonly ConcurrentBag<RuffInstance> _idle = [];
    private readonly Lazy<Task<(Engine Engine, Module Module)?>> _prepared;

    /// <summary>Whether a review has waited in vain.</summary>
    private volatile bool _isSlow;

    /// <summary>Creates the linter; nothing is prepared before it is needed or the service has started.</summary>
    /// <param name="cache">Where it is kept compiled.</param>
    /// <param name="rules">The rules that it looks for.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where it is told that it is missing.</param>
    public RuffLinter(ModuleCache cache, LintRules rules, TimeProvider time, ILogger<RuffLinter> logger)
    {
        _cache = cache;
        _time = time;
        _logger = logger;
        _settings = Settings(rules);
        _prepared = new(() => Task.Run(Prepare));
    }

    /// <summary>Waits until it is ready.</summary>
    /// <param name="cancellation">Ends the wait, not the preparation.</param>
    /// <returns>Whether it is; false where it is not installed.</returns>
    public async Task<bool> IsReadyAsync(CancellationToken cancellation) => await _prepared.Value.WaitAsync(cancellation) is not null;

    /// <summary>What ruff finds; null where it is not installed or not ready, or cannot cope with this program.</summary>
    /// <param name="code">The program.</param>
    /// <param name="cancellation">Ends the wait for it.</param>
    public async Task<IReadOnlyList<RuffFinding>?> CheckAsync(string code, CancellationToken cancellation)
    {
        try
        {
            var wait = _isSlow ? TimeSpan.Zero : LongestWait;
            return await _prepared.Value.WaitAsync(wait, _time, cancellation) is { } ruff ? Check(ruff.Engine, ruff.Module, code) : null;
        }
        catch (TimeoutException)
        {
            _isSlow = true;
            LogGaveUp(_logger, "it is still being compiled");
            return null;
        }
    }

    /// <summary>Compiles it beside the program, if it is installed.</summary>
    public static void PrepareBesideProgram()
    {
        if (File.Exists(Wasm))
        {
            using var engine = InterruptibleEngine.Create(StackBytes);
            ModuleCache.CompileBesideProgram(engine, Wasm);
        }
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        while (_idle.TryTake(out var instance))
        {
            instance.Dispose();
        }

        if (_prepared is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true, Result: { } ruff } })
        {
            ruff.Module.Dispose();
            ruff.Engine.Dispose();
        }

        base.Dispose();
    }

    /// <summary>Prepares it at start, so that the first student does not wait, and keeps its clock.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (await _prepared.Value.WaitAsync(stoppingToken) is { } ruff)
            {
                await InterruptibleEngine.KeepClockAsync(ruff.Engine, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    private (Engine Engine, Module Module)? Prepare()
    {
        if (!File.Exists(Wasm))
        {
            LogMissing(_logger, "npm fetches it at build time: install Node 20 and build again");
            return null;
        }

        var engine = InterruptibleEngine.Create(StackBytes);
        try
        {
            var module = _cache.LoadOrCompile(engine, Wasm);
            _idle.Add(new RuffInstance(engine, module, _settings));
            return (engine, module);
        }
        catch (Exception exception) when (exception is WasmtimeException or InvalidOperationException)
        {
            // A version that needs another host, or a damaged file.
            engine.Dispose();
            LogMissing(_logger, exception.Message);
            return null;
        }
    }

    private IReadOnlyList<RuffFinding>? Check(Engine engine, Module module, string code)
    {
        var instance = _idle.TryTake(out var idle) ? idle : new RuffInstance(engine, module, _settings);
        try
        {
            var findings = instance.Check(code);
            _idle.Add(instance);
            return findings;
        }
        catch (Exception exception) when (exception is WasmtimeException or InvalidOperationException)
        {
            // Brackets in brackets without end, and the like. It is left in the middle of something, so another takes its place.
            instance.Dispose();
            LogGaveUp(_logger, "it cannot cope with the program");
            return null;
        }
    }

    private static Dictionary<string, object?> Settings(LintRules rules) => new()
    {
        // Rules that ruff still tries out, such as a list changed in its own loop; with it ruff names rules by their names.
        ["preview"] = true,
        ["target-version"] = "py313",
        ["line-length"] = 100d,
        ["lint"] = new Dictionary<string, object?>
        {
            ["preview"] = true,
            ["select"] = rules.All.Select(rule => rule.Code).Concat(RuffFinding.CodesOfUnreadable).Select(code => (object?)code).ToList(),
            // The parameter of every function that answers to a click.
            ["dummy-variable-rgx"] = "^(_.*|event)$",
            ["flake8-builtins"] = new Dictionary<string, object?>
            {
                // A beginner seldom calls them, so a variable of that name hurts nobody.
                ["ignorelist"] = new List<object?>
                {
                    "ascii", "bin", "breakpoint", "callable", "compile", "complex", "copyright", "credits", "dir", "exit", "format",
                    "frozenset", "globals", "hash", "help", "hex", "id", "iter", "license", "locals", "memoryview", "oct", "quit",
                    "repr", "slice", "vars",
                },
            },
        },
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reviews have our own checks alone, without ruff: {Reason}")]
    private static partial void LogMissing(ILogger logger, string reason);

    // Without what ruff says when it gives up, which may quote the program.
    [LoggerMessage(Level = LogLevel.Information, Message = "A review has our own checks alone, for ruff gives none: {Reason}")]
    private static partial void LogGaveUp(ILogger logger, string reason);
}
