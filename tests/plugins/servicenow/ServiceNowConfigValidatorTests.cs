namespace Vaka.Plugins.ServiceNow.Tests;

public sealed class ServiceNowConfigValidatorTests
{
    [Theory]
    [InlineData(ServiceNowTest.BasicAuth)]
    [InlineData("""{"type": "oauth2_client_credentials", "client_id": "c", "client_secret": "s"}""")]
    [InlineData("""{"type": "oauth2_password", "client_id": "c", "client_secret": "s", "username": "u", "password": "p"}""")]
    [InlineData("""{"type": "oauth2_refresh_token", "client_id": "c", "client_secret": "s", "refresh_token": "r"}""")]
    [InlineData("""{"type": "api_key", "key": "now_abc-123"}""")]
    public void Validate_Good_SaysNothing(string auth) => Assert.Empty(ServiceNowTest.Validate(ServiceNowTest.Config(auth)));

    [Theory]
    [InlineData("acme.service-now.com", "This is no address")]
    [InlineData("ftp://acme.service-now.com", "This is no address")]
    [InlineData("https://acme.service-now.com\\\\@evil.example.com", "This is no address")]
    [InlineData("https://acme.service-now.com /", "This is no address")]
    [InlineData("https://u:p@acme.service-now.com", "no user name or password")]
    [InlineData("https://acme.service-now.com/now/nav/ui", "without a path: https://acme.service-now.com.")]
    [InlineData("https://acme.service-now.com?x=1", "without a path")]
    [InlineData("https://acme.service-now.com#", "without a path")]
    public void Validate_Address_SaysWhatIsWrong(string url, string words)
    {
        var error = Assert.Single(ServiceNowTest.Validate(ServiceNowTest.Config(url: url)));

        Assert.Equal(("instance_url", ConfigSeverity.Error), (error.Path, error.Severity));
        Assert.Contains(words, error.Message);
    }

    [Theory]
    [InlineData("https://acme.service-now.com/")]
    [InlineData("https://servicedesk.acme.example:8443")]
    public void Validate_Address_OwnDomainsAreGood(string url) => Assert.Empty(ServiceNowTest.Validate(ServiceNowTest.Config(url: url)));

    [Fact]
    public void Validate_PlainHttp_Warns() => Assert.Equal(
        ("instance_url", ConfigSeverity.Warning),
        Assert.Single(ServiceNowTest.Validate(ServiceNowTest.Config(url: "http://acme.example"))) is var error ? (error.Path, error.Severity) : default);

    [Theory]
    [InlineData("""{"type": "basic", "username": "a:b", "password": "p"}""", "auth.username")]
    [InlineData("""{"type": "basic", "username": "u", "password": ""}""", "auth.password")]
    [InlineData("""{"type": "oauth2_client_credentials", "client_id": " ", "client_secret": "s"}""", "auth.client_id")]
    [InlineData("""{"type": "oauth2_client_credentials", "client_id": "c", "client_secret": ""}""", "auth.client_secret")]
    [InlineData("""{"type": "oauth2_password", "client_id": "c", "client_secret": "s", "username": "u\n", "password": "p"}""", "auth.username")]
    [InlineData("""{"type": "oauth2_refresh_token", "client_id": "c", "client_secret": "s", "refresh_token": ""}""", "auth.refresh_token")]
    [InlineData("""{"type": "api_key", "key": "a b"}""", "auth.key")]
    [InlineData("""{"type": "api_key", "key": "a\r\nX-Evil: 1"}""", "auth.key")]
    [InlineData("""{"type": "api_key", "key": "schlüssel"}""", "auth.key")]
    public void Validate_Auth_NamesTheField(string auth, string path) =>
        Assert.Equal(path, Assert.Single(ServiceNowTest.Validate(ServiceNowTest.Config(auth))).Path);

    [Theory]
    [InlineData("default_caller", "a^b")]
    [InlineData("default_assignment_group", "javascript:gs.getUserID()")]
    [InlineData("default_category", "a\\nb")]
    public void Validate_Defaults_NameTheField(string field, string value) =>
        Assert.Equal(field, Assert.Single(ServiceNowTest.Validate(ServiceNowTest.Config(more: $"\"{field}\": \"{value}\""))).Path);
}
