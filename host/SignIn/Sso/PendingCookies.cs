using System.Text.RegularExpressions;

namespace Vaka.Plugins.Host.SignIn.Sso;

/// <summary>Keeps what a browser has begun in the browser itself, sealed, so that beginning a login stores nothing and any node can finish it.
/// The cookie is named after the handle and goes to the integration's own addresses only.</summary>
internal sealed partial class PendingCookies(SsoSeal seal, PublicAddress address)
{
    /// <summary>How long somebody has for signing in.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>Logins that one browser may have under way with one integration.</summary>
    public const int MostAtOnce = 5;

    private const string Prefix = "vaka_sso_";
    private const string Use = "pending";

    /// <summary>An answer that another site has the browser post brings our cookies only when they may travel so, which browsers allow over TLS
    /// alone. Without TLS the browser has to be told to post it once more, from here.</summary>
    public bool TravelWithPosts => address.Base.Scheme == "https";

    public void Add(HttpContext context, SsoConnection connection, PendingExchange pending)
    {
        var known = new List<(string Name, PendingExchange Pending)>();
        foreach (var (name, value) in context.Request.Cookies)
        {
            if (!name.StartsWith(Prefix, StringComparison.Ordinal)) continue;
            if (seal.Open<PendingExchange>(value, Use, connection.Id) is { } earlier) known.Add((name, earlier));
            else Delete(context, connection, name);
        }

        foreach (var (name, _) in known.OrderByDescending(cookie => cookie.Pending.BegunAt).Skip(MostAtOnce - 1)) Delete(context, connection, name);
        var options = Options(connection);
        options.MaxAge = Lifetime;
        context.Response.Cookies.Append(NameOf(pending.Handle), seal.Seal(pending, Use, connection.Id, Lifetime), options);
    }

    /// <summary>What this browser began under a handle; <c>null</c>: nothing, or too long ago.</summary>
    public PendingExchange? Find(HttpContext context, SsoConnection connection, string? handle) =>
        handle is not null && HandleForm().IsMatch(handle)
        && seal.Open<PendingExchange>(context.Request.Cookies[NameOf(handle)], Use, connection.Id) is { } pending && pending.Handle == handle
            ? pending
            : null;

    /// <summary>Whether a handle could be one of ours.</summary>
    public static bool IsHandle(string? text) => text is not null && HandleForm().IsMatch(text);

    public void Remove(HttpContext context, SsoConnection connection, PendingExchange pending) =>
        Delete(context, connection, NameOf(pending.Handle));

    private void Delete(HttpContext context, SsoConnection connection, string name) => context.Response.Cookies.Delete(name, Options(connection));

    private CookieOptions Options(SsoConnection connection) => new()
    {
        Path = connection.Path,
        HttpOnly = true,
        IsEssential = true,
        Secure = TravelWithPosts,
        SameSite = TravelWithPosts ? SameSiteMode.None : SameSiteMode.Lax,
    };

    private static string NameOf(string handle) => Prefix + handle[..16];

    // As AuthService makes them: 32 random bytes in base64url.
    [GeneratedRegex("^[A-Za-z0-9_-]{43}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex HandleForm();
}
