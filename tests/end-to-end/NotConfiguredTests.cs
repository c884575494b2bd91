using System.Net;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests;

/// <summary>Configuration comes from the table and nowhere else, whatever lies around.</summary>
public sealed class NotConfiguredTests(NotConfiguredTests.TemptedHost fixture) : IClassFixture<NotConfiguredTests.TemptedHost>
{
    private const string Exactly = "SMTP integration not configured. Please configure in /integrations page.";

    [Fact]
    public async Task Action_NothingInTheTable_SaysExactlySo()
    {
        var tenant = await fixture.TenantAsync();
        var refused = await tenant.Service.PostAsync("actions/smtp/send_email", MailTests.Mail("a@example.com"), HttpStatusCode.Conflict);
        Assert.Equal("integration_not_configured", refused.Text("code"));
        Assert.Equal(Exactly, refused.Text("detail"));
        Assert.Empty(refused["trail"]!.AsArray());
    }

    [Fact]
    public async Task AgenticEmail_NothingInTheTable_SaysExactlySo()
    {
        var tenant = await fixture.TenantAsync();
        var outcome = await tenant.Service.PostAsync("agentic-actions/email", new { to = "a@example.com", subject = "s", body = "b" });
        Assert.False(outcome["sent"]!.GetValue<bool>());
        Assert.Equal(Exactly, outcome.Text("reason"));
    }

    [Fact]
    public async Task AgenticPush_NothingInTheTable_SaysSoForWebhook()
    {
        var tenant = await fixture.TenantAsync();
        var outcome = await tenant.Service.PostAsync("agentic-actions/push-data", new { data = new { a = 1 } });
        Assert.False(outcome["pushed"]!.GetValue<bool>());
        Assert.Equal("Webhook integration not configured. Please configure in /integrations page.", outcome.Text("reason"));
    }

    [Fact]
    public async Task Effective_NothingInTheTable_IsAConflict()
    {
        var tenant = await fixture.TenantAsync();
        var refused = await tenant.Service.GetJsonAsync("integrations/effective?integration_type=smtp", HttpStatusCode.Conflict);
        Assert.Equal(Exactly, refused.Text("detail"));
    }

    /// <summary>A host among everything that other programs read their mail settings from.</summary>
    public sealed class TemptedHost : SqliteHost
    {
        protected override IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
        {
            ["SMTP_HOST"] = "127.0.0.1",
            ["SMTP_PORT"] = "25",
            ["SMTP_USER"] = "env",
            ["SMTP_PASSWORD"] = "env-canary",
            ["SMTP_FROM"] = "env@example.com",
            ["VAKA_SMTP__HOST"] = "127.0.0.1",
            ["VAKA_Smtp__smtp_host"] = "127.0.0.1",
        };

        protected override async Task PrepareAsync()
        {
            foreach (var file in new[] { "config.json", "smtp.json" })
            {
                await File.WriteAllTextAsync(
                    Path.Combine(Directory, file), """{"smtp": {"smtp_host": "127.0.0.1", "from_email": "file@example.com"}, "smtp_host": "127.0.0.1"}""");
            }
        }
    }
}
