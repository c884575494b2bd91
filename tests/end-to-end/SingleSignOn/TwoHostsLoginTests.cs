using System.Net;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.SingleSignOn;

/// <summary>Two hosts on one PostgreSQL behind one public address: a login that is begun on one is finished on the other.</summary>
public sealed class TwoHostsLoginTests : IClassFixture<TwoHostsLoginTests.TwoHosts>
{
    private const string Public = "http://127.0.0.1:1/";
    private const string ReturnTo = "https://app.example.com/signed-in";

    private readonly TwoHosts fixture;

    public TwoHostsLoginTests(TwoHosts fixture)
    {
        fixture.SkipUnlessAvailable();
        this.fixture = fixture;
    }

    [Fact]
    public async Task Login_BegunOnOneHost_IsFinishedOnTheOther()
    {
        await using var issuer = await OidcIssuer.StartAsync();
        var tenant = await fixture.TenantAsync();
        await tenant.Admin.PostAsync("integrations", new { name = "Company", integration_type = "sso", config = issuer.Config(ReturnTo) }, HttpStatusCode.Created);
        using var login = new ServiceLogin(tenant.Service, ReturnTo);
        var asked = await login.Browser.FollowAsync(On(fixture.Host, await login.LinkAsync()));
        var answer = issuer.SignIn(asked, "alice");
        Assert.StartsWith(Public, answer.AbsoluteUri);

        var code = await login.CodeAsync(On(fixture.Second, answer));
        Assert.Equal("alice", (await login.RedeemAsync(code))["identity"]?["subject"]?.GetValue<string>());
        using var again = await login.Browser.GetAsync(On(fixture.Host, answer));
        Assert.Equal(HttpStatusCode.Forbidden, again.StatusCode);
    }

    private static Uri On(HostProcess host, Uri address) => new(address.AbsoluteUri.Replace(Public, host.Address.AbsoluteUri));

    public sealed class TwoHosts : PostgresHost
    {
        private HostProcess? second;

        public HostProcess Second => second ?? throw new InvalidOperationException("It does not run.");

        protected override IEnumerable<string> Settings => [$"--PublicUrl={Public}"];

        protected override async Task<HostProcess> StartAsync(string[] settings)
        {
            var first = await base.StartAsync(settings);
            second = await HostProcess.StartAsync(System.IO.Directory.CreateDirectory(Path.Combine(Directory, "second")).FullName, settings);
            return first;
        }

        protected override async Task DropDatabaseAsync()
        {
            if (second is not null) await second.DisposeAsync();
            await base.DropDatabaseAsync();
        }
    }
}
