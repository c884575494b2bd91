using System.Net.Mime;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.HttpResults;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Plugins;
using Vaka.Plugins.Host.SignIn;

namespace Vaka.Plugins.Host.Admin;

/// <summary>The /integrations page.</summary>
internal static class AdminRoom
{
    public static IServiceCollection AddAdmin(this IServiceCollection services)
    {
        services.AddRazorComponents();
        return services;
    }

    public static void MapAdmin(this WebApplication app)
    {
        app.MapSignIn();
        var session = new AuthorizationPolicyBuilder(SignInRoom.Session).RequireRole(nameof(CallerRole.Admin)).Build();
        var pages = app.MapGroup("").ExcludeFromDescription();
        pages.MapGet("/", () => TypedResults.LocalRedirect("~/integrations")).AllowAnonymous();
        pages.MapGet("/page.css", () => TypedResults.Stream(
            typeof(AdminRoom).Assembly.GetManifestResourceStream("page.css")!, MediaTypeNames.Text.Css)).AllowAnonymous(); // embedded by the project
        pages.MapGet("/integrations", ShowAsync).RequireAuthorization(session);
    }

    private static async Task<RazorComponentResult<IntegrationsPage>> ShowAsync(
        HttpContext context, Caller caller, IntegrationStore store, IPluginCatalog catalog, IAntiforgery antiforgery, string? cursor,
        CancellationToken cancellationToken)
    {
        var page = await store.ListAsync(new IntegrationQuery { Cursor = cursor }, caller, cancellationToken);
        var tokens = antiforgery.GetAndStoreTokens(context);
        return new RazorComponentResult<IntegrationsPage>(new Dictionary<string, object?>
        {
            [nameof(IntegrationsPage.Rows)] = page.Items.Select(ShownIntegration.From).ToList(),
            [nameof(IntegrationsPage.Next)] = page.NextCursor,
            [nameof(IntegrationsPage.Providers)] = catalog.Entries.Select(ShownProvider.From).ToList(),
            [nameof(IntegrationsPage.Token)] = tokens.RequestToken,
            [nameof(IntegrationsPage.TokenField)] = tokens.FormFieldName,
        });
    }
}
