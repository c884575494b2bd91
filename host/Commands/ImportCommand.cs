using System.CommandLine;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Schema;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Commands;

/// <summary><c>import</c>: the one-off way of settings that a service kept to itself into an integration. Nothing reads them again.</summary>
internal static class ImportCommand
{
    public static Command Create(CommandHost host)
    {
        var type = new Option<string>("--type") { Description = "The provider, such as smtp.", Required = true };
        var fromEnv = new Option<string?>("--from-env") { Description = "Prefix of the environment variables to read, such as SMTP_." };
        var fromFile = new Option<FileInfo?>("--from-file") { Description = "A JSON file to read." };
        var map = new Option<string[]>("--map") { Description = "What a setting is called here: SMTP_LOGIN=smtp_user. May be repeated." };
        var tenant = new Option<Guid?>("--tenant") { Description = "Whose integration it becomes; left out: the platform's." };
        var replace = new Option<bool>("--replace") { Description = "Replace the integration that is there already." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Show what would be stored and stop." };
        var command = new Command("import", "Takes settings from environment variables or a file into an integration, once")
        {
            type, fromEnv, fromFile, map, tenant, replace, dryRun,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(fromEnv) is null == result.GetValue(fromFile) is null)
                result.AddError("Say where to read from: either --from-env PREFIX or --from-file FILE.");
        });
        command.SetAction((parsed, cancellationToken) => host.RunAsync(withPlugins: true, async (services, cancellation) =>
        {
            var name = parsed.GetRequiredValue(type);
            var plugin = services.GetRequiredService<IPluginCatalog>().Find(name)?.Plugin
                ?? throw new StartupException($"There is no provider '{name}'. 'plugins list' shows what there is.");
            var settings = parsed.GetValue(fromEnv) is { } prefix
                ? ImportedSettings.FromEnvironment(prefix)
                : ImportedSettings.FromFile(parsed.GetRequiredValue(fromFile)!); // the validator saw to it
            var contract = services.GetRequiredService<ProviderContracts>().Config(plugin);
            var config = settings.ToConfig(contract.Schema, parsed.GetValue(map) ?? []);
            Show(contract, config, settings);
            if (parsed.GetValue(dryRun))
            {
                Console.WriteLine("Nothing was stored (--dry-run).");
                return 0;
            }

            var caller = Caller.CommandLine with { TenantId = parsed.GetValue(tenant) };
            var defaults = services.GetRequiredService<DefaultSettings>();
            if (!parsed.GetValue(replace) && await defaults.FindAsync(name, caller, cancellation) is { } there)
                throw new StartupException($"There is already a {plugin.Descriptor.DisplayName} integration, '{there.Name}'. --replace replaces its config.");
            var (row, _) = await defaults.SaveAsync(name, config, null, caller, cancellation);
            Console.WriteLine($"Stored as '{row.Name}' ({row.Id}). The settings that it came from can be removed now.");
            return 0;
        }, cancellationToken));
        return command;
    }

    private static void Show(JsonContract contract, JsonObject config, ImportedSettings settings)
    {
        foreach (var (field, value) in contract.Mask(config)?.AsObject() ?? []) Console.WriteLine($"  {field} = {value?.ToJsonString()}");
        foreach (var unknown in settings.Unknown)
            Console.WriteLine($"  {unknown}: no such field; left out. --map {unknown}=FIELD says what it is.");
    }
}
