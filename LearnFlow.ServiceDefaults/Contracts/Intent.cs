using System.Text.Json.Serialization;

namespace LearnFlow.ServiceDefaults.Contracts;

/// <summary>What a student wants with a message.</summary>
[JsonConverter(typeof(IntentConverter))]
public enum Intent
{
    /// <summary>Not about learning Python.</summary>
    [JsonStringEnumMemberName("out_of_scope")]
    OutOfScope,

    /// <summary>An error, a traceback, wrong output.</summary>
    [JsonStringEnumMemberName("syntax_help")]
    SyntaxHelp,

    /// <summary>What something is, or how something is done.</summary>
    [JsonStringEnumMemberName("concept_explanation")]
    ConceptExplanation,

    /// <summary>Practice, a quiz, a project idea.</summary>
    [JsonStringEnumMemberName("exercise_request")]
    ExerciseRequest,

    /// <summary>How far they are, what to learn next.</summary>
    [JsonStringEnumMemberName("progress_check")]
    ProgressCheck,

    /// <summary>Critique of code that works.</summary>
    [JsonStringEnumMemberName("code_review")]
    CodeReview,
}

/// <summary>Which intent goes where.</summary>
public static class IntentRouting
{
    /// <summary>The agent that answers an intent, or null where none does.</summary>
    /// <param name="intent">The intent.</param>
    public static AgentRole? Agent(this Intent intent) => intent switch
    {
        Intent.SyntaxHelp => AgentRole.Debug,
        Intent.ConceptExplanation => AgentRole.Concepts,
        Intent.ExerciseRequest => AgentRole.Exercise,
        Intent.ProgressCheck => AgentRole.Progress,
        Intent.CodeReview => AgentRole.Review,
        _ => null,
    };
}

/// <summary>Reads names alone: a number may be that of no intent, and nobody could answer it.</summary>
public sealed class IntentConverter() : JsonStringEnumConverter<Intent>(namingPolicy: null, allowIntegerValues: false);
