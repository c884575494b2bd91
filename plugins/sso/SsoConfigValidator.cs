using Vaka.Plugins.Sso.Oidc;
using Vaka.Plugins.Sso.Saml;

namespace Vaka.Plugins.Sso;

/// <summary>What no single field can say.</summary>
internal static class SsoConfigValidator
{
    public static IEnumerable<ConfigError> Validate(SsoConfig config) =>
        [.. OfProtocol(config), .. ReturnUrls(config), .. EmailDomains(config), .. Attributes(config)];

    private static IEnumerable<ConfigError> OfProtocol(SsoConfig config) => config.Protocol switch
    {
        SsoProtocol.Saml => SamlConfigRules.Check(config),
        SsoProtocol.Oidc => OidcConfigRules.Check(config),
    };

    private static IEnumerable<ConfigError> ReturnUrls(SsoConfig config) => config.ReturnUrls.Select((address, index) =>
        ReturnUrl(address) is { } problem ? new ConfigError(FormattableString.Invariant($"return_urls[{index}]"), problem.Message, problem.Severity) : null)
        .OfType<ConfigError>();

    private static (string Message, ConfigSeverity Severity)? ReturnUrl(string address)
    {
        var exact = address.EndsWith("/*", StringComparison.Ordinal) ? address[..^1] : address;
        if (!Uri.TryCreate(exact, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp)
            || uri.Host.Length == 0 || uri.UserInfo.Length > 0 || address.Contains('#', StringComparison.Ordinal))
        {
            return ("Give a whole https:// or http:// address without user name and fragment.", ConfigSeverity.Error);
        }

        if (exact.Contains('*', StringComparison.Ordinal) || (exact != address && uri.Query.Length > 0))
        {
            return ("A * may stand only at the end, after the last /: https://app.example.com/*.", ConfigSeverity.Error);
        }

        // Addresses are compared as text: what browsers would rewrite on the way could compare as something else than it is.
        if (address.Any(c => c is '\\' or < '!' or > '~') || address.Contains("/./", StringComparison.Ordinal) || address.Contains("/../", StringComparison.Ordinal))
        {
            return ("Give the address as browsers send it: without white space, backslashes, /./ and /../.", ConfigSeverity.Error);
        }

        return uri.Scheme == Uri.UriSchemeHttp && !uri.IsLoopback
            ? ("People come back there unprotected. Give an https:// address.", ConfigSeverity.Warning)
            : null;
    }

    private static IEnumerable<ConfigError> EmailDomains(SsoConfig config)
    {
        var seen = new HashSet<string>();
        for (var index = 0; index < config.EmailDomains.Count; index++)
        {
            var domain = config.EmailDomains[index];
            var path = FormattableString.Invariant($"email_domains[{index}]");
            if (!IsDomain(domain))
            {
                yield return new(path, "Give a domain in lower case, such as acme.example; international ones as xn--….");
            }
            else if (!seen.Add(domain))
            {
                yield return new(path, $"{domain} is there twice. Remove one.");
            }
        }
    }

    private static bool IsDomain(string domain) =>
        domain.Length <= 253
        && domain.Split('.') is { Length: > 1 } labels
        && labels.All(label => label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-'
            && label.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-'))
        && !labels[^1].All(char.IsAsciiDigit);

    private static IEnumerable<ConfigError> Attributes(SsoConfig config)
    {
        var seen = new HashSet<string>();
        for (var index = 0; index < config.Attributes.Count; index++)
        {
            var attribute = config.Attributes[index];
            if (!seen.Add(attribute.Target))
            {
                yield return new(FormattableString.Invariant($"attributes[{index}].target"), $"'{attribute.Target}' is made twice. Put all its sources into one.");
            }

            for (var source = 0; source < attribute.Sources.Count; source++)
            {
                if (string.IsNullOrWhiteSpace(attribute.Sources[source]))
                {
                    yield return new(FormattableString.Invariant($"attributes[{index}].sources[{source}]"), "Give the name that it arrives by.");
                }
            }
        }
    }
}
