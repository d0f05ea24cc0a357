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

    /// <summary>Programs that wait for a place at the same time, 0 to 1024; sixteen for each place unless set. More are refused.</summary>
    [Range(0, 1024, ErrorMessage = "Sandbox:MostWaiting must be 0 to 1024.")]
    public int? MostWaiting { get; set; }

    /// <summary>Where the compiled interpreter is kept; a folder in the data folder unless set.</summary>
    public string? CacheFolder { get; set; }
}
