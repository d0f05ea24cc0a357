using System.Globalization;
using System.Net;
using System.Net.Mime;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Flags;
using LearnFlow.Triage.Skills;

namespace LearnFlow.Triage.Commands.Verify;

/// <content>What becomes of messages.</content>
internal sealed partial class Verification
{
    private static Result Routing(Intent intent, AgentRole agent, Reply reply)
    {
        if (reply.IsProblem(ProblemType.Unavailable))
        {
            // What nobody keeps says nothing of where it went; the agent has a line of its own.
            return NotChecked($"the message was refused: {reply}.");
        }

        if (!reply.Status.IsSuccess())
        {
            return Fails($"the message was answered {reply}.", "Look for its requestId in triage's log.");
        }

        var (label, went) = (IntentNames.Of(intent), reply.Json.Text("intent"));
        return reply.Json.Text("status") is "answered" or "queued" && went == label
            ? Holds($"goes to {agent.Resource}, {reply.Json.GetProperty("confidence").GetDouble().ToString("P0", CultureInfo.InvariantCulture)} sure")
            : Fails(
                $"the message became {reply.Json.Text("status")}, {went}.",
                $"Look at {Flag.EnableSkillLibrary} and {Flag.EnableMlClassifier}, and at the skill library of the release.");
    }

    private async Task<Result> AgentAsync(AgentRole agent, JsonElement? answer)
    {
        var health = await caller.GetAsync($"api/v1/triage/health/{agent.Resource}", _token);
        var (status, breaker) = (health.Json.Text("status"), health.Json.Text("breaker"));
        if (status != "up")
        {
            _away.Add(agent);
            return Fails($"is {status}, its breaker {breaker}.", $"Look at its log and its {Topology.HealthPath}, and at {Topology.AddressSetting(agent)} of triage. What is asked of it meanwhile waits.");
        }

        return breaker == "closed" && answer is { } json && json.TryGetProperty("status", out var became) && became.ValueEquals("answered")
            ? Holds($"is up, its breaker closed, and answered in {json.GetProperty("timings").GetProperty("agentMs").GetDouble().ToString("F1", CultureInfo.InvariantCulture)} ms")
            : Fails(
                $"is up, its breaker {breaker}, and did not answer.",
                "Look at its log. A breaker closes by itself 30 s after its agent is back; then verify again.");
    }

    private async Task<Result> DeclinedAsync()
    {
        var reply = await AskAsync(new() { ["query"] = OutOfScope });
        return reply.Status == HttpStatusCode.OK && reply.Json.Text("status") == "declined"
            ? Holds("is declined")
            : Fails($"the message was answered {reply}.", $"Look at {Flag.EnableSkillLibrary} and {Flag.EnableMlClassifier}, and at the skill library of the release.");
    }

    private async Task<Result> RepeatedAsync()
    {
        JsonObject Message(string query) => new() { ["query"] = query, ["requestId"] = _id };
        var (first, second) = (await AskAsync(Message(OutOfScope)), await AskAsync(Message(OutOfScope)));
        var (other, read) = (await AskAsync(Message("What is a loop?")), await caller.GetAsync($"{Ask}/{_id}", _token));
        return first.Status != HttpStatusCode.OK ? Fails($"the message was answered {first}.", "Look for its requestId in triage's log.")
            : !JsonElement.DeepEquals(first.Json, second.Json) || !JsonElement.DeepEquals(first.Json, read.Json)
                ? Fails("gives another answer.", "Look whether all replicas have the same Redis, and whether it keeps what it is told.")
            : !other.IsProblem(ProblemType.RequestIdTaken) ? Fails($"another message with it is answered {other} and not 409.", "Look at the release.")
            : Holds("gives the same answer, and 409 to another message");
    }

    private async Task<Result> StreamingAsync()
    {
        var reply = await caller.SendAsync(HttpMethod.Post, Ask, _token, new() { ["query"] = OutOfScope }, MediaTypeNames.Text.EventStream);
        if (reply.Status != HttpStatusCode.OK || reply.MediaType != MediaTypeNames.Text.EventStream)
        {
            return Fails($"what accepts text/event-stream is answered {reply}, {reply.MediaType}.", "Look whether what stands in front takes Accept away.");
        }

        var events = SseParser.Create(new MemoryStream(Encoding.UTF8.GetBytes(reply.Text))).Enumerate().ToList();
        var text = string.Concat(events.Where(item => item.EventType == "delta").Select(item => JsonElement.Parse(item.Data).Text("markdown")));
        return events is [{ EventType: "decision" }, .., { EventType: "done" } done]
            && JsonElement.Parse(done.Data).GetProperty("answer").Text("markdown") == text
                ? Holds($"decision, then the answer in parts, then done: {events.Count} events")
                : Fails($"the events were {string.Join(", ", events.Select(item => item.EventType))}, or their parts are not the answer.", "Look at what stands in front, and at the release.");
    }

    private async Task<Result> RunningAsync()
    {
        if (_away.Contains(AgentRole.Exercise))
        {
            return NotChecked($"{AgentRole.Exercise.Resource}, which does it, is away.");
        }

        var reply = await caller.SendAsync(HttpMethod.Post, "api/v1/run", _token, new() { ["code"] = "print(6 * 7)" });
        return reply.Status == HttpStatusCode.OK && reply.Json.Text("outcome") == "ok" && reply.Json.Text("output").Trim() == "42"
            ? Holds($"print(6 * 7) says 42, in {reply.Json.GetProperty("durationMs").GetDouble().ToString("F0", CultureInfo.InvariantCulture)} ms")
            : Fails($"print(6 * 7) is answered {reply}.", "Python is put beside the program by npm when it is built; the exercise agent's log says what is missing.");
    }
}
