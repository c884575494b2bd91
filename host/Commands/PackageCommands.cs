using System.CommandLine;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Plugins;
using Vaka.Plugins.Host.Plugins.Packages;

namespace Vaka.Plugins.Host.Commands;

/// <summary><c>plugins add</c>, <c>plugins rollback</c>, <c>plugins remove</c>, <c>plugins pack</c>. Running hosts take a change over within
/// seconds.</summary>
internal static class PackageCommands
{
    public static Command Add(CommandHost host)
    {
        var package = new Argument<string>("package") { Description = "The zip, or the folder that a plugin's build has made." };
        var force = new Option<bool>("--force") { Description = "Take it although integrations that can be used now could not be used with it." };
        var command = new Command("add", "Installs a plugin, or another version of one, on every host of this database") { package, force };
        command.SetAction((parsed, cancellationToken) => host.RunAsync(withPlugins: true, async (services, cancellation) =>
        {
            var path = parsed.GetRequiredValue(package);
            var content = Directory.Exists(path) ? PackageArchive.Pack(path) : await ReadAsync(path, cancellation);
            var added = await services.GetRequiredService<PackageInstaller>().AddAsync(content, parsed.GetValue(force), Caller.CommandLine, cancellation);
            Console.WriteLine($"{added.Type} {added.Version} is installed. {Describe(added.Before)}".TrimEnd());
            if (added.Configs.Count > 0)
                Console.WriteLine($"Configs of {added.Configs.Count} integrations were tried with it: {added.Configs.Failing.Count} could not be used.");
            foreach (var id in added.Configs.Failing) Console.WriteLine($"  {id}");
            return 0;
        }, cancellationToken));
        return command;
    }

    public static Command RollBack(CommandHost host)
    {
        var type = new Argument<string>("type") { Description = "The provider, such as smtp." };
        var restore = new Option<bool>("--restore-configs")
        {
            Description = "Give integrations whose config was saved with the newer version the last one that was saved before.",
        };
        var command = new Command("rollback", "Goes back to the package before, on every host of this database") { type, restore };
        command.SetAction((parsed, cancellationToken) => host.RunAsync(withPlugins: true, async (services, cancellation) =>
        {
            var restores = parsed.GetValue(restore);
            var back = await services.GetRequiredService<PackageInstaller>().RollBackAsync(
                parsed.GetRequiredValue(type), restores, Caller.CommandLine, cancellation);
            Console.WriteLine($"{parsed.GetRequiredValue(type)} is {back.Version} again.");
            if (back.Newer.Count == 0) return 0;
            Console.WriteLine(restores
                ? $"{back.Newer.Count - back.Problems.Count} of {back.Newer.Count} integrations whose config was newer have their last one from before."
                : $"{back.Newer.Count} integrations have a config that was saved with the newer version and cannot be used: save them again, or roll back with --restore-configs.");
            foreach (var line in restores ? back.Problems : back.Newer.Select(id => id.ToString())) Console.WriteLine($"  {line}");
            return back.Problems.Count == 0 ? 0 : 1;
        }, cancellationToken));
        return command;
    }

    public static Command Remove(CommandHost host)
    {
        var type = new Argument<string>("type") { Description = "The provider, such as smtp." };
        var command = new Command("remove", "Takes a plugin's packages out; its integrations stay") { type };
        command.SetAction((parsed, cancellationToken) => host.RunAsync(withPlugins: true, async (services, cancellation) =>
        {
            var name = parsed.GetRequiredValue(type);
            await services.GetRequiredService<PackageInstaller>().RemoveAsync(name, Caller.CommandLine, cancellation);
            var left = services.GetRequiredService<IPluginCatalog>().Find(name);
            Console.WriteLine(left is { Source: PluginSource.Folder }
                ? $"The package of {name} is removed. Version {left.Version} of the plugin directory serves again."
                : $"{name} is removed. Its integrations stay, and cannot be used until it is installed again.");
            return 0;
        }, cancellationToken));
        return command;
    }

    /// <summary>Needs no host.</summary>
    public static Command Pack()
    {
        var folder = new Argument<string>("folder") { Description = "What a plugin's build has made." };
        var output = new Option<string>("--output", "-o") { Description = "The zip to write.", Required = true };
        var sign = new Option<string?>("--sign") { Description = "A private key (ECDSA, P-256, PEM) to sign the package with." };
        var command = new Command("pack", "Makes the package of a plugin's folder") { folder, output, sign };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var source = parsed.GetRequiredValue(folder);
            var content = PackageArchive.Pack(source);
            if (parsed.GetValue(sign) is { } key)
                content = PackageArchive.Pack(source, PublisherKeys.Sign(PackageLock.Of(source), await File.ReadAllTextAsync(key, cancellationToken)));
            await File.WriteAllBytesAsync(parsed.GetRequiredValue(output), content, cancellationToken);
            Console.WriteLine(PackageLock.HashOf(content));
            return 0;
        });
        return command;
    }

    private static async Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path)) throw new StartupException($"There is no package '{path}'.");
        if (new FileInfo(path).Length > PackageArchive.MaxBytes) throw new StartupException($"'{path}' has more than {PackageArchive.MaxBytes / 1024 / 1024} MiB.");
        return await File.ReadAllBytesAsync(path, cancellationToken);
    }

    private static string Describe(PluginEntry? before) => before switch
    {
        { Source: PluginSource.Package } => $"Before it was {before.Version}, which 'plugins rollback {before.Type}' brings back.",
        { Source: PluginSource.Folder } => $"It is used instead of version {before.Version} of the plugin directory, which serves again once the package is removed.",
        _ => "",
    };
}
