using CsCheck;

namespace LearnFlow.Tests.Triage.Skills;

/// <summary>
/// Checks many generated values, on every core, and prints the seeds that they came from. CsCheck's own loop tells a seed
/// only where something fails; where the process dies or hangs, the seed of the run is what is left. A failure is handed to
/// CsCheck, which shrinks it. With the environment variable <c>CsCheck_Seed</c> the run begins with that value.
/// </summary>
internal static class Generated
{
    /// <summary>Further values that CsCheck tries to make a failing one smaller.</summary>
    private const int Shrinks = 20_000;

    /// <summary>Checks.</summary>
    /// <param name="values">Makes the values.</param>
    /// <param name="count">How many.</param>
    /// <param name="output">Takes the seeds.</param>
    /// <param name="check">Throws where a value is not as it must be.</param>
    public static void Check<T>(Gen<T> values, int count, ITestOutputHelper output, Action<T> check)
    {
        PCG[] sources = CsCheck.Check.Seed is { } chosen
            ? [PCG.Parse(chosen)]
            : [.. Enumerable.Range(0, Environment.ProcessorCount).Select(stream => new PCG((uint)stream))];
        output.WriteLine($"{count:N0} values, in equal parts from the seeds {string.Join(", ", sources.Select(source => source.ToString()))}");
        string? failing = null;
        Parallel.ForEach(sources, (source, loop) =>
        {
            for (var left = (count + sources.Length - 1) / sources.Length; left > 0 && !loop.IsStopped; left--)
            {
                var seed = source.ToString();
                try
                {
                    check(values.Generate(source, null, out _));
                }
                catch (Exception)
                {
                    failing = seed;
                    loop.Stop();
                }
            }
        });
        if (failing is not null)
        {
            values.Sample(check, seed: failing, iter: Shrinks);
            Assert.Fail($"the value of the seed {failing} failed, and then did not");
        }
    }
}
