namespace Vaka.Plugins.Sso.Tests.Oidc;

public sealed class OidcConfigRulesTests
{
    private static readonly IIntegrationProvider Provider = new SsoProvider();
    private static readonly SsoConfig Good = new() { Protocol = SsoProtocol.Oidc, Issuer = "https://login.example/realms/a", ClientId = "vaka" };

    [Theory]
    [InlineData("https://login.example/realms/a")]
    [InlineData("https://login.example/")]
    [InlineData("http://localhost:8080/a")]
    [InlineData("http://127.0.0.1:8080")]
    [InlineData("https://login.microsoftonline.com/2432b57b-0abd-43db-aa7b-16eadd115d34/v2.0")]
    public void Issuer_Good_IsTaken(string issuer) => Assert.Empty(Provider.Validate(Good with { Issuer = issuer }));

    [Theory]
    [InlineData(null, "needs the issuer")]
    [InlineData("http://login.example", "https://")]
    [InlineData("ftp://login.example", "web address")]
    [InlineData("https://login.example?a=b", "query")]
    [InlineData("https://login.example#a", "fragment")]
    [InlineData("https://user:secret@login.example", "user name")]
    [InlineData("https://login.example/.well-known/openid-configuration", "without")]
    [InlineData("https://login.microsoftonline.com/common/v2.0", "Entra")]
    [InlineData("https://login.microsoftonline.us/Organizations/v2.0", "Entra")]
    [InlineData("https://login.microsoftonline.com/{tenantid}/v2.0", "Entra")]
    public void Issuer_Unfit_IsRefused(string? issuer, string explained) => Refused(Good with { Issuer = issuer }, "issuer", explained);

    [Fact]
    public void ClientId_Missing_IsRefused() => Refused(Good with { ClientId = null }, "client_id", "needs");

    [Theory]
    [InlineData(ClientAuthentication.ClientSecretBasic)]
    [InlineData(ClientAuthentication.ClientSecretPost)]
    public void ClientSecret_MissingWhereNeeded_IsRefused(ClientAuthentication authentication) =>
        Refused(Good with { ClientAuthentication = authentication }, "client_secret", "public client");

    [Theory]
    [InlineData("none", "proves nothing")]
    [InlineData("HS256", "forge")]
    [InlineData("EdDSA", "Choose among")]
    [InlineData("rs256", "Choose among")]
    public void Algorithm_NotOfAPublicKey_IsRefused(string algorithm, string explained) =>
        Refused(Good with { SigningAlgorithms = ["RS256", algorithm] }, "signing_algorithms[1]", explained);

    [Fact]
    public void Algorithms_None_IsRefused() => Refused(Good with { SigningAlgorithms = [] }, "signing_algorithms", "at least one");

    [Theory]
    [InlineData("")]
    [InlineData("openid email")]
    [InlineData("a\"b")]
    [InlineData("a\\b")]
    [InlineData("ä")]
    public void Scope_OtherCharacters_IsRefused(string scope) => Refused(Good with { Scopes = ["openid", scope] }, "scopes[1]", "scope");

    [Fact]
    public void Saml_OidcFields_AreNotLookedAt() => Assert.DoesNotContain(
        Provider.Validate(new SsoConfig { Protocol = SsoProtocol.Saml, SigningAlgorithms = ["none"] }),
        error => error.Path.StartsWith("signing_algorithms", StringComparison.Ordinal) || error.Path is "issuer" or "client_id");

    private static void Refused(SsoConfig config, string path, string explained)
    {
        var error = Assert.Single(Provider.Validate(config));
        Assert.Equal((path, ConfigSeverity.Error), (error.Path, error.Severity));
        Assert.Contains(explained, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("user:secret", error.Message, StringComparison.Ordinal);
    }
}
