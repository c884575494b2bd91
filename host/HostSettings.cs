using System.Reflection;

namespace Vaka.Plugins.Host;

/// <summary>Where the host's own deployment settings come from: appsettings beside the program, <c>VAKA_…</c> environment variables and the
/// command line. Integrations are configured by none of them.</summary>
internal static class HostSettings
{
    public const string DefaultUrl = "http://localhost:3000";

    /// <summary>The host's version, such as <c>1.2.0</c>.</summary>
    public static string Version { get; } =
        typeof(HostSettings).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0]; // every build writes it

    public static WebApplicationBuilder CreateBuilder(string[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = settings,
            ContentRootPath = AppContext.BaseDirectory,
            ApplicationName = typeof(HostSettings).Assembly.GetName().Name,
        });

        // The defaults would read every environment variable, and somebody's SMTP_HOST is none of the host's business.
        var configuration = builder.Configuration;
        configuration.Sources.Clear();
        configuration
            .AddInMemoryCollection([new("Urls", DefaultUrl)])
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true, reloadOnChange: false)
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, $"appsettings.{builder.Environment.EnvironmentName}.json"), optional: true, reloadOnChange: false)
            .AddEnvironmentVariables("VAKA_")
            .AddCommandLine(settings);

        // What a build left where it is, a publish has copied into wwwroot.
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.UseUrls(configuration["Urls"] ?? DefaultUrl);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // JsonBody holds every endpoint to its own cap; this one only bounds what is read to drain a refused body.
            kestrel.Limits.MaxRequestBodySize = 64 * 1024 * 1024;
        });
        return builder;
    }
}
