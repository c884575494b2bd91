using System.Text.RegularExpressions;

namespace Vaka.Plugins.Host.Plugins.Loading;

/// <summary>What the contract demands of a provider beyond what the compiler sees.</summary>
internal static partial class ProviderRules
{
    /// <exception cref="ProviderCheckException">The first rule that is broken.</exception>
    public static void Check(LoadedPlugin plugin)
    {
        Check(plugin.Descriptor);
        CheckActions(plugin.Provider);
        PluginIcon.Read(plugin);
    }

    private static void Check(ProviderDescriptor descriptor)
    {
        Demand(NamePattern.IsMatch(descriptor.Type ?? ""), $"Its type '{descriptor.Type}' does not match [a-z][a-z0-9_]{{0,62}}.");
        Demand(!string.IsNullOrWhiteSpace(descriptor.DisplayName), "Its descriptor has no display name.");
        Demand(!string.IsNullOrWhiteSpace(descriptor.Description), "Its descriptor has no description.");
        Demand(descriptor.ConfigVersion >= 1, $"Its config version is {descriptor.ConfigVersion}; versions count from 1.");

        // It becomes a link in the page.
        Demand(
            descriptor.DocumentationUrl is null or { IsAbsoluteUri: true, Scheme: "https" or "http" },
            "Its documentation URL is not an absolute http or https URL.");
    }

    private static void CheckActions(IIntegrationProvider provider)
    {
        Demand(provider.ConfigType is not null, "It has no config type.");
        Demand(provider.Actions is not null, "Its list of actions is null; an empty list means none.");
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var action in provider.Actions!) // demanded above
        {
            Demand(action is not null, "Its list of actions holds a null.");
            var name = action!.Name; // demanded above
            Demand(NamePattern.IsMatch(name ?? ""), $"The name of its action '{name}' does not match [a-z][a-z0-9_]{{0,62}}.");
            Demand(names.Add(name!), $"It has two actions '{name}'."); // matched above
            Demand(!string.IsNullOrWhiteSpace(action.Title), $"Its action '{name}' has no title.");
            Demand(!string.IsNullOrWhiteSpace(action.Description), $"Its action '{name}' has no description.");
            Demand(
                action.ConfigType == provider.ConfigType,
                $"Its action '{name}' takes the config {action.ConfigType.Name}, the provider has {provider.ConfigType!.Name}."); // demanded
        }
    }

    private static void Demand(bool holds, string otherwise)
    {
        if (!holds) throw new ProviderCheckException(otherwise);
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9_]{0,62}\z")]
    private static partial Regex NamePattern { get; }
}
