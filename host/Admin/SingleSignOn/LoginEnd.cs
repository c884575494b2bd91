using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.WebUtilities;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.SignIn;
using Vaka.Plugins.Host.SignIn.Sso;

namespace Vaka.Plugins.Host.Admin.SingleSignOn;

/// <summary><c>…/acs</c> and <c>…/callback</c>: where answers of identity providers arrive.</summary>
internal sealed class LoginEnd(
    SsoConnections connections, AuthService auth, SsoCodes codes, PendingCookies cookies, PageSessions pages, DeniedAttempts denied)
{
    public async Task<IResult> RunAsync(HttpContext context, string tenant, string integration, int limit, CancellationToken cancellationToken)
    {
        if (await connections.FindAsync(tenant, integration, cancellationToken) is not { } connection) return SsoPages.NotFound();
        var (message, status) = await SsoArrival.ReadAsync(context, limit);
        if (message is null) return SsoPages.Message("Not signed in", "This is not an answer of an identity provider.", status);
        var pending = cookies.Find(context, connection, message.Handle);
        if (pending is null && Repost.IsDue(context, message, cookies)) return Repost.Answer(context, message);
        if (pending is not null) cookies.Remove(context, connection, pending);
        var outcome = await auth.CompleteLoginAsync(connection, message, pending, cancellationToken);
        var returnTo = outcome.Request?.ReturnTo is { } address ? ReturnAddress.Find(address, connection.ReturnUrls) : null;
        if (outcome.Request?.Purpose is LoginPurpose.Trial) return SsoPages.Trial(outcome);
        if (outcome.Login is not { } login)
        {
            if (outcome.Request?.Purpose is LoginPurpose.Page) Note(context);
            return SsoPages.Refused(outcome.ExecutionId, returnTo);
        }

        if (outcome.Request is { Purpose: LoginPurpose.Service, CodeChallenge: { } challenge } request)
        {
            if (returnTo is null) return SsoPages.Refused(outcome.ExecutionId, null); // it was taken off the list meanwhile
            var who = await auth.StartSessionAsync(connection, request.TenantId, login, cancellationToken);
            var code = await codes.CreateAsync(who, request.TenantId, challenge, cancellationToken);
            var back = new Dictionary<string, string?> { ["code"] = code };
            if (request.State is { } state) back["state"] = state;
            return new SeeOther(QueryHelpers.AddQueryString(returnTo.AbsoluteUri, back));
        }

        if (connection.IsForPage) return await OpenPageAsync(context, connection, outcome, login, cancellationToken);

        // Begun at the identity provider, as from a tile of its portal. No service waits for a code, and none gets one.
        return SsoPages.Message("Signed in", "You are signed in at your identity provider. Open the application and sign in there: it will not ask again.",
            back: connection.ReturnUrls.FirstOrDefault(url => ReturnAddress.Find(url, [url]) is not null && !url.EndsWith('*')));
    }

    private void Note(HttpContext context) => denied.NoteSignIn("sso", context.Connection.RemoteIpAddress);

    private async Task<IResult> OpenPageAsync(
        HttpContext context, SsoConnection connection, LoginOutcome outcome, CompleteLoginOutput login, CancellationToken cancellationToken)
    {
        if (PageSignIn.Find(login) is not { } admin)
        {
            Note(context);
            return SsoPages.Refused(outcome.ExecutionId, null);
        }

        var who = await auth.StartSessionAsync(connection, admin.TenantId, login, cancellationToken);
        var principal = await pages.StartAsync(admin, who.SessionId, context.Connection.RemoteIpAddress, cancellationToken);
        await context.SignInAsync(SignInRoom.Session, principal);
        return SsoPages.Onward(outcome.Request?.ReturnTo is { } page && PageAddress.IsOfThePage(page) ? page : "/integrations");
    }
}

/// <summary>Without TLS, browsers do not send our cookies with what another site has them post. So what was posted is posted once more, by a
/// page of ours.</summary>
internal static class Repost
{
    private const string Mark = "again";

    public static bool IsDue(HttpContext context, ArrivedMessage message, PendingCookies cookies) =>
        message.IsPost && !cookies.TravelWithPosts && PendingCookies.IsHandle(message.Handle) && !context.Request.Query.ContainsKey(Mark);

    public static IResult Answer(HttpContext context, ArrivedMessage message) =>
        SsoPages.Form($"{context.Request.Path}?{Mark}=1", message.Fields);
}
