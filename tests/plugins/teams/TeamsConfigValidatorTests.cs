namespace Vaka.Plugins.Teams.Tests;

public sealed class TeamsConfigValidatorTests
{
    private const string Query = "?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=abc";

    [Theory]
    [InlineData(TeamsTest.WorkflowUrl)]
    [InlineData("https://default2432b57b0abd.34.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/0a/triggers/manual/paths/invoke" + Query)]
    [InlineData("https://env.3.environment.api.gov.powerplatform.microsoft.us/powerautomate/automations/direct/workflows/0a/triggers/manual/paths/invoke" + Query)]
    [InlineData("https://env.3.environment.api.high.powerplatform.microsoft.us/workflows/0a/triggers/manual/paths/invoke" + Query)]
    [InlineData("https://env.3.environment.api.appsplatform.us/workflows/0a/triggers/manual/paths/invoke" + Query)]
    [InlineData("https://prod-01.usgovtexas.logic.azure.us/workflows/0a/triggers/manual/paths/invoke" + Query)]
    public void Workflow_GoodUrl_Passes(string url) => Assert.Empty(TeamsTest.Validate(TeamsTest.Workflow(url)));

    [Theory]
    [InlineData("prod-12.westeurope.logic.azure.com/workflows", "begins with https://")]
    [InlineData("ftp://prod-12.westeurope.logic.azure.com/workflows", "begins with https://")]
    [InlineData("https://prod-12.westeurope.logic.azure.com/workflows/a b", "characters")]
    [InlineData("https://prod-12.westeurope.logic.azure.com/workflows/a\n", "characters")]
    [InlineData("https://prod-12.westeurope.logic.azure.com\\@evil.example/", "characters")]
    [InlineData("https://prod-12.westeurope.logic.azure.com/ü", "characters")]
    [InlineData("https://prod-12.westeurope.logic.azure.com/x#y", "characters")]
    [InlineData("https://:443/x", "not an address")]
    [InlineData("https://host:0/x", "not an address")]
    [InlineData("https://user:pass@prod-12.westeurope.logic.azure.com/x", "User name")]
    [InlineData("https://contoso.webhook.office.com/webhookb2/a@b/IncomingWebhook/c/d", "Office 365 connector")]
    [InlineData("https://outlook.office.com/webhook/a@b/IncomingWebhook/c/d", "Office 365 connector")]
    [InlineData("https://outlook.office365.com/webhook/a", "Office 365 connector")]
    [InlineData("https://prod-12.westeurope.logic.azure.com/workflows/0a/triggers/manual/paths/invoke?api-version=1&amp;sig=a", "HTML")]
    [InlineData("https://prod-12.westeurope.logic.azure.com/workflows/0a/triggers/manual/paths/invoke?api-version=1", "Anyone")]
    [InlineData("https://prod-12.westeurope.logic.azure.com/workflows/0a/triggers/manual/paths/invoke?api-version=1&sig=", "Anyone")]
    public void Workflow_BadUrl_IsRefusedWithWhatToDo(string url, string says)
    {
        var error = Assert.Single(TeamsTest.Validate(TeamsTest.Workflow(url)));

        Assert.Equal(("connection.workflow_url", ConfigSeverity.Error), (error.Path, error.Severity));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://relay.example.com/workflows" + Query, "none of Power Automate's")]
    [InlineData("https://logic.azure.com.evil.example/workflows" + Query, "none of Power Automate's")]
    [InlineData("https://evillogic.azure.com/workflows" + Query, "none of Power Automate's")]
    [InlineData("https://prod-12.westeurope.logic.azure.com/workflows/0a" + Query, "trigger")]
    [InlineData("http://prod-12.westeurope.logic.azure.com/workflows/0a/triggers/manual/paths/invoke" + Query, "plain http")]
    public void Workflow_OddUrl_IsWarnedOf(string url, string says)
    {
        var error = Assert.Single(TeamsTest.Validate(TeamsTest.Workflow(url)));

        Assert.Equal(ConfigSeverity.Warning, error.Severity);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Graph_Good_Passes() => Assert.Empty(TeamsTest.Validate(TeamsTest.Graph()));

    [Theory]
    [InlineData("tenant_id", "common", "connection.tenant_id")]
    [InlineData("tenant_id", "contoso/../x", "connection.tenant_id")]
    [InlineData("tenant_id", "not a tenant", "connection.tenant_id")]
    [InlineData("tenant_id", "a..b", "connection.tenant_id")]
    [InlineData("client_id", "my app", "connection.client_id")]
    [InlineData("refresh_token", "two words", "connection.refresh_token")]
    [InlineData("default_team_id", "Sales", "connection.default_team_id")]
    [InlineData("default_team_id", null, "connection.default_team_id")]
    [InlineData("default_channel_id", "General", "connection.default_channel_id")]
    public void Graph_Wrong_IsRefused(string name, string? value, string path)
    {
        var error = Assert.Single(TeamsTest.Validate(TeamsTest.Graph((name, value))));

        Assert.Equal((path, ConfigSeverity.Error), (error.Path, error.Severity));
    }

    [Fact]
    public void Graph_NeitherSecretNorRefreshToken_IsRefused() => Assert.Equal(
        ("connection.client_secret", ConfigSeverity.Error),
        TeamsTest.Validate(TeamsTest.Graph(("client_secret", null), ("refresh_token", null))).Select(error => (error.Path, error.Severity)).Single());

    [Theory]
    [InlineData("client_secret", "5f0c8e6e-3b5d-4b0f-9a6d-2c1e7f804a39", "connection.client_secret")]
    [InlineData("default_channel_id", null, "connection.default_channel_id")]
    public void Graph_Doubtful_IsWarnedOf(string name, string? value, string path) => Assert.Equal(
        (path, ConfigSeverity.Warning), TeamsTest.Validate(TeamsTest.Graph((name, value))).Select(error => (error.Path, error.Severity)).Single());

    [Theory]
    [InlineData("contoso.onmicrosoft.com")]
    [InlineData("2432B57B-0ABD-43DB-AA7B-16EADD115D34")]
    public void Graph_TenantInOtherForms_Passes(string tenant) => Assert.Empty(TeamsTest.Validate(TeamsTest.Graph(("tenant_id", tenant))));
}
