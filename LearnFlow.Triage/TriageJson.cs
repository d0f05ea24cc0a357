using System.Text.Json;
using System.Text.Json.Serialization;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Dispatch;
using LearnFlow.Triage.Endpoints;

namespace LearnFlow.Triage;

/// <summary>How triage's own messages are written: camelCase, without nulls.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(Intent))]
[JsonSerializable(typeof(Ask))]
[JsonSerializable(typeof(Answer))]
[JsonSerializable(typeof(KeptMessage))]
[JsonSerializable(typeof(Turn))]
[JsonSerializable(typeof(SessionRequest))]
[JsonSerializable(typeof(Session))]
internal sealed partial class TriageJson : JsonSerializerContext;
