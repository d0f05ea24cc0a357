namespace LearnFlow.Triage.Skills;

/// <summary>
/// Scores as shares of one. The exponential is computed here, from arithmetic that IEEE 754 defines to the bit: the C
/// library's may differ in its last bit between processors, and a trained model must not.
/// </summary>
internal static class Softmax
{
    /// <summary>Replaces scores by probabilities.</summary>
    /// <param name="scores">The scores.</param>
    public static void Of(Span<float> scores)
    {
        var most = float.NegativeInfinity;
        foreach (var score in scores)
        {
            most = Math.Max(most, score);
        }

        var sum = 0f;
        foreach (ref var score in scores)
        {
            score = Exp(score - most);
            sum += score;
        }

        foreach (ref var score in scores)
        {
            score /= sum;
        }
    }

    /// <summary>e to a power that is at most 0, to about seven digits: Taylor's series on a small rest, times a power of two.</summary>
    private static float Exp(float power)
    {
        if (power < -87)
        {
            return 0;
        }

        var exponent = (int)MathF.Round(power * 1.44269504f);
        var rest = power - (exponent * 0.69314718f);
        var series = 1 + (rest * (1 + (rest * (0.5f + (rest * (0.16666667f + (rest * (0.041666667f + (rest * 0.0083333333f)))))))));
        return series * BitConverter.Int32BitsToSingle((exponent + 127) << 23);
    }
}
