using Microsoft.FeatureManagement;

namespace LearnFlow.Triage.Flags;

/// <summary>What is switched on now.</summary>
/// <param name="features">Reads it from the configuration, of which what was switched at run time is a part.</param>
public sealed class FlagState(IVariantFeatureManager features)
{
    /// <summary>Whether a flag is on.</summary>
    /// <param name="flag">One of <see cref="Flag"/>.</param>
    public bool IsOn(string flag)
    {
        // Flags are true or false, which takes no waiting: filters, which might, are refused at the start.
        var answer = features.IsEnabledAsync(flag);
        return answer.IsCompleted ? answer.Result : answer.AsTask().GetAwaiter().GetResult();
    }
}
