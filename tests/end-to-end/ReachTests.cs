using System.Text.Json.Nodes;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests;

/// <summary>Where providers connect to, as the API tells it.</summary>
public sealed class ReachTests(SqliteHost fixture) : IClassFixture<SqliteHost>
{
    [Fact]
    public async Task Provider_FixedHosts_AreNamed()
    {
        var reach = (await fixture.Admin.GetJsonAsync("providers/slack"))["reach"]!.AsArray();

        AssertJson(
            """
            {"description":"*.slack.com:443","host":"*.slack.com","port":443,"url_field":null,"host_field":null,"port_field":null,"anywhere_because":null}
            """,
            reach[1]);
    }

    [Fact]
    public async Task Provider_FieldsOfItsConfig_AreNamed()
    {
        var reach = (await fixture.Admin.GetJsonAsync("providers/smtp"))["reach"]!.AsArray();

        AssertJson(
            """
            [
              {"description":"smtp_host:smtp_port","host":null,"port":null,"url_field":null,"host_field":"smtp_host","port_field":"smtp_port","anywhere_because":null},
              {"description":"the host of oauth2_token_url","host":null,"port":null,"url_field":"oauth2_token_url","host_field":null,"port_field":null,"anywhere_because":null}
            ]
            """,
            reach);
    }

    [Fact]
    public async Task Provider_ThatMayGoAnywhere_SaysWhy()
    {
        var reach = (await fixture.Admin.GetJsonAsync("providers/sso"))["reach"]!.AsArray();

        Assert.Equal("the endpoints that the identity provider names in its discovery document or metadata", reach[^1]!["anywhere_because"]!.GetValue<string>());
    }

    [Fact]
    public async Task EveryProvider_DeclaresItsReach() =>
        Assert.All((await fixture.Admin.GetJsonAsync("providers"))["items"]!.AsArray(), provider => Assert.NotEmpty(provider!["reach"]!.AsArray()));

    private static void AssertJson(string expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"Expected {expected}, got {actual?.ToJsonString()}");
}
