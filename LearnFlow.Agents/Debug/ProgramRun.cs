using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using LearnFlow.Agents.Debug.Causes;
using LearnFlow.Agents.Python;
using LearnFlow.Agents.Python.Syntax;
using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Agents.Debug;

/// <summary>What happened when a student's code was run.</summary>
/// <param name="Story">What happened, in words.</param>
/// <param name="Error">The error that it ended with, if any.</param>
/// <param name="Cause">What it comes from, where that was found.</param>
/// <param name="Output">What it prints, where it runs to its end; null where it does not.</param>
/// <param name="Unmet">What the student expects and did not get; null where they do not say, or got it.</param>
public sealed record ProgramRunFinding(string Story, Traceback? Error = null, CodeCause? Cause = null, string? Output = null, string? Unmet = null)
{
    /// <summary>Whether it did not come to an end.</summary>
    public bool IsEndless { get; init; }

    /// <summary>Whether the student says what they expect, and got it.</summary>
    public bool DoesAsExpected { get; init; }

    /// <summary>Where that was made of which they complain, which need not be wrong; null where a cause is known, or nobody complains.</summary>
    public CodeCause? Trail { get; init; }
}

/// <summary>Runs code that came without an error, and finds out why it does not do what the student expects.</summary>
/// <param name="sandbox">Runs it.</param>
public sealed class ProgramRun(Sandbox sandbox)
{
    /// <summary>How long code is run to find its error.</summary>
    public static readonly TimeSpan RunTime = TimeSpan.FromSeconds(1);

    /// <summary>How long variants of it are tried.</summary>
    private static readonly TimeSpan SearchTime = TimeSpan.FromSeconds(0.3);

    /// <summary>Characters of the student's words in which the run looks for what was printed.</summary>
    private const int MostWords = 1000;

    /// <summary>Who writes more than "here is my code" says what is wrong with it, in whatever words.</summary>
    private const int ShortestComplaint = 20;

    /// <summary>Runs the code and explains what happened.</summary>
    /// <param name="code">The code.</param>
    /// <param name="words">What the student says about it.</param>
    /// <param name="cancellation">Stops the run, or the wait for a place.</param>
    /// <param name="student">Whose code it is, for the limit of a student; null for what is nobody's.</param>
    /// <exception cref="SandboxUnavailableException">Python is not installed.</exception>
    /// <exception cref="SandboxBusyException">Too many programs are running and waiting, or too many of the student.</exception>
    public async Task<ProgramRunFinding> ExamineAsync(
        string code, string words, CancellationToken cancellation, string? student = null)
    {
        var program = PythonProgram.Read(code);
        if (program.Problem is not null && SyntaxCauses.Find(program) is { } unreadable)
        {
            return new("Python cannot read your code, so it does not even start.", Cause: unreadable);
        }

        var (run, input, typed) = await RunAsync(program, words, student, cancellation);
        if (run.Outcome is RunOutcome.Timeout or RunOutcome.OutputLimit)
        {
            return new(
                run.Outcome == RunOutcome.Timeout
                    ? $"I ran your code, and it was still going after {RunTime.TotalSeconds:0.#} s."
                    : "I ran your code, and it printed more and more without an end.",
                Cause: EndlessLoops.Find(program, SlipFinder.Find(program)))
            {
                IsEndless = true,
            };
        }

        if (Traceback.Find(run.Error) is { } error && error.Exception is not ("EOFError" or "AssertionError"))
        {
            // A value that no branch takes is often the border of which the student speaks.
            var border = error.Exception == "UnboundLocalError" ? BorderSlips.Find(program, words).FirstOrDefault(slip => slip.Weight >= Slip.Plain)?.Cause : null;
            return new("I ran your code, and this is how it ends.", error, border ?? CauseFinder.Find(program, error));
        }

        var expectations = ProgramRunExpectation.Read(words, program, input, run.Output);
        // What the student calls themselves need not be called in the program.
        var called = ProgramRunExpectation.CallsIn(words, program);
        List<Slip> slips = [.. SlipFinder.Find(program).Concat(BorderSlips.Find(program, words)).Where(slip => !called.Any(call => slip.IsNeverCalled(call))).OrderByDescending(slip => slip.Weight).DistinctBy(slip => slip.Cause.Line)];
        var isPlain = slips is [{ Weight: >= Slip.Plain }, ..] && called.Count == 0;
        var checkedRun = isPlain ? null : await CheckAsync(program, words, input, expectations, called, slips, student, cancellation);
        if (checkedRun is { Failed: { Test: var ended } and ({ Raised: not null } or { IsEndless: true }) } && (!checkedRun.IsClassic || checkedRun.IsKnown))
        {
            return checkedRun.Failed.Raised is { } raised
                ? new($"I ran your code with `{Quoted(ended.Call)}`, and this is how it ends.", raised, CauseFinder.Find(program, raised) ?? FromVariant(slips, checkedRun.Variant))
                : new($"I ran your code with `{Quoted(ended.Call)}`, and it went round and round.", Cause: EndlessLoops.Find(program, slips)) { IsEndless = true };
        }

        var cause = Choose(slips, checkedRun, expectations, words);
        var story = typed + Story(run, checkedRun, expectations);
        return Traceback.Find(run.Error) switch
        {
            { Exception: "AssertionError" } failed when cause is null => new(story, failed),
            null => new(story, Cause: cause, Output: run.Output, Unmet: checkedRun is { Right: false, IsClassic: false } && expectations is [var unmet, ..] ? unmet.Expected : null)
            {
                Trail = cause is null ? TrailOf(program, checkedRun) : null,
                DoesAsExpected = checkedRun is { Right: true, IsClassic: false },
            },
            _ => new(story, Cause: cause),
        };
    }

    /// <summary>Runs the program with what the student types in, or with a guess where it asks for more than they say.</summary>
    /// <returns>The run, what was typed in, and what to tell of a guess; empty where none was made.</returns>
    private async Task<(RunResult Run, string? Input, string Typed)> RunAsync(
        PythonProgram program, string words, string? student, CancellationToken cancellation)
    {
        var input = ProgramRunInput.Read(words, program);
        var run = await sandbox.RunAsync(program.Code, input, cancellation, RunTime, student);
        return Traceback.Find(run.Error) is { Exception: "EOFError" } && ProgramRunInput.Guess(words, program) is { } guess
            && await sandbox.RunAsync(program.Code, guess, cancellation, RunTime, student) is { Outcome: RunOutcome.Ok } guessed
                ? (guessed, guess, $"You do not say what you type in, so I took {string.Join(" and ", guess.TrimEnd('\n').Split('\n').Select(line => $"`{Quoted(line)}`"))}. ")
                : (run, input, "");
    }

    private async Task<CheckedRun?> CheckAsync(
        PythonProgram program, string words, string? input, IReadOnlyList<ProgramRunExpectation> expectations, IReadOnlyList<string> called,
        List<Slip> slips, string? student, CancellationToken cancellation)
    {
        var stated = expectations.Where(expectation => expectation.Call is not null)
            .Select(expectation => new ProgramRunTest(expectation.Call!, expectation.Expected, expectation.IsDoubtful)).ToList();
        // Of a call of which nothing is said, that it comes to its end is expected at least.
        stated.AddRange(called.Where(call => !stated.Exists(test => test.Call == call)).Select(call => new ProgramRunTest(call, null)));
        var output = expectations.FirstOrDefault(expectation => expectation.Call is null);
        var also = expectations.Where(expectation => expectation.Call is null && expectation != output).Select(expectation => expectation.Expected).ToList();
        var meanings = ProgramRunClassics.TestsFor(program);
        var isTraced = StudentWords.SoundUnhappy(words) && !StudentWords.AskIfRight(words);
        if (stated.Count == 0 && meanings.Count == 0 && output is null && !isTraced)
        {
            return null;
        }

        var suspicious = slips.ToDictionary(slip => slip.Cause.Line, slip => slip.Weight);
        var variants = ProgramRunVariants.Of(program, suspicious);
        var job = new Job(
            ProgramRunVariants.WithTicks(program.Code),
            [.. variants.Select(variant => ProgramRunVariants.WithTicks(variant.Code))],
            input ?? "",
            stated,
            meanings,
            output?.Expected,
            output?.Actual,
            also,
            !StudentWords.WantItReturned(words),
            isTraced,
            words[..Math.Min(words.Length, MostWords)],
            SearchTime.TotalSeconds);
        var mark = Guid.NewGuid().ToString("N");
        var run = await sandbox.RunAsync(
            "variants.py",
            new Dictionary<string, string> { ["job.json"] = JsonSerializer.Serialize(job, ProgramRunJson.Literal.Job), ["mark"] = mark },
            null,
            RunTime,
            cancellation,
            student);
        return Read(run.Output, mark, job, variants) is not { } read ? null
            // It runs too long to be followed.
            : isTraced && read is { Failed: null, Way.Count: 0 } ? read with { Way = ProgramRunTrace.LinesToLastPrint(program) }
            : read;
    }

    private static CheckedRun? Read(string output, string mark, Job job, IReadOnlyList<ProgramVariant> variants)
    {
        CheckedRun? seen = null;
        foreach (var line in output.Split('\n').Where(line => line.StartsWith(mark, StringComparison.Ordinal)))
        {
            seen = (seen, line[mark.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)) switch
            {
                (null, ["right", var right, var isClassic, var passed]) => new(right == "None" ? null : right == "True", isClassic == "True", null, null, false) { IsKnown = Number(passed) > 0 },
                ({ } run, ["failed", var choice, var test, var actual]) => run with
                {
                    Failed = new((Number(choice) is var meaning and >= 0 ? job.Meanings[meaning] : job.Stated)[Number(test)], Text(actual)),
                },
                ({ Failed: { } failed } run, ["raised", var error]) => run with { Failed = failed with { Raised = Traceback.Find(Text(error)) } },
                ({ Failed: { } failed } run, ["endless"]) => run with { Failed = failed with { IsEndless = true } },
                ({ } run, ["way", .. var way]) => run with { Way = [.. way.Select(Number)] },
                ({ } run, ["fits", var index, var certain]) when run.Variant is null || certain == "True" => run with
                {
                    Variant = variants[Number(index)],
                    IsCertain = certain == "True",
                },
                var (run, _) => run,
            };
        }

        return seen;

        static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
        static string Text(string hex) => Encoding.UTF8.GetString(Convert.FromHexString(hex));
    }

    /// <summary>
    /// What to tell: the place at which a change gives what is expected, in the words of the slip that is seen there; else
    /// the likeliest slip, as far as the student's words and the run allow to believe in one.
    /// </summary>
    private static CodeCause? Choose(List<Slip> slips, CheckedRun? run, IReadOnlyList<ProgramRunExpectation> expectations, string words)
    {
        if (slips is [{ Weight: >= Slip.Plain }, ..])
        {
            return slips[0].Cause;
        }

        if (run?.Variant is { } variant && (run.IsCertain || !slips.Any(slip => slip.IsSure)))
        {
            return FromVariant(slips, variant);
        }

        var complains = expectations.Count > 0 || (words.Length >= ShortestComplaint && !StudentWords.AskIfRight(words));
        var enough = run switch
        {
            { Right: true, IsClassic: true } when complains => Slip.Sure,
            { Right: true } => Slip.Plain,
            { IsClassic: false, Right: false } => Slip.Possible,
            _ => complains ? Slip.Likely : Slip.Sure,
        };
        return slips.FirstOrDefault(slip => slip.Weight >= enough)?.Cause;
    }

    private static CodeCause? FromVariant(List<Slip> slips, ProgramVariant? variant) => variant is null ? null
        : slips.FirstOrDefault(slip => slip.Cause.Line == variant.Line && slip.Weight >= Slip.Possible)?.Cause
            ?? new(
                variant.Line, variant.Expression,
                $"I tried small changes in your program. With {variant.Change} at `{variant.Expression}` on line {variant.Line}, it gives what you expect.",
                variant.Hint, variant.Concept);

    private static CodeCause? TrailOf(PythonProgram program, CheckedRun? run) =>
        run is { Way: { Count: > 0 } way } ? ProgramRunTrace.Find(program, run.Failed is { } failed ? $"`{Quoted(failed.Test.Call)}` gives `{Quoted(failed.Actual)}`" : null, way) : null;

    private static string Quoted(string code) => code.Replace('`', '\'');

    private static string Story(RunResult run, CheckedRun? checkedRun, IReadOnlyList<ProgramRunExpectation> expectations)
    {
        if (run.Error is not null && Traceback.Find(run.Error) is { Exception: "EOFError" })
        {
            return "I ran your code, and it asks for more input than you told me of. Tell me what you type at each `input()`, what you expected, and what you got.";
        }

        var prints = run.Output.Length == 0 ? "It prints nothing." : $"It prints:\n\n```output\n{Shorten(run.Output)}\n```";
        return checkedRun switch
        {
            { Right: true, IsClassic: false } => $"I ran your code, and it does what you expect. {prints}",
            { Right: true, IsClassic: true } => $"I ran your code with a few values, and what it gives is right. {prints}",
            { Failed: var (test, actual) } when checkedRun is { IsClassic: false } or { Variant: not null } =>
                $"I ran your code: `{Quoted(test.Call)}` gives `{Quoted(actual)}`, and `{Quoted(test.Expect ?? "")}` is expected.",
            _ => $"I ran your code, and it ends without an error. {prints}",
        };
    }

    private static string Shorten(string output) => output.Length <= 600 ? output.TrimEnd() : output[..600] + "…";

    /// <summary>What came out when the program was tried.</summary>
    /// <param name="Right">Whether it does what is expected; null where that cannot be told.</param>
    /// <param name="IsClassic">Whether not the student, but the function's name says what is expected.</param>
    /// <param name="Failed">The first call that gives something else.</param>
    /// <param name="Variant">The change with which it does what is expected, if one was found.</param>
    /// <param name="IsCertain">Whether that is all that is expected, and not only among what it prints.</param>
    private sealed record CheckedRun(bool? Right, bool IsClassic, FailedTest? Failed, ProgramVariant? Variant, bool IsCertain)
    {
        /// <summary>The lines that ran up to where the wrong result came out; empty where none were followed.</summary>
        public IReadOnlyList<int> Way { get; init; } = [];

        /// <summary>Whether something of what is expected comes out, so that a function is hardly one of another kind that only bears a known name.</summary>
        public bool IsKnown { get; init; }
    }

    /// <summary>The first call that gives something else than is expected.</summary>
    /// <param name="Test">The call.</param>
    /// <param name="Actual">What it gives, or the name of the error that it ends with.</param>
    private sealed record FailedTest(ProgramRunTest Test, string Actual)
    {
        /// <summary>The error that it ends with, if any.</summary>
        public Traceback? Raised { get; init; }

        /// <summary>Whether it does not come to an end.</summary>
        public bool IsEndless { get; init; }
    }

    internal sealed record Job(
        string Program, IReadOnlyList<string> Variants, string Input, IReadOnlyList<ProgramRunTest> Stated,
        IReadOnlyList<IReadOnlyList<ProgramRunTest>> Meanings, string? Expected, string? Actual, IReadOnlyList<string> Also,
        bool Printed, bool Traced, string Words, double Seconds);
}

/// <summary>Written so that it is a Python literal as well: no character that Python would not read is escaped.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ProgramRun.Job))]
internal sealed partial class ProgramRunJson : JsonSerializerContext
{
    public static ProgramRunJson Literal { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
