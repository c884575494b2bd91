using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Admin.SingleSignOn;
using Vaka.Plugins.Host.SignIn;
using Vaka.Plugins.Host.SignIn.Sso;

namespace Vaka.Plugins.Host.Admin;

/// <summary>Signing in to the page.</summary>
internal static class SignInEndpoints
{
    public static void MapSignIn(this IEndpointRouteBuilder app, AuthorizationPolicy session)
    {
        var group = app.MapGroup("").AllowAnonymous().ExcludeFromDescription();
        group.MapGet("/sign-in", async (HttpContext context, IAntiforgery antiforgery, PageSignIn signIn, string? code, CancellationToken cancellationToken) =>
            Show(context, antiforgery, code, context.Request.Query["ReturnUrl"], null, code is null ? await signIn.ListAsync(cancellationToken) : []));
        group.MapPost("/sign-in", SignInAsync);

        // The form's token is bound to who is signed in, who has to be known to judge it.
        app.MapPost("/sign-out", SignOutAsync).RequireAuthorization(session).ExcludeFromDescription();
    }

    /// <summary>Opening the link shows a button: a mail scanner or link preview that fetches it spends nothing.</summary>
    private static IResult Show(
        HttpContext context, IAntiforgery antiforgery, string? code, string? returnTo, string? message, IReadOnlyList<SsoConnection>? connections = null)
    {
        var tokens = antiforgery.GetAndStoreTokens(context);
        return new RazorComponentResult<SignInPage>(new Dictionary<string, object?>
        {
            [nameof(SignInPage.Code)] = code,
            [nameof(SignInPage.ReturnTo)] = returnTo,
            [nameof(SignInPage.Message)] = message,
            [nameof(SignInPage.Connections)] = (connections ?? []).Select(connection => (connection.Integration.Name, AddressOf(connection, returnTo))).ToList(),
            [nameof(SignInPage.Token)] = tokens.RequestToken,
            [nameof(SignInPage.TokenField)] = tokens.FormFieldName,
        });
    }

    private static string AddressOf(SsoConnection connection, string? returnTo) => PageAddress.IsOfThePage(returnTo)
        ? QueryHelpers.AddQueryString($"{connection.Path}/login", "page", returnTo)
        : $"{connection.Path}/login";

    private static async Task<IResult> SignInAsync(
        HttpContext context, IAntiforgery antiforgery, SignInLinks links, ApiKeys keys, PageSessions sessions, FailedAttempts failures,
        DeniedAttempts denied, CancellationToken cancellationToken)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
            return Show(context, antiforgery, null, null, "The form has expired. Open the link again.");
        var form = await context.Request.ReadFormAsync(cancellationToken);
        var from = context.Connection.RemoteIpAddress;
        var returnTo = form["return_to"].ToString();
        var code = form["code"].ToString() is { Length: > 0 and < 200 } text ? text : null;
        var key = code is not null
            ? await links.RedeemAsync(code, cancellationToken)
            : await keys.FindAsync(form["api_key"].ToString().AsMemory().Trim(), from, cancellationToken);
        var means = code is not null ? "link" : "api_key";
        if (key is not { Role: CallerRole.Admin })
        {
            denied.NoteSignIn(means, from);
            if (failures.Add(from) is { RetryAfter: { } wait } tooMany)
            {
                context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                context.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
                return Show(context, antiforgery, null, returnTo, tooMany.Message);
            }

            return Show(context, antiforgery, null, returnTo,
                "That did not work: a link is good once and for half an hour, and a key must be an admin's and not revoked. "
                + "'dotnet run --project host -- keys sign-in' prints a new link.");
        }

        await context.SignInAsync(SignInRoom.Session, await sessions.StartAsync(key, means, from, cancellationToken));
        return TypedResults.LocalRedirect(PageAddress.IsOfThePage(returnTo) ? returnTo : "~/integrations");
    }

    private static async Task<IResult> SignOutAsync(
        HttpContext context, IAntiforgery antiforgery, PageSessions sessions, PageSignIn signIn, CancellationToken cancellationToken)
    {
        if (await antiforgery.IsRequestValidAsync(context))
        {
            var ended = await sessions.EndAsync((await context.AuthenticateAsync(SignInRoom.Session)).Principal, cancellationToken);
            await context.SignOutAsync(SignInRoom.Session);

            // The page's own policy lets a form lead nowhere else, so that a page of ours leads on.
            if (ended?.SsoSessionId is { } login && await signIn.EndAsync(login, cancellationToken) is { } onward)
                return SsoPages.Onward(onward.AbsoluteUri);
        }

        return TypedResults.LocalRedirect("~/sign-in");
    }
}
