namespace LearnFlow.Triage;

/// <summary>Work that a service does again and again.</summary>
internal static class Periodically
{
    /// <summary>Does it after each interval, one after the other, until the service stops.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="interval">How long lies between two beginnings; the next waits for the end of one that takes longer.</param>
    /// <param name="work">What is done.</param>
    /// <param name="stopping">The service stops.</param>
    public static async Task DoEveryAsync(this TimeProvider time, TimeSpan interval, Func<Task> work, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                await work();
            }
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }
}
