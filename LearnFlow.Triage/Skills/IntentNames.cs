using System.Text.Json;
using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Triage.Skills;

/// <summary>The intents by the names that the contract gives them.</summary>
public static class IntentNames
{
    private static readonly Dictionary<Intent, string> Names = Enum.GetValues<Intent>().ToDictionary(
        intent => intent, intent => JsonSerializer.Serialize(intent, TriageJson.Default.Intent).Trim('"'));

    /// <summary>All of them.</summary>
    public static IEnumerable<string> All => Names.Values;

    /// <summary>The label of each intent, in the order of the intents.</summary>
    public static IReadOnlyList<string> Labels { get; } = [.. Enum.GetValues<Intent>().Select(LabelOf)];

    /// <summary>The name of an intent.</summary>
    /// <param name="intent">The intent.</param>
    public static string Of(Intent intent) => Names[intent];

    /// <summary>The intent with a name, or null.</summary>
    /// <param name="name">The name.</param>
    public static Intent? Parse(string name) => Names.Where(entry => entry.Value == name)
        .Select(entry => (Intent?)entry.Key)
        .FirstOrDefault();

    /// <summary>The label of an intent in data: its agent's short name, or <c>out_of_scope</c>.</summary>
    /// <param name="intent">The intent.</param>
    public static string LabelOf(Intent intent) => intent.Agent()?.Name ?? Of(Intent.OutOfScope);
}
