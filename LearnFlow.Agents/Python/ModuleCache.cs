using System.Security.Cryptography;
using LearnFlow.ServiceDefaults;
using Microsoft.Extensions.Options;
using Wasmtime;

namespace LearnFlow.Agents.Python;

/// <summary>
/// WebAssembly compiled for this machine, which takes seconds and is done once: beside the program when it is published,
/// otherwise in the data folder, under a name that changes with whatever it is made from.
/// </summary>
/// <param name="configuration">Where the data folder is named.</param>
/// <param name="options">Where the cache is, if not in it.</param>
/// <param name="logger">Where it is told that something is compiled again.</param>
public sealed partial class ModuleCache(
    IConfiguration configuration, IOptions<SandboxOptions> options, ILogger<ModuleCache> logger)
{
    /// <summary>The folder beside the program in which the modules lie as they were fetched, and compiled if it was published.</summary>
    public static readonly string BesideProgram = Path.Combine(AppContext.BaseDirectory, "python");

    /// <summary>A module, compiled now only where it has not been before.</summary>
    /// <param name="engine">What it is for.</param>
    /// <param name="wasm">The module as it was fetched.</param>
    public Module LoadOrCompile(Engine engine, string wasm)
    {
        var name = CompiledName(wasm);
        if (Load(engine, Path.Combine(BesideProgram, name)) is { } published)
        {
            return published;
        }

        string folder;
        try
        {
            folder = OpenFolder();
        }
        catch (StartupException)
        {
            // An image that was published on another kind of processor: every start takes the seconds again.
            LogCompilingWithoutCache(logger, Path.GetFileName(wasm));
            return Module.FromFile(engine, wasm);
        }

        var compiled = Path.Combine(folder, name);
        if (Load(engine, compiled) is { } cached)
        {
            return cached;
        }

        var module = Module.FromFile(engine, wasm);
        Keep(module, compiled);
        return module;
    }

    /// <summary>The folder in which what was made is kept.</summary>
    /// <exception cref="StartupException">It cannot be written to.</exception>
    public string OpenFolder()
    {
        if (options.Value.CacheFolder is not { Length: > 0 } configured)
        {
            return DataFolder.Open(configuration, "sandbox");
        }

        try
        {
            return Directory.CreateDirectory(configured).FullName;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(exception.Message, exception);
        }
    }

    /// <summary>Compiles a module beside the program.</summary>
    /// <param name="engine">What it is for.</param>
    /// <param name="wasm">The module as it was fetched.</param>
    public static void CompileBesideProgram(Engine engine, string wasm)
    {
        using var module = Module.FromFile(engine, wasm);
        Keep(module, Path.Combine(BesideProgram, CompiledName(wasm)));
    }

    /// <summary>Tells one input from another: its content and the version of what compiles it.</summary>
    /// <param name="file">The input.</param>
    public static string Fingerprint(string file)
    {
        using var content = File.OpenRead(file);
        var hash = Convert.ToHexStringLower(SHA256.HashData(content))[..12];
        return $"{typeof(Engine).Assembly.GetName().Version}-{hash}";
    }

    private static string CompiledName(string wasm) => $"{Path.GetFileNameWithoutExtension(wasm)}-{Fingerprint(wasm)}.cwasm";

    private Module? Load(Engine engine, string compiled)
    {
        if (!File.Exists(compiled))
        {
            return null;
        }

        try
        {
            return Module.DeserializeFile(engine, Path.GetFileName(compiled), compiled);
        }
        catch (WasmtimeException)
        {
            // Compiled by another machine or version, or cut off: it is made again.
            LogCompilingAgain(logger, compiled);
            return null;
        }
    }

    private static void Keep(Module module, string compiled)
    {
        var partial = $"{compiled}.{Guid.NewGuid():N}";
        File.WriteAllBytes(partial, module.Serialize());
        File.Move(partial, compiled, overwrite: true);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{File} cannot be used here and is compiled again")]
    private static partial void LogCompilingAgain(ILogger logger, string file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File} is compiled at every start: it is not compiled for this machine beside the program, and no folder can be written to")]
    private static partial void LogCompilingWithoutCache(ILogger logger, string file);
}
