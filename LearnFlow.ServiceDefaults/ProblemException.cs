using Microsoft.AspNetCore.Mvc;

namespace LearnFlow.ServiceDefaults;

/// <summary>Something that went wrong and that the caller is told as a problem.</summary>
/// <param name="problem">The problem.</param>
public abstract class ProblemException(ProblemDetails problem) : Exception(problem.Detail)
{
    /// <summary>What the caller is told.</summary>
    public ProblemDetails Problem { get; } = problem;
}
