namespace Vaka.Plugins.ServiceNow;

/// <summary>Rules that span several fields, or that no attribute can say.</summary>
internal static class ServiceNowConfigValidator
{
    public static IEnumerable<ConfigError> Validate(ServiceNowConfig config)
    {
        if (ServiceNowInstance.ProblemOf(config.InstanceUrl) is { } problem)
        {
            yield return new("instance_url", problem);
        }
        else if (config.InstanceUrl.StartsWith("http:", StringComparison.OrdinalIgnoreCase))
        {
            yield return new(
                "instance_url", "Over plain http everyone on the way reads the data and the credentials: use https.", ConfigSeverity.Warning);
        }

        foreach (var error in OfAuth(config.Auth).Concat(Defaults(config)))
        {
            yield return error;
        }
    }

    private static IEnumerable<ConfigError> OfAuth(ServiceNowAuth auth) => auth switch
    {
        BasicAuth basic => [.. OfUserName(basic.Username), .. OfSecret("auth.password", basic.Password)],
        ClientCredentialsAuth client => OfClient(client.ClientId, client.ClientSecret),
        PasswordAuth password =>
        [
            .. OfClient(password.ClientId, password.ClientSecret),
            .. OfUserName(password.Username),
            .. OfSecret("auth.password", password.Password),
        ],
        RefreshTokenAuth refresh =>
        [
            .. OfClient(refresh.ClientId, refresh.ClientSecret), .. OfSecret("auth.refresh_token", refresh.RefreshToken),
        ],
        ApiKeyAuth key => OfKey(key.Key.Reveal()),
        _ => throw new NotSupportedException($"{auth.GetType().Name} is no known kind of authentication."),
    };

    private static IEnumerable<ConfigError> OfClient(string id, SecretString secret)
    {
        if (string.IsNullOrWhiteSpace(id) || id.Any(char.IsControl))
        {
            yield return new("auth.client_id", "Give the Client ID as the application registry shows it.");
        }

        foreach (var error in OfSecret("auth.client_secret", secret))
        {
            yield return error;
        }
    }

    private static IEnumerable<ConfigError> OfUserName(string name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Contains(':', StringComparison.Ordinal) || name.Any(char.IsControl))
        {
            yield return new("auth.username", "A user name is not blank and holds no colon and no control characters.");
        }
    }

    private static IEnumerable<ConfigError> OfSecret(string path, SecretString secret)
    {
        if (secret.Reveal().Length is 0)
        {
            yield return new(path, "This may not be empty.");
        }
    }

    // It is sent as a header.
    private static IEnumerable<ConfigError> OfKey(string key)
    {
        if (key.Length is 0 || key.Any(c => c is <= ' ' or > '~'))
        {
            yield return new("auth.key", "Copy the token of the REST API Key record as it is: visible characters without spaces or line breaks.");
        }
    }

    private static IEnumerable<ConfigError> Defaults(ServiceNowConfig config)
    {
        (string Path, string? Value)[] defaults =
        [
            ("default_caller", config.DefaultCaller),
            ("default_assignment_group", config.DefaultAssignmentGroup),
            ("default_category", config.DefaultCategory),
        ];
        foreach (var (path, value) in defaults)
        {
            if (value is not null && Queries.QueryValue.ProblemOf(value) is { } problem)
            {
                yield return new(path, problem);
            }
        }
    }
}
