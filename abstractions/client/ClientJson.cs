using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Vaka.Plugins.Client;

/// <summary>Everything that is sent and read, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(Email))]
[JsonSerializable(typeof(EmailReceipt))]
[JsonSerializable(typeof(PushedData))]
[JsonSerializable(typeof(PushReceipt))]
[JsonSerializable(typeof(AcceptedExecution))]
[JsonSerializable(typeof(ExecutionDetail))]
[JsonSerializable(typeof(Page<Execution>), TypeInfoPropertyName = "ExecutionPage")]
[JsonSerializable(typeof(Integration))]
[JsonSerializable(typeof(IntegrationDraft))]
[JsonSerializable(typeof(Page<Integration>), TypeInfoPropertyName = "IntegrationPage")]
[JsonSerializable(typeof(EffectiveIntegration))]
[JsonSerializable(typeof(IntegrationTest))]
[JsonSerializable(typeof(AgenticEmail))]
[JsonSerializable(typeof(EmailOutcome))]
[JsonSerializable(typeof(PushOutcome))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class ClientJson : JsonSerializerContext;
