using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Vaka.Plugins.Client;

/// <summary>What came of an action.</summary>
/// <param name="ExecutionId">The record of it.</param>
/// <param name="Integration">Which integration served.</param>
/// <param name="Output">What the provider answered.</param>
/// <param name="Duration">How long it took in the host.</param>
/// <param name="IsReplayed">It was done before under the same idempotency key, and this is what came of it then.</param>
public sealed record ActionResult<TOutput>(Guid ExecutionId, ServingIntegration Integration, TOutput Output, TimeSpan Duration, bool IsReplayed);

/// <summary>An integration that serves.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Scope"><c>tenant</c> or <c>platform</c>.</param>
public sealed record ServingIntegration(Guid Id, string Name, string Scope);

/// <summary>An execution that is kept and will be done.</summary>
/// <param name="ExecutionId">What to ask for.</param>
/// <param name="State">Where it is: one of <see cref="ExecutionStates"/>.</param>
public sealed record AcceptedExecution(Guid ExecutionId, string State);

internal static class ActionResult
{
    public static ActionResult<TOutput> Read<TOutput>(HostAnswer answer, JsonTypeInfo<TOutput> type)
    {
        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            var root = document.RootElement;
            var integration = root.GetProperty("integration");
            var output = root.GetProperty("output").Deserialize(type) ?? throw VakaException.Unexpected(answer.Status);
            return new ActionResult<TOutput>(
                root.GetProperty("execution_id").GetGuid(),
                new ServingIntegration(
                    integration.GetProperty("id").GetGuid(), integration.GetProperty("name").GetString() ?? "",
                    integration.GetProperty("scope").GetString() ?? ""),
                output, TimeSpan.FromMilliseconds(root.GetProperty("duration_ms").GetInt64()), answer.IsReplayed);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw VakaException.Unexpected(answer.Status, exception);
        }
    }
}
