using System.Text.Json;
using System.Text.Json.Serialization;

namespace LearnFlow.ServiceDefaults.Contracts;

/// <summary>How the messages between services are written: camelCase, without nulls.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(AgentQuestion))]
[JsonSerializable(typeof(AgentAnswer))]
[JsonSerializable(typeof(RunRequest))]
[JsonSerializable(typeof(RunResult))]
[JsonSerializable(typeof(Submission))]
[JsonSerializable(typeof(GradingRequest))]
[JsonSerializable(typeof(GradingResult))]
[JsonSerializable(typeof(Quiz))]
[JsonSerializable(typeof(QuizAnswers))]
[JsonSerializable(typeof(QuizGradingRequest))]
[JsonSerializable(typeof(QuizResult))]
[JsonSerializable(typeof(ProgressReport))]
public sealed partial class ContractsJson : JsonSerializerContext;
