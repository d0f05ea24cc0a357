using Microsoft.AspNetCore.Mvc;

namespace LearnFlow.ServiceDefaults;

/// <summary>Something that went wrong and that the caller is told as a problem.</summary>
/// <param name="problem">The problem.</param>
/// <param name="innerException">What brought it about.</param>
public abstract class ProblemException(ProblemDetails problem, Exception? innerException = null)
    : Exception(problem.Detail, innerException)
{
    /// <summary>What the caller is told.</summary>
    public ProblemDetails Problem { get; } = problem;
}
