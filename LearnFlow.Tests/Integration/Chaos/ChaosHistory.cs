using System.Text.Json;

namespace LearnFlow.Tests.Integration.Chaos;

/// <summary>A message that a client sends, as often as it takes.</summary>
/// <param name="RequestId">Its id.</param>
/// <param name="Student">Whose it is.</param>
/// <param name="Query">What it says.</param>
/// <param name="Intent">Who is to answer.</param>
/// <param name="Conversation">The conversation; null where it stands alone.</param>
/// <param name="IsIntruder">Whether its id belongs to another message.</param>
internal sealed record ChaosMessage(
    string RequestId, string Student, string Query, string Intent, string? Conversation = null, bool IsIntruder = false);

/// <summary>What a client was told.</summary>
/// <param name="Message">Of which message.</param>
/// <param name="Replica">By which replica.</param>
/// <param name="SentAt">When it asked, in milliseconds from the beginning.</param>
/// <param name="At">When it was told.</param>
/// <param name="Status">The HTTP status; 0 where the connection broke.</param>
/// <param name="Body">The body; undefined where there was none.</param>
internal sealed record Told(ChaosMessage Message, int Replica, double SentAt, double At, int Status, JsonElement Body)
{
    /// <summary>What a student who reads along has read until now, over all connections that it took; else null.</summary>
    public string? Read { get; init; }

    /// <summary>Answered for good, and kept.</summary>
    public bool IsAnswer => Status == 200 && !IsDegraded && Body.Text("status") == "answered";

    /// <summary>Taken on, to be answered later.</summary>
    public bool IsQueued => Status == 202;

    /// <summary>Answered, but the answer could not be kept: whoever asks again may get another one.</summary>
    public bool IsDegraded => Status == 200 && Body.TryGetProperty("degraded", out var degraded) && degraded.GetBoolean();

    public string Answer => AnswerOf(Body);

    public string Markdown => Body.GetProperty("answer").Text("markdown");

    /// <summary>An answer's content, written in one way however it was written when it came.</summary>
    public static string AnswerOf(JsonElement body) => JsonSerializer.Serialize(body.GetProperty("answer"));

    public override string ToString() =>
        $"{SentAt,6:0} to {At,6:0} ms, replica {Replica}: {Status} {(Status is 200 or 202 ? $"{Body.Text("status")}{(IsDegraded ? ", degraded" : "")}: {Markdown.Split('\n')[0]}" : Body.ToString())}";
}

/// <summary>All that is known of a run when it is over.</summary>
/// <param name="Told">What clients were told.</param>
/// <param name="Finals">What each message's student reads in the end, by its id; absent where there is none.</param>
/// <param name="Dead">The ids of dead letters.</param>
/// <param name="Waiting">How many messages still wait.</param>
/// <param name="Practice">Per student of the quiz: the score that should count, and the one that does.</param>
/// <param name="HadRedis">Whether Redis could be reached all the time, so that every answer could be kept before it was given.</param>
internal sealed record ChaosHistory(
    IReadOnlyList<Told> Told, IReadOnlyDictionary<string, JsonElement> Finals, IReadOnlySet<string> Dead, long Waiting,
    IReadOnlyDictionary<string, (int Expected, int Found)> Practice, bool HadRedis = true);
