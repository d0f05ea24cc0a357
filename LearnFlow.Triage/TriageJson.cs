using System.Text.Json;
using System.Text.Json.Serialization;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Audit;
using LearnFlow.Triage.Dispatch;
using LearnFlow.Triage.Endpoints;
using LearnFlow.Triage.Flags;

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
[JsonSerializable(typeof(DecidedMessage))]
[JsonSerializable(typeof(DecisionEvent))]
[JsonSerializable(typeof(DeltaEvent))]
[JsonSerializable(typeof(BreakerList))]
[JsonSerializable(typeof(AgentHealth))]
[JsonSerializable(typeof(DeadLetterList))]
[JsonSerializable(typeof(ReplayResult))]
[JsonSerializable(typeof(Turn))]
[JsonSerializable(typeof(SessionRequest))]
[JsonSerializable(typeof(Session))]
[JsonSerializable(typeof(Batch))]
[JsonSerializable(typeof(BatchAnswer))]
[JsonSerializable(typeof(CachedAnswer))]
[JsonSerializable(typeof(FlagOverride))]
[JsonSerializable(typeof(FlagSwitch))]
[JsonSerializable(typeof(FlagView))]
[JsonSerializable(typeof(FlagList))]
[JsonSerializable(typeof(Revocation))]
[JsonSerializable(typeof(AuditRecord))]
[JsonSerializable(typeof(AuditPage))]
[JsonSerializable(typeof(AuditVerification))]
[JsonSerializable(typeof(StudentExport))]
[JsonSerializable(typeof(StudentErasure))]
internal sealed partial class TriageJson : JsonSerializerContext;
