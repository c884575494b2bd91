namespace Vaka.Plugins.Jira.Text;

/// <summary>Links that a reader may press without running anything.</summary>
internal static class SafeLink
{
    /// <summary>The address as it may be written; <c>null</c>: no link is made of it.</summary>
    public static string? Of(string? url) =>
        url is { Length: <= 2048 } && Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "mailto" or "tel"
            ? uri.AbsoluteUri
            : null;
}
