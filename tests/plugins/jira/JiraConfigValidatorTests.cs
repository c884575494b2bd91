namespace Vaka.Plugins.Jira.Tests;

public sealed class JiraConfigValidatorTests
{
    private const string ApiToken = """{"type":"api_token","email":"a@example.com","token":"secret-token"}""";
    private const string Pat = """{"type":"personal_access_token","token":"secret-token"}""";
    private const string Basic = """{"type":"basic","username":"ada","password":"secret-word"}""";
    private const string OAuth = """{"type":"oauth2","client_id":"app","client_secret":"secret-of-app"}""";

    private static IEnumerable<string> Problems(string deployment, string site, string auth) =>
        JiraTest.Validate(JiraTest.Bind($$"""{"deployment":"{{deployment}}","site_url":"{{site}}","auth":{{auth}}}"""))
            .Select(error => $"{error.Severity} {error.Path}");

    [Theory]
    [InlineData("cloud", "https://example.atlassian.net", ApiToken)]
    [InlineData("cloud", "https://example.atlassian.net/", OAuth)]
    [InlineData("data_center", "https://jira.example.com", Pat)]
    [InlineData("data_center", "https://jira.example.com:8443/jira/", Basic)]
    public void Validate_Good_FindsNothing(string deployment, string site, string auth) => Assert.Empty(Problems(deployment, site, auth));

    [Theory]
    [InlineData("cloud", "https://example.atlassian.net", Pat, "Error auth.type")]
    [InlineData("cloud", "https://example.atlassian.net", Basic, "Error auth.type")]
    [InlineData("data_center", "https://jira.example.com", ApiToken, "Error auth.type")]
    [InlineData("data_center", "https://jira.example.com", OAuth, "Error auth.type")]
    [InlineData("data_center", "https://example.atlassian.net", Pat, "Error deployment")]
    [InlineData("cloud", "https://example.atlassian.net/jira/software", ApiToken, "Error site_url")]
    [InlineData("cloud", "https://jira.example.com", ApiToken, "Warning site_url")]
    [InlineData("cloud", "http://example.atlassian.net", ApiToken, "Warning site_url")]
    [InlineData("data_center", "http://jira.example.com", Pat, "Warning site_url")]
    [InlineData("data_center", "ftp://jira.example.com", Pat, "Error site_url")]
    [InlineData("data_center", "https://user:word@jira.example.com", Pat, "Error site_url")]
    [InlineData("data_center", "https://jira.example.com/?os_username=x", Pat, "Error site_url")]
    [InlineData("data_center", "https://jira.example.com/#x", Pat, "Error site_url")]
    [InlineData("data_center", "https://jira.example.com\\\\@evil.example", Pat, "Error site_url")]
    [InlineData("data_center", "jira.example.com", Pat, "Error site_url")]
    [InlineData("data_center", "https://jira.example.com", """{"type":"basic","username":"a:b","password":"x"}""", "Error auth.username")]
    [InlineData("data_center", "https://jira.example.com", """{"type":"basic","username":"a","password":""}""", "Error auth.password")]
    [InlineData("data_center", "https://jira.example.com", """{"type":"personal_access_token","token":"x\n"}""", "Error auth.token")]
    [InlineData("cloud", "https://example.atlassian.net", """{"type":"api_token","email":"a@example.com","token":" x"}""", "Error auth.token")]
    [InlineData("cloud", "https://example.atlassian.net", """{"type":"oauth2","client_id":"a","client_secret":""}""", "Error auth.client_secret")]
    public void Validate_Wrong_NamesTheField(string deployment, string site, string auth, string problem) =>
        Assert.Equal(problem, Assert.Single(Problems(deployment, site, auth)));

    [Fact]
    public void Consent_OAuthOnly_AsksAtlassianForOfflineAccess()
    {
        IIntegrationProvider provider = new JiraProvider();

        var settings = provider.GetConsent(JiraTest.OAuth())!;

        Assert.Null(provider.GetConsent(JiraTest.Cloud()));
        Assert.Equal("https://auth.atlassian.com/authorize", settings.AuthorizationUrl!.AbsoluteUri);
        Assert.Equal("https://auth.atlassian.com/oauth/token", settings.TokenUrl.AbsoluteUri);
        Assert.Equal("read:jira-work write:jira-work read:jira-user offline_access", settings.Scope);
        Assert.Equal(("api.atlassian.com", "consent"), (settings.AuthorizationParameters["audience"], settings.AuthorizationParameters["prompt"]));
        Assert.Equal(OAuth2Grant.AuthorizationCode, settings.Grant);
    }

    [Fact]
    public void Config_Printed_ShowsNoSecret()
    {
        Assert.DoesNotContain(JiraTest.Token, JiraTest.Cloud().ToString());
        Assert.DoesNotContain(JiraTest.ClientSecret, JiraTest.OAuth().ToString());
    }
}
