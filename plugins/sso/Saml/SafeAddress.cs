namespace Vaka.Plugins.Sso.Saml;

/// <summary>Where people's browsers, and we ourselves, may be sent: over https, or within this machine.</summary>
internal static class SafeAddress
{
    public static bool IsSafe(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
        && uri.UserInfo.Length == 0
        && uri.Fragment.Length == 0;
}
