using System.Text.Json.Nodes;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Teams.Tests;

public sealed class TeamsOptionsTests : IAsyncDisposable
{
    private readonly TeamsTest test = new();

    public ValueTask DisposeAsync() => test.DisposeAsync();

    [Theory]
    [InlineData("connection.default_team_id")]
    [InlineData("list_channels.team_id")]
    [InlineData("post_channel_message.team_id")]
    [InlineData("reply_to_message.team_id")]
    public async Task Options_Teams_AreSortedByName(string field)
    {
        test.Answers(HttpAnswers.Json("""{"value":[{"id":"1","displayName":"zebra","description":"d"},{"id":"2","displayName":"Ape"}]}"""));

        var options = await test.OptionsAsync(field, TeamsTest.Graph());

        Assert.Equal([new Option("2", "Ape"), new Option("1", "zebra", "d")], options.Items);
        Assert.False(options.HasMore);
        Assert.Equal("/v1.0/me/joinedTeams", Assert.Single(test.Calls).Uri.PathAndQuery);
    }

    [Theory]
    [InlineData("connection.default_channel_id")]
    [InlineData("post_channel_message.channel_id")]
    [InlineData("reply_to_message.channel_id")]
    public async Task Options_Channels_AreThoseOfTheDefaultTeam(string field)
    {
        test.Answers(HttpAnswers.Json("""{"value":[{"id":"19:1@t","displayName":"General","membershipType":"standard"},{"id":"19:2@t","displayName":"Board","membershipType":"private"}]}"""));

        var options = await test.OptionsAsync(field, TeamsTest.Graph(), "bo");

        Assert.Equal([new Option("19:2@t", "Board", "private channel")], options.Items);
        Assert.Equal($"/v1.0/teams/{TeamsTest.Team}/channels", Assert.Single(test.Calls).Uri.PathAndQuery);
    }

    [Fact]
    public async Task Options_ManyTeams_AreCapped()
    {
        test.Answers(HttpAnswers.Json(new JsonObject
        {
            ["value"] = new JsonArray([.. Enumerable.Range(0, 300).Select(index => new JsonObject { ["id"] = $"{index}", ["displayName"] = $"T{index}" })]),
        }.ToJsonString()));

        var options = await test.OptionsAsync("connection.default_team_id", TeamsTest.Graph());

        Assert.Equal((200, true), (options.Items.Count, options.HasMore));
    }

    [Fact]
    public async Task Options_NoTeamChosen_AreNone()
    {
        Assert.Empty((await test.OptionsAsync("connection.default_channel_id", TeamsTest.Graph(("default_team_id", null)))).Items);
        Assert.Empty((await test.OptionsAsync("connection.default_team_id", TeamsTest.Workflow())).Items);
        Assert.Empty((await test.OptionsAsync("no.such.field", TeamsTest.Graph())).Items);
        Assert.Empty(test.Wire.Requests);
    }
}
