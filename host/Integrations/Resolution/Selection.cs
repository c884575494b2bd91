using System.Diagnostics.CodeAnalysis;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Integrations.Resolution;

/// <summary>One decision of the resolver over rows that have been read: the rules of who serves whom.</summary>
/// <remarks>Rows are looked at in order, the default first, then by age. One that is off is passed over. One that is on but cannot be used
/// ends the search, so that nothing goes to another destination because something broke, unless its own fallback allows it.</remarks>
internal sealed class Selection(PluginEntry provider, Guid? tenantId, string? nameOrId, Func<Integration, ReadResult> read)
{
    private readonly List<TrailEntry> trail = [];
    private Refusal? broken;
    private bool isTransient;

    private string DisplayName => provider.Plugin?.Descriptor.DisplayName ?? provider.Type;

    public Explanation Decide(CandidateRows rows)
    {
        if (Look(rows.Own, out var decided)) return decided;
        if (rows.FallbackForbiddenBy is not { } forbidding)
        {
            if (Look(rows.Platform, out decided)) return decided;
        }
        else
        {
            foreach (var row in rows.Platform)
                Pass(row, $"Passed over: the tenant's integration '{forbidding}' has the fallback never.");
        }

        return Refuse(broken ?? NotConfigured());
    }

    private bool Look(IReadOnlyList<Integration> rows, [NotNullWhen(true)] out Explanation? decided)
    {
        decided = null;
        foreach (var row in rows)
        {
            if (!row.IsActive || row.Status is IntegrationStatus.Configuring or IntegrationStatus.Inactive)
            {
                Pass(row, row.Status is IntegrationStatus.Configuring
                    ? "Passed over: a draft that was never activated."
                    : "Passed over: it is switched off.");
                continue;
            }

            var result = Read(row);
            if (result.Integration is { } integration)
            {
                Add(row, taken: true, WhyTaken(row, rows));
                decided = new Explanation(new Resolution(integration, integration.Scope, trail), null, trail);
                return true;
            }

            var refusal = CannotBeUsed(row, result);
            if (row.Fallback is not Fallback.WhenUnusable)
            {
                Pass(row, $"{refusal.Said} Nothing takes its place{(IsLent(row) ? "" : $", since its fallback is {Name(row.Fallback)}")}.");
                decided = Refuse(refusal.Problem);
                return true;
            }

            Pass(row, $"{refusal.Said} Passed over, since its fallback is when_unusable.");
            broken ??= refusal.Problem;
        }

        return false;
    }

    private ReadResult Read(Integration row)
    {
        if (row.Status is IntegrationStatus.Error) return new ReadResult(null, row.StatusReason, Unusable.Describe(row.StatusReason));
        var result = read(row);
        if (result.Integration is null) isTransient = true;
        return result;
    }

    private (string Said, Refusal Problem) CannotBeUsed(Integration row, ReadResult result)
    {
        // What is wrong with the platform's row is no tenant's business, except what the catalog shows to everyone.
        if (IsLent(row))
        {
            var reason = result.Reason is Unusable.PluginNotLoaded ? result.Reason : null;
            return ("It is switched on but cannot be used.", new Refusal(
                ProblemCode.IntegrationUnusable,
                $"The platform-wide {DisplayName} integration cannot be used at the moment. Ask the administrators of the platform, "
                + "or configure one of your own in /integrations page.",
                reason));
        }

        return ($"It is switched on but cannot be used: {result.Message}", new Refusal(
            ProblemCode.IntegrationUnusable, $"The {DisplayName} integration '{row.Name}' cannot be used: {result.Message}", result.Reason));
    }

    private Refusal NotConfigured() => provider.Plugin is null
        ? new Refusal(
            ProblemCode.IntegrationUnusable,
            $"The provider {provider.Type} is not loaded. The operator of the platform has to repair the plugin.",
            Unusable.PluginNotLoaded)
        : new Refusal(
            ProblemCode.IntegrationNotConfigured,
            $"{DisplayName} integration not configured. Please configure in /integrations page.");

    private Explanation Refuse(Refusal refusal) => new(null, refusal, trail) { IsTransient = isTransient };

    private string WhyTaken(Integration row, IReadOnlyList<Integration> rows)
    {
        if (nameOrId is not null) return row.Name == nameOrId ? "Taken: asked for by its name." : "Taken: asked for by its id.";
        if (row.IsDefault) return "Taken: it is the default.";
        return rows.Any(other => other.IsDefault)
            ? "Taken: the default does not serve, and this is the oldest active one."
            : "Taken: none is the default, and this is the oldest active one.";
    }

    private bool IsLent(Integration row) => tenantId is not null && row.TenantId is null;

    private void Pass(Integration row, string reason) => Add(row, taken: false, reason);

    private void Add(Integration row, bool taken, string reason) => trail.Add(new TrailEntry(
        IsLent(row) ? null : row.Id, row.Name, row.TenantId is null ? ConfigScope.Platform : ConfigScope.Tenant, taken, reason));

    private static string Name(Fallback fallback) => fallback switch
    {
        Fallback.WhenInactive => "when_inactive",
        Fallback.WhenUnusable => "when_unusable",
        Fallback.Never => "never",
    };
}
