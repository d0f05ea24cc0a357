using System.Text.Json;
using System.Text.Json.Serialization;
using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Agents.Debug;

/// <summary>A mistake that a student was told of.</summary>
/// <param name="Diagnosis">The mistake, with how much of it was told.</param>
/// <param name="Source">The line of code that it is in, where it is known.</param>
public sealed record ToldMistake(Diagnosis Diagnosis, string? Source)
{
    /// <summary>
    /// Whether this mistake is one that was told: the same at the same place, or without a place. What is edited above it
    /// moves its line, and what is edited in it changes its text, so that either says that the place is the same.
    /// </summary>
    /// <param name="told">The one that was told.</param>
    public bool Is(ToldMistake told) => IsLike(told)
        && (Diagnosis.Line is null
            || Diagnosis.Line == told.Diagnosis.Line
            || (Source is not null && Source.Trim() == told.Source?.Trim()));

    /// <summary>Whether another mistake is of the same kind, be it at another place.</summary>
    /// <param name="other">The other.</param>
    public bool IsLike(ToldMistake other) =>
        Diagnosis.Exception == other.Diagnosis.Exception
        && (Diagnosis.Exception is not null || Diagnosis.Shape == other.Diagnosis.Shape)
        && IsSameMessage(Diagnosis.Message, other.Diagnosis.Message);

    /// <summary>Whether two messages of an error are the same, but for the guess that one version of Python adds and another does not.</summary>
    /// <param name="one">The one.</param>
    /// <param name="other">The other.</param>
    public static bool IsSameMessage(string one, string other) => WithoutGuess(one).SequenceEqual(WithoutGuess(other));

    private static ReadOnlySpan<char> WithoutGuess(string message) =>
        message.IndexOf(". Did you ", StringComparison.Ordinal) is var at and >= 0 ? message.AsSpan(0, at) : message;
}

/// <summary>What was said of mistakes in a conversation.</summary>
/// <param name="Told">The mistakes, the latest last.</param>
/// <param name="IsOpen">Whether the latest is not known to be corrected.</param>
/// <param name="Code">The student's program as it was last seen.</param>
public sealed record DebugConversation(IReadOnlyList<ToldMistake> Told, bool IsOpen, string? Code)
{
    /// <summary>Mistakes that are remembered.</summary>
    private const int Most = 8;

    private const int ShortProgram = 4;

    /// <summary>A conversation in which nothing was said.</summary>
    public static readonly DebugConversation New = new([], false, null);

    /// <summary>The mistake that is being talked about; null where none is.</summary>
    public ToldMistake? Open => IsOpen ? Told[^1] : null;

    /// <summary>The same after a mistake was told, or told more of.</summary>
    /// <param name="mistake">The mistake.</param>
    /// <param name="code">The program, where it was seen.</param>
    public DebugConversation With(ToldMistake mistake, string? code) => new(
        [.. Told.Where(other => !other.Is(mistake)).TakeLast(Most - 1), mistake], true, code ?? Code);

    /// <summary>Whether a program is another than the one that was last seen.</summary>
    /// <param name="code">The program.</param>
    public bool IsNew(string code) => Code is null || Plain(code) != Plain(Code);

    /// <summary>Whether a program is not the one that was last seen, edited: a short one may be edited all over.</summary>
    /// <param name="code">The program.</param>
    public bool IsAnother(string code)
    {
        var before = LinesOf(Code);
        return before.Count >= ShortProgram && LinesOf(code).Count(before.Contains) * 4 < before.Count;
    }

    private static HashSet<string> LinesOf(string? code) =>
        [.. (code ?? "").ReplaceLineEndings("\n").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    private static string Plain(string code) => code.ReplaceLineEndings("\n").TrimEnd();
}

/// <summary>How the state of a conversation is kept.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DebugConversation))]
[JsonSerializable(typeof(AgentAnswer))]
internal sealed partial class DebugConversationJson : JsonSerializerContext;
