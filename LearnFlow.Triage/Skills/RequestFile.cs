namespace LearnFlow.Triage.Skills;

/// <summary>By what a message with two wishes is recognised: <c>Skills/Library/requests.yaml</c>.</summary>
public sealed class RequestFile
{
    /// <summary>Words behind which a second wish may begin.</summary>
    public required List<string> Joins { get; init; }

    /// <summary>Phrases with which a wish begins.</summary>
    public required List<string> Requests { get; init; }
}
