namespace Vaka.Plugins.Host.Integrations;

/// <summary>Who served.</summary>
internal sealed record ServingIntegration(Guid Id, string Name, ConfigScope Scope)
{
    public static ServingIntegration From(BoundIntegration integration) => new(integration.Id, integration.Name, integration.Scope);
}
