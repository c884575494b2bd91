using System.CommandLine;
using Vaka.Plugins.Host.Integrations.Schema;
using Vaka.Plugins.Host.Integrations.Schema.Manifest;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Commands;

/// <summary><c>plugins list</c>, <c>plugins manifest</c>; <see cref="PackageCommands"/> has the others.</summary>
internal static class PluginsCommand
{
    public static Command Create(CommandHost host) => new("plugins", "Providers") {
        List(host), Manifest(host), PackageCommands.Add(host), PackageCommands.RollBack(host), PackageCommands.Remove(host), PackageCommands.Pack(),
    };

    private static Command List(CommandHost host)
    {
        var command = new Command("list", "Lists the providers and why one is not in use");
        command.SetAction((_, cancellationToken) => host.RunAsync(withPlugins: true, (services, _) =>
        {
            foreach (var entry in services.GetRequiredService<IPluginCatalog>().Entries)
            {
                var source = entry.Source?.ToString().ToLowerInvariant() ?? "-";
                Console.WriteLine(
                    $"{entry.Type,-24} {entry.State.ToString().ToLowerInvariant(),-13} {entry.Version ?? "-",-12} {source,-8} {entry.StateReason}".TrimEnd());
                foreach (var note in entry.Notes) Console.WriteLine($"{"",-24} {note}");
                foreach (var finding in entry.Findings) Console.WriteLine($"{"",-24} reaches around its context: {finding}");
            }

            return Task.FromResult(0);
        }, cancellationToken));
        return command;
    }

    private static Command Manifest(CommandHost host)
    {
        var output = new Option<string>("--output") { Description = "Where to write it.", DefaultValueFactory = _ => ManifestDocument.FileName };
        var command = new Command("manifest", "Writes what the loaded providers are and take, as Markdown") { output };
        command.SetAction((parsed, cancellationToken) => host.RunAsync(withPlugins: true, async (services, cancellation) =>
        {
            var document = ManifestDocument.Write(services.GetRequiredService<IPluginCatalog>(), services.GetRequiredService<ProviderContracts>());
            await File.WriteAllTextAsync(parsed.GetRequiredValue(output), document, cancellation);
            return 0;
        }, cancellationToken));
        return command;
    }
}
