using LearnFlow.Agents.Review;

namespace LearnFlow.Tests.Agents.Review;

/// <summary>The reviewer accepts any text and takes time in proportion to its length.</summary>
public sealed class CodeReviewerRobustnessTests
{
    private const int Mutations = 1_000;
    private const int Length = 20_000;

    private static readonly string[] Fragments =
    [
        "(", ")", "[", "]", "{", "}", "'", "\"", "'''", "\"\"\"", "f\"{", "\\", "\n", "\r", "\t", "    ", ":", ";", "=", "==", ".", ",", "#",
        "lambda", "for", "in", "if", "else", "def", "class", "return", "global", "import", "from", "as", "match", "case", "async", "@",
        "\ud800", "\udc00", "\u0000", "\uFEFF", "é", "0x", "1e", "*", "->", ":=", "with", "except", "while True:", "del", "assert",
    ];

    public static TheoryData<string, string> PathologicalInputs => new()
    {
        { "brackets", new string('(', Length) },
        { "closers", new string(')', Length) },
        { "nested brackets", new string('[', Length / 2) + new string(']', Length / 2) },
        { "quotes", new string('"', Length - 1) },
        { "f-strings left open", Repeat("f'{") },
        { "triple f-strings left open", Repeat("f'''{'''") },
        { "nested f-strings", Repeat("f\"{") + "x" + Repeat("}\"") },
        { "f-string fields", "f'" + Repeat("{a}") + "'" },
        { "quotes in a field", "f\"\"\"{" + Repeat("'\" ") + "}\"\"\"" },
        { "backslashes", new string('\\', Length) },
        { "continued lines", Repeat("\\\n") },
        { "tabs", new string('\t', Length) },
        { "deep blocks", string.Concat(Enumerable.Range(0, 190).Select(n => new string(' ', n) + "if x:\n")) + new string(' ', 190) + "x" },
        { "deep loops", string.Concat(Enumerable.Range(0, 150).Select(n => new string(' ', n) + "for x in x:\n")) + new string(' ', 150) + "x" },
        { "deep functions", string.Concat(Enumerable.Range(0, 150).Select(n => new string(' ', n) + "def f(x):\n")) + new string(' ', 150) + "x" },
        { "lambdas", "x = " + Repeat("lambda:") + "0" },
        { "kept lambdas", "for i in x:\n  " + Repeat("x[0] = lambda: i; ") },
        { "assignments", Repeat("x = ") + "1" },
        { "same names", Repeat("x=1\n") },
        { "same names in a function", "def f():\n" + Repeat(" x=1\n") },
        { "same functions", Repeat("def f():x\n") },
        { "index loop", "for i in range(len(x)):\n  " + Repeat("x[i],") },
        { "nested index", "for i in range(len(x)):\n  " + Repeat("x[") + "i" + Repeat("]") },
        { "changes in a loop", "for i in x:\n" + Repeat(" x.pop()\n") + " break\n" },
        { "comparisons", "x" + Repeat("==None") },
        { "conditions", "if x == 1" + Repeat(" or x") + ":\n  x" },
        { "imports", Repeat("import a\n") },
        { "semicolons", Repeat("x;") },
        { "surrogates", new string('\ud83d', Length) },
        { "zeros", new string('\0', Length) },
        { "line breaks", Repeat("\r\n") },
        { "comprehensions", Repeat("[x for x in ") + "x" + Repeat("]") },
        { "repeated lists", "x = " + Repeat("[[") + Repeat("]*3") },
        { "sums", Repeat("t=0\nfor x in y: t += x\n") },
        { "past the end", "for i in range(len(x)+1):\n" + Repeat(" y\n") + " x[i]\n" },
        { "comparisons of input", "x = input()\nx" + Repeat("==1 and x") },
        { "unary operators", "x = " + Repeat("not ") + "1" },
        { "sums of numbers", "x = 1" + Repeat(" + 1") },
    };

    [Fact]
    public async Task RandomMutationsNeverThrow()
    {
        string[] programs = [.. SamplePrograms.Clean, .. SamplePrograms.Faulty];
        for (var seed = 0; seed < Mutations; seed++)
        {
            var mutant = Mutate(programs[seed % programs.Length], new Random(seed));
            var error = await Record.ExceptionAsync(async () => CheckReview(await Reviewers.ReviewAsync(mutant), mutant));
            Assert.True(error is null, $"seed {seed}: {error}\n{mutant}");
        }
    }

    [Theory]
    [MemberData(nameof(PathologicalInputs))]
    public async Task PathologicalInputsEnd(string name, string code)
    {
        Assert.True((await Reviewers.ReviewAsync(code)).Quality is >= 0 and <= 100, name);
        Assert.True(Reviewers.Reviewer.Review(code, linted: null).Quality is >= 0 and <= 100, $"{name}, without the linter");
    }

    private static void CheckReview(CodeReview review, string code)
    {
        var lines = code.ReplaceLineEndings("\n").Count(c => c == '\n') + code.Count(c => c == '\r') + 1;
        Assert.InRange(review.Quality, 0, 100);
        Assert.InRange(review.Praise.Count, 0, 3);
        Assert.All(review.Findings, f => Assert.InRange(f.Line, 1, lines));
        Assert.All(review.Findings, f => Assert.True(f.Why.Length > 0 && f.Message.Length > 0));
    }

    private static string Mutate(string program, Random random)
    {
        var changes = random.Next(1, 6);
        for (var change = 0; change < changes; change++)
        {
            var at = random.Next(program.Length + 1);
            var length = Math.Min(random.Next(0, 8), program.Length - at);
            var from = random.Next(program.Length + 1);
            var piece = random.Next(3) switch
            {
                0 => Fragments[random.Next(Fragments.Length)],
                1 => string.Empty,
                _ => program.Substring(from, Math.Min(random.Next(0, 40), program.Length - from)),
            };
            program = program.Remove(at, length).Insert(at, piece);
        }

        return program;
    }

    private static string Repeat(string text) => string.Concat(Enumerable.Repeat(text, Length / text.Length));
}
