namespace LearnFlow.ServiceDefaults.Contracts;

/// <summary>One of the five specialists.</summary>
/// <param name="Name">Its short name, such as <c>debug</c>; also the first segment of its routes.</param>
/// <param name="Port">Its port on a developer's machine, unless <c>LearnFlow:Ports:{resource}</c> says otherwise.</param>
public sealed record AgentRole(string Name, int Port)
{
    /// <summary>Explains errors.</summary>
    public static readonly AgentRole Debug = new("debug", 5081);

    /// <summary>Explains ideas.</summary>
    public static readonly AgentRole Concepts = new("concepts", 5082);

    /// <summary>Sets and grades practice, and runs code.</summary>
    public static readonly AgentRole Exercise = new("exercise", 5083);

    /// <summary>Knows how far a student is.</summary>
    public static readonly AgentRole Progress = new("progress", 5084);

    /// <summary>Reads working code.</summary>
    public static readonly AgentRole Review = new("review", 5085);

    /// <summary>All five, in the order of their ports.</summary>
    public static readonly IReadOnlyList<AgentRole> All = [Debug, Concepts, Exercise, Progress, Review];

    /// <summary>The name by which the service is found, such as <c>debug-agent</c>.</summary>
    public string Resource { get; } = $"{Name}-agent";
}
