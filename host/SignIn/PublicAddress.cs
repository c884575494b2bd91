namespace Vaka.Plugins.Host.SignIn;

/// <summary>The address that people reach the host at. Links are built from it and never from a request's Host header, which a stranger
/// chooses.</summary>
internal sealed class PublicAddress(IConfiguration configuration)
{
    public Uri Base { get; } = Read(configuration["PublicUrl"] ?? FromUrls(configuration["Urls"] ?? HostSettings.DefaultUrl));

    /// <summary>Cookies are for TLS alone wherever people use TLS.</summary>
    public CookieSecurePolicy CookiePolicy => Base.Scheme == "https" ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;

    /// <summary>Without a setting: the first address that is listened on, as seen from this machine.</summary>
    private static string FromUrls(string urls) =>
        urls.Split(';')[0].Replace("//*", "//localhost").Replace("//+", "//localhost").Replace("//0.0.0.0", "//localhost").Replace("//[::]", "//localhost");

    private static Uri Read(string text) =>
        Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new StartupException($"PublicUrl is not an address: '{text}'. Give one such as https://integrations.example.com.");
}
