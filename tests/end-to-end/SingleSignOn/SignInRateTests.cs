using System.Net;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.SingleSignOn;

/// <summary>The addresses that anybody can call hold back whoever calls them too often.</summary>
public sealed class SignInRateTests(SignInRateTests.SlowHost host) : IClassFixture<SignInRateTests.SlowHost>
{
    [Fact]
    public async Task Requests_PastTheLimit_AreToldToWait()
    {
        using var browser = new Browser();
        var address = new Uri(host.Host.Address, $"sso/platform/{Guid.NewGuid()}/acs");
        for (var i = 0; i < 3; i++)
        {
            using var answered = await browser.PostAsync(address, ("SAMLResponse", "x"));
            Assert.Equal(HttpStatusCode.NotFound, answered.StatusCode);
        }

        using var refused = await browser.PostAsync(address, ("SAMLResponse", "x"));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter?.Delta ?? default, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
        await host.Admin.GetJsonAsync("providers");
    }

    public sealed class SlowHost : SqliteHost
    {
        protected override IEnumerable<string> Settings => ["--Access:SignInRequestsPerMinute=3"];
    }
}
