namespace LearnFlow.ServiceDefaults.Contracts;

/// <summary>What triage asks an agent.</summary>
/// <param name="RequestId">The message's id; an agent that gets it twice has the same message before it.</param>
/// <param name="Student">Who asks: the <c>sub</c> of the token.</param>
/// <param name="Query">The student's words.</param>
/// <param name="Code">The code that came with them.</param>
/// <param name="Error">The error that came with them.</param>
public sealed record AgentQuestion(string RequestId, string Student, string Query, string? Code, string? Error)
{
    /// <summary>Where in a conversation it stands; null where it stands alone.</summary>
    public ConversationTurn? Conversation { get; init; }
}

/// <summary>What of a question is new in its conversation: the rest of it was said before.</summary>
/// <param name="Id">The conversation, of the student's choice.</param>
/// <param name="Query">The student's words in this message.</param>
/// <param name="BringsCode">Whether the question's code came with this message.</param>
/// <param name="BringsError">Whether the question's error came with this message.</param>
public sealed record ConversationTurn(string Id, string Query, bool BringsCode, bool BringsError);

/// <summary>What an agent answers: words for the student, and the same as data for a page.</summary>
/// <param name="Markdown">The answer to read.</param>
public sealed record AgentAnswer(string Markdown)
{
    /// <summary>From the debug agent: the error that it found.</summary>
    public Diagnosis? Diagnosis { get; init; }

    /// <summary>From the concepts agent: the idea that it explains.</summary>
    public ConceptSummary? Concept { get; init; }

    /// <summary>From the exercise agent: the exercise that it sets.</summary>
    public ExerciseTask? Exercise { get; init; }

    /// <summary>From the progress agent: how far the student is.</summary>
    public ProgressReport? Progress { get; init; }

    /// <summary>From the review agent: what it found.</summary>
    public ReviewReport? Review { get; init; }

    /// <summary>What stands between the answers of two agents.</summary>
    public const string Separator = "\n\n---\n\n";

    /// <summary>This answer followed by another agent's, for a message that asked for both.</summary>
    /// <param name="other">The other's answer.</param>
    public AgentAnswer And(AgentAnswer other) => new($"{Markdown}{Separator}{other.Markdown}")
    {
        Diagnosis = Diagnosis ?? other.Diagnosis,
        Concept = Concept ?? other.Concept,
        Exercise = Exercise ?? other.Exercise,
        Progress = Progress ?? other.Progress,
        Review = Review ?? other.Review,
    };
}

/// <summary>What is wrong in a program, understood.</summary>
/// <param name="Exception">The class, such as <c>NameError</c>; null where the program is wrong without one.</param>
/// <param name="Message">What Python said after it, or without an exception what the program should print; else empty.</param>
/// <param name="Line">The line in the student's code, from 1, where it is known.</param>
/// <param name="Cause">What it means here.</param>
/// <param name="Hint">The next step to take.</param>
/// <param name="Shape">The kind of slip that was recognised; null where only the class was.</param>
/// <param name="Concept">The concept behind it, as the concepts agent knows it.</param>
public sealed record Diagnosis(
    string? Exception, string Message, int? Line, string Cause, string Hint, string? Shape, string? Concept)
{
    /// <summary>The faulty name or expression as it stands in the code, where it is known.</summary>
    public string? Expression { get; init; }

    /// <summary>How much of it the student was told: 1 where it is, 2 what goes on, 3 what kind of change, 4 an example.</summary>
    public int Step { get; init; } = 1;
}

/// <summary>A concept that was explained.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Title">Its title.</param>
/// <param name="Topic">The curriculum's topic that it belongs to.</param>
/// <param name="See">Ids of related concepts.</param>
public sealed record ConceptSummary(string Id, string Title, string Topic, IReadOnlyList<string> See);

/// <summary>What a review found.</summary>
/// <param name="Quality">0 to 100.</param>
/// <param name="Parts">What makes the quality.</param>
/// <param name="Findings">The most important first.</param>
/// <param name="Praise">What is good.</param>
public sealed record ReviewReport(int Quality, ReviewParts Parts, IReadOnlyList<ReviewNote> Findings, IReadOnlyList<string> Praise);

/// <summary>The parts of a program's quality, each 0 to 100.</summary>
/// <param name="Correctness">Half of it: whether it does what it seems to do.</param>
/// <param name="Idiom">Three tenths: whether it says it as Python does.</param>
/// <param name="Style">Two tenths: whether it is easy to read.</param>
public sealed record ReviewParts(int Correctness, int Idiom, int Style);

/// <summary>One finding of a review.</summary>
/// <param name="Code">The field's code for it, such as <c>B006</c>.</param>
/// <param name="Rule">The rule's name.</param>
/// <param name="Severity"><c>correctness</c>, <c>idiom</c> or <c>style</c>.</param>
/// <param name="Line">The line in the student's code, from 1.</param>
/// <param name="Message">What was found.</param>
/// <param name="Why">Why it matters.</param>
public sealed record ReviewNote(string Code, string Rule, string Severity, int Line, string Message, string Why);
