using System.Text.Json;
using System.Text.Json.Serialization;
using LearnFlow.Triage.Skills;

namespace LearnFlow.Triage.Models;

/// <summary>What a model has to answer.</summary>
/// <param name="Intent">One of the intents, by the contract's name.</param>
/// <param name="Confidence">0 to 1.</param>
internal sealed record ModelAnswer(string Intent, double Confidence)
{
    /// <summary>The reading in a model's answer, or null where the answer is anything but that.</summary>
    /// <param name="text">The answer.</param>
    public static Reading? Read(string text)
    {
        try
        {
            var answer = JsonSerializer.Deserialize(text, ModelJson.Default.ModelAnswer);
            return answer is { Confidence: >= 0 and <= 1 } && IntentNames.Parse(answer.Intent) is { } intent
                ? new Reading(intent, answer.Confidence)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Strict: no other members, none twice, none missing, nothing around them.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ModelAnswer))]
internal sealed partial class ModelJson : JsonSerializerContext;
