namespace Vaka.Plugins.Jira;

/// <summary>Rules that span several fields, or that no attribute can say.</summary>
internal static class JiraConfigValidator
{
    public static IEnumerable<ConfigError> Validate(JiraConfig config)
    {
        var problem = JiraSite.ProblemOf(config.SiteUrl);
        var errors = problem is null ? OfSite(config, JiraSite.BaseOf(config)) : [new ConfigError("site_url", problem)];
        return errors.Concat(OfAuth(config));
    }

    private static IEnumerable<ConfigError> OfSite(JiraConfig config, Uri site)
    {
        if (site.Scheme == Uri.UriSchemeHttp)
        {
            yield return new("site_url", "Over plain http everyone on the way reads the credentials: use https.", ConfigSeverity.Warning);
        }

        if (!config.IsCloud)
        {
            if (JiraSite.IsAtlassians(site))
            {
                yield return new("deployment", "An address that ends in .atlassian.net is Jira Cloud: choose cloud.");
            }

            yield break;
        }

        if (site.AbsolutePath is not "/")
        {
            yield return new("site_url", $"The address of a Cloud site ends with its host: {site.GetLeftPart(UriPartial.Authority)}");
        }

        if (!JiraSite.IsAtlassians(site))
        {
            yield return new(
                "site_url", "A Cloud site is usually https://SITE.atlassian.net. For a Jira that you run yourself choose data_center.",
                ConfigSeverity.Warning);
        }
    }

    private static IEnumerable<ConfigError> OfAuth(JiraConfig config) => config.Auth switch
    {
        ApiTokenAuth when !config.IsCloud =>
            [new("auth.type", "API tokens exist on Cloud only. For Data Center choose personal_access_token or basic.")],
        OAuth2Auth when !config.IsCloud =>
            [new("auth.type", "OAuth 2 is for Cloud here. For Data Center choose personal_access_token or basic.")],
        PersonalAccessTokenAuth when config.IsCloud =>
            [new("auth.type", "Personal access tokens exist on Data Center only. For Cloud choose api_token or oauth2.")],
        BasicAuth when config.IsCloud =>
            [new("auth.type", "Cloud takes no password. Choose api_token or oauth2.")],
        ApiTokenAuth token => OfSecret("auth.token", token.Token),
        PersonalAccessTokenAuth token => OfSecret("auth.token", token.Token),
        BasicAuth basic => OfUser(basic.Username).Concat(OfSecret("auth.password", basic.Password)),
        OAuth2Auth oauth => OfSecret("auth.client_secret", oauth.ClientSecret),
        _ => [],
    };

    private static IEnumerable<ConfigError> OfUser(string name)
    {
        if (name.Contains(':', StringComparison.Ordinal) || name.Any(char.IsControl))
        {
            yield return new("auth.username", "A user name holds no colon and no control characters.");
        }
    }

    private static IEnumerable<ConfigError> OfSecret(string path, SecretString secret)
    {
        var text = secret.Reveal();
        if (text.Length is 0)
        {
            yield return new(path, "This may not be empty.");
        }
        else if (text.Any(char.IsControl) || text != text.Trim())
        {
            yield return new(path, "This begins or ends with a space, or holds a line break: copy it again.");
        }
    }
}
