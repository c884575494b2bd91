using System.Text.Json;

namespace Vaka.Plugins.Host.Integrations;

/// <summary>Tells caches and health on this node that an integration changed, at once and after the change is committed.</summary>
internal sealed class IntegrationChanges
{
    private event Action<IntegrationChange>? Changed;

    public void Subscribe(Action<IntegrationChange> handler) => Changed += handler;

    public void Publish(IntegrationChange change) => Changed?.Invoke(change);
}

/// <summary>What changed.</summary>
/// <param name="IntegrationId">The row.</param>
/// <param name="TenantId">Whose it is; <c>null</c>: platform-wide.</param>
/// <param name="IntegrationType">Its type.</param>
internal sealed record IntegrationChange(Guid IntegrationId, Guid? TenantId, string IntegrationType)
{
    /// <summary>Where other processes on the same database are told.</summary>
    public const string Channel = "vaka_integrations";

    private static readonly string Self = Guid.NewGuid().ToString("N");

    /// <summary>This process made the change, has been told of it already unless it never learned that it was committed, and hears of it again a
    /// moment later. Whoever remembers what has happened since the change passes over it; whoever only reads anew does not.</summary>
    public bool IsEcho { get; init; }

    /// <summary>As it is told: <c>{"id", "tenant_id", "type", "by"}</c>.</summary>
    public string ToPayload() => JsonSerializer.Serialize(new { id = IntegrationId, tenant_id = TenantId, type = IntegrationType, by = Self });

    /// <summary><c>null</c>: a process of another version says it in other words.</summary>
    public static IntegrationChange? FromPayload(string payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload);
            var root = document.RootElement;
            return root.ValueKind is JsonValueKind.Object
                && root.TryGetProperty("id", out var id) && id.ValueKind is JsonValueKind.String && id.TryGetGuid(out var integrationId)
                && root.TryGetProperty("type", out var type) && type.GetString() is { } integrationType
                && root.TryGetProperty("tenant_id", out var tenant)
                    ? new IntegrationChange(
                        integrationId, tenant.ValueKind is JsonValueKind.Null ? null : tenant.GetGuid(), integrationType)
                    {
                        IsEcho = root.TryGetProperty("by", out var by) && by.ValueEquals(Self),
                    }
                    : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
