namespace Vaka.Plugins.Slack;

/// <summary>The fixed names of one Slack. Nothing is sent anywhere else.</summary>
internal sealed record SlackHosts(string Domain)
{
    public const string Commercial = "commercial";
    public const string Gov = "gov";

    public Uri Api { get; } = new($"https://{Domain}/api/");

    public string Webhooks { get; } = $"hooks.{Domain}";

    public static SlackHosts Of(SlackConfig config) => new(config.Environment is Gov ? "slack-gov.com" : "slack.com");

    /// <summary>Whether files may be sent to an address that Slack gave for it.</summary>
    public bool TakesFiles(Uri address) =>
        address.Scheme == Uri.UriSchemeHttps && address.IsDefaultPort && address.UserInfo.Length is 0
        && (address.Host.Equals(Domain, StringComparison.OrdinalIgnoreCase)
            || address.Host.EndsWith($".{Domain}", StringComparison.OrdinalIgnoreCase));

    /// <summary>What is wrong with the address of a webhook; <c>null</c>: nothing. The answer never quotes it.</summary>
    public string? ProblemOfWebhook(string text)
    {
        if (text.Any(c => c <= ' ' || c >= '\x7f') || !Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttps)
        {
            return $"Give the whole address, as Slack shows it: https://{Webhooks}/services/… without anything before or after it.";
        }

        if (!url.Host.Equals(Webhooks, StringComparison.OrdinalIgnoreCase) || !url.IsDefaultPort || url.UserInfo.Length > 0)
        {
            return $"The address of an incoming webhook begins with https://{Webhooks}/services/. Check the address, and the environment.";
        }

        if (url.AbsolutePath.StartsWith("/triggers/", StringComparison.Ordinal)
            || url.AbsolutePath.StartsWith("/workflows/", StringComparison.Ordinal))
        {
            return "This address starts a workflow. Give that of an incoming webhook, which begins with /services/.";
        }

        var parts = url.AbsolutePath.Split('/');
        return parts is ["", "services", { Length: > 0 }, { Length: > 0 }, { Length: > 0 }] && url.Query.Length is 0 && url.Fragment.Length is 0
            ? null
            : $"Part of the address is missing or too much: it is https://{Webhooks}/services/T…/B…/… with three parts after /services/.";
    }
}
