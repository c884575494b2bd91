using System.Text.Json.Nodes;
using Vaka.Plugins.Host.SignIn.Sso;

namespace Vaka.Plugins.Host.Tests.SignIn.Sso;

public sealed class PageSignInTests
{
    private const string Tenant = "0b5c3f8e-4f7e-4d0c-9d5d-2a4f0c1f6a11";

    [Theory]
    [InlineData("""{"roles":"platform_admin"}""", true, null)]
    [InlineData("""{"roles":["other","platform_admin"]}""", true, null)]
    [InlineData($$"""{"roles":["platform_admin"],"tenant_id":"{{Tenant}}"}""", true, null)]
    [InlineData($$"""{"roles":["tenant_admin"],"tenant_id":"{{Tenant}}"}""", true, Tenant)]
    [InlineData("""{"roles":["tenant_admin"]}""", false, null)]
    [InlineData("""{"roles":["tenant_admin"],"tenant_id":"all"}""", false, null)]
    [InlineData("""{"roles":["tenant_admin"],"tenant_id":null}""", false, null)]
    [InlineData("""{"roles":["tenant_admin"],"tenant_id":["0b5c3f8e-4f7e-4d0c-9d5d-2a4f0c1f6a11"]}""", false, null)]
    [InlineData("""{"roles":"platform_admin,x"}""", false, null)]
    [InlineData("""{"roles":[["platform_admin"]]}""", false, null)]
    [InlineData("""{"roles":{"platform_admin":true}}""", false, null)]
    [InlineData("""{"groups":["platform_admin"]}""", false, null)]
    [InlineData("{}", false, null)]
    public void Find_Attributes_LetInWhomTheyName(string attributes, bool isAdmin, string? tenant)
    {
        var login = new CompleteLoginOutput("issuer", "alice", [], JsonNode.Parse(attributes)?.AsObject() ?? [], new LoginSession(), "");
        var admin = PageSignIn.Find(login);
        Assert.Equal(isAdmin, admin is not null);
        Assert.Equal(tenant, admin?.TenantId?.ToString());
    }
}
