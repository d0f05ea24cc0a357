using System.Text;
using CsCheck;
using LearnFlow.Tests.Integration;
using LearnFlow.Triage.Endpoints;
using LearnFlow.Triage.Flags;
using LearnFlow.Triage.Gate;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LearnFlow.Tests.Triage.Gate;

public sealed class SanitizerTests
{
    private readonly Sanitizer _sanitizer = Create();

    [Theory]
    [InlineData("plain words, with <b>, \"quotes\" and\ttabs\r\non two lines")]
    [InlineData("naïve café, 日本語, हिन्दी, Привет, ﬁ, ², 😀")]
    [InlineData("👨‍👩‍👧 and ❤️ and 1️⃣")]
    [InlineData("می‌خواهم پایتون یاد بگیرم")]
    [InlineData("'; DROP TABLE students; -- $(rm -rf /) {{7*7}} eval('x')")]
    public void What_can_be_read_stays_as_it_is_and_the_same_object_where_it_is_plain(string words) =>
        Assert.Equal(words, _sanitizer.Clean(words));

    [Theory]
    [InlineData("a\0b\u0001\u0008\u007f\u009fc", "abc")]
    [InlineData("fun\u200bct\u2060ion\ufeff", "function")]
    [InlineData("pri\u00adnt", "print")]
    [InlineData("a\u200db and c\u200cd", "ab and cd")]
    [InlineData("left\u202eright\u2066\u2069\u200e", "leftright")]
    [InlineData("one\u000btwo\u000cthree\u0085four", "one two three\nfour")]
    [InlineData("\u001b[0;31mNameError\u001b[0m: x\u001b", "NameError: x")]
    [InlineData("hi\U000e0068\U000e0069 there", "hi there")]
    [InlineData("x\ufe0f\ufe0f\ufe0f y\U000e0101\U000e0102", "x\ufe0f y\U000e0101")]
    [InlineData("e\u0301 is one letter", "\u00e9 is one letter")]
    [InlineData("\ufdd0\ufffe\U0001fffe.", ".")]
    [InlineData("\u200d\u200b\u202e", "")]
    public void What_nobody_sees_goes_and_what_looks_the_same_becomes_the_same(string typed, string kept) =>
        Assert.Equal(kept, _sanitizer.Clean(typed));

    [Fact]
    public void A_heap_of_marks_on_a_letter_is_cut_to_what_a_language_may_need()
    {
        var heap = "a" + string.Concat(Enumerable.Repeat("\u0316\u0301", 10_000)) + "b";

        var cleaned = _sanitizer.Clean(heap)!;

        Assert.InRange(cleaned.Length, 3, 33);
        Assert.EndsWith("b", cleaned, StringComparison.Ordinal);
    }

    [Fact]
    public void Cleaning_twice_is_cleaning_once_for_any_text() => Gen.String[Gen.Char, 0, 60].Sample(text =>
    {
        var once = _sanitizer.Clean(text);
        Assert.Equal(once, _sanitizer.Clean(once));
    });

    [Fact]
    public void Code_stays_as_it_is_to_the_byte_and_query_and_error_do_not()
    {
        var ask = new Ask("what\u200b is e\u0301", Code: "e\u0301 = 'a\u200bb'\0", Error: "\u001b[31mNameError\u001b[0m");

        var cleaned = _sanitizer.Clean(ask);

        Assert.Equal("what is \u00e9", cleaned.Query);
        Assert.Equal(ask.Code, cleaned.Code);
        Assert.Equal("NameError", cleaned.Error);
    }

    [Fact]
    public void With_its_flag_off_everything_passes_as_it_was_typed()
    {
        var ask = new Ask("what\u200b is\0 e\u0301");

        Assert.Same(ask, Create(isOn: false).Clean(ask));
        Assert.NotEqual(ask, _sanitizer.Clean(ask));
    }

    private static Sanitizer Create(bool isOn = true)
    {
        var settings = new Dictionary<string, string?> { [Flag.SettingOf(Flag.EnableRequestSanitization)] = isOn.ToString() };
        return new Sanitizer(new FlagState(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()));
    }
}

/// <summary>Real Python says the same of Unicode.</summary>
[Collection(GarnetCollection.Name)]
public sealed class NormalisationTests(GarnetStack stack)
{
    [Fact]
    public async Task Letters_and_marks_are_composed_as_Pythons_unicodedata_does()
    {
        var sandbox = await Sandboxes.RequireAsync(stack);
        var sanitizer = stack.TriageServices.GetRequiredService<Sanitizer>();
        // Letters of several scripts, with up to three marks each.
        int[] letters = [.. "aeounAEOU".Select(c => (int)c), 0x1e62, 0x0928, 0x0930, 0x1100, 0x1112, 0x0391, 0x0415, 0x05d0, 0x304b];
        int[] marks = [0x0300, 0x0301, 0x0302, 0x0307, 0x0323, 0x0327, 0x0345, 0x093c, 0x1161, 0x11a8, 0x3099, 0x05b0];
        var random = new Random(4);
        var texts = Enumerable.Range(0, 400)
            .Select(_ => char.ConvertFromUtf32(letters[random.Next(letters.Length)])
                + string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => (char)marks[random.Next(marks.Length)])))
            .ToList();
        var program = new StringBuilder("import unicodedata\n");
        texts.ForEach(text => program.Append($"print(ascii(unicodedata.normalize('NFC', '{Escape(text)}')))\n"));

        var run = await sandbox.RunAsync(program.ToString(), null, TestContext.Current.CancellationToken);

        Assert.Equal(texts.Select(text => $"'{Escape(sanitizer.Clean(text)!)}'"), run.Output.Trim().Split('\n').Select(Unescaped));

        static string Escape(string text) => string.Concat(text.EnumerateRunes().Select(rune => $"\\U{rune.Value:x8}"));
        static string Unescaped(string line) => $"'{string.Concat(System.Text.RegularExpressions.Regex.Matches(line[1..^1], @"\\x(..)|\\u(....)|(.)")
            .Select(match => (match.Groups[3].Success ? match.Value[0] : Convert.ToInt32(match.Groups[1].Value + match.Groups[2].Value, 16)))
            .Select(code => $"\\U{code:x8}"))}'";
    }
}
