using Vaka.Plugins.Host;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Actions;
using Vaka.Plugins.Host.Admin;
using Vaka.Plugins.Host.Agents;
using Vaka.Plugins.Host.Api;
using Vaka.Plugins.Host.Commands;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Health;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Network;
using Vaka.Plugins.Host.Plugins;
using Vaka.Plugins.Host.SignIn;
using Vaka.Plugins.Host.Telemetry;

return await HostCommands.RunAsync(args, Compose);

/// <summary>The entry point, named so that tests can compose what it composes.</summary>
internal sealed partial class Program
{
    public static WebApplication Compose(string[] settings)
    {
        var builder = HostSettings.CreateBuilder(settings);
        builder.Services
            .AddData(builder.Configuration)
            .AddNetwork(builder.Configuration, allowLoopback: builder.Environment.IsDevelopment())
            .AddPlugins(builder.Configuration)
            .AddAccess(builder.Configuration)
            .AddIntegrations(builder.Configuration)
            .AddActions(builder.Configuration)
            .AddHealth(builder.Configuration)
            .AddSignIn()
            .AddAdmin()
            .AddAgents()
            .AddTelemetry(builder.Configuration)
            .AddApi();

        var app = builder.Build();
        app.UseProblemResponses();
        app.UseSecurityHeaders();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapApi();
        app.MapAdmin();
        app.MapAgents();
        app.MapTelemetry();
        return app;
    }
}
