namespace LearnFlow.Triage.Skills;

/// <summary>Phrases that speak for an intent equally strongly.</summary>
public sealed class PhraseGroup
{
    /// <summary>What each of them adds to the intent's score.</summary>
    public required double Weight { get; init; }

    /// <summary>
    /// Whether they count only where something else shows that the message is about programming: "what is" asks for an
    /// explanation, but of what?
    /// </summary>
    public bool NeedsSubject { get; init; }

    /// <summary>
    /// The longest message, in words, in which they count: "hello" alone is chit-chat, at the head of a question it is
    /// politeness. Any length where nothing is said.
    /// </summary>
    public int MostWords { get; init; } = int.MaxValue;

    /// <summary>The phrases, in lower case.</summary>
    public required List<string> Any { get; init; }
}

/// <summary>A skill as its file describes it: <c>Skills/Library/{name}/skill.yaml</c>.</summary>
public sealed class SkillFile
{
    /// <summary>The intent that it recognises, in the contract's words.</summary>
    public required string Intent { get; init; }

    /// <summary>What it is for, for those who edit it.</summary>
    public required string Purpose { get; init; }

    /// <summary>How it is offered to a student who is asked what they mean.</summary>
    public required string Offer { get; init; }

    /// <summary>Its phrases.</summary>
    public required List<PhraseGroup> Phrases { get; init; }
}
