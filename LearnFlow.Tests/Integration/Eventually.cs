using System.Diagnostics;

namespace LearnFlow.Tests.Integration;

/// <summary>Waits for a condition, and fails with what it waited for where that never comes.</summary>
internal static class Eventually
{
    /// <summary>Long enough for a loaded machine: reaching it is a failure, not a measurement.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static async Task HoldsAsync(string what, Func<Task<bool>> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < Patience, $"never came true: {what}");
            await Task.Delay(Pause);
        }
    }
}
