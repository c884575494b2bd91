using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace Vaka.Plugins.Webhook;

/// <summary>The configured URL, and what a call may add to it without leaving it.</summary>
internal sealed class WebhookAddress
{
    private const int MaxLength = 8192;

    // RFC 3986: pchar, and the slash between segments. A percent sign is looked at by itself.
    private static readonly SearchValues<char> PathCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/");

    private readonly string withoutQuery;
    private readonly string query;
    private readonly FrozenSet<string> queryNames;

    public WebhookAddress(string url, ApiKeyAuth? keyInQuery)
    {
        // Kept as written, so that the guard of the network sees the host as the admin wrote it: Uri would make 127.0.0.1 of 127.1.
        var question = url.IndexOf('?', StringComparison.Ordinal);
        (withoutQuery, query) = question < 0 ? (url, "") : (url[..question], url[question..]);
        var names = NamesOf(query).ToHashSet(StringComparer.Ordinal);
        if (keyInQuery is not null)
        {
            names.Add(keyInQuery.Name);
            query = Append(query, keyInQuery.Name, keyInQuery.Value.Reveal());
        }

        queryNames = names.ToFrozenSet(StringComparer.Ordinal);
        Uri = new Uri(withoutQuery + query);
        Host = WrittenHost(url).ToString();
    }

    /// <summary>The whole address, with the API key where it is sent in the query. Never show it.</summary>
    public Uri Uri { get; }

    /// <summary>The host as it is written, without the brackets of an IPv6 address.</summary>
    public string Host { get; }

    /// <summary>What is wrong with a configured URL; <c>null</c>: nothing.</summary>
    public static string? ProblemOf(string url)
    {
        if (!url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) && !url.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
        {
            return "Give a full address that begins with https:// (or http://).";
        }

        if (url.Any(character => character is '\\' || char.IsWhiteSpace(character) || char.IsControl(character)))
        {
            return "An address holds no spaces, control characters or backslashes: write them percent-encoded.";
        }

        if (url.Contains('#', StringComparison.Ordinal))
        {
            return "A fragment (#…) is never sent: remove it.";
        }

        if (Authority(url).Contains('@'))
        {
            return "User name and password do not belong in an address: use auth with type basic.";
        }

        return Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Host.Length > 0 && uri.Port is > 0 and < 65536
            ? null
            : "This is not an address: check host name and port.";
    }

    /// <summary>The names in the query of a configured URL.</summary>
    public static IEnumerable<string> NamesOf(string query) =>
        query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => Uri.UnescapeDataString(pair.Split('=')[0].Replace('+', ' ')));

    /// <summary>The address of one call.</summary>
    /// <exception cref="IntegrationException">The input would lead elsewhere, or replace what is configured.</exception>
    public Uri For(string? path, IReadOnlyDictionary<string, string>? added)
    {
        if (path is null && added is not { Count: > 0 })
        {
            return Uri;
        }

        var target = path is null ? withoutQuery : $"{withoutQuery.TrimEnd('/')}/{Encode(path)}";
        var wholeQuery = query;
        foreach (var (name, value) in added ?? FrozenDictionary<string, string>.Empty)
        {
            if (name.Length == 0 || queryNames.Contains(name))
            {
                throw WebhookFailures.InvalidInput(
                    $"query.{name}", name.Length == 0 ? "A parameter needs a name." : "This parameter is configured and cannot be replaced.");
            }

            wholeQuery = Append(wholeQuery, name, value ?? "");
        }

        var uri = target.Length + wholeQuery.Length <= MaxLength
            ? new Uri(target + wholeQuery)
            : throw WebhookFailures.InvalidInput(path is null ? "query" : "path", $"The address grows beyond {MaxLength} characters: send less.");

        // Encode has refused every way out that is known; this holds for those that are not.
        return uri.Authority == Uri.Authority && uri.AbsolutePath.StartsWith(Uri.AbsolutePath.TrimEnd('/'), StringComparison.Ordinal)
            ? uri
            : throw WebhookFailures.InvalidInput("path", "The path leads out of the configured URL.");
    }

    private static ReadOnlySpan<char> Authority(string url)
    {
        var authority = url.AsSpan(url.IndexOf("//", StringComparison.Ordinal) + 2);
        return authority.IndexOfAny('/', '?') is var end and >= 0 ? authority[..end] : authority;
    }

    private static ReadOnlySpan<char> WrittenHost(string url)
    {
        var authority = Authority(url);
        return authority.StartsWith('[') ? authority[1..authority.IndexOf(']')]
            : authority.IndexOf(':') is var port and >= 0 ? authority[..port]
            : authority;
    }

    private static string Append(string query, string name, string value)
    {
        var before = query.Length is 0 ? "?" : query[^1] is '?' or '&' ? query : query + "&";
        return $"{before}{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}";
    }

    private static string Encode(string path)
    {
        var decoded = Uri.UnescapeDataString(path);
        if (decoded.Any(char.IsControl) || decoded.AsSpan().ContainsAny('\\', '\uFFFD') || path.AsSpan().ContainsAny('?', '#'))
        {
            throw WebhookFailures.InvalidInput("path", "A path holds no '?', '#', backslash or control character: put parameters in query.");
        }

        if (decoded.Split('/').Any(segment => segment is "." or ".."))
        {
            throw WebhookFailures.InvalidInput("path", "A path holds no '.' or '..' segments: it stays below the configured URL.");
        }

        var encoded = new StringBuilder(path.Length);
        var rest = path.AsSpan(path.StartsWith('/') ? 1 : 0);
        while (!rest.IsEmpty)
        {
            var plain = rest.IndexOfAnyExcept(PathCharacters) is var end and >= 0 ? end : rest.Length;
            encoded.Append(rest[..plain]);
            rest = rest[plain..];
            if (rest.IsEmpty)
            {
                break;
            }

            if (rest is ['%', var high, var low, ..] && char.IsAsciiHexDigit(high) && char.IsAsciiHexDigit(low))
            {
                encoded.Append(rest[..3]);
                rest = rest[3..];
                continue;
            }

            Rune.DecodeFromUtf16(rest, out var rune, out var length);
            encoded.Append(Uri.EscapeDataString(rune.ToString()));
            rest = rest[length..];
        }

        return encoded.ToString();
    }
}
