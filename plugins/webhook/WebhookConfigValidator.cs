namespace Vaka.Plugins.Webhook;

/// <summary>Rules that span several fields, or that no attribute can say.</summary>
internal static class WebhookConfigValidator
{
    private const string SecretShape = "A signing secret is whsec_ followed by the base64 of 24 to 64 random bytes.";

    public static IEnumerable<ConfigError> Validate(WebhookConfig config)
    {
        var urlProblem = WebhookAddress.ProblemOf(config.Url);
        if (urlProblem is not null)
        {
            yield return new("url", urlProblem);
        }
        else if (config.Url.StartsWith("http:", StringComparison.OrdinalIgnoreCase))
        {
            yield return new("url", SendsSecrets(config)
                ? "Over plain http everyone on the way reads the data and the credentials: use https."
                : "Over plain http everyone on the way reads the data: use https.", ConfigSeverity.Warning);
        }

        var errors = Signing(config)
            .Concat(Headers(config))
            .Concat(OfAuth(config, urlProblem is null))
            .Concat(Format(config));
        foreach (var error in errors)
        {
            yield return error;
        }

        if (config.PinnedCertificate is { } pin && !IsFingerprint(pin))
        {
            yield return new("pinned_certificate", "Give the SHA-256 fingerprint: 64 hexadecimal digits, with or without colons.");
        }
    }

    private static IEnumerable<ConfigError> Signing(WebhookConfig config)
    {
        if (config.SigningSecret is not null && WebhookSignature.KeyOf(config.SigningSecret) is null)
        {
            yield return new("signing_secret", SecretShape);
        }

        if (config.SigningSecret is null && config.PreviousSigningSecret is null && config.Auth is not (HmacAuth or ClientCertificateAuth))
        {
            yield return new(
                "signing_secret", "Without a signing secret the receiver cannot tell who sent the data, nor that it is unchanged.",
                ConfigSeverity.Warning);
        }

        if (config.PreviousSigningSecret is null)
        {
            yield break;
        }

        if (WebhookSignature.KeyOf(config.PreviousSigningSecret) is null)
        {
            yield return new("previous_signing_secret", SecretShape);
        }

        if (config.SigningSecret is null)
        {
            yield return new("signing_secret", "A previous signing secret needs a current one: give the new secret.");
        }

        if (config.PreviousValidUntil is null)
        {
            yield return new("previous_valid_until", "Say until when the previous signing secret is used: 24 hours from now is usual.");
        }
    }

    private static IEnumerable<ConfigError> Headers(WebhookConfig config)
    {
        var given = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var all = config.Headers.Select(header => (Map: "headers", Name: header.Key, header.Value))
            .Concat(config.SecretHeaders.Select(header => (Map: "secret_headers", Name: header.Key, Value: header.Value.Reveal())));
        foreach (var (map, name, value) in all)
        {
            var path = $"{map}.{name}";
            if ((WebhookHeaders.ProblemOfName(name) ?? WebhookHeaders.ProblemOfValue(value)) is { } problem)
            {
                yield return new(path, problem);
            }
            else if (!given.TryAdd(name, map))
            {
                yield return new(path, $"This header stands in {given[name]} already, in the same or another case: give it once.");
            }
            else if (name.Equals(WebhookWriter.HeaderOf(config.Auth), StringComparison.OrdinalIgnoreCase))
            {
                yield return new(path, "auth sets this header: give it once.");
            }
            else if (WebhookHeaders.DescribesBody(name) && !WebhookWriter.HasBody(config))
            {
                yield return new(path, $"This header describes a body, and {config.Method} carries none: remove it.");
            }
            else if (config.Format is WebhookFormat.CloudEventsStructured && name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
            {
                yield return new(path, "A structured CloudEvent has a content type of its own: remove this header.");
            }
            else if (map is "headers" && WebhookHeaders.IsCredential(name))
            {
                yield return new(path, "Everyone who sees the integration reads this value: use auth or secret_headers.", ConfigSeverity.Warning);
            }
        }

        if (given.Count > WebhookHeaders.MaxCount)
        {
            yield return new("headers", $"At most {WebhookHeaders.MaxCount} headers, secret ones included.");
        }
    }

    private static IEnumerable<ConfigError> OfAuth(WebhookConfig config, bool urlIsGood) => config.Auth switch
    {
        BasicAuth basic => OfBasic(basic),
        BearerAuth bearer => OfSecretText("auth.token", bearer.Token),
        ApiKeyAuth { In: "header" } key => OfHeader("auth.name", key.Name).Concat(OfSecretText("auth.value", key.Value)),
        ApiKeyAuth key => OfKeyInQuery(key, urlIsGood ? new Uri(config.Url).Query : ""),
        OAuth2ClientCredentialsAuth oauth => OfOAuth2(oauth),
        HmacAuth hmac => OfHeader("auth.header", hmac.Header).Concat(OfSecret("auth.secret", hmac.Secret)),
        ClientCertificateAuth certificate => OfCertificate(certificate, config.Url),
        _ => [],
    };

    private static IEnumerable<ConfigError> OfBasic(BasicAuth basic)
    {
        if (basic.Username.Contains(':', StringComparison.Ordinal) || basic.Username.Any(char.IsControl))
        {
            yield return new("auth.username", "A user name holds no colon and no control characters.");
        }
    }

    private static IEnumerable<ConfigError> OfHeader(string path, string name)
    {
        if (WebhookHeaders.ProblemOfName(name) is { } problem)
        {
            yield return new(path, problem);
        }
        else if (WebhookHeaders.DescribesBody(name))
        {
            yield return new(path, "This header describes the body: choose another one.");
        }
    }

    private static IEnumerable<ConfigError> OfSecret(string path, SecretString secret)
    {
        if (secret.Reveal().Length is 0)
        {
            yield return new(path, "This may not be empty.");
        }
    }

    private static IEnumerable<ConfigError> OfSecretText(string path, SecretString secret) =>
        WebhookHeaders.ProblemOfValue(secret.Reveal()) is { } problem ? [new(path, problem)] : OfSecret(path, secret);

    private static IEnumerable<ConfigError> OfKeyInQuery(ApiKeyAuth key, string query)
    {
        if (WebhookAddress.NamesOf(query).Contains(key.Name, StringComparer.Ordinal))
        {
            yield return new("auth.name", "The URL has a parameter of this name already: give it once.");
        }

        foreach (var error in OfSecret("auth.value", key.Value))
        {
            yield return error;
        }
    }

    private static IEnumerable<ConfigError> OfOAuth2(OAuth2ClientCredentialsAuth oauth)
    {
        if (WebhookAddress.ProblemOf(oauth.TokenUrl) is { } problem)
        {
            yield return new("auth.token_url", problem);
        }
        else if (oauth.TokenUrl.StartsWith("http:", StringComparison.OrdinalIgnoreCase))
        {
            yield return new(
                "auth.token_url", "Over plain http everyone on the way reads the client secret: use https.", ConfigSeverity.Warning);
        }

        foreach (var error in OfSecret("auth.client_secret", oauth.ClientSecret))
        {
            yield return error;
        }
    }

    private static IEnumerable<ConfigError> OfCertificate(ClientCertificateAuth auth, string url)
    {
        if (url.StartsWith("http:", StringComparison.OrdinalIgnoreCase))
        {
            yield return new("url", "A client certificate is shown in the TLS handshake only: use https.");
        }

        var (certificate, problem) = ClientCertificate.Read(auth);
        using (certificate)
        {
            if (problem is not null)
            {
                yield return new("auth.certificate", problem);
            }
        }
    }

    private static IEnumerable<ConfigError> Format(WebhookConfig config)
    {
        if (config.Format is WebhookFormat.CloudEventsStructured && !WebhookWriter.HasBody(config))
        {
            yield return new("format", $"A structured CloudEvent is the body, and {config.Method} carries none: use cloudevents_binary.");
        }

        if (config.CloudEventSource is { } source && !Uri.IsWellFormedUriString(source, UriKind.RelativeOrAbsolute))
        {
            yield return new("cloud_event_source", "The source of events is a URI reference, such as https://example.com/orders or /orders.");
        }
    }

    private static bool SendsSecrets(WebhookConfig config) =>
        config.SecretHeaders.Count > 0 || config.Auth is BasicAuth or BearerAuth or ApiKeyAuth or OAuth2ClientCredentialsAuth;

    private static bool IsFingerprint(string pin)
    {
        var digits = pin.Replace(":", "", StringComparison.Ordinal);
        return digits.Length is 64 && digits.All(char.IsAsciiHexDigit);
    }
}
