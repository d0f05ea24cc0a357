using System.Text.Json;
using System.Text.Json.Serialization;

namespace LearnFlow.Triage.Commands;

/// <summary>How the commands write what they found: camelCase.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Scores))]
[JsonSerializable(typeof(Prediction))]
internal sealed partial class CommandJson : JsonSerializerContext;
