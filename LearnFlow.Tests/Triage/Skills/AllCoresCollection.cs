namespace LearnFlow.Tests.Triage.Skills;

/// <summary>
/// Tests that keep every core busy for half a minute. They run when the others have ended, which wait for servers of
/// theirs that would not get a turn.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AllCoresCollection
{
    public const string Name = "All cores";
}
