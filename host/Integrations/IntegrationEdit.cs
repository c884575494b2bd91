using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Integrations.Secrets;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Integrations;

/// <summary>One change to one row: settings and config first, then the state, which judges them.</summary>
internal sealed class IntegrationEdit(Integration row, IntegrationRevision? before, ConfigIntake intake, IntegrationWrite write)
{
    private const int MaxNameLength = 200;
    private const int MaxSharedActions = 100;

    private readonly IntegrationStatus statusBefore = row.Status;
    private bool hasNewConfig;

    /// <summary>Whether there is anything to save.</summary>
    public bool HasChanges => before is null || hasNewConfig || row.Status != statusBefore || row.ConfigVersion != before.ConfigVersion
        || ChangedFields.Find(before, row).Count > 0;

    private bool WasActive => before is { IsActive: true };

    /// <exception cref="ProblemException"><see cref="ProblemCode.InvalidRequest"/>.</exception>
    public void SetName(string name)
    {
        var trimmed = name.Trim();
        if (trimmed.Length is 0 or > MaxNameLength) throw Refuse("name", $"Give a name of 1 to {MaxNameLength} characters.");
        if (trimmed.EnumerateRunes().Any(rune => Rune.IsControl(rune) || rune == Rune.ReplacementChar))
            throw Refuse("name", "The name holds a control character or half a character. Remove it.");
        row.Name = trimmed;
    }

    /// <exception cref="ProblemException"><see cref="ProblemCode.InvalidRequest"/>: a platform-wide row has nothing to fall back to.</exception>
    public void SetFallback(Fallback fallback)
    {
        if (row.TenantId is null && fallback is not Fallback.WhenInactive)
            throw Refuse("fallback", "Only a tenant's integration can have a fallback: a platform-wide one is the last. Leave it out.");
        row.Fallback = fallback;
    }

    /// <exception cref="ProblemException"><see cref="ProblemCode.InvalidRequest"/>.</exception>
    public void SetSharedActions(IReadOnlyList<string>? names)
    {
        if (names is null)
        {
            row.SharedActions = null;
            return;
        }

        if (row.TenantId is not null)
            throw Refuse("shared_actions", "Only a platform-wide integration lends actions to tenants. Leave it out.");
        var known = intake.Require(row.IntegrationType).Provider.Actions.Where(action => !action.IsInternal).Select(action => action.Name).ToList();
        if (names.Count > MaxSharedActions || names.FirstOrDefault(name => !known.Contains(name)) is not null)
            throw Refuse("shared_actions", $"Give names of actions of {row.IntegrationType}: {string.Join(", ", known)}.");
        SetStoredSharedActions(JsonSerializer.Serialize(names.Distinct()));
    }

    public void SetStoredSharedActions(string? stored)
    {
        if (!ChangedFields.AreEqual(row.SharedActions, stored)) row.SharedActions = stored;
    }

    /// <exception cref="ProblemException"><see cref="ProblemCode.InvalidRequest"/>.</exception>
    public void SetLimits(IntegrationLimits limits)
    {
        CheckLimit("max_concurrent_calls", limits.MaxConcurrentCalls, IntegrationLimits.MostConcurrentCalls);
        CheckLimit("max_calls_per_minute", limits.MaxCallsPerMinute, IntegrationLimits.MostCallsPerMinute);
        (row.MaxConcurrentCalls, row.MaxCallsPerMinute) = (limits.MaxConcurrentCalls, limits.MaxCallsPerMinute);
    }

    /// <summary>Takes a config with its secrets in envelopes. The same config again is no change; a new one clears what was known of the
    /// old one's health.</summary>
    public void SetConfig(LoadedPlugin plugin, JsonObject config)
    {
        var text = ConfigDocument.Write(config);

        // A config of a newer version may read the same and mean something else.
        hasNewConfig = before is null || row.ConfigVersion > plugin.Descriptor.ConfigVersion || !ChangedFields.AreEqual(row.Config, text);
        if (!hasNewConfig) return;
        row.Config = text;
        row.ConfigVersion = plugin.Descriptor.ConfigVersion;
        row.HealthStatus = null;
        row.HealthMessage = null;
        row.HealthCheckedAt = null;
        row.HealthFailingSince = null;
        row.HealthFailures = 0;
        row.HealthExpiries = null;
        row.HealthSteps = null;
    }

    /// <summary>Switches on or off, and decides status and default.</summary>
    /// <param name="isActive">As it is to be.</param>
    /// <param name="isDefault"><c>null</c>: as it is, or the default when it is the first one that is switched on.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ProblemException">The config is not valid and the row is to be active.</exception>
    public async Task SetStateAsync(bool isActive, bool? isDefault, CancellationToken cancellationToken)
    {
        row.IsActive = isActive;
        if (isActive) BeActive();
        else BeInactive();

        if (isDefault is true && !row.IsDefault) await write.DemoteOthersAsync(row, cancellationToken);
        row.IsDefault = isDefault ?? (row.IsDefault || (isActive && !WasActive && !await HasRivalsAsync(cancellationToken)));
    }

    /// <summary>An admin says that it can be used again.</summary>
    public void ClearError()
    {
        if (row.Status is not IntegrationStatus.Error) return;
        Check().Result.ThrowUnlessValid();
        SetStatus(IntegrationStatus.Active);
    }

    private void BeActive()
    {
        if (hasNewConfig || !WasActive) Check().Result.ThrowUnlessValid();
        else if (row.Status is IntegrationStatus.Error) return; // only a new config or an activation ends it
        SetStatus(IntegrationStatus.Active);
    }

    private void BeInactive()
    {
        var isDraft = before is null || statusBefore is IntegrationStatus.Configuring;
        if (hasNewConfig)
        {
            var (plugin, config, result) = Check();
            if (!result.IsValid) intake.RefuseStrayText(plugin, config);
            isDraft |= !result.IsValid;
        }

        SetStatus(isDraft ? IntegrationStatus.Configuring : IntegrationStatus.Inactive);
    }

    private void SetStatus(IntegrationStatus status)
    {
        row.Status = status;
        row.StatusReason = null;
        if (status is IntegrationStatus.Active) row.NextProbeAt = Integration.DueAtOnce;
    }

    private (LoadedPlugin Plugin, JsonObject Config, ConfigCheck Result) Check()
    {
        var plugin = intake.Require(row.IntegrationType);
        var config = intake.ReadStored(plugin, row);
        return (plugin, config, intake.Check(plugin, row.Id, config));
    }

    private async Task<bool> HasRivalsAsync(CancellationToken cancellationToken) =>
        await write.Siblings(row).AnyAsync(i => i.IsDefault || i.IsActive, cancellationToken);

    private static void CheckLimit(string name, int? limit, int most)
    {
        if (limit is < 1 || limit > most)
            throw Refuse($"limits.{name}", FormattableString.Invariant($"Give a whole number from 1 to {most}, or null for none."));
    }

    private static ProblemException Refuse(string field, string message) =>
        new(ProblemCode.InvalidRequest, message) { Errors = [new ConfigError(field, message)] };
}
