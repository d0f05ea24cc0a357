using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Skills;

namespace LearnFlow.Tests.Triage.Skills;

/// <summary>Where a message goes does not hang on how it is typed; over every message of the shipped corpus.</summary>
public sealed partial class StabilityTests(ITestOutputHelper output)
{
    private const int Typos = 40_000;

    /// <summary>Share of routes that one typo may change; 0.2 to 0.4 % were measured.</summary>
    private const double MostTypoFlips = 0.01;

    private static readonly Lazy<(string Text, (DecisionOutcome, Intent) Route)[]> Messages =
        new(() => [.. Shipped.Corpus.Select(message => (message.Text, RouteOf(message.Text)))]);

    private static readonly string[] KeyRows = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];

    private enum Slip
    {
        Swap,
        Drop,
        Double,
        NeighbouringKey,
    }

    public static TheoryData<string> Ways => [.. Rewritings.Keys];

    private static Dictionary<string, Func<string, string>> Rewritings { get; } = new()
    {
        ["upper case"] = text => text.ToUpperInvariant(),
        ["lower case"] = text => text.ToLowerInvariant(),
        ["title case"] = text => FirstLetters.Replace(text, match => match.Value.ToUpperInvariant()),
        ["a question mark"] = text => text + "?",
        ["three question marks"] = text => text + "???",
        ["an exclamation mark"] = text => text + "!",
        ["a full stop"] = text => text + ".",
        ["three dots"] = text => text + "...",
        ["an ellipsis"] = text => text + "…",
        ["no mark at the end"] = text => text.TrimEnd('?', '!', '.', ' ', '\n'),
        ["doubled spaces"] = text => text.Replace(" ", "  ", StringComparison.Ordinal),
        ["tabs for spaces"] = text => text.Replace(' ', '\t'),
        ["space around it"] = text => $" \t  {text}  \t ",
        ["Windows line ends"] = text => text.ReplaceLineEndings("\r\n"),
        ["smart quotes"] = SmartQuotes,
        ["full-width letters"] = text => string.Concat(text.Select(c => char.IsAsciiLetter(c) ? (char)(c + 0xfee0) : c)),
        ["an emoji before it"] = text => "😀 " + text,
        ["an emoji of several parts after it"] = text => text + "👩🏽‍💻",
        ["old emoji at both ends"] = text => $"☺️{text} ❤️",
        ["zero-width characters between letters"] = text => BetweenLetters.Replace(text, "\u200b\u200d\u2060\ufeff"),
        ["soft hyphens between letters"] = text => BetweenLetters.Replace(text, "\u00ad"),
    };

    [GeneratedRegex(@"(?<!\p{L})\p{L}")]
    private static partial Regex FirstLetters { get; }

    [GeneratedRegex(@"(?<=\p{L})(?=\p{L})")]
    private static partial Regex BetweenLetters { get; }

    [GeneratedRegex("[A-Za-z]{4,}")]
    private static partial Regex LongWords { get; }

    [Theory]
    [MemberData(nameof(Ways))]
    public void No_message_of_the_corpus_goes_elsewhere_when_it_is_written_with(string way)
    {
        var rewrite = Rewritings[way];
        var flips = new ConcurrentBag<string>();

        Parallel.ForEach(Messages.Value, message =>
        {
            if (RouteOf(rewrite(message.Text)) is var route && route != message.Route)
            {
                flips.Add($"{message.Route} became {route}: {message.Text}");
            }
        });

        Assert.Empty(flips);
    }

    [Fact]
    public void One_typo_seldom_sends_a_message_elsewhere()
    {
        var wordy = Messages.Value.Where(message => LongWords.IsMatch(message.Text)).ToArray();
        var (tried, flipped) = (0, 0);

        Generated.Check(
            Gen.Select(Gen.Int[0, wordy.Length - 1], Gen.Int[0, 999], Gen.Int[0, 19], Gen.Enum<Slip>()),
            Typos,
            output,
            typo =>
            {
                var (message, word, letter, slip) = typo;
                var (text, route) = wordy[message];
                var words = LongWords.Matches(text);
                var misspelled = Misspell(text, words[word % words.Count], letter, slip);
                Interlocked.Add(ref tried, misspelled == text ? 0 : 1);
                Interlocked.Add(ref flipped, RouteOf(misspelled) == route ? 0 : 1);
            });

        var share = (double)flipped / tried;
        output.WriteLine($"{flipped} of {tried} typos sent a message elsewhere: {share:P2}");
        Assert.InRange(share, 0, MostTypoFlips);
    }

    private static (DecisionOutcome, Intent) RouteOf(string text)
    {
        var verdict = Shipped.Skills.Judge(new StudentMessage(text));
        return (verdict.Outcome, verdict.Best);
    }

    private static string SmartQuotes(string text)
    {
        var quoted = new StringBuilder(text).Replace('\'', '’');
        var isOpen = false;
        for (var at = 0; at < quoted.Length; at++)
        {
            if (quoted[at] == '"')
            {
                quoted[at] = isOpen ? '”' : '“';
                isOpen = !isOpen;
            }
        }

        return quoted.ToString();
    }

    private static string Misspell(string text, Capture word, int letter, Slip slip)
    {
        var at = word.Index + (letter % (word.Length - 1));
        var c = text[at];
        return slip switch
        {
            Slip.Swap => $"{text[..at]}{text[at + 1]}{c}{text[(at + 2)..]}",
            Slip.Drop => text.Remove(at, 1),
            Slip.Double => text.Insert(at, $"{c}"),
            _ => $"{text[..at]}{NeighbourOf(c)}{text[(at + 1)..]}",
        };
    }

    private static char NeighbourOf(char c)
    {
        var row = KeyRows.First(row => row.Contains(char.ToLowerInvariant(c)));
        var at = row.IndexOf(char.ToLowerInvariant(c), StringComparison.Ordinal);
        return row[at == 0 ? 1 : at - 1];
    }
}
