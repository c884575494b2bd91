using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations.Schema;
using Vaka.Plugins.Host.Integrations.Secrets;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Integrations;

/// <summary>Judges configs on their way in: is the provider known, what becomes of the secrets, is it valid.</summary>
internal sealed class ConfigIntake(IPluginCatalog catalog, ProviderContracts contracts, ConfigSecrets secrets, Offences offences, ILogger<ConfigIntake> logger)
{
    // It has nothing to wait for.
    private static readonly TimeSpan ValidationSpan = TimeSpan.FromSeconds(10);

    private const int MostFindings = 1_000;

    /// <summary>The plugin of a type; a disabled one too, since its rows may be edited.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCode.InvalidRequest"/>: there is none;
    /// <see cref="ProblemCode.IntegrationUnusable"/>: it is there but not loaded.</exception>
    public LoadedPlugin Require(string type)
    {
        if (catalog.Find(type) is not { } entry)
        {
            var known = catalog.Entries.Where(candidate => candidate.Plugin is not null).Select(candidate => candidate.Type);
            throw new ProblemException(ProblemCode.InvalidRequest, $"There is no provider '{type}'. Known are: {string.Join(", ", known)}.");
        }

        return entry.Plugin ?? throw new ProblemException(
            ProblemCode.IntegrationUnusable, $"The provider {type} is not loaded: {entry.StateReason ?? "see /api/v1/providers"}")
        {
            Reason = "plugin_not_loaded",
        };
    }

    public JsonContract Contract(LoadedPlugin plugin) => contracts.Config(plugin);

    /// <summary>A row's config as the plugin of today reads it, its secrets still in envelopes.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCode.IntegrationUnusable"/>: it cannot be migrated.</exception>
    public JsonObject ReadStored(LoadedPlugin plugin, Integration row) =>
        ReadStored(plugin, row.Id, row.TenantId, row.Config, row.ConfigVersion);

    /// <inheritdoc cref="ReadStored(LoadedPlugin, Integration)"/>
    public JsonObject ReadStored(LoadedPlugin plugin, IntegrationRevision revision) =>
        ReadStored(plugin, revision.IntegrationId, revision.TenantId, revision.Config, revision.ConfigVersion);

    /// <summary>What is to be stored for a request's config.</summary>
    public JsonObject Seal(SealRequest request)
    {
        ConfigDocument.Check(request.Incoming);
        return secrets.Seal(request);
    }

    /// <summary>Binds and validates a config that is to be stored.</summary>
    public ConfigCheck Check(LoadedPlugin plugin, Guid integrationId, JsonObject stored)
    {
        JsonObject plain;
        try
        {
            plain = secrets.Reveal(integrationId, stored);
        }
        catch (SecretUndecryptableException exception)
        {
            return new ConfigCheck { Undecryptable = $"{exception.Message} Give it again." };
        }

        var bound = Contract(plugin).Bind(plain);
        if (bound.Value is not { } config) return new ConfigCheck { Errors = [.. bound.Errors.Select(error => new ConfigError(error.Path, error.Message))] };
        try
        {
            return new ConfigCheck { Config = config, Errors = Validate(plugin, config) };
        }
        catch (Exception exception) when (exception is not ProblemException) // the plugin's own code
        {
            logger.ValidationFailed(exception, plugin.Type);
            throw new ProblemException(
                ProblemCode.ProviderFailed, $"The provider {plugin.Type} failed while it checked the config. The host's log has the details.", exception)
            {
                FailureKind = FailureKind.Unexpected,
            };
        }
    }

    /// <summary>A draft keeps what is wrong or missing, but no text in a place that the provider does not know: that may be a secret in
    /// the wrong place, and it would be stored readable.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCode.InvalidConfig"/>.</exception>
    public void RefuseStrayText(LoadedPlugin plugin, JsonObject stored)
    {
        var stray = StrayText.Find(stored, Contract(plugin).Schema, "")
            .Select(path => new ConfigError(path, "Not known here, and so it cannot be kept in a draft either: it might be a secret. Correct or remove it."))
            .ToList();
        if (stray.Count > 0) throw new ProblemException(ProblemCode.InvalidConfig, "The draft holds text in places that are not known.") { Errors = stray };
    }

    // On a thread of its own, which is left behind when the plugin's code never returns.
    private List<ConfigError> Validate(LoadedPlugin plugin, object config)
    {
        var validation = Task.Factory.StartNew(
            () => plugin.Provider.Validate(config).Where(error => error is not null).Take(MostFindings).ToList(),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (!Task.WaitAll([validation], ValidationSpan))
        {
            offences.Note(plugin, "checking a config");
            throw new ProblemException(
                ProblemCode.ProviderTimeout, $"The provider {plugin.Type} did not finish checking the config within {ValidationSpan.TotalSeconds:0} seconds. Nothing was saved.");
        }

        return validation.GetAwaiter().GetResult();
    }

    private JsonObject ReadStored(LoadedPlugin plugin, Guid integrationId, Guid? tenantId, string config, int version)
    {
        var stored = ConfigDocument.Parse(config);
        if (version >= plugin.Descriptor.ConfigVersion) return stored;
        try
        {
            return secrets.Migrate(integrationId, tenantId, stored, draft => plugin.Provider.MigrateConfig(version, draft));
        }
        catch (Exception exception) // the plugin's own code: whatever it throws, the config cannot be migrated
        {
            logger.MigrationFailed(exception, integrationId, plugin.Type, version);
            throw new ProblemException(
                ProblemCode.IntegrationUnusable,
                $"The config is of version {version} and could not be brought to {plugin.Descriptor.ConfigVersion}. Make the integration anew.",
                exception)
            {
                Reason = "needs_migration",
            };
        }
    }
}

/// <summary>What became of a config that was bound and validated.</summary>
internal sealed record ConfigCheck
{
    /// <summary>The provider's config record; <c>null</c>: it could not be bound.</summary>
    public object? Config { get; init; }

    /// <summary>Errors and warnings.</summary>
    public IReadOnlyList<ConfigError> Errors { get; init; } = [];

    /// <summary>Which secret cannot be decrypted, in words; <c>null</c>: all can.</summary>
    public string? Undecryptable { get; init; }

    public bool IsValid => Undecryptable is null && Errors.All(error => error.Severity is not ConfigSeverity.Error);

    /// <exception cref="ProblemException"><see cref="ProblemCode.InvalidConfig"/> or <see cref="ProblemCode.IntegrationUnusable"/>.</exception>
    public void ThrowUnlessValid()
    {
        if (Undecryptable is not null)
            throw new ProblemException(ProblemCode.IntegrationUnusable, Undecryptable) { Reason = "secret_undecryptable" };
        if (!IsValid)
        {
            throw new ProblemException(
                ProblemCode.InvalidConfig, "The config is not valid. Correct the fields listed, or save it with is_active false to keep a draft.")
            {
                Errors = Errors,
            };
        }
    }
}

internal static partial class ConfigIntakeLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Integration {Id}: {Type} could not migrate its config from version {Version}")]
    public static partial void MigrationFailed(this ILogger<ConfigIntake> logger, Exception exception, Guid id, string type, int version);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Type} threw while it validated a config")]
    public static partial void ValidationFailed(this ILogger<ConfigIntake> logger, Exception exception, string type);
}
