using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Integrations.Policies;

/// <summary>The rules of an integration as its admins see and change them: always the whole list.</summary>
internal sealed class PolicyStore(
    IDbContextFactory<HostDbContext> databases, IntegrationStore integrations, IntegrationWrites writes, ConfigIntake intake)
{
    public const int MostRules = 100;

    /// <exception cref="ProblemException"><see cref="ProblemCode.NotFound"/>.</exception>
    public async Task<IReadOnlyList<PolicyRule>> ReadAsync(Guid integrationId, Caller caller, CancellationToken cancellationToken)
    {
        await integrations.GetAsync(integrationId, caller, cancellationToken);
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return [.. (await Of(database, integrationId).AsNoTracking().ToListAsync(cancellationToken)).Select(policy => policy.Rule)];
    }

    /// <summary>Puts these in the place of those that there are, for all nodes. It is no edit of the integration: its revision stays.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCode.NotFound"/>; <see cref="ProblemCode.InvalidRequest"/>: a rule names an
    /// action or a caller that there is not; <see cref="ProblemCode.RevisionConflict"/>: somebody else did the same.</exception>
    public Task<IReadOnlyList<PolicyRule>> ReplaceAsync(
        Guid integrationId, IReadOnlyList<PolicyRule> rules, Caller caller, CancellationToken cancellationToken) => writes.RunAsync(
        caller,
        async write =>
        {
            var row = await write.LoadAsync(integrationId, null, cancellationToken);
            await CheckAsync(write.Context, row, rules, cancellationToken);
            var before = await Of(write.Context, integrationId).ToListAsync(cancellationToken);
            if (before.Select(policy => policy.Rule).SequenceEqual(rules)) return rules;
            await Of(write.Context, integrationId).ExecuteDeleteAsync(cancellationToken);
            write.Context.ChangeTracker.Clear();
            write.Context.AddRange(rules.Select((rule, index) => New(rule, index + 1, before.Find(policy => policy.Rule == rule))));
            write.Audit(row, "integration.policies_changed", row.Revision, row.Revision, ["policies"]);
            await write.Context.SaveChangesAsync(cancellationToken);
            await write.NotifyAsync(row, cancellationToken);
            return rules;

            ActionPolicy New(PolicyRule rule, int number, ActionPolicy? same) => new()
            {
                IntegrationId = integrationId,
                Number = number,
                Caller = rule.Caller,
                Channel = rule.Channel,
                Action = rule.Action,
                Effect = rule.Effect,
                CreatedAt = same?.CreatedAt ?? write.Now,
                CreatedBy = same?.CreatedBy ?? write.Caller.Name,
            };
        },
        cancellationToken);

    private static IQueryable<ActionPolicy> Of(HostDbContext database, Guid integrationId) =>
        database.Set<ActionPolicy>().Where(policy => policy.IntegrationId == integrationId).OrderBy(policy => policy.Number);

    private async Task CheckAsync(HostDbContext database, Integration row, IReadOnlyList<PolicyRule> rules, CancellationToken cancellationToken)
    {
        var errors = new List<ConfigError>();
        if (rules.Count > MostRules) errors.Add(new ConfigError("policies", $"Give at most {MostRules} rules."));
        var plugin = intake.Require(row.IntegrationType);
        var keys = await KeysAsync(database, row, rules, cancellationToken);
        foreach (var (index, rule) in rules.Index())
        {
            if (rule.Action is { } action && plugin.FindAction(action) is not { IsInternal: false })
                errors.Add(new ConfigError($"policies[{index}].action", $"{plugin.Descriptor.DisplayName} has no such action. It has: {Names(plugin)}."));
            if (rule.Caller is { } caller && !IsCaller(caller, keys))
            {
                errors.Add(new ConfigError(
                    $"policies[{index}].caller", "There is no such caller. Give key: and the id of an API key that may act here, or jwt: and the subject of a token."));
            }
        }

        if (errors.Count > 0)
            throw new ProblemException(ProblemCode.InvalidRequest, "The policies name what there is not. 'errors' says where.") { Errors = errors };
    }

    // A platform key may act for any tenant; another tenant's key is for nobody else to know of.
    private static async Task<HashSet<Guid>> KeysAsync(
        HostDbContext database, Integration row, IReadOnlyList<PolicyRule> rules, CancellationToken cancellationToken)
    {
        var named = rules.Select(rule => KeyOf(rule.Caller)).OfType<Guid>().Distinct().ToList();
        if (named.Count == 0) return [];
        return await database.Set<ApiKey>()
            .Where(key => named.Contains(key.Id) && (row.TenantId == null || key.TenantId == null || key.TenantId == row.TenantId))
            .Select(key => key.Id).ToHashSetAsync(cancellationToken);
    }

    private static bool IsCaller(string caller, HashSet<Guid> keys) => caller.Split(':', 2) switch
    {
        ["key", _] => KeyOf(caller) is { } id && keys.Contains(id) && caller == $"key:{id}",
        ["jwt", { Length: > 0 and <= 200 } subject] => !subject.Any(char.IsControl),
        _ => false,
    };

    private static Guid? KeyOf(string? caller) => caller?.Split(':', 2) is ["key", var id] && Guid.TryParse(id, out var key) ? key : null;

    private static string Names(LoadedPlugin plugin) =>
        string.Join(", ", plugin.Provider.Actions.Where(action => !action.IsInternal).Select(action => action.Name));
}
