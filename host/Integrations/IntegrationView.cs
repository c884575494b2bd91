using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations.Schema;
using Vaka.Plugins.Host.Integrations.Secrets;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Integrations;

/// <summary>Splits a stored config into what may be shown and what is only told of.</summary>
internal sealed class IntegrationView(IPluginCatalog catalog, ProviderContracts contracts)
{
    public ConfigView Show(Integration row) => Show(row.IntegrationType, row.Config);

    /// <summary>With the provider loaded, secrets that could be set and are not are told of too.</summary>
    public ConfigView Show(string integrationType, string storedConfig)
    {
        var stored = ConfigDocument.Parse(storedConfig);
        var secrets = new SortedDictionary<string, SecretView>(StringComparer.Ordinal);
        if (catalog.Find(integrationType)?.Plugin is { } plugin)
        {
            foreach (var place in contracts.Config(plugin).FindSecrets(stored)) secrets[place.Path] = new SecretView(false, null, null);
        }

        foreach (var (segments, envelope) in ConfigPath.FindEnvelopes(stored))
        {
            secrets[ConfigPath.Show(segments)] = new SecretView(
                true, Text(envelope, SecretProtector.FingerprintMember), Text(envelope, SecretProtector.UpdatedAtMember));
        }

        return new ConfigView(ConfigPath.WithoutEnvelopes(stored), secrets);
    }

    private static string? Text(JsonObject envelope, string member) =>
        envelope[member] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}

/// <summary>A config as it may be shown.</summary>
/// <param name="Config">Without its secrets; the objects that held them stay.</param>
/// <param name="Secrets">By path.</param>
internal sealed record ConfigView(JsonObject Config, IReadOnlyDictionary<string, SecretView> Secrets);

/// <summary>What may be told of a secret.</summary>
internal sealed record SecretView(bool Set, string? Fingerprint, string? UpdatedAt);
