using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Policies;

namespace Vaka.Plugins.Host.Actions;

/// <summary>The one place where a call is held against the policies of the integration that serves it. A platform-wide integration's hold for
/// every tenant that it serves; a tenant's own rules are about its own integrations, so that they cannot loosen them.</summary>
internal static class PolicyCheck
{
    /// <returns>Whether an admin has to approve the call before it is run.</returns>
    /// <exception cref="ProblemException"><see cref="ProblemCode.Forbidden"/>: it is blocked.</exception>
    public static bool Asks(ActionRequest request, IntegrationAction action, BoundIntegration integration)
    {
        if (Find(request.Caller.Name, request.Channel, action, integration) is not { } rule) return false;
        return rule.Effect switch
        {
            PolicyEffect.Allow => false,
            PolicyEffect.Ask => true,
            PolicyEffect.Block => throw Blocked(rule, request, action, integration),
        };
    }

    /// <summary>Whether it is no use to offer the action to the caller.</summary>
    public static bool IsBlocked(string caller, CallChannel channel, IntegrationAction action, BoundIntegration integration) =>
        Find(caller, channel, action, integration) is { Effect: PolicyEffect.Block };

    // Nobody calls an internal action but the host's own services.
    private static PolicyRule? Find(string caller, CallChannel channel, IntegrationAction action, BoundIntegration integration) =>
        action.IsInternal ? null : integration.Policies.Find(caller, channel, action.Name);

    private static ProblemException Blocked(PolicyRule rule, ActionRequest request, IntegrationAction action, BoundIntegration integration) => new(
        ProblemCode.Forbidden,
        $"A policy of the {integration.Plugin.Descriptor.DisplayName} integration '{integration.Name}' blocks {action.Name} ({rule}). "
        + (integration.Scope is ConfigScope.Platform && request.Caller.TenantId is not null
            ? "The administrators of the platform can change it."
            : "An admin can change it under Policies in /integrations page."));
}
