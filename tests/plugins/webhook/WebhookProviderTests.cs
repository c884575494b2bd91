namespace Vaka.Plugins.Webhook.Tests;

public sealed class WebhookProviderTests
{
    [Fact]
    public void Descriptor_NamesTheProviderAndItsIcon()
    {
        var provider = new WebhookProvider();

        Assert.Equal(("webhook", "Webhook", 1), (provider.Descriptor.Type, provider.Descriptor.DisplayName, provider.Descriptor.ConfigVersion));
        using var icon = typeof(WebhookProvider).Assembly.GetManifestResourceStream(provider.Descriptor.Icon!);
        Assert.InRange(icon!.Length, 1, 64 * 1024);
        Assert.Equal(["push_data"], provider.Actions.Select(action => action.Name));
    }

    [Fact]
    public void Config_Defaults()
    {
        var config = WebhookTest.Config();

        Assert.Equal(("POST", "plain", 30), (config.Method, config.Format, config.TimeoutSeconds));
        Assert.IsType<NoAuth>(config.Auth);
    }

    [Fact]
    public void Config_Printed_ShowsNoSecret()
    {
        var config = WebhookTest.Config(
            $$"""
            "signing_secret": "{{WebhookTest.Secret}}", "secret_headers": {"X-Key": "s3cret"}, "auth": {"type": "bearer", "token": "t0ken"}
            """);

        Assert.DoesNotContain(WebhookTest.Secret, config.ToString());
        Assert.DoesNotContain("s3cret", config.ToString());
        Assert.DoesNotContain("t0ken", config.ToString());
    }
}
