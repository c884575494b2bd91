using System.Net;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Vendors.ServiceNow;

namespace Vaka.Plugins.EndToEnd.Tests.Vendors;

/// <summary>Two hosts share an integration whose vendor replaces the refresh token each time it is used.</summary>
public sealed class SharedTokensTests : IClassFixture<TwoHostsTests.TwoHosts>
{
    private readonly TwoHostsTests.TwoHosts fixture;

    public SharedTokensTests(TwoHostsTests.TwoHosts fixture)
    {
        fixture.SkipUnlessAvailable();
        this.fixture = fixture;
    }

    [Fact]
    public async Task RefreshToken_UsedByManyCallsOnTwoHosts_IsNeverSpentTwice()
    {
        await using var instance = new ServiceNowServer();
        await instance.StartAsync();
        instance.Accounts.Applications["our-app"] = ("our-app-secret", null);
        instance.Accounts.RotatesRefreshTokens = true;
        var id = instance.Tables.Add("incident", ("short_description", "The shop is slow"));
        var tenant = await fixture.TenantAsync();
        using var other = fixture.OnTheOther(tenant.Service);
        await tenant.Admin.PostAsync("integrations", new
        {
            name = "Incidents",
            integration_type = "servicenow",
            config = new
            {
                instance_url = instance.Address.ToString().TrimEnd('/'),
                auth = new
                {
                    type = "oauth2_refresh_token", client_id = "our-app", client_secret = "our-app-secret", refresh_token = instance.Accounts.Consent("bot"),
                },
            },
        }, HttpStatusCode.Created);
        for (var round = 0; round < 5; round++)
        {
            instance.Accounts.RevokeAccessTokens();
            var calls = Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? tenant.Service : other).PostAsync(
                "actions/servicenow/get_record", new { input = new { table = "incident", sys_id = id } }));
            foreach (var answer in await Task.WhenAll(calls)) Assert.Equal("The shop is slow", answer["output"]!["record"]!.AsObject().Text("short_description"));
        }

        // A refresh for each time that the tokens were withdrawn, and not for each call or host; the first may be the probe's.
        var refreshes = instance.Requests.Count(request => request.Uri.AbsolutePath == "/oauth_token.do");
        Assert.InRange(refreshes, 5, 7);
    }
}
