using LearnFlow.Triage.Skills;

namespace LearnFlow.Triage.Models;

/// <summary>What came of asking a model.</summary>
public enum ModelOutcome
{
    /// <summary>Nobody asked, or there is no model.</summary>
    NotAsked,

    /// <summary>It gave a reading.</summary>
    Answered,

    /// <summary>The key is wrong, or may not use this model (401, 403).</summary>
    Unauthorized,

    /// <summary>Too many requests, or no credit (429).</summary>
    RateLimited,

    /// <summary>The request does not suit it, as where there is no model by that name (other 4xx, redirects).</summary>
    Refused,

    /// <summary>It failed (5xx).</summary>
    ServerError,

    /// <summary>No connection, or one that was cut.</summary>
    Unreachable,

    /// <summary>It was too slow.</summary>
    Timeout,

    /// <summary>It answered something else than what it was asked for.</summary>
    Invalid,
}

/// <summary>A model's opinion of a message.</summary>
/// <param name="Outcome">What came of asking.</param>
/// <param name="Reading">Its reading; null unless the outcome is <see cref="ModelOutcome.Answered"/>.</param>
/// <param name="Tokens">The tokens that asking cost.</param>
public readonly record struct ModelOpinion(ModelOutcome Outcome, Reading? Reading, int Tokens);
