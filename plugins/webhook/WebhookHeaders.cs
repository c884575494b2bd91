using System.Buffers;
using System.Collections.Frozen;

namespace Vaka.Plugins.Webhook;

/// <summary>Which headers may be given, by an admin or by a caller.</summary>
internal static class WebhookHeaders
{
    public const int MaxCount = 64;
    private const int MaxNameLength = 255;
    private const int MaxValueLength = 8192;

    // RFC 9110, section 5.6.2.
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // The transport's own, and those of the message that is signed.
    private static readonly FrozenSet<string> Reserved = new[]
    {
        "Host", "Content-Length", "Content-Encoding", "Content-Range", "Content-MD5", "Transfer-Encoding", "Connection", "Keep-Alive", "TE",
        "Trailer", "Upgrade", "HTTP2-Settings", "Expect", "ce-id", "ce-source", "ce-specversion", "ce-type", "ce-time",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> DescribingBody = new[]
    {
        "Allow", "Content-Disposition", "Content-Language", "Content-Location", "Content-Type", "Expires", "Last-Modified",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the header belongs to the body, and so is sent only with one.</summary>
    public static bool DescribesBody(string name) => DescribingBody.Contains(name);

    /// <summary>What is wrong with a header's name; <c>null</c>: nothing.</summary>
    public static string? ProblemOfName(string name)
    {
        if (name.Length is 0 or > MaxNameLength || name.AsSpan().ContainsAnyExcept(TokenCharacters))
        {
            return "This is not a header name: use letters, digits and hyphens.";
        }

        return Reserved.Contains(name)
            || name.StartsWith("Proxy-", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("webhook-", StringComparison.OrdinalIgnoreCase)
            ? "This header is set by the transport or by the webhook itself: remove it."
            : null;
    }

    /// <summary>What is wrong with a header's value; <c>null</c>: nothing.</summary>
    public static string? ProblemOfValue(string value) =>
        value.Length > MaxValueLength ? $"A header's value has at most {MaxValueLength} characters."
        : value.AsSpan().ContainsAnyExceptInRange(' ', '~') ? "A header's value holds visible ASCII characters and spaces only: no line breaks."
        : null;

    /// <summary>Refuses a caller's header that is not one, or that would stand in for a configured one.</summary>
    public static void CheckOfCall(string name, string value, FrozenSet<string> taken)
    {
        var problem = ProblemOfName(name)
            ?? (taken.Contains(name) ? "This header is configured and cannot be replaced." : null)
            ?? (IsCredential(name) ? "Credentials are configured by an admin: use auth or secret_headers of the integration." : null)
            ?? (DescribesBody(name) ? "The webhook describes the body itself: remove this header." : null)
            ?? ProblemOfValue(value);
        if (problem is not null)
        {
            throw WebhookFailures.InvalidInput($"headers.{name}", problem);
        }
    }

    public static bool IsCredential(string name) =>
        name.Equals("Authorization", StringComparison.OrdinalIgnoreCase) || name.Equals("Cookie", StringComparison.OrdinalIgnoreCase);
}
