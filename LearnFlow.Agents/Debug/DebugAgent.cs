using LearnFlow.Agents.Debug.Causes;
using LearnFlow.Agents.Python;
using LearnFlow.Agents.Python.Syntax;
using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Agents.Debug;

/// <summary>
/// Explains what is wrong in a program, one hint at a time: the error that was pasted, or else the one that the code ends with
/// when it is run, or else what can be seen in the code without running it.
/// </summary>
/// <param name="errors">What is known of errors.</param>
/// <param name="ladder">Tells of a mistake step by step.</param>
/// <param name="conversations">Remember what was told.</param>
/// <param name="runs">Finds out by running it what is wrong with code that came without an error.</param>
/// <param name="sandbox">Runs code whose error came without its line.</param>
/// <param name="time">The clock that ends such a run.</param>
public sealed class DebugAgent(
    ErrorLibrary errors, HintLadder ladder, DebugConversations conversations, ProgramRun runs, Sandbox sandbox, TimeProvider time) : IAgent
{
    /// <summary>The mistake of a program that does not end, as <c>Content/hints</c> names it.</summary>
    private const string EndlessLoop = "endless-loop";

    /// <summary>The mistake of a program that prints something else than it should.</summary>
    private const string WrongOutput = "wrong-output";

    private const string AskForProgram =
        "I would like to help you find it. Please send me two things: the **code**, and the **error** that Python "
        + "prints, all of it from `Traceback` to the last line. If there is no error and only the result is wrong, "
        + "tell me what you expected and what you got.";

    private const string AskForNewCode =
        "That is good to hear. Send me your code as it is now, all of it. I will run it and tell you what happens.";

    /// <summary>How long a run may take with the wait for a place: less than the two seconds that triage waits.</summary>
    private static readonly TimeSpan RunAndWaitTime = TimeSpan.FromSeconds(1.6);

    /// <summary>What was found out about a program.</summary>
    /// <param name="Introduction">What was done to find it out; empty where nothing needs saying.</param>
    /// <param name="Mistake">What is wrong with it, where something is.</param>
    /// <param name="Output">What it prints, where it runs to its end; null where that is not known.</param>
    /// <param name="DoesAsExpected">Whether the student says what they expect, and got it.</param>
    private sealed record Examination(string Introduction, ToldMistake? Mistake = null, string? Output = null, bool DoesAsExpected = false);

    /// <inheritdoc />
    public async Task<AgentAnswer> AnswerAsync(AgentQuestion question, CancellationToken cancellation)
    {
        if (question.Conversation is null)
        {
            return (await AnswerAsync(question, DebugConversation.New, cancellation)).Answer;
        }

        var (before, answered) = await conversations.ReadAsync(question);
        if (answered is not null)
        {
            return answered;
        }

        var (answer, after) = await AnswerAsync(question, before, cancellation);
        return await conversations.KeepAsync(question, answer, after);
    }

    private async Task<(AgentAnswer Answer, DebugConversation After)> AnswerAsync(
        AgentQuestion question, DebugConversation before, CancellationToken cancellation)
    {
        var brought = question.Conversation is { } turn
            ? question with
            {
                Query = turn.Query,
                Code = turn.BringsCode ? question.Code : null,
                Error = turn.BringsError ? question.Error : null,
            }
            : question;
        var newCode = brought.Code is { Length: > 0 } given && before.IsNew(given) ? given : null;
        before = newCode is not null && before.IsAnother(newCode) ? before with { IsOpen = false } : before;
        var error = ErrorIn(brought) ?? NamedIn(brought, before.Open, hasNewCode: newCode is not null);
        if (before.Open is { } open && error is null && newCode is null)
        {
            return StudentWords.SayItIsFixed(brought.Query) && brought.Code is null
                ? (new AgentAnswer(AskForNewCode) { Diagnosis = open.Diagnosis }, before)
                : TellMore(open, before, brought.Code is null ? "" : "I see the same code as before, so it ends as before.");
        }

        // A program that comes after its error belongs to it, unless its student says that it is corrected.
        var isFirstCode = before.Code is null && !StudentWords.SayItIsFixed(brought.Query);
        error ??= newCode is null || isFirstCode ? ErrorIn(question) ?? NamedIn(question, null, hasNewCode: false) : null;
        var code = brought.Code ?? before.Code ?? question.Code;
        // That a check of theirs does not hold says what they expect; why, only the code can tell.
        error = error is { Exception: "AssertionError", Place: null } && code is { Length: > 0 } ? null : error;
        var seen = error is not null ? await ExplainAsync(error, code, brought.Query, question.Student, cancellation)
            : code is { Length: > 0 } ? await ExamineAsync(code, WordsOf(brought, before.Open), question.Student, cancellation)
            : null;
        return seen switch
        {
            null => (new AgentAnswer(AskForProgram), before),
            { Mistake: { } mistake } => Tell(mistake, seen.Introduction, before, code, hasNewCode: newCode is not null),
            { Output: not null } => (Praise(seen, brought.Query, before), before with { IsOpen = false, Code = code }),
            _ => (new AgentAnswer(seen.Introduction), before with { Code = code }),
        };
    }

    /// <summary>The error that stands in a message, wherever the student put it.</summary>
    private static Traceback? ErrorIn(AgentQuestion question) =>
        Traceback.Find(question.Error) ?? Traceback.Find(question.Query) ?? Traceback.FindPrinted(question.Code);

    /// <summary>The error that a student only names. Who names the one that is being talked about, or brings new code, brings no new error.</summary>
    private static Traceback? NamedIn(AgentQuestion question, ToldMistake? open, bool hasNewCode) =>
        Traceback.FindName($"{question.Error}\n{question.Query}") is { } name
        && (open is null || !(hasNewCode || name == open.Diagnosis.Exception))
            ? new Traceback(name, "", [])
            : null;

    /// <summary>What the student says of the program, and what they said before that it should print, where it was found not to.</summary>
    private static string WordsOf(AgentQuestion question, ToldMistake? open) =>
        !ProgramRunExpectation.IsSaid(question.Query) && open is { Diagnosis: { Shape: WrongOutput, Message: var expected } }
            ? $"{question.Query}\nexpected: {InlineCode(expected)}"
            : question.Query;

    /// <summary>Tells of a mistake: from its first step where it is new here, or else one step more.</summary>
    private (AgentAnswer Answer, DebugConversation After) Tell(
        ToldMistake mistake, string introduction, DebugConversation before, string? code, bool hasNewCode)
    {
        if (before.Told.LastOrDefault(mistake.Is) is { } again)
        {
            var same = before.Open == again
                ? hasNewCode ? "I looked at your new code. It still stops for the same reason" : "It is the same mistake as before"
                : "Here the one from earlier is back";
            var place = mistake.Diagnosis.Line is { } line && line != again.Diagnosis.Line ? $", now on line {line}." : ".";
            var moved = mistake.Diagnosis.Line is null ? again : mistake with { Diagnosis = mistake.Diagnosis with { Step = again.Diagnosis.Step } };
            return TellMore(moved, before with { Code = code ?? before.Code }, same + place);
        }

        var words = before.Open switch
        {
            null => introduction,
            // First it came without its line, and now it has one.
            { Diagnosis.Line: null } open when mistake.IsLike(open) => introduction,
            var open when mistake.IsLike(open) => $"{Name(open)} is behind you, well done. The same thing happens once more further on.",
            var open => $"{Name(open)} is gone, well done. {(introduction.Length > 0 ? introduction : "Something else comes up now.")}",
        };
        return (Answer(words, ladder.Step(mistake), mistake.Diagnosis), before.With(mistake, code));

        static string Name(ToldMistake open) =>
            EarlierName(open.Diagnosis) + (open.Diagnosis.Line is { } line ? $", on line {line}," : "");
    }

    private static string EarlierName(Diagnosis told) =>
        told.Exception is { } exception ? $"The `{exception}` from before" : "What I spoke of before";

    /// <summary>Tells the next step of a mistake.</summary>
    private (AgentAnswer Answer, DebugConversation After) TellMore(ToldMistake told, DebugConversation before, string introduction)
    {
        var after = told with { Diagnosis = HintLadder.Up(told.Diagnosis) };
        return (Answer(introduction, ladder.Next(told), after.Diagnosis), before.With(after, null));
    }

    private static AgentAnswer Answer(string introduction, string text, Diagnosis? diagnosis = null) =>
        new(introduction.Length == 0 ? text : $"{introduction}\n\n{text}") { Diagnosis = diagnosis };

    /// <summary>What is said of a program that runs to its end and in which nothing looks wrong.</summary>
    private static AgentAnswer Praise(Examination seen, string words, DebugConversation before)
    {
        var introduction = seen.Introduction;
        if (before.Open is { Diagnosis: var told })
        {
            return Answer($"**Well done, that is fixed.** {EarlierName(told)} is gone. {introduction}", "Is that what it should print? If not, tell me what you expected.");
        }

        if (seen.DoesAsExpected)
        {
            return Answer($"**Yes, that is right.** It does what you say it should. {introduction}", "Well done!");
        }

        return Answer(introduction, StudentWords.AskIfRight(words) && !StudentWords.SoundUnhappy(words)
            ? "If that is what it should print, then **yes, it is right**. Try it with one more input that you can check by hand, to be sure."
            : "What did you expect instead?");
    }

    /// <summary>Explains an error; where it came without its line, the code is run to find that.</summary>
    private async Task<Examination> ExplainAsync(Traceback error, string? code, string words, string student, CancellationToken cancellation)
    {
        var program = code is { Length: > 0 } ? PythonProgram.Read(code) : null;
        if (error.Place is null && program is not null
            && await RunAsync(WithCalls(program, words), ProgramRunInput.Read(words, program) ?? ProgramRunInput.Guess(words, program), student, cancellation) is { Error: { } printed }
            && Traceback.Find(printed) is { } found
            && (found.Place is not { Line: { } at } || at <= program.Lines.Count)
            && found.Exception == error.Exception
            && (error.Message.Length == 0 || SaysTheSame(found.Message, error.Message)))
        {
            error = found;
        }

        return new("", MistakeOf(error, program is null ? null : CauseFinder.Find(program, error), code));
    }

    /// <summary>The program with the calls that the student speaks of at its end, for many a program only defines what is called.</summary>
    private static string WithCalls(PythonProgram program, string words) =>
        string.Join('\n', [program.Code, .. ProgramRunExpectation.CallsIn(words, program)]);

    /// <summary>Whether students who quote an error from memory, in the middle of a sentence, mean the one that was printed.</summary>
    private static bool SaysTheSame(string printed, string quoted)
    {
        var (a, b) = (Words(printed), Words(quoted));
        return ToldMistake.IsSameMessage(printed, quoted) || a.Intersect(b).Count() * 2 >= Math.Min(a.Count, b.Count);

        static HashSet<string> Words(string text) => [.. text.Split([.. " '\"().,?!:;`"], StringSplitOptions.RemoveEmptyEntries)];
    }

    private ToldMistake MistakeOf(Traceback error, CodeCause? cause, string? code)
    {
        var explanation = errors.Explain(error, code);
        var line = cause?.Line ?? error.Place?.Line;
        return new(
            new(
                error.Exception, error.Message, line, cause?.Cause ?? explanation.Cause, cause?.Hint ?? explanation.Hint,
                explanation.Shape, cause?.Concept ?? explanation.Concept)
            {
                Expression = cause?.Expression,
            },
            cause is null ? error.Place?.Source ?? LineOf(code, line) : LineOf(code, line));
    }

    /// <summary>A slip that shows without an error.</summary>
    private static ToldMistake MistakeOf(CodeCause cause, string? shape, string code) => new(
        new(null, "", cause.Line, cause.Cause, cause.Hint, cause.Shape ?? shape, cause.Concept) { Expression = cause.Expression },
        LineOf(code, cause.Line));

    private async Task<Examination> ExamineAsync(string code, string words, string student, CancellationToken cancellation)
    {
        ProgramRunFinding? run;
        try
        {
            run = await InTimeAsync(limit => runs.ExamineAsync(code, words, limit, student), cancellation);
        }
        catch (SandboxUnavailableException)
        {
            return FromReading(
                code,
                "I cannot run code here, so I only read it. Run it yourself and send me what Python prints, from `Traceback` to the last line.");
        }

        return run switch
        {
            null => FromReading(
                code,
                "I could not run your program just now, so I only read it. Ask again in a moment, or send me what Python prints."),
            { Error: { } error } => new(run.Story, MistakeOf(error, run.Cause, code)),
            { Cause: { } cause } => new(run.Story, MistakeOf(cause, run.IsEndless ? EndlessLoop : null, code), run.Output),
            { IsEndless: true } => Endless(run.Story, code),
            { Trail: { } trail } => new(run.Story, MistakeOf(trail, null, code), run.Output),
            { Unmet: { } expected } => new(run.Story, Wrong(expected), run.Output),
            _ => new(run.Story, Output: run.Output, DoesAsExpected: run.DoesAsExpected),
        };
    }

    private static Examination Endless(string story, string code)
    {
        var loop = Array.FindIndex(LinesOf(code), line => line.TrimStart().StartsWith("while ", StringComparison.Ordinal));
        return new(
            story,
            new(
                new(
                    null, "", loop < 0 ? null : loop + 1,
                    "It looks like a loop that never ends. A `while` loop goes on as long as its condition is true, so something inside of it must make that false one day.",
                    "Find the names in the condition of the loop. Which line inside the loop changes one of them?",
                    EndlessLoop, "while-loops"),
                loop < 0 ? null : LinesOf(code)[loop]));
    }

    private static ToldMistake Wrong(string expected) => new(
        new(
            null, expected, null, $"You say that it should print {InlineCode(expected)}, and that is not in what it prints.",
            "Go through your program by hand, one line at a time. Which is the first line that gives something else than you thought?",
            WrongOutput, null),
        null);

    private static Examination FromReading(string code, string introduction) => new(introduction, SuspicionOf(code));

    /// <summary>What looks wrong in code without running it; null where nothing does.</summary>
    private static ToldMistake? SuspicionOf(string code) => CauseFinder.Find(code, null) is { } cause
        ? MistakeOf(cause, null, code)
        : null;

    /// <summary>Runs a program; null where there is no sandbox or no place in it.</summary>
    private async Task<RunResult?> RunAsync(string code, string? input, string student, CancellationToken cancellation)
    {
        try
        {
            return await InTimeAsync(limit => sandbox.RunAsync(code, input, limit, ProgramRun.RunTime, student), cancellation);
        }
        catch (SandboxUnavailableException)
        {
            return null;
        }
    }

    /// <summary>Does something with the sandbox; null where there is no place in it in time.</summary>
    /// <exception cref="SandboxUnavailableException">There is no sandbox.</exception>
    private async Task<T?> InTimeAsync<T>(Func<CancellationToken, Task<T>> run, CancellationToken cancellation)
        where T : class
    {
        using var limit = new CancellationTokenSource(RunAndWaitTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            return await run(either.Token);
        }
        catch (Exception exception) when (exception is SandboxBusyException || (exception is OperationCanceledException && limit.IsCancellationRequested))
        {
            return null;
        }
    }

    private static string? LineOf(string? code, int? line) =>
        line is { } number && LinesOf(code) is var lines && number >= 1 && number <= lines.Length
        && lines[number - 1].Trim() is { Length: > 0 } text
            ? text
            : null;

    private static string[] LinesOf(string? code) => code?.ReplaceLineEndings("\n").Split('\n') ?? [];

    private static string InlineCode(string text) => $"`{text.Replace('`', '\'')}`";
}
