using System.ComponentModel.DataAnnotations;

namespace LearnFlow.Agents.Python;

/// <summary>How the sandbox is set up.</summary>
public sealed class SandboxOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Sandbox";

    /// <summary>Programs at the same time, 1 to 64; the number of cores unless set. The others wait.</summary>
    [Range(1, 64, ErrorMessage = "Sandbox:Concurrency must be 1 to 64.")]
    public int Concurrency { get; set; } = Math.Clamp(Environment.ProcessorCount, 1, 64);

    /// <summary>Where the compiled interpreter is kept; a folder in the data folder unless set.</summary>
    public string? CacheFolder { get; set; }
}
