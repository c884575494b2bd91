using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Admin.Editing;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Admin.History;

/// <summary>What differs between two revisions of an integration, in words. A secret is told of by its fingerprint only.</summary>
internal sealed class RevisionDifferences(IntegrationView view)
{
    public IReadOnlyList<Difference> Find(string type, IntegrationRevision one, IntegrationRevision other) =>
        [.. Difference.Find(General(one), General(other)), .. FindInConfig(type, one.Config, other.Config)];

    /// <summary>Only what a restore brings back: name, state and default stay as they are.</summary>
    public IReadOnlyList<Difference> FindRestored(string type, IntegrationRevision now, IntegrationRevision then) =>
        [.. Difference.Find(Restored(now), Restored(then)), .. FindInConfig(type, now.Config, then.Config)];

    /// <summary>The secrets that differ between two stored configs.</summary>
    public IReadOnlyList<Difference> FindSecrets(string type, string one, string other) =>
        Difference.Find(Secrets(view.Show(type, one)), Secrets(view.Show(type, other)));

    private IReadOnlyList<Difference> FindInConfig(string type, string one, string other) =>
        [.. Difference.Find(view.Show(type, one).Config, view.Show(type, other).Config), .. FindSecrets(type, one, other)];

    private static JsonObject General(IntegrationRevision revision)
    {
        var general = GeneralSettings.Of(revision).Describe();
        general.Insert(1, "In use", revision.IsActive ? "yes" : "no");
        return general;
    }

    private static JsonObject Restored(IntegrationRevision revision)
    {
        var settings = GeneralSettings.Of(revision);
        return new GeneralSettings
        {
            Fallback = settings.Fallback,
            SharedActions = settings.SharedActions,
            MaxConcurrentCalls = settings.MaxConcurrentCalls,
            MaxCallsPerMinute = settings.MaxCallsPerMinute,
        }.Describe();
    }

    // Flat, since a secret is named by its path.
    private static JsonObject Secrets(ConfigView shown) => new(shown.Secrets.Where(secret => secret.Value.Set)
        .Select(secret => KeyValuePair.Create(secret.Key, (JsonNode?)(secret.Value.Fingerprint is { } print ? $"set, fingerprint {print}" : "set"))));
}
