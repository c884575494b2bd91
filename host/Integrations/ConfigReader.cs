using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations.Destinations;
using Vaka.Plugins.Host.Integrations.Policies;
using Vaka.Plugins.Host.Integrations.Schema;
using Vaka.Plugins.Host.Integrations.Secrets;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Integrations;

/// <summary>Makes a stored row callable: finds its plugin, migrates, decrypts and binds its config.</summary>
internal sealed partial class ConfigReader(
    IPluginCatalog catalog, ProviderContracts contracts, ProviderReach reaches, ConfigSecrets secrets, ILogger<ConfigReader> logger)
{
    /// <summary>The integration, or why it cannot be used: a stable word of the wire contract (<c>secret_undecryptable</c>,
    /// <c>plugin_not_loaded</c>, <c>needs_migration</c>, <c>invalid_config</c>) and a sentence for people. Reads only: it never
    /// changes the row.</summary>
    public ReadResult Read(Integration row) => catalog.Find(row.IntegrationType)?.Plugin is { } plugin
        ? Read(row, plugin)
        : Refuse(Unusable.PluginNotLoaded, Unusable.Describe(Unusable.PluginNotLoaded));

    /// <summary>The same with a plugin that need not be in use.</summary>
    public ReadResult Read(Integration row, LoadedPlugin plugin)
    {
        if (Parse(row.Config) is not JsonObject stored)
            return Refuse(Unusable.InvalidConfig, Unusable.Describe(Unusable.InvalidConfig));
        if (row.ConfigVersion > plugin.Descriptor.ConfigVersion)
        {
            return Refuse(Unusable.NeedsMigration, $"its config is of version {row.ConfigVersion}, and the provider that is loaded knows "
                + $"version {plugin.Descriptor.ConfigVersion}. Install the newer plugin again, or save the config again.");
        }

        JsonObject plain;
        try
        {
            var current = row.ConfigVersion == plugin.Descriptor.ConfigVersion ? stored : Migrate(row, stored, plugin);
            if (current is null)
            {
                return Refuse(Unusable.NeedsMigration, $"its config is of version {row.ConfigVersion} and could not be brought to version "
                    + $"{plugin.Descriptor.ConfigVersion}. Save it again in /integrations page.");
            }

            secrets.RevealInPlace(row.Id, current); // it was just parsed
            plain = current;
        }
        catch (SecretUndecryptableException exception)
        {
            LogUndecryptable(row.Id, exception);
            return Refuse(Unusable.SecretUndecryptable, Unusable.Describe(Unusable.SecretUndecryptable));
        }

        var bound = contracts.Config(plugin).Bind(plain);
        if (bound.Value is null)
        {
            var first = bound.Errors.Count > 0 ? $" ({bound.Errors[0].Path}: {bound.Errors[0].Message})" : "";
            return Refuse(Unusable.InvalidConfig, $"its config is not valid{first}. Correct it in /integrations page.");
        }

        return new ReadResult(
            new BoundIntegration
            {
                Id = row.Id,
                TenantId = row.TenantId,
                Name = row.Name,
                Revision = row.Revision,
                Plugin = plugin,
                Config = bound.Value,
                Reach = reaches.Of(plugin, bound.Value),
                ConfigHash = Hash(row),
                SharedActions = row.SharedActions is null ? null : JsonSerializer.Deserialize<string[]>(row.SharedActions),
                Limits = row.Limits,
                Policies = PolicyRules.Parse(row.Policies),
            },
            null,
            null);
    }

    /// <summary>In memory only; <c>null</c>: the provider could not.</summary>
    private JsonObject? Migrate(Integration row, JsonObject stored, LoadedPlugin plugin)
    {
        try
        {
            return secrets.Migrate(row.Id, row.TenantId, stored, config => plugin.Provider.MigrateConfig(row.ConfigVersion, config));
        }
        catch (Exception exception) when (exception is not SecretUndecryptableException) // a plugin's code is run
        {
            LogNotMigrated(row.Id, row.ConfigVersion, plugin.Descriptor.ConfigVersion, exception);
            return null;
        }
    }

    private static ReadResult Refuse(string reason, string message) => new(null, reason, message);

    private static JsonNode? Parse(string json)
    {
        try
        {
            return JsonNode.Parse(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Hash(Integration row) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{row.IntegrationType}\n{row.ConfigVersion}\n{row.Config}")));

    [LoggerMessage(Level = LogLevel.Warning, Message = "Integration {IntegrationId} has a secret that cannot be decrypted.")]
    private partial void LogUndecryptable(Guid integrationId, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "The config of integration {IntegrationId} could not be migrated from version {From} to {To}.")]
    private partial void LogNotMigrated(Guid integrationId, int from, int to, Exception exception);
}

/// <summary>A callable integration, or why there is none: <paramref name="Message"/> completes "… cannot be used: ".</summary>
internal sealed record ReadResult(BoundIntegration? Integration, string? Reason, string? Message);
