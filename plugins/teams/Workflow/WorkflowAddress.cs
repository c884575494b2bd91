namespace Vaka.Plugins.Teams.Workflow;

/// <summary>The URL of a workflow. Its signature covers the query as it was given out, so that not one byte of it is rewritten.</summary>
internal static class WorkflowAddress
{
    // Power Automate's own hosts, in every cloud. https://learn.microsoft.com/power-automate/regions-overview
    private static readonly string[] KnownHosts =
    [
        ".api.powerplatform.com", ".api.gov.powerplatform.microsoft.us", ".api.high.powerplatform.microsoft.us", ".api.appsplatform.us",
        ".api.powerplatform.partner.microsoftonline.cn", ".logic.azure.com", ".logic.azure.us", ".logic.azure.cn",
    ];

    /// <summary>The address to call. It was validated.</summary>
    public static Uri Of(WorkflowConnection connection) =>
        // Every Uri of .NET decodes some percent-encodings unless told not to.
        new(connection.WorkflowUrl.Reveal(), new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    /// <summary>What is wrong with a URL, as far as its looks tell. No message quotes it.</summary>
    public static IEnumerable<(string Message, ConfigSeverity Severity)> ProblemsOf(string url)
    {
        if (!url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) && !url.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
            return [Error("Give the full URL of the workflow; it begins with https://.")];
        if (url.Any(character => character is <= ' ' or > '~' or '\\' or '"' or '<' or '>' or '#'))
            return [Error("The URL holds characters that no workflow URL has, such as spaces or line breaks. Copy it again, whole.")];
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Host.Length is 0 || uri.Port is < 1 or > 65535)
            return [Error("This is not an address: copy the URL of the workflow again.")];
        if (uri.UserInfo.Length > 0) return [Error("User name and password do not belong in a workflow URL: copy it again.")];
        if (IsConnector(uri))
        {
            return
            [
                Error("This is the URL of an Office 365 connector, which Microsoft has switched off. In Teams open the channel's … "
                    + "menu, Workflows, 'Send webhook alerts to a channel', and give the URL that it shows."),
            ];
        }

        return uri.Query.Contains("&amp;", StringComparison.OrdinalIgnoreCase)
            ? [Error("The URL was copied out of HTML, with &amp; in place of &: copy it from the workflow itself.")]
            : Oddities(uri);
    }

    private static IEnumerable<(string Message, ConfigSeverity Severity)> Oddities(Uri uri)
    {
        if (uri.Scheme == Uri.UriSchemeHttp)
            yield return ("Over plain http everyone on the way reads the URL and can post with it: use https.", ConfigSeverity.Warning);
        if (!KnownHosts.Any(host => uri.Host.EndsWith(host, StringComparison.OrdinalIgnoreCase)))
        {
            yield return (
                "This host is none of Power Automate's (such as …api.powerplatform.com or …logic.azure.com). Make sure that it is meant.",
                ConfigSeverity.Warning);
        }
        else if (!HasSignature(uri.Query))
        {
            yield return Error(
                "The URL has no sig, so it takes only callers who sign in. Open the workflow's trigger, set 'Who can trigger the flow?' "
                + "to Anyone, save, and copy the URL again.");
        }
        else if (!uri.AbsolutePath.Contains("/triggers/", StringComparison.OrdinalIgnoreCase))
        {
            yield return ("The path does not lead to a workflow's trigger (…/triggers/…/paths/invoke): check it.", ConfigSeverity.Warning);
        }
    }

    private static bool HasSignature(string query) =>
        query.TrimStart('?').Split('&').Any(pair => pair.StartsWith("sig=", StringComparison.OrdinalIgnoreCase) && pair.Length > 4);

    private static bool IsConnector(Uri uri) =>
        uri.Host.EndsWith(".webhook.office.com", StringComparison.OrdinalIgnoreCase)
        || (uri.Host.StartsWith("outlook.office", StringComparison.OrdinalIgnoreCase)
            && uri.AbsolutePath.StartsWith("/webhook", StringComparison.OrdinalIgnoreCase));

    private static (string Message, ConfigSeverity Severity) Error(string message) => (message, ConfigSeverity.Error);
}
