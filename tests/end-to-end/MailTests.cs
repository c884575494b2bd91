using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using MimeKit;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests;

/// <summary>An admin configures SMTP through the API, a service sends mail through it, and the mail is read back.</summary>
public abstract class MailTests
{
    private readonly HostFixture fixture;

    protected MailTests(HostFixture fixture)
    {
        fixture.SkipUnlessAvailable();
        if (MailPeer.Unavailable is { } reason) Assert.Skip(reason);
        this.fixture = fixture;
    }

    [Fact]
    public async Task SendEmail_BothBodiesAndAttachment_ArriveIntact()
    {
        var tenant = await fixture.TenantAsync();
        var made = await tenant.Admin.PostAsync(
            "integrations", new { name = "Company mail", integration_type = "smtp", config = MailPeer.Config() }, HttpStatusCode.Created);
        Assert.Equal("active", made.Text("status"));
        Assert.True(made["is_default"]!.GetValue<bool>());
        Assert.True(made["secrets"]!["smtp_password"]!["set"]!.GetValue<bool>());
        Assert.DoesNotContain("secret\"", made["config"]!.ToJsonString());

        var test = await tenant.Admin.PostAsync($"integrations/{made.Text("id")}/test", new { });
        Assert.Equal("healthy", test.Text("health_status"));
        Assert.All(test["steps"]!.AsArray(), step => Assert.True(step!["ok"]!.GetValue<bool>()));
        Assert.NotEmpty(test["expiries"]!.AsArray());

        var subject = $"Grüße {Guid.NewGuid():N}";
        var bytes = Encoding.UTF8.GetBytes("%PDF-1.7 ünïcode");
        var sent = await tenant.Service.PostAsync("actions/smtp/send_email", new
        {
            input = new
            {
                to = new[] { "Bot <bot@vaka.test>" },
                subject,
                text = "plain text äöü",
                html = "<p>rich <b>text</b> äöü</p>",
                attachments = new[]
                {
                    new { filename = "bericht ü.pdf", content_type = "application/pdf", content_base64 = Convert.ToBase64String(bytes) },
                },
            },
        });
        Assert.Equal("bot@vaka.test", sent["output"]!["accepted"]![0]!.GetValue<string>());

        var mail = await MailPeer.ReadAsync(subject);
        Assert.Equal("plain text äöü", mail.TextBody?.TrimEnd());
        Assert.Equal("<p>rich <b>text</b> äöü</p>", mail.HtmlBody?.TrimEnd());
        Assert.Equal("\"Alice\" <alice@vaka.test>", mail.From.ToString());
        var attachment = Assert.IsType<MimePart>(Assert.Single(mail.Attachments));
        Assert.Equal("bericht ü.pdf", attachment.FileName);
        using var content = new MemoryStream();
        await attachment.Content!.DecodeToAsync(content);
        Assert.Equal(bytes, content.ToArray());
        Assert.Contains(Assert.IsType<string>(mail.MessageId), sent["output"]!["message_id"]!.GetValue<string>());

        var execution = await AwaitExecutionAsync(tenant.Service, sent.Text("execution_id"));
        Assert.Equal("succeeded", execution.Text("state"));
        Assert.DoesNotContain("plain text", execution.ToJsonString());
    }

    [Fact]
    public async Task SendEmail_WrongPassword_IsUnauthorizedAndShowsWhereTheTestFails()
    {
        var tenant = await fixture.TenantAsync();
        var made = await tenant.Admin.PostAsync(
            "integrations", new { name = "m", integration_type = "smtp", config = MailPeer.Config("wrong-canary-password") }, HttpStatusCode.Created);
        var failed = await tenant.Service.PostAsync("actions/smtp/send_email", Mail("bot@vaka.test"), HttpStatusCode.BadGateway);
        Assert.Equal("provider_failed", failed.Text("code"));
        Assert.Equal("unauthorized", failed.Text("failure_kind"));
        Assert.DoesNotContain("canary", failed.ToJsonString());

        var test = await tenant.Admin.PostAsync($"integrations/{made.Text("id")}/test", new { });
        Assert.Equal("error", test.Text("health_status"));
        var red = Assert.Single(test["steps"]!.AsArray(), step => !step!["ok"]!.GetValue<bool>());
        Assert.Equal("auth", red!["name"]!.GetValue<string>());
        Assert.DoesNotContain("canary", fixture.Host.Output);
    }

    [Theory]
    [InlineData("nobody@vaka.test", HttpStatusCode.BadGateway, "provider_failed", "rejected")]
    [InlineData("spam@vaka.test", HttpStatusCode.BadGateway, "provider_failed", "rejected")]
    [InlineData("temp@vaka.test", HttpStatusCode.ServiceUnavailable, "provider_unavailable", "unavailable")]
    [InlineData("drop@vaka.test", HttpStatusCode.ServiceUnavailable, "provider_unavailable", "unavailable")]
    public async Task SendEmail_RefusedRecipient_SaysWhatKind(string to, HttpStatusCode status, string code, string kind)
    {
        var tenant = await MailTenantAsync();
        var failed = await tenant.Service.PostAsync("actions/smtp/send_email", Mail(to), status);
        Assert.Equal(code, failed.Text("code"));
        Assert.Equal(kind, failed.Text("failure_kind"));
    }

    [Fact]
    public async Task SendEmail_UntrustedCertificate_IsRefusedAndNamesItsFingerprint()
    {
        var tenant = await fixture.TenantAsync();
        var config = MailPeer.Config();
        config.Remove("pinned_certificate");
        await tenant.Admin.PostAsync("integrations", new { name = "m", integration_type = "smtp", config }, HttpStatusCode.Created);
        var failed = await tenant.Service.PostAsync("actions/smtp/send_email", Mail("bot@vaka.test"), HttpStatusCode.BadGateway);
        Assert.Equal("invalid_configuration", failed.Text("failure_kind"));
        Assert.Contains(MailPeer.Fingerprint, failed.Text("detail").Replace(":", ""), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task AgenticEmail_Configured_Sends()
    {
        var tenant = await MailTenantAsync();
        var subject = $"agent {Guid.NewGuid():N}";
        var outcome = await tenant.Service.PostAsync("agentic-actions/email", new { to = "bot@vaka.test", subject, body = "hello" });
        Assert.True(outcome["sent"]!.GetValue<bool>(), outcome.ToJsonString());
        Assert.Equal("hello", (await MailPeer.ReadAsync(subject)).TextBody?.TrimEnd());
    }

    [Fact]
    public async Task SmtpSettings_PutGetPut_KeepsThePassword()
    {
        var tenant = await fixture.TenantAsync();
        await tenant.Admin.PutAsync("smtp-settings", MailPeer.Config(), HttpStatusCode.Created);
        var settings = await tenant.Admin.GetJsonAsync("smtp-settings");
        Assert.False(settings.ContainsKey("smtp_password"));
        var row = (await tenant.Admin.GetJsonAsync("integrations"))["items"]![0]!.AsObject();
        await tenant.Admin.PatchAsync($"integrations/{row.Text("id")}", new { fallback = "never" });
        settings["from_name"] = "Renamed";
        await tenant.Admin.PutAsync("smtp-settings", settings);
        Assert.Equal("never", (await tenant.Admin.GetJsonAsync($"integrations/{row.Text("id")}")).Text("fallback"));
        var test = await tenant.Admin.SendAsync(HttpMethod.Post, "smtp-settings/test", null, HttpStatusCode.OK);
        Assert.Equal("healthy", test.Text("health_status"));

        settings["smtp_host"] = "localhost";
        var refused = await tenant.Admin.PutAsync("smtp-settings", settings, HttpStatusCode.UnprocessableEntity);
        Assert.Equal("secret_required", refused.Text("code"));
        await tenant.Admin.SendAsync(HttpMethod.Delete, "smtp-settings", null, HttpStatusCode.NoContent);
        var gone = await tenant.Admin.GetJsonAsync("smtp-settings", HttpStatusCode.Conflict);
        Assert.Equal("SMTP integration not configured. Please configure in /integrations page.", gone.Text("detail"));
    }

    internal static object Mail(string to) => new { input = new { to = new[] { to }, subject = "s", text = "t" } };

    internal static async Task<JsonObject> AwaitExecutionAsync(HttpClient client, string id)
    {
        for (var i = 0; ; i++)
        {
            using var answer = await client.GetAsync($"executions/{id}");
            if (answer.IsSuccessStatusCode || i == 100) return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();
            await Task.Delay(50);
        }
    }

    private async Task<Tenant> MailTenantAsync()
    {
        var tenant = await fixture.TenantAsync();
        await tenant.Admin.PostAsync("integrations", new { name = "m", integration_type = "smtp", config = MailPeer.Config() }, HttpStatusCode.Created);
        return tenant;
    }
}

public sealed class MailOnSqliteTests(SqliteHost host) : MailTests(host), IClassFixture<SqliteHost>;

public sealed class MailOnPostgresTests(PostgresHost host) : MailTests(host), IClassFixture<PostgresHost>;
