namespace LearnFlow.Triage.Commands.Verify;

/// <summary>What a check showed.</summary>
internal enum Outcome
{
    /// <summary>It is as it should be.</summary>
    Holds,

    /// <summary>It is not.</summary>
    Fails,

    /// <summary>Nobody knows.</summary>
    NotChecked,
}

/// <summary>A check and what it showed.</summary>
/// <param name="Check">What was looked at.</param>
/// <param name="Outcome">Whether it holds.</param>
/// <param name="Detail">What was seen, and where it does not hold what to do.</param>
internal sealed record Finding(string Check, Outcome Outcome, string Detail);
