using Microsoft.AspNetCore.Mvc;

namespace LearnFlow.Triage.Endpoints;

/// <summary>Messages to be answered together.</summary>
/// <param name="Messages">1 to 100 of them, each as if it were sent alone.</param>
public sealed record Batch(IReadOnlyList<Ask?>? Messages)
{
    /// <summary>The most messages.</summary>
    public const int Most = 100;

    /// <summary>The largest body, in bytes: 100 messages of an ordinary size.</summary>
    public const int LargestBody = 4 * 1024 * 1024;

    /// <summary>Messages of a batch that are answered at the same time, so that it does not take all agents for itself.</summary>
    public const int AtOnce = 4;
}

/// <summary>What became of the messages of a batch, in their order.</summary>
/// <param name="Results">One for each.</param>
public sealed record BatchAnswer(IReadOnlyList<BatchResult> Results);

/// <summary>What became of one message of a batch.</summary>
/// <param name="RequestId">Its id.</param>
/// <param name="Status">The HTTP status that it would have been answered with alone.</param>
/// <param name="Answer">The answer; absent where there is a problem.</param>
/// <param name="Problem">The problem.</param>
public sealed record BatchResult(string RequestId, int Status, Answer? Answer, ProblemDetails? Problem);
