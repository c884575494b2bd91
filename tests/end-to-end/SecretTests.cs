using System.Net;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests;

/// <summary>A secret stays with its row and goes where it was meant to go.</summary>
public sealed class SecretTests(SqliteHost fixture) : IClassFixture<SqliteHost>
{
    private const string Canary = "canary-4f1c9e";

    [Fact]
    public async Task GetEditPut_KeepsSecretsUnlessTheyWouldGoElsewhere()
    {
        var tenant = await fixture.TenantAsync();
        var made = await tenant.Admin.PostAsync("integrations", new
        {
            name = "Hook", integration_type = "webhook", config = new { url = "https://example.com/a", auth = new { type = "bearer", token = Canary } },
        }, HttpStatusCode.Created);
        var path = $"integrations/{made.Text("id")}";

        // An answer can be edited and sent back as it is, whatever else stands in it.
        var row = await tenant.Admin.GetJsonAsync(path);
        row["name"] = "Renamed";
        var put = await tenant.Admin.PutAsync(path, row);
        Assert.Equal(made["secrets"]!["auth.token"]!.ToJsonString(), put["secrets"]!["auth.token"]!.ToJsonString());

        row["config"]!["url"] = "https://attacker.example/";
        Assert.Equal("secret_required", (await tenant.Admin.PutAsync(path, row, HttpStatusCode.UnprocessableEntity)).Text("code"));
        var elsewhere = new { config = new { url = "https://attacker.example/" } };
        Assert.Equal("secret_required", (await tenant.Admin.PatchAsync(path, elsewhere, HttpStatusCode.UnprocessableEntity)).Text("code"));
        var test = new { integration_type = "webhook", id = made.Text("id"), config = new { url = "https://attacker.example/", auth = new { type = "bearer" } } };
        Assert.Equal("secret_required", (await tenant.Admin.PostAsync("integrations/test", test, HttpStatusCode.UnprocessableEntity)).Text("code"));

        var cleared = await tenant.Admin.PatchAsync(path, new { config = new { auth = new { type = "none" } } });
        Assert.False(cleared["secrets"]!.AsObject().ContainsKey("auth.token"));
        var restored = await tenant.Admin.PostAsync($"{path}/revisions/1/restore", new { });
        Assert.Equal(made["secrets"]!["auth.token"]!["fingerprint"]!.ToJsonString(), restored["secrets"]!["auth.token"]!["fingerprint"]!.ToJsonString());
        Assert.Equal(4, restored["revision"]!.GetValue<int>());
    }
}
