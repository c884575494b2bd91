namespace Vaka.Plugins.Jira;

/// <summary>The address of a Jira.</summary>
internal static class JiraSite
{
    private const string CloudDomain = ".atlassian.net";

    /// <summary>Why this is no address of a Jira; <c>null</c>: it is one.</summary>
    public static string? ProblemOf(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length is 0
            || url.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '\\'))
        {
            return "This is no address. Give one such as https://example.atlassian.net.";
        }

        return uri.UserInfo.Length > 0 ? "An address holds no user name or password: give them under auth."
            : uri.Query.Length > 0 || uri.Fragment.Length > 0 ? "Give the base address only, without what follows ? or #."
            : null;
    }

    /// <summary>Ends in a slash; <c>site_url</c> has been validated.</summary>
    public static Uri BaseOf(JiraConfig config) => new(config.SiteUrl.TrimEnd('/') + "/");

    public static bool IsAtlassians(Uri uri) => uri.Host.EndsWith(CloudDomain, StringComparison.OrdinalIgnoreCase);

    /// <summary>Where people see an issue.</summary>
    public static string LinkTo(string key, JiraConfig config) => $"{BaseOf(config).AbsoluteUri}browse/{Uri.EscapeDataString(key)}";
}
