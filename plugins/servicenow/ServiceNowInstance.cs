namespace Vaka.Plugins.ServiceNow;

/// <summary>The addresses of one instance.</summary>
internal sealed class ServiceNowInstance(string url)
{
    private readonly Uri root = new(url);

    public string Host => root.Host;

    public int Port => root.Port;

    public bool IsTls => root.Scheme == Uri.UriSchemeHttps;

    /// <summary>Where access tokens are fetched.</summary>
    public Uri TokenUrl => new(root, "/oauth_token.do");

    /// <summary>What is wrong with an instance's address; <c>null</c>: nothing.</summary>
    public static string? ProblemOf(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri)
            || (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp)
            || uri.Host.Length is 0
            || url.Any(c => c is <= ' ' or '\\' || char.IsControl(c)))
        {
            return "This is no address: give it as https://acme.service-now.com.";
        }

        return uri.UserInfo.Length > 0 ? "The address holds no user name or password: give them in auth."
            : uri.PathAndQuery is not "/" || uri.Fragment.Length > 0 || url.EndsWith('#') || url.EndsWith('?')
                ? $"Give the address of the instance without a path: {uri.GetLeftPart(UriPartial.Authority)}."
            : null;
    }

    /// <summary>An address of the API.</summary>
    /// <param name="path">From the root; its parts are checked by the caller.</param>
    /// <param name="query">Names and values as they are meant, not yet encoded.</param>
    public Uri Api(string path, IEnumerable<KeyValuePair<string, string>> query)
    {
        var text = string.Join('&', query.Select(item => $"{item.Key}={Uri.EscapeDataString(item.Value)}"));
        return new Uri(root, text.Length > 0 ? $"{path}?{text}" : path);
    }

    /// <summary>Where a person opens a record.</summary>
    public string Page(string table, string sysId) =>
        new Uri(root, $"/nav_to.do?uri={Uri.EscapeDataString($"{table}.do?sys_id={sysId}")}").AbsoluteUri;
}
