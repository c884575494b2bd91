namespace Vaka.Plugins.Slack.Tests;

public sealed class SlackConfigValidatorTests
{
    [Theory]
    [InlineData("#general")]
    [InlineData("general")]
    [InlineData("C0123456789")]
    [InlineData("U0123456789")]
    [InlineData("alice@example.com")]
    [InlineData("@alice")]
    public void Validate_Bot_IsGood(string channel) =>
        Assert.Empty(SlackTest.Validate(SlackTest.BotConfig($"\"default_channel\": \"{channel}\"")));

    [Theory]
    [InlineData("two words")]
    [InlineData("General")]
    [InlineData("#")]
    [InlineData("<!channel>")]
    [InlineData("a@@b")]
    public void Validate_DefaultChannelThatIsNone_IsRefused(string channel) =>
        Assert.Equal("default_channel", Assert.Single(SlackTest.Validate(SlackTest.BotConfig($"\"default_channel\": \"{channel}\""))).Path);

    [Theory]
    [InlineData("xoxp-1234567890", "a person's token")]
    [InlineData("xapp-1234567890", "app-level token")]
    [InlineData("xoxe.xoxb-1-234567890", "twelve hours")]
    [InlineData("abc", "begins with xoxb-")]
    [InlineData("xoxb-", "begins with xoxb-")]
    [InlineData("", "begins with xoxb-")]
    [InlineData("xoxb-12345\\n67890", "without spaces or line breaks")]
    [InlineData("xoxb-12345ü67890", "without spaces or line breaks")]
    public void Validate_TokenThatIsNone_SaysWhich(string token, string words)
    {
        var config = System.Text.Json.Nodes.JsonNode.Parse($$"""{"auth": {"type": "bot_token", "bot_token": "{{token}}"} }""")!.AsObject();

        var error = Assert.Single(SlackTest.Validate(config));

        Assert.Equal("auth.bot_token", error.Path);
        Assert.Contains(words, error.Message);
    }

    [Theory]
    [InlineData("https://hooks.slack.com/services/T1/B1/abc", "commercial", true)]
    [InlineData("https://hooks.slack-gov.com/services/T1/B1/abc", "gov", true)]
    [InlineData("https://hooks.slack.com/services/T1/B1/abc", "gov", false)]
    [InlineData("http://hooks.slack.com/services/T1/B1/abc", "commercial", false)]
    [InlineData("https://hooks.slack.com:444/services/T1/B1/abc", "commercial", false)]
    [InlineData("https://user@hooks.slack.com/services/T1/B1/abc", "commercial", false)]
    [InlineData("https://hooks.slack.com.evil.example/services/T1/B1/abc", "commercial", false)]
    [InlineData("https://evil.example/hooks.slack.com/services/T1/B1/abc", "commercial", false)]
    [InlineData("https://hooks.slack.com/triggers/T1/B1/abc", "commercial", false)]
    [InlineData("https://hooks.slack.com/services/T1/B1", "commercial", false)]
    [InlineData("https://hooks.slack.com/services/T1/B1/abc?x=1", "commercial", false)]
    [InlineData("https://hooks.slack.com/services/T1/B1/abc#x", "commercial", false)]
    [InlineData(" https://hooks.slack.com/services/T1/B1/abc", "commercial", false)]
    [InlineData("not an address", "commercial", false)]
    public void Validate_WebhookUrl_IsOfSlackOnly(string url, string environment, bool good)
    {
        var errors = SlackTest.Validate(SlackTest.WebhookConfig($"\"environment\": \"{environment}\"", url));

        Assert.Equal(good ? [] : ["auth.webhook_url"], errors.Select(error => error.Path));
        Assert.DoesNotContain(errors, error => error.Message.Contains("T1/B1/abc", StringComparison.Ordinal));
    }

    [Fact]
    public void Validate_WebhookWithDefaultChannel_IsRefused() =>
        Assert.Equal("default_channel", Assert.Single(SlackTest.Validate(SlackTest.WebhookConfig("\"default_channel\": \"#general\""))).Path);

    [Fact]
    public void Config_Printed_ShowsNoSecret()
    {
        Assert.DoesNotContain(SlackTest.Token, SlackTest.Bind(SlackTest.BotConfig()).ToString());
        Assert.DoesNotContain("s3cretpart", SlackTest.Bind(SlackTest.WebhookConfig()).ToString());
    }
}
