using Vaka.Plugins.Host.Plugins;
using Vaka.Plugins.Host.SignIn;

namespace Vaka.Plugins.Host.Commands;

/// <summary>Serves until it is told to stop.</summary>
internal static class ServeCommand
{
    public static async Task<int> RunAsync(WebApplication app, CancellationToken cancellationToken)
    {
        await using (app)
        {
            await HostStart.PrepareAsync(app.Services, withPlugins: true, cancellationToken);
            var link = await app.Services.GetRequiredService<FirstStart>().RunAsync(cancellationToken);
            try
            {
                await app.StartAsync(cancellationToken);
            }
            catch (IOException taken)
            {
                throw new StartupException($"The host cannot listen: {taken.Message} Another address is set with --Urls.", taken);
            }

            Greet(app, link);
            await app.WaitForShutdownAsync(cancellationToken);
            return 0;
        }
    }

    private static void Greet(WebApplication app, Uri? link)
    {
        var providers = app.Services.GetRequiredService<PluginCatalog>().Entries;
        Console.WriteLine();
        Console.WriteLine($"Vaka.Plugins {HostSettings.Version} listens on {string.Join(", ", app.Urls)}");
        Console.WriteLine($"  providers  {string.Join(", ", providers.Select(entry => entry.State == PluginState.Active ? entry.Type : $"{entry.Type} ({entry.State.ToString().ToLowerInvariant()})"))}");
        Console.WriteLine($"  page       {app.Services.GetRequiredService<PublicAddress>().Base}integrations");
        if (app.Environment.IsDevelopment())
            Console.WriteLine("  targets    loopback addresses are allowed, because this is the Development environment");
        if (link is not null)
        {
            Console.WriteLine($"  sign in    {link}");
            Console.WriteLine($"             This link works once and for {SignInLinks.Lifetime.TotalMinutes:0} minutes; 'keys sign-in' prints another one.");
        }

        Console.WriteLine();
    }
}
