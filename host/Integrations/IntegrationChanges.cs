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
internal sealed record IntegrationChange(Guid IntegrationId, Guid? TenantId, string IntegrationType);
