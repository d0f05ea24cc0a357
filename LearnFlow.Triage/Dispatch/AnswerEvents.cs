using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Threading.Channels;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Endpoints;
using Microsoft.AspNetCore.Mvc;

namespace LearnFlow.Triage.Dispatch;

/// <summary>What was decided, before there is an answer.</summary>
/// <param name="RequestId">The message's id.</param>
/// <param name="Intent">The reading that was chosen.</param>
/// <param name="Confidence">How likely it is, 0 to 1.</param>
/// <param name="Agent">Who answers; absent where none does.</param>
/// <param name="Decision">Why.</param>
public sealed record DecisionEvent(string RequestId, Intent Intent, double Confidence, string? Agent, DecisionView Decision);

/// <summary>More of the answer.</summary>
/// <param name="Markdown">What is added to what came before.</param>
public sealed record DeltaEvent(string Markdown);

/// <summary>
/// What a student reads along while a message is answered, as server-sent events: <c>decision</c>, <c>delta</c> for each
/// part of the answer, <c>queued</c> where that has to wait, <c>done</c> with the whole answer, or <c>problem</c>. The id of
/// an event says how many characters of the answer have come with it, so that any replica can go on from there.
/// </summary>
/// <param name="requestId">The message's id.</param>
/// <param name="lastEventId">The last event that the student has; null where they have none.</param>
public sealed class AnswerEvents(string requestId, string? lastEventId)
{
    private readonly Channel<SseItem<string>> _events = Channel.CreateUnbounded<SseItem<string>>(
        new UnboundedChannelOptions { SingleReader = true });

    private readonly int _have = int.TryParse(lastEventId, NumberStyles.None, CultureInfo.InvariantCulture, out var have) ? have : -1;
    private int _length;

    /// <summary>The events; they end behind <c>done</c> or <c>problem</c>.</summary>
    public ChannelReader<SseItem<string>> Events => _events.Reader;

    /// <summary>Whether anything was said yet.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>It was decided.</summary>
    /// <param name="decision">What.</param>
    public void Decided(DecisionEvent decision)
    {
        if (!HasBegun && _have < 0)
        {
            Write("decision", JsonSerializer.Serialize(decision, TriageJson.Default.DecisionEvent), "0");
        }

        HasBegun = true;
    }

    /// <summary>The next part of the answer is there.</summary>
    /// <param name="markdown">The part.</param>
    public void Add(string markdown)
    {
        var from = Math.Clamp(_have - _length, 0, markdown.Length);
        _length += markdown.Length;
        if (from < markdown.Length)
        {
            Write(
                "delta", JsonSerializer.Serialize(new DeltaEvent(markdown[from..]), TriageJson.Default.DeltaEvent),
                _length.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>The answer has to wait. Said again now and then, so that nobody takes the connection for dead.</summary>
    /// <param name="answer">What the student is told.</param>
    public void Waiting(Answer answer) => Write("queued", JsonSerializer.Serialize(answer, TriageJson.Default.Answer), null);

    /// <summary>The whole answer is there; what of it has not been said is.</summary>
    /// <param name="answer">The answer.</param>
    public void Done(Answer answer)
    {
        Decided(new(answer.RequestId, answer.Intent, answer.Confidence, answer.Agent, answer.Decision));
        if (answer.Content.Markdown.Length > _length)
        {
            Add(answer.Content.Markdown[_length..]);
        }

        Write("done", JsonSerializer.Serialize(answer, TriageJson.Default.Answer), null);
        _events.Writer.TryComplete();
    }

    /// <summary>There is no answer.</summary>
    /// <param name="problem">Why.</param>
    public void Failed(ProblemDetails problem)
    {
        if (HasBegun)
        {
            problem.Extensions["requestId"] = requestId;
            Write("problem", JsonSerializer.Serialize(problem, ProblemJson.Default.ProblemDetails), null);
        }

        _events.Writer.TryComplete();
    }

    /// <summary>Something went wrong that nobody expected.</summary>
    /// <param name="exception">What; whoever waits for the first event is thrown it, for then it can still be answered as such.</param>
    public void Failed(Exception exception) => _events.Writer.TryComplete(HasBegun ? null : exception);

    private void Write(string type, string data, string? id)
    {
        HasBegun = true;
        _events.Writer.TryWrite(new SseItem<string>(data, type) { EventId = id });
    }
}
