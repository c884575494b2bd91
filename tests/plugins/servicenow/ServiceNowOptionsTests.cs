using System.Reflection;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.ServiceNow.Tests;

public sealed class ServiceNowOptionsTests : IAsyncDisposable
{
    private readonly ServiceNowTest test = new();

    public ValueTask DisposeAsync() => test.DisposeAsync();

    public static TheoryData<string> FieldsWithOptions =>
    [
        .. Of("", typeof(ServiceNowConfig)),
        .. new ServiceNowProvider().Actions.SelectMany(action => Of($"{action.Name}.", action.InputType)),
    ];

    [Theory]
    [MemberData(nameof(FieldsWithOptions))]
    public async Task GetOptionsAsync_EveryFieldThatSaysSo_HasSome(string field)
    {
        test.Wire.Next(HttpAnswers.Json("""{"result": [{"sys_id": "1", "name": "n", "label": "l", "value": "v"}]}"""));

        Assert.Single((await test.OptionsAsync(field)).Items);
    }

    [Theory]
    [InlineData("query_records.table", "inc", "sys_db_object", "labelLIKEinc^ORnameLIKEinc^ORDERBYlabel", "name,label")]
    [InlineData("query_records.table", null, "sys_db_object", "ORDERBYlabel", "name,label")]
    [InlineData("default_caller", " abel ", "sys_user", "active=true^nameLIKEabel^ORuser_nameLIKEabel^ORemailLIKEabel^ORDERBYname", "sys_id,name,email")]
    [InlineData("update_incident.assignment_group", null, "sys_user_group", "active=true^ORDERBYname", "sys_id,name,description")]
    [InlineData("resolve_incident.close_code", null, "sys_choice", "nameINincident,task^element=close_code^inactive=false^language=en^ORDERBYsequence", "value,label")]
    public async Task GetOptionsAsync_AsksTheInstance(string field, string? typed, string table, string query, string fields)
    {
        test.Wire.Next(HttpAnswers.Json("""{"result": []}"""));

        await test.OptionsAsync(field, typed);

        var request = Assert.Single(test.Wire.Requests);
        var parameters = ServiceNowTest.QueryOf(request);
        Assert.Equal(($"/api/now/table/{table}", query, fields, "201"),
            (request.Uri.AbsolutePath, parameters["sysparm_query"], parameters["sysparm_fields"], parameters["sysparm_limit"]));
    }

    [Fact]
    public async Task GetOptionsAsync_Many_AreCappedAndSaySo()
    {
        var records = Enumerable.Range(0, 201).Select(i => $$"""{"sys_id": {"display_value": "{{i}}", "value": "{{i}}"}, "name": {"display_value": "N{{i}}", "value": "N{{i}}"}, "email": {"display_value": "e", "value": "e"} }""");
        test.Wire.Next(HttpAnswers.Json($$"""{"result": [{{string.Join(',', records)}}]}"""));

        var options = await test.OptionsAsync("default_caller");

        Assert.Equal((200, true), (options.Items.Count, options.HasMore));
        Assert.Equal(new Option("0", "N0", "e"), options.Items[0]);
    }

    [Fact]
    public async Task GetOptionsAsync_SameValueTwice_IsShownOnce()
    {
        test.Wire.Next(HttpAnswers.Json("""{"result": [{"value": "1", "label": "New"}, {"value": "1", "label": "Nouveau"}, {"value": "", "label": "x"}]}"""));

        Assert.Equal(new Option("1", "New"), Assert.Single((await test.OptionsAsync("update_incident.state")).Items));
    }

    [Theory]
    [InlineData("default_caller", "a^NQactive=false")]
    [InlineData("default_caller", "javascript:x")]
    [InlineData("instance_url", null)]
    public async Task GetOptionsAsync_NothingToAskFor_AsksNobody(string field, string? typed)
    {
        Assert.Empty((await test.OptionsAsync(field, typed)).Items);
        Assert.Empty(test.Wire.Requests);
    }

    [Fact]
    public async Task GetOptionsAsync_Refused_SaysSo()
    {
        test.Wire.Next(HttpAnswers.Status(System.Net.HttpStatusCode.Forbidden));

        Assert.Equal(FailureKind.Forbidden, (await Assert.ThrowsAsync<IntegrationException>(() => test.OptionsAsync("get_record.table"))).Kind);
    }

    private static IEnumerable<string> Of(string prefix, Type record) => record.GetProperties()
        .Where(property => property.GetCustomAttribute<HasOptionsAttribute>() is not null)
        .Select(property => prefix + System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
}
