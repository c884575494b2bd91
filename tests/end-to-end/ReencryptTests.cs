using System.Net;
using System.Security.Cryptography;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests;

/// <summary>The master key is rotated as an operator would.</summary>
public sealed class ReencryptTests(SqliteHost fixture) : IClassFixture<SqliteHost>
{
    [Fact]
    public async Task SecretsReencrypt_BesideARunningHost_NewKeyAloneIsEnough()
    {
        var hook = new { name = "Hook", integration_type = "webhook", config = new { url = "http://127.0.0.1:1/", auth = new { type = "bearer", token = "t-71c0" } } };
        var made = await fixture.Admin.PostAsync("integrations", hook, HttpStatusCode.Created);
        await fixture.Host.KillAsync();
        var newKey = $"--Secrets:MasterKeyFile={Path.Combine(fixture.Directory, "new.key")}";
        await File.WriteAllTextAsync(Path.Combine(fixture.Directory, "new.key"), Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));

        await using (var both = await HostProcess.StartAsync(
            fixture.Directory, [newKey, $"--Secrets:PreviousMasterKeyFile={Path.Combine(fixture.Directory, "data", "master.key")}"]))
        {
            var beside = await both.ClientAsync("service");
            var (code, output, error) = await both.RunCommandAsync("secrets", "reencrypt");
            Assert.True(code == 0, error);
            Assert.Matches(@"(?m)^integrations +1 read, 1 re-encrypted$", output);
            Assert.Contains("The current master key is enough", output);
            Assert.Equal("provider_unavailable", await PushAsync(beside));
        }

        File.Delete(Path.Combine(fixture.Directory, "data", "master.key"));
        await using var alone = await HostProcess.StartAsync(fixture.Directory, [newKey]);
        Assert.Equal("provider_unavailable", await PushAsync(await alone.ClientAsync("service")));
        var row = await (await alone.ClientAsync("admin")).GetJsonAsync($"integrations/{made.Text("id")}");
        Assert.Equal(made["secrets"]!.ToJsonString(), row["secrets"]!.ToJsonString()); // every answer has them
        Assert.Equal(made.Text("updated_at"), row.Text("updated_at"));

        await fixture.QueryAsync("UPDATE integrations SET config = json_set(config, '$.auth.token.\"$secret\"', 'damaged')");
        var (failed, _, named) = await alone.RunCommandAsync("secrets", "reencrypt");
        Assert.Equal(1, failed);
        Assert.Contains($"integrations {made.Text("id")}: auth.token cannot be decrypted", named);
    }

    // Nobody listens there: the call gets as far as the network, for which its secret was read.
    private static async Task<string> PushAsync(HttpClient service) =>
        (await service.PostAsync("actions/webhook/push_data", WebhookTests.Push, HttpStatusCode.ServiceUnavailable)).Text("code");
}
