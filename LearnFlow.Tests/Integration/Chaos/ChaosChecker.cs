using System.Globalization;
using System.Text.Json;

namespace LearnFlow.Tests.Integration.Chaos;

/// <summary>Holds what clients were told, and what is in Redis, against what was promised.</summary>
internal static class ChaosChecker
{
    /// <summary>What was promised and not kept.</summary>
    public static IEnumerable<string> Check(ChaosHistory history)
    {
        if (history.Waiting > 0)
        {
            yield return $"{history.Waiting} messages wait for ever";
        }

        foreach (var (student, (expected, found)) in history.Practice.Where(practice => practice.Value.Expected != practice.Value.Found))
        {
            yield return $"counted twice or never: the last quiz of {student} had {expected} %, and {found} % count";
        }

        foreach (var told in history.Told.GroupBy(told => told.Message.RequestId))
        {
            foreach (var violation in CheckMessage([.. told.Where(one => !one.Message.IsIntruder)], [.. told.Where(one => one.Message.IsIntruder)], history))
            {
                yield return $"{violation}\n  {told.Key}\n  {string.Join("\n  ", told)}";
            }
        }

        foreach (var conversation in history.Told.Where(told => told.Message.Conversation is not null).GroupBy(told => told.Message.Conversation))
        {
            if (CheckOrder([.. conversation], history) is { } violation)
            {
                yield return $"{violation}\n  {string.Join("\n  ", conversation)}";
            }
        }
    }

    private static IEnumerable<string> CheckMessage(List<Told> told, List<Told> intruders, ChaosHistory history)
    {
        var isDead = history.Dead.Contains(told[0].Message.RequestId);
        var isPromised = told.Exists(one => one.IsAnswer || one.IsQueued);
        var status = history.Finals.TryGetValue(told[0].Message.RequestId, out var end) ? end.Text("status") : "unknown";
        if (!told.Exists(one => one.Status is 200 or 202))
        {
            yield return "refused for ever: everything is well again, and still it is not accepted";
        }

        if (isPromised && status != (isDead ? "undeliverable" : "answered"))
        {
            yield return $"lost: accepted, and in the end {status}{(isDead ? ", though a dead letter" : "")}";
        }

        var answers = told.Where(one => one.IsAnswer).Select(one => one.Answer).ToList();
        if (status == "answered")
        {
            answers.Add(Told.AnswerOf(end));
        }

        if (answers.Distinct().Count() > 1)
        {
            yield return $"answered twice: {string.Join(" and ", answers.Distinct())}";
        }

        if (told.Find(one => one.IsQueued && told.Exists(before => before.IsAnswer && before.At <= one.SentAt)) is not null)
        {
            yield return "told to wait after it was answered";
        }

        if (history.HadRedis && told.Find(one => one.IsAnswer && one.Read is { } read && read != one.Markdown) is { } misread)
        {
            yield return $"read along another answer: {misread.Read}";
        }

        foreach (var one in told.Concat(intruders))
        {
            if (one.Status is not (0 or 200 or 202 or 503) && !(one.Status == 409 && one.Message.IsIntruder))
            {
                yield return $"a fault of ours: {one.Status}";
            }

            if (one.Status == 200 && one.Message.Intent == "syntax_help" && one.Body.Text("status") == "answered"
                && !one.Markdown.EndsWith(one.Message.Query, StringComparison.Ordinal))
            {
                yield return "the answer of another message";
            }
        }

        // What was answered without being kept nobody can tell from what was never sent.
        if (isPromised && intruders.Exists(one => one.IsQueued || one.IsAnswer))
        {
            yield return "two messages were accepted under one id";
        }
    }

    /// <summary>Of messages that had to wait, each was answered before the next of its conversation was asked.</summary>
    private static string? CheckOrder(List<Told> told, ChaosHistory history)
    {
        var calls = told.GroupBy(one => one.Message.RequestId)
            .Where(one => one.First(reply => reply.Status is 200 or 202).IsQueued
                && history.Finals.TryGetValue(one.Key, out var end) && end.Text("status") == "answered")
            .Select(one => CallOf(history.Finals[one.Key]))
            .ToList();
        return calls.SequenceEqual(calls.Order()) ? null : $"out of order: answered by the calls {string.Join(", ", calls)}";
    }

    private static int CallOf(JsonElement answer) => int.Parse(
        answer.GetProperty("answer").Text("markdown").Split(' ', ':')[1], CultureInfo.InvariantCulture);
}
