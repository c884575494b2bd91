using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MudBlazor;
using MudBlazor.Services;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Access.Sealing;
using Vaka.Plugins.Host.Admin.Audit;
using Vaka.Plugins.Host.Admin.Executions;
using Vaka.Plugins.Host.Admin.History;
using Vaka.Plugins.Host.Admin.Listing;
using Vaka.Plugins.Host.Admin.Providers;
using Vaka.Plugins.Host.Admin.Shell;
using Vaka.Plugins.Host.Admin.SingleSignOn;
using Vaka.Plugins.Host.Integrations.Resolution;
using Vaka.Plugins.Host.Plugins;
using Vaka.Plugins.Host.SignIn;

namespace Vaka.Plugins.Host.Admin;

/// <summary>The /integrations page.</summary>
internal static class AdminRoom
{
    public static IServiceCollection AddAdmin(this IServiceCollection services)
    {
        services.TryAddSingleton<Faults>();

        // A pasted certificate, or what is carried over from a prerendered list, is more than the 32 KiB that a message may have by default.
        services.AddRazorComponents().AddInteractiveServerComponents().AddHubOptions(options => options.MaximumReceiveMessageSize = 512 * 1024);
        services.AddMudServices(options =>
        {
            options.SnackbarConfiguration.PositionClass = Defaults.Classes.Position.BottomRight;
            options.SnackbarConfiguration.PreventDuplicates = true;
        });
        services.AddScoped<AuthenticationStateProvider, SessionWatch>();
        services.AddScoped<AdminSession>();
        services.AddSingleton<TenantSearch>();
        services.AddSingleton<IntegrationList>();
        services.AddSingleton<DependentTenants>();
        services.AddSingleton<RemovalConsequence>();
        services.AddSingleton<RevisionDifferences>();
        services.AddSingleton<ExecutionList>();
        services.AddSingleton<DisableConsequence>();
        services.AddSingleton<AuditList>();
        services.AddSingleton<LoginEnd>();
        return services;
    }

    public static void MapAdmin(this WebApplication app)
    {
        var session = new AuthorizationPolicyBuilder(SignInRoom.Session).RequireRole(nameof(CallerRole.Admin)).Build();
        app.UseAntiforgery();
        app.MapStaticAssets().AllowAnonymous();
        app.MapSignIn(session);
        app.MapConsent();
        app.MapSingleSignOn();
        var pages = app.MapGroup("").ExcludeFromDescription();
        pages.MapGet("/", () => TypedResults.LocalRedirect("~/integrations")).AllowAnonymous();
        pages.MapGet("/integrations/icons/{type}", (string type, IPluginCatalog catalog, HttpResponse response) =>
            PluginIcon.Answer(type, catalog, response)).RequireAuthorization(session);
        pages.MapGet("/integrations/effective/export", (string? tenant, HttpContext context, IntegrationResolver resolver, CancellationToken cancellationToken) =>
            EffectiveExport.AnswerAsync(context.Response, AdminSession.ToCaller(context.User, tenant), resolver, cancellationToken)).RequireAuthorization(session);
        pages.MapGet("/integrations/audit/export", (string? tenant, HttpContext context, AuditExport export, CancellationToken cancellationToken) =>
            export.AnswerAsync(new AuditPeriod(null, null), AdminSession.ToCaller(context.User, tenant), context.Response, cancellationToken)).RequireAuthorization(session);
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode().RequireAuthorization(session);
    }
}
