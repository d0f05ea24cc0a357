using Wasmtime;

namespace LearnFlow.Agents.Python;

/// <summary>An engine whose programs can be stopped: at each tick of its clock a program that runs is looked at.</summary>
internal static class InterruptibleEngine
{
    /// <summary>How often a running program is looked at, in milliseconds.</summary>
    public const int TickMs = 50;

    /// <summary>Makes an engine.</summary>
    /// <param name="stackBytes">The native stack of what runs in it, in bytes, 2 MB at most.</param>
    public static Engine Create(int stackBytes)
    {
        using var config = new Config().WithEpochInterruption(true).WithMaximumStackSize(stackBytes);
        return new Engine(config);
    }

    /// <summary>Keeps an engine's clock until the service stops.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="stopping">The service stops.</param>
    /// <exception cref="OperationCanceledException">It does.</exception>
    public static async Task KeepClockAsync(Engine engine, CancellationToken stopping)
    {
        using var clock = new PeriodicTimer(TimeSpan.FromMilliseconds(TickMs));
        while (await clock.WaitForNextTickAsync(stopping))
        {
            engine.IncrementEpoch();
        }
    }
}
