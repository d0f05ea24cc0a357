using System.Text.RegularExpressions;
using CsCheck;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Skills;

namespace LearnFlow.Tests.Triage.Skills;

/// <summary>Whatever is sent is decided: no exception, no endless work, and confidences that are some.</summary>
[Collection(AllCoresCollection.Name)]
public sealed class HostileInputTests(ITestOutputHelper output)
{
    private const int Judged = 1_000_000;
    private const int Decided = 100_000;

    /// <summary>The longest query, and the longest code and error, that the gate lets through.</summary>
    private const int LongestQuery = 5_000;
    private const int LongestPart = 20_000;

    /// <summary>Longer than anything that gets in: work that grew with its square would take hours, not moments.</summary>
    private const int Endless = 1_000_000;

    private static readonly string[] Marks =
    [
        "(", ")", "[", "]", "{", "}", "'", "\"", "`", "```", "```python\n", "~~~", "'''", "\"\"\"", "(a|", "*", "_", "\\", "/", "@", "#", "&", "<", ">",
        "=", "==", "+", "-", ".", ",", ";", ":", "?", "!", " ", "  ", "\t", "\n", "\r\n", "\r", "\0", "\u0085", "\u2028", "\v",
        ">>> ", "... ", "In [1]: ", "Out[1]: ", "$ ", "> ", ">> ", "| ", "E   ", "E  ", "e ",
        "Traceback (most recent call last):\n", "  File \"<stdin>\", line 1, in <module>\n", "KeyError: ", "ValueError", "a.b.CError:", "error: ",
        "Error", "Exception: ", "    ^^^^\n", "During handling of the above exception, another exception occurred:\n", "  + Exception Group\n",
        "<script>", "</script>", "<div onload=\"", "<!--", "-->", "&lt;", "<![CDATA[", "{{", "}}", "${", "%s", "'; DROP TABLE",
        "http://", "https://", "www.", "def f(", "class ", "print(", "for x in ", "if ", "import ", "return ", "x = ",
        "\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\ufe0f", "\u202a", "\u202e", "\u2066", "\u2069", "\u200f", "\u061c",
        "😀", "👩🏽‍💻", "🇵🇱", "𝐄𝐱", "𝔭𝔶", "Ｐｙ", "ß", "İ", "ŉ", "ﬀ", "Ω", "漢字", "שלום", "हि", "\ud800", "\udfff", "\ud83d", "\uffff",
    ];

    private static readonly Gen<string> Piece = Gen.Frequency<string>(
        (6, Gen.OneOf(Marks)),
        (2, Gen.Select(Gen.OneOf(Marks), Gen.Int[2, 60], (mark, times) => string.Concat(Enumerable.Repeat(mark, times)))),
        (5, Gen.Select(Gen.Int[0, 1_000_000], Gen.Int[0, 5_000], Gen.Int[1, 40], CorpusPart)),
        // Any unit of UTF-16: half characters, characters that nobody assigned, control characters.
        (1, Gen.Char.Array[1, 8].Select(units => new string(units))),
        (1, Gen.Char['a', 'z'].Array[1, 12].Select(letters => new string(letters))),
        (1, Gen.Char["aeiou_0'+#."].Array[20, 200].Select(letters => new string(letters))),
        (1, Gen.Select(Gen.Char['a', 'z'], Gen.Char['\u0300', '\u036f'].Array[1, 20], (letter, marks) => letter + new string(marks))));

    private static readonly Gen<string> Short = Piece.Array[0, 12].Select(pieces => Cut(string.Concat(pieces), 200));

    private static readonly Gen<string> Query = Gen.Frequency<string>((990, Short), (10, Long(LongestQuery)), (1, Long(LongestPart)));

    private static readonly Gen<string?> Beside = Gen.Frequency<string?>((12, Gen.Const((string?)null)), (12, Short), (1, Long(LongestPart / 100)));

    private static readonly Gen<StudentMessage> Message = Gen.Select(
        Query,
        Gen.Frequency<string?>((999, Beside), (1, Long(LongestPart))),
        Gen.Frequency<string?>((999, Beside), (1, Long(LongestPart))),
        Gen.Frequency<Intent?>((2, Gen.Const((Intent?)null)), (1, Gen.Enum<Intent>().Select(intent => (Intent?)intent))),
        (query, code, error, previous) => new StudentMessage(query, code, error, previous));

    public static TheoryData<string> Patterns =>
    [
        "a", "a ", "1 ", "(a|", "'", "a'", "\"", "`", "```", "```\n", ">>> ", ">", "error: ", "aError: ", "aError:\n", "E   ", "E   \n", ".", "a.", "? ", "a? ",
        "what is ", "list ", "how do i ", "give me a ", "www.", "http://", "http:// ", "=", "a = ", "[=", "(", "()", "\n", "\r\n", "a\n", "\0", "\u200b", "\u0301",
        // Escaped: the framework that names tests cannot take half a character.
        @"\ud835", @"\udc00", "😀", "𝐚", "_", "a_", "#", "+", "a+", "for ", "for x in x:\n", "def (\n", "Traceback (most recent call last):\n", "<a>", "help ",
    ];

    [Fact]
    public void A_million_hostile_messages_are_judged() => Generated.Check(
        Gen.Select(Message, Gen.Int[0, 9]),
        Judged,
        output,
        input => CheckVerdict(Shipped.Skills.Judge(input.Item1, useModel: input.Item2 > 0)));

    [Fact]
    public void What_is_said_of_a_hostile_message_fits_the_verdict_and_quotes_the_message() =>
        Generated.Check(Message, Decided, output, message =>
        {
            var verdict = Shipped.Skills.Judge(message);

            var decision = Shipped.Skills.Decide(message);

            // A message with two wishes is answered where the verdict alone would ask back.
            if (decision.Also.Count == 0)
            {
                Assert.Equal((verdict.Outcome, verdict.Best), (decision.Outcome, decision.Best.Intent));
            }

            Assert.Equal(Enum.GetValues<Intent>(), decision.Readings.Select(reading => reading.Intent).Order());
            Assert.All(decision.Readings, reading => Assert.Equal(verdict.Confidences[(int)reading.Intent], reading.Confidence, 3));
            var isWellFormed = new[] { message.Query, message.Code, message.Error }.All(IsWellFormed);
            var strongest = double.PositiveInfinity;
            foreach (var reason in decision.Evidence)
            {
                Assert.InRange(Math.Abs(reason.Weight), 0, strongest);
                strongest = Math.Abs(reason.Weight);
                Assert.NotEmpty(reason.Text);
                Assert.True(!isWellFormed || IsWellFormed(reason.Text), "evidence ends within a character");
                if (reason.Signal is "phrase" or "subject" or "words" or "error-name")
                {
                    Assert.Contains(reason.Text, message.Query, StringComparison.Ordinal);
                }
            }
        });

    [Theory]
    [MemberData(nameof(Patterns))]
    public async Task A_pattern_without_end_takes_work_in_proportion_to_its_length_at_most(string pattern)
    {
        var (text, features) = (new MessageText(), new FeatureVector());
        foreach (var length in (int[])[LongestQuery, LongestPart, Endless])
        {
            var endless = Repeat(Regex.Unescape(pattern), length);
            var message = new StudentMessage(endless, endless, endless);

            // A guard, not a measurement: what takes so long does not end, whatever the machine.
            await Task.Run(() => CheckVerdict(Shipped.Skills.Judge(message))).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

            text.Read(endless, Shipped.Vocabulary);
            features.Extract(text, Shipped.Vocabulary, hasFinePieces: true);
            Assert.InRange(text.Folded.Length, 0, length);
            Assert.InRange(text.Count, 0, Math.Min(length, MessageText.MostTokens));
            Assert.InRange(features.Found.Length, 0, 24 * length);
        }
    }

    private static void CheckVerdict(in SkillLibrary.Verdict verdict)
    {
        var sum = 0.0;
        var most = 0f;
        foreach (var confidence in verdict.Confidences)
        {
            Assert.InRange(confidence, 0, 1);
            sum += confidence;
            most = Math.Max(most, confidence);
        }

        Assert.Equal(1, sum, 1e-5);
        Assert.Equal(most, verdict.Confidences[(int)verdict.Best]);
        Assert.True(verdict.Outcome == DecisionOutcome.Clarify || (verdict.Outcome == DecisionOutcome.Decline) == (verdict.Best == Intent.OutOfScope));
    }

    private static Gen<string> Long(int length) =>
        Piece.Array[1, 30].Select(pieces => Repeat(string.Concat(pieces), length));

    private static string Repeat(string pattern, int length) =>
        Cut(string.Concat(Enumerable.Repeat(pattern, (length / pattern.Length) + 1)), length);

    private static string Cut(string text, int length) => text.Length > length ? text[..length] : text;

    private static string CorpusPart(int message, int start, int length)
    {
        var text = Shipped.Corpus[message % Shipped.Corpus.Count].Text;
        start %= text.Length;
        return text.Substring(start, Math.Min(length, text.Length - start));
    }

    private static bool IsWellFormed(string? text)
    {
        for (var at = 0; at < text?.Length; at++)
        {
            if (char.IsSurrogate(text[at]) && (!char.IsHighSurrogate(text[at]) || ++at == text.Length || !char.IsLowSurrogate(text[at])))
            {
                return false;
            }
        }

        return true;
    }
}
