using System.Reflection;
using System.Text.Json;
using Vaka.Plugins.Testing;
using Vaka.Plugins.Vendors.Jira;

namespace Vaka.Plugins.Jira.Tests;

public sealed class JiraOptionsTests : IAsyncLifetime
{
    private readonly JiraServer server = new();
    private JiraTest? cloud;
    private JiraTest? dataCenter;

    public async ValueTask InitializeAsync()
    {
        await server.StartAsync();
        cloud = new JiraTest(new LoopbackNetwork()) { Config = JiraTest.Cloud(server.Address.AbsoluteUri) };
        dataCenter = new JiraTest(new LoopbackNetwork()) { Config = JiraTest.DataCenter($"{server.Address}jira") };
    }

    public async ValueTask DisposeAsync()
    {
        await cloud!.DisposeAsync();
        await dataCenter!.DisposeAsync();
        await server.DisposeAsync();
    }

    /// <summary>Every field that claims to have choices.</summary>
    public static TheoryData<string> Fields() =>
    [
        .. typeof(JiraConfig).GetProperties().Where(HasOptions).Select(property => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name)),
        .. JiraTest.Actions.SelectMany(action => action.InputType.GetProperties().Where(HasOptions)
            .Select(property => $"{action.Name}.{JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name)}")),
    ];

    [Theory]
    [MemberData(nameof(Fields))]
    public async Task Options_OfEveryFieldThatHasThem_AreThere(string field)
    {
        foreach (var test in new[] { cloud!, dataCenter! })
        {
            var all = await test.OptionsAsync(field);
            var none = await test.OptionsAsync(field, "no-such-thing");

            Assert.InRange(all.Items.Count, 1, 200);
            Assert.All(all.Items, option => Assert.NotEmpty(option.Value));
            Assert.Empty(none.Items);
        }
    }

    [Fact]
    public async Task Options_Projects_AreKeysWithNames() =>
        Assert.Equal([new Option("OPS", "Operations (OPS)"), new Option("REQ", "Requests (REQ)")], (await cloud!.OptionsAsync("default_project")).Items);

    [Fact]
    public async Task Options_Unknown_None() => Assert.Same(OptionList.Empty, await cloud!.OptionsAsync("no_such_field"));

    [Fact]
    public async Task Options_ManyTypes_AreCutAt200()
    {
        await using var test = new JiraTest();
        test.Wire.Next(HttpAnswers.Json(JsonSerializer.Serialize(Enumerable.Range(0, 500).Select(number => new { id = number, name = $"Type {number}" }))));

        var options = await test.OptionsAsync("default_issue_type");

        Assert.Equal((200, true), (options.Items.Count, options.HasMore));
    }

    private static bool HasOptions(PropertyInfo property) => property.GetCustomAttribute<HasOptionsAttribute>() is not null;
}
