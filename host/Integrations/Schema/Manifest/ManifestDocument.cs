using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations.Destinations;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Integrations.Schema.Manifest;

/// <summary>plugins.manifest.md: what the loaded providers are configured with and what they can do. The same plugins always give the same
/// text, whatever is switched off.</summary>
internal static class ManifestDocument
{
    public const string FileName = "plugins.manifest.md";

    public static string Write(IPluginCatalog catalog, ProviderContracts contracts) =>
        Write(catalog.Entries.Select(entry => entry.Plugin).OfType<LoadedPlugin>(), plugin => contracts.Config(plugin).Schema);

    public static string Write(IEnumerable<LoadedPlugin> plugins, Func<LoadedPlugin, JsonObject> configSchema)
    {
        var sorted = plugins.OrderBy(plugin => plugin.Type, StringComparer.Ordinal).ToList();
        var text = new StringBuilder();
        Line(text, "# Providers");
        Line(
            text,
            "Written by `dotnet run --project host -- plugins manifest` from the plugins that are loaded. Do not edit it: run that command.");
        Table(text, ["type", "provider", "version", "contract", "claimed grade", "actions"], sorted.Select(plugin => new[]
        {
            Code(plugin.Type), Cell(plugin.Descriptor.DisplayName), Cell(plugin.Version), Cell(plugin.ContractVersion), GradeOf(plugin) ?? "",
            string.Join(", ", plugin.Provider.Actions.Select(action => Code(action.Name))),
        }));
        foreach (var plugin in sorted) Write(text, plugin, configSchema(plugin));
        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static void Write(StringBuilder text, LoadedPlugin plugin, JsonObject configSchema)
    {
        var descriptor = plugin.Descriptor;
        Line(text, $"## {Cell(descriptor.DisplayName)} ({Code(descriptor.Type)})");
        Line(text, Cell(descriptor.Description));
        Line(text, $"Version {Cell(plugin.Version)}, contract {Cell(plugin.ContractVersion)}, config version {descriptor.ConfigVersion}."
            + (descriptor.DocumentationUrl is { } url ? $" Documentation: <{url.AbsoluteUri}>" : ""));
        Line(text, $"Conformance: {(GradeOf(plugin) is { } grade ? $"{grade} (claimed)" : "no grade claimed")}.");
        Line(text, $"Reach: {Cell(ReachText.Of(descriptor))}.");

        Line(text, "### Config");
        Table(text, ["field", "type", "required", "default", "secret", "description"], ConfigField.Read(configSchema).Select(field => new[]
        {
            Code(field.Path), Cell(field.Type), Yes(field.IsRequired), field.Default is { } value ? Code(value) : "",
            Yes(field.IsSecret), Cell(field.Description),
        }));

        Line(text, "### Actions");
        Table(
            text,
            ["action", "title", "read-only", "idempotent", "destructive", "tenant-safe", "internal", "description"],
            plugin.Provider.Actions.Select(action => new[]
            {
                Code(action.Name), Cell(action.Title), Yes(action.IsReadOnly), Yes(action.IsIdempotent), Yes(action.IsDestructive),
                Yes(action.IsTenantSafe), Yes(action.IsInternal), Cell(action.Description),
            }));
    }

    // What the plugin says of itself. Its own conformance test fails when it says too much; the host runs no tests.
    private static string? GradeOf(LoadedPlugin plugin) =>
        plugin.Assembly.GetCustomAttribute<ConformanceGradeAttribute>()?.Grade.ToString().ToLowerInvariant();

    private static void Table(StringBuilder text, string[] head, IEnumerable<string[]> rows)
    {
        var body = rows.ToList();
        if (body.Count == 0)
        {
            Line(text, "None.");
            return;
        }

        text.Append("| ").AppendJoin(" | ", head).Append(" |\n|").Append(string.Concat(head.Select(_ => " --- |"))).Append('\n');
        foreach (var row in body) text.Append("| ").AppendJoin(" | ", row).Append(" |\n");
        text.Append('\n');
    }

    private static void Line(StringBuilder text, string line) => text.Append(line).Append("\n\n");

    private static string Yes(bool holds) => holds ? "yes" : "";

    private static string Code(string value) => $"`{OneLine(value).Replace("`", "'").Replace("|", "\\|")}`";

    // What would be markup or end a cell stands for itself.
    private static string Cell(string value) =>
        OneLine(value).Replace("\\", "\\\\").Replace("|", "\\|").Replace("<", "\\<").Replace("*", "\\*").Replace("_", "\\_");

    private static string OneLine(string value) => string.Join(' ', value.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries));
}
