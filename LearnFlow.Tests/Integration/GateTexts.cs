using System.Text.Json;

namespace LearnFlow.Tests.Integration;

/// <summary>Texts that somebody sends who means harm, and texts that only look like it.</summary>
internal static class GateTexts
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Triage", "Gate");

    /// <summary>Attacks with their kinds: xss, template, prompt, path, header, query.</summary>
    public static IReadOnlyList<(string Kind, string Text)> Attacks { get; } =
    [
        .. File.ReadLines(Path.Combine(Folder, "attacks.jsonl"))
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Select(attack => (attack.Text("kind"), attack.Text("text"))),
    ];

    /// <summary>What people who learn ask about the same subjects.</summary>
    public static IReadOnlyList<string> HonestQuestions { get; } = File.ReadAllLines(Path.Combine(Folder, "honest-questions.txt"));

    public static IEnumerable<string> AttacksOf(string kind) =>
        Attacks.Where(attack => attack.Kind == kind).Select(attack => attack.Text);
}
