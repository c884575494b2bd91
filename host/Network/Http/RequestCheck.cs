using System.Net;
using Vaka.Plugins.Host.Network.Addresses;

namespace Vaka.Plugins.Host.Network.Http;

/// <summary>Refuses addresses that two parsers could read differently, before anything is sent. Where a connection may go is decided
/// when it is opened.</summary>
internal static class RequestCheck
{
    /// <summary>The host that the request goes to, fit to be shown; the rest of an address may be secret.</summary>
    public static string HostOf(HttpRequestMessage request)
    {
        if (request.RequestUri is not { IsAbsoluteUri: true } uri)
        {
            throw OutboundFailure.Refused("The URL is not complete. It begins with https:// or http://.");
        }

        if (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp)
        {
            throw OutboundFailure.Refused($"The URL's scheme is {uri.Scheme}. Only https and http are allowed.");
        }

        var host = HostName.Parse(WrittenHost(uri.OriginalString));
        if (uri.UserInfo.Length > 0)
        {
            throw OutboundFailure.Refused("The URL holds a user name. Configure credentials in their own fields.");
        }

        if (uri.Port == 0)
        {
            throw OutboundFailure.Refused("The URL's port is 0. Enter a port from 1 to 65535.");
        }

        var read = uri.IdnHost;
        if (host.Address is { } address ? !IPAddress.TryParse(read, out var same) || !address.Equals(same) : host.Text != read)
        {
            throw OutboundFailure.Refused("The URL's host is ambiguous. Write it in its ASCII form (xn--…).");
        }

        // It would also become the name that the certificate is checked for.
        if (request.Headers.Host is { } header && header != uri.Authority && header != uri.IdnHost)
        {
            throw OutboundFailure.Refused("The Host header cannot differ from the URL's host.");
        }

        return host.Text;
    }

    /// <summary>The host as it was written: <see cref="Uri"/> quietly turns 127.1 into 127.0.0.1, full-width digits into plain ones and
    /// backslashes into slashes.</summary>
    private static string WrittenHost(string url)
    {
        var path = url.AsSpan().Trim();
        if (path.IndexOfAny('?', '#') is >= 0 and var query)
        {
            path = path[..query];
        }

        var start = path.IndexOf("://");
        if (start < 0 || path.Contains('\\'))
        {
            throw OutboundFailure.Refused("The URL is malformed. It begins with https:// or http:// and has no backslash.");
        }

        var authority = path[(start + 3)..];
        if (authority.IndexOf('/') is >= 0 and var slash)
        {
            authority = authority[..slash];
        }

        if (authority.LastIndexOf('@') is >= 0 and var at)
        {
            authority = authority[(at + 1)..];
        }

        var end = authority.StartsWith("[") ? authority.IndexOf(']') + 1 : authority.IndexOf(':');
        return (end > 0 ? authority[..end] : authority).ToString();
    }
}
