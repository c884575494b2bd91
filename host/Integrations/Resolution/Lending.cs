namespace Vaka.Plugins.Host.Integrations.Resolution;

/// <summary>What a platform-wide integration does for a tenant. It lends the platform's own credentials, so it serves only actions that
/// reveal nothing of the account and change only what they create, or exactly those that the platform's admin lists.</summary>
internal static class Lending
{
    /// <summary>Whether the action can be asked for at all, with some input.</summary>
    public static bool MayLend(BoundIntegration integration, Guid? callerTenantId, IntegrationAction action) =>
        callerTenantId is null || integration.Scope is ConfigScope.Tenant
        || (integration.SharedActions?.Contains(action.Name, StringComparer.Ordinal) ?? action.IsTenantSafe);

    /// <param name="integration">What serves.</param>
    /// <param name="callerTenantId">For whom; <c>null</c>: the platform itself, whose own rows are not lent to it.</param>
    /// <param name="action">What is asked.</param>
    /// <param name="input">Its bound input: an action may be safe with some inputs only. A listed action is lent with any.</param>
    /// <exception cref="ProblemException"><see cref="ProblemCode.ActionNotShared"/>.</exception>
    public static void Check(BoundIntegration integration, Guid? callerTenantId, IntegrationAction action, object input)
    {
        if (callerTenantId is null || integration.Scope is ConfigScope.Tenant) return;
        if (integration.SharedActions is { } shared)
        {
            if (shared.Contains(action.Name, StringComparer.Ordinal)) return;
            throw NotShared("is not among the actions that the platform-wide integration shares");
        }

        if (!action.IsTenantSafe) throw NotShared("is not shared by the platform-wide integration");
        if (!action.IsTenantSafeFor(input)) throw NotShared("is not shared by the platform-wide integration with this input");

        ProblemException NotShared(string why) => new(
            ProblemCode.ActionNotShared,
            $"{action.Name} {why}. Configure your own {integration.Plugin.Descriptor.DisplayName} integration in /integrations page, "
            + "or ask the administrators of the platform to share the action.");
    }
}
