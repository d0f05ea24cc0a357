using System.Text;
using LearnFlow.Agents.Concepts;
using LearnFlow.Agents.Python;
using LearnFlow.Agents.Review;
using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Agents.Debug;

/// <summary>
/// Explains errors: the one that was pasted, or else the one that the code ends with when it is run, or else what can be
/// seen in the code without running it.
/// </summary>
/// <param name="errors">What is known of errors.</param>
/// <param name="concepts">The lessons that it refers to.</param>
/// <param name="sandbox">Runs code that came without an error.</param>
/// <param name="reviewer">Reads code that cannot be run, or ends without an error.</param>
/// <param name="time">The clock that ends such a run.</param>
public sealed class DebugAgent(
    ErrorLibrary errors, ConceptLibrary concepts, Sandbox sandbox, CodeReviewer reviewer, TimeProvider time) : IAgent
{
    /// <summary>How long code is run to find its error.</summary>
    private static readonly TimeSpan RunTime = TimeSpan.FromSeconds(1);

    /// <summary>How long that may take with the wait for a place: less than the two seconds that triage waits.</summary>
    private static readonly TimeSpan RunAndWaitTime = TimeSpan.FromSeconds(1.6);

    /// <inheritdoc />
    public async Task<AgentAnswer> AnswerAsync(AgentQuestion question, CancellationToken cancellation)
    {
        var pasted = Traceback.Find(question.Error) ?? Traceback.Find(question.Query) ?? Traceback.Find(question.Code);
        if (pasted is not null)
        {
            return Explain(pasted, question.Code);
        }

        if (Traceback.FindName($"{question.Error}\n{question.Query}") is { } name)
        {
            return Explain(new Traceback(name, "", []), question.Code);
        }

        return question.Code is { Length: > 0 } code
            ? await ExamineAsync(code, cancellation)
            : new AgentAnswer(
                "I would like to help you find it. Please send me two things: the **code**, and the **error** that Python "
                + "prints, all of it from `Traceback` to the last line. If there is no error and only the result is wrong, "
                + "tell me what you expected and what you got.");
    }

    private AgentAnswer Explain(Traceback traceback, string? code)
    {
        var explanation = errors.Explain(traceback.Exception, traceback.Message);
        var place = traceback.Place;
        var source = place?.Source ?? LineOf(code, place?.Line);

        var text = new StringBuilder($"**{traceback.Exception}**");
        text.Append(place is null ? "" : $" on line {place.Line}");
        text.Append(traceback.Message.Length == 0 ? "\n\n" : $": {InlineCode(traceback.Message)}\n\n");
        if (source is not null)
        {
            text.Append($"```python\n{source}\n```\n\n");
        }

        text.Append($"{explanation.Cause}\n\n**Your next step:** {explanation.Hint}");
        if (explanation.Concept is { } id && concepts.Find(id) is { } concept)
        {
            text.Append($"\n\nThe idea behind it: *{concept.Title}*. Ask me about it if it is new to you.");
        }

        return new AgentAnswer(text.ToString())
        {
            Diagnosis = new(
                traceback.Exception, traceback.Message, place?.Line, explanation.Cause, explanation.Hint,
                explanation.Shape, explanation.Concept),
        };
    }

    private async Task<AgentAnswer> ExamineAsync(string code, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(RunAndWaitTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        RunResult run;
        try
        {
            run = await sandbox.RunAsync(code, null, either.Token, RunTime);
        }
        catch (SandboxUnavailableException)
        {
            return await FromReadingAsync(
                code,
                "I cannot run code here, so I only read it. Run it yourself and send me what Python prints, from `Traceback` to the last line.",
                cancellation);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return await FromReadingAsync(
                code,
                "Many programs are running at the moment, so I only read yours. Ask again in a moment, or send me what Python prints.",
                cancellation);
        }

        if (run.Outcome == RunOutcome.Timeout)
        {
            return await FromReadingAsync(
                code,
                $"I ran your code, and it was still going after {RunTime.TotalSeconds:0.#} s. Is there a loop whose condition never becomes false?",
                cancellation);
        }

        if (Traceback.Find(run.Error) is { Exception: not "EOFError" } traceback)
        {
            var answer = Explain(traceback, code);
            return answer with { Markdown = $"I ran your code, and this is how it ends.\n\n{answer.Markdown}" };
        }

        return await FromReadingAsync(
            code,
            run.Error is null
                ? $"I ran your code, and it ends without an error. It prints:\n\n```output\n{Shorten(run.Output)}\n```\n\nWhat did you expect instead?"
                : "I ran your code up to its first `input()`. Tell me what you type there, what you expected, and what you got.",
            cancellation);
    }

    /// <summary>What can be said of the code without its error.</summary>
    private async Task<AgentAnswer> FromReadingAsync(string code, string introduction, CancellationToken cancellation)
    {
        var suspicious = (await reviewer.ReviewAsync(code, cancellation)).Findings
            .Where(finding => finding.Severity == ReviewSeverity.Correctness)
            .Take(2)
            .ToList();
        var text = new StringBuilder(introduction);
        foreach (var finding in suspicious)
        {
            text.Append($"\n\n**Line {finding.Line}:** {finding.Message} {finding.Why}");
        }

        return new AgentAnswer(text.ToString());
    }

    private static string? LineOf(string? code, int? line)
    {
        var lines = code?.ReplaceLineEndings("\n").Split('\n') ?? [];
        return line is { } number && number >= 1 && number <= lines.Length && lines[number - 1].Trim() is { Length: > 0 } text
            ? text
            : null;
    }

    private static string InlineCode(string text) => $"`{text.Replace('`', '\'')}`";

    private static string Shorten(string output) =>
        output.Length == 0 ? "(nothing)" : output.Length <= 600 ? output.TrimEnd() : output[..600] + "…";
}
