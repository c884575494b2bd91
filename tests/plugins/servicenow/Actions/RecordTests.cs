using System.Net;
using System.Text.Json.Nodes;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.ServiceNow.Tests.Actions;

public sealed class RecordTests : IAsyncDisposable
{
    private const string Id = ServiceNowTest.SysId;

    private readonly ServiceNowTest test = new();

    public ValueTask DisposeAsync() => test.DisposeAsync();

    [Fact]
    public async Task GetRecord_BySysId_AsksForTheFields()
    {
        test.Wire.Next(HttpAnswers.Json($$"""{"result": {"sys_id": "{{Id}}", "state": "2", "caller_id.email": "a@example.com"} }"""));

        var output = await test.RunAsync(
            "get_record", $$"""{"table": "problem", "sys_id": "{{Id}}", "fields": ["state", "caller_id.email", "u_gone"], "display_value": "true"}""");

        Assert.Equal(
            ("GET", $"/api/now/table/problem/{Id}?sysparm_display_value=true&sysparm_exclude_reference_link=true&sysparm_fields=sys_id%2Cstate%2Ccaller_id.email%2Cu_gone"),
            (test.Wire.Requests[0].Method, test.Wire.Requests[0].Uri.PathAndQuery));
        Assert.Equal($$"""{"sys_id":"{{Id}}","state":"2","caller_id.email":"a@example.com"}""", output["record"]!.ToJsonString());
        Assert.Equal((Id, $"https://acme.service-now.com/nav_to.do?uri=problem.do%3Fsys_id%3D{Id}"), ((string?)output["sys_id"], (string?)output["url"]));
        Assert.Equal("u_gone", (string?)Assert.Single(output["warnings"]!.AsArray())!["field"]);
    }

    [Fact]
    public async Task GetRecord_ByNumber_TakesOneRequest()
    {
        test.Wire.Next(HttpAnswers.Json($$"""{"result": [{"sys_id": "{{Id}}", "number": "PRB0040001", "state": "2"}]}"""));

        var output = await test.RunAsync("get_record", """{"table": "problem", "number": "PRB0040001"}""");

        var query = ServiceNowTest.QueryOf(Assert.Single(test.Wire.Requests));
        Assert.Equal(("number=PRB0040001", "2"), (query["sysparm_query"], query["sysparm_limit"]));
        Assert.False(query.ContainsKey("sysparm_fields"));
        Assert.Equal("2", (string?)output["record"]!["state"]);
    }

    [Fact]
    public async Task CreateRecord_Posts_AndProjectsTheAnswer()
    {
        test.Wire.Otherwise(HttpAnswers.Json(HttpStatusCode.Created, $$"""
            {"result": {"sys_id": {"display_value": "{{Id}}", "value": "{{Id}}"}, "state": {"display_value": "Open", "value": "1"},
              "short_description": {"display_value": "Disk full", "value": "Disk full"} } }
            """));

        var stored = await test.RunAsync("create_record", ServiceNowTest.Inputs["create_record"]);
        var shown = await test.RunAsync(
            "create_record", """{"table": "problem", "record": {"short_description": "Disk full"}, "fields": ["state"], "display_value": "true", "input_display_value": true}""");

        Assert.Equal(
            ("POST", "/api/now/table/problem?sysparm_display_value=all&sysparm_exclude_reference_link=true", """{"short_description":"Disk full"}"""),
            (test.Wire.Requests[0].Method, test.Wire.Requests[0].Uri.PathAndQuery, test.Wire.Requests[0].BodyText));
        Assert.Equal($$"""{"sys_id":"{{Id}}","state":"1","short_description":"Disk full"}""", stored["record"]!.ToJsonString());
        var query = ServiceNowTest.QueryOf(test.Wire.Requests[1]);
        Assert.Equal(("true", "state,sys_id,short_description"), (query["sysparm_input_display_value"], query["sysparm_fields"]));
        Assert.Equal("Open", (string?)shown["record"]!["state"]);
        Assert.Empty(shown["warnings"]!.AsArray());
    }

    [Fact]
    public async Task UpdateRecord_Patches_AndWarnsOfWhatWasDropped()
    {
        test.Wire.Next(HttpAnswers.Json($$"""
            {"result": {"sys_id": {"display_value": "{{Id}}", "value": "{{Id}}"}, "state": {"display_value": "Open", "value": "1"} } }
            """));

        var output = await test.RunAsync("update_record", $$"""{"table": "problem", "sys_id": "{{Id}}", "record": {"state": "2", "u_gone": "x"} }""");

        var request = Assert.Single(test.Wire.Requests);
        Assert.Equal(
            ("PATCH", $"/api/now/table/problem/{Id}?sysparm_display_value=all&sysparm_exclude_reference_link=true", """{"state":"2","u_gone":"x"}"""),
            (request.Method, request.Uri.PathAndQuery, request.BodyText));
        Assert.Equal(["state", "u_gone"], output["warnings"]!.AsArray().Select(warning => (string?)warning!["field"]));
    }

    [Fact]
    public async Task DeleteRecord_Deletes()
    {
        test.Wire.Next(HttpAnswers.Status(HttpStatusCode.NoContent));

        var output = await test.RunAsync("delete_record", ServiceNowTest.Inputs["delete_record"]);

        var request = Assert.Single(test.Wire.Requests);
        Assert.Equal(("DELETE", $"/api/now/table/problem/{Id}", 0), (request.Method, request.Uri.PathAndQuery, request.Body.Length));
        Assert.Equal("""{"deleted":true}""", output.ToJsonString());
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public async Task DeleteRecord_GoneAlready_IsDoneIfAnEarlierAttemptMayHaveDoneIt(int attempt, bool done)
    {
        test.Host.Attempt = attempt;
        test.Wire.Next(HttpAnswers.Json(HttpStatusCode.NotFound, """{"error": {"message": "No Record found"}, "status": "failure"}"""));

        var run = test.RunAsync("delete_record", ServiceNowTest.Inputs["delete_record"]);

        if (done) Assert.True((bool)(await run)["deleted"]!);
        else Assert.Equal(FailureKind.NotFound, (await Assert.ThrowsAsync<IntegrationException>(() => run)).Kind);
    }

    [Fact]
    public async Task AddAttachment_SendsTheBytesAsTheyAre()
    {
        test.Wire.Next(HttpAnswers.Json(HttpStatusCode.Created, """{"result": {"sys_id": "a1", "file_name": "log é.txt", "size_bytes": "5"} }"""));

        var output = await test.RunAsync(
            "add_attachment",
            $$"""{"sys_id": "{{Id}}", "file": {"filename": "log é&x=1.txt", "content_type": "text/plain; charset=utf-8", "content_base64": "SGVsbG8="} }""");

        var request = Assert.Single(test.Wire.Requests);
        Assert.Equal(
            ("POST", $"/api/now/attachment/file?table_name=incident&table_sys_id={Id}&file_name=log%20%C3%A9%26x%3D1.txt", "Hello"),
            (request.Method, request.Uri.PathAndQuery, request.BodyText));
        Assert.Equal(("text/plain; charset=utf-8", "5"), (request.Header("Content-Type"), request.Header("Content-Length")));
        Assert.Equal($$"""{"sys_id":"a1","table_sys_id":"{{Id}}","file_name":"log \u00E9.txt","size_bytes":5}""", output.ToJsonString());
    }

    [Theory]
    [InlineData("get_record", """{"table": "sys_user/../x", "sys_id": "a"}""", "table")]
    [InlineData("get_record", """{"table": "incident?x", "sys_id": "a"}""", "table")]
    [InlineData("get_record", """{"table": "Incident", "sys_id": "a"}""", "table")]
    [InlineData("get_record", """{"table": "incident\n", "sys_id": "a"}""", "table")]
    [InlineData("get_record", """{"table": "incident", "sys_id": "a/b"}""", "sys_id")]
    [InlineData("get_record", """{"table": "incident", "sys_id": "a", "fields": ["state,password"]}""", "fields[0]")]
    [InlineData("get_record", """{"table": "incident", "sys_id": "a", "fields": ["state", "A"]}""", "fields[1]")]
    [InlineData("create_record", """{"table": "incident", "record": {} }""", "record")]
    [InlineData("create_record", """{"table": "incident", "record": {"a&b": 1} }""", "record.a&b")]
    [InlineData("create_record", """{"table": "incident", "record": {"a": ["x"]} }""", "record.a")]
    [InlineData("update_record", """{"table": "incident", "record": {"a": 1} }""", "sys_id")]
    [InlineData("delete_record", """{"table": "incident", "sys_id": "%2e%2e"}""", "sys_id")]
    [InlineData("delete_record", """{"table": "..", "sys_id": "a"}""", "table")]
    [InlineData("add_attachment", """{"sys_id": "a", "file": {"filename": "../x", "content_type": "a/b", "content_base64": "SGk="} }""", "file.filename")]
    [InlineData("add_attachment", """{"sys_id": "a", "file": {"filename": "x\ny", "content_type": "a/b", "content_base64": "SGk="} }""", "file.filename")]
    [InlineData("add_attachment", """{"sys_id": "a", "file": {"filename": "x", "content_type": "nothing", "content_base64": "SGk="} }""", "file.content_type")]
    [InlineData("add_attachment", """{"sys_id": "a", "file": {"filename": "x", "content_type": "a/b\r\nX: 1", "content_base64": "SGk="} }""", "file.content_type")]
    [InlineData("add_attachment", """{"sys_id": "a", "file": {"filename": "x", "content_type": "a/b", "content_base64": ""} }""", "file.content_base64")]
    [InlineData("add_attachment", """{"sys_id": "a", "file": {"filename": "x", "content_type": "a/b", "content_base64": "SGk=", "content_id": "i"} }""", "file.content_id")]
    public async Task ExecuteAsync_BadInput_IsRefusedUnsent(string action, string input, string path)
    {
        var failure = await test.FailAsync(action, input);

        Assert.Equal((FailureKind.InvalidInput, Effect.None, path), (failure.Kind, failure.Effect, Assert.Single(failure.Errors).Path));
        Assert.Empty(test.Wire.Requests);
    }

    [Fact]
    public async Task CreateRecord_HugeText_IsRefusedUnsent()
    {
        var input = new JsonObject { ["table"] = "incident", ["record"] = new JsonObject { ["description"] = new string('x', 300_000) } };

        Assert.Equal("record.description", Assert.Single((await test.FailAsync("create_record", input)).Errors).Path);
    }

    [Fact]
    public async Task CreateRecord_AnyText_ArrivesAsItIs()
    {
        test.Wire.Otherwise(HttpAnswers.Json("""{"result": {"sys_id": "1"} }"""));
        const string Text = "\" } ^NQ <b>é😀\u2028\t\\u0000";

        await test.RunAsync("create_record", new JsonObject { ["table"] = "problem", ["record"] = new JsonObject { ["description"] = Text } });

        Assert.Equal(Text, (string?)Assert.Single(test.Wire.Requests).BodyJson!["description"]);
    }

    [Theory]
    [InlineData("create_record", "Creates a record in problem of acme.service-now.com")]
    [InlineData("update_record", "Changes 9c573169c611228700193229fff72400 in problem of acme.service-now.com")]
    [InlineData("delete_record", "Deletes 9c573169c611228700193229fff72400 from problem of acme.service-now.com")]
    [InlineData("add_attachment", "Attaches 'log.txt' (5 bytes) to 9c573169c611228700193229fff72400 in incident")]
    public async Task PreviewAsync_SaysWhatAndSendsNothing(string name, string summary)
    {
        var (action, input) = ServiceNowTest.Bind(name, ServiceNowTest.Inputs[name]);

        Assert.Equal(summary, (await action.PreviewAsync(input, ServiceNowTest.Config(), test.Host.Create(), CancellationToken.None))!.Summary);
        Assert.Empty(test.Wire.Requests);
    }
}
