using System.Text.Json.Nodes;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.ServiceNow.Tests.Actions;

public sealed class QueryRecordsTests : IAsyncDisposable
{
    private readonly ServiceNowTest test = new();

    public ValueTask DisposeAsync() => test.DisposeAsync();

    [Theory]
    [InlineData("""{"field": "state", "operator": "is", "value": "6"}""", "state=6")]
    [InlineData("""{"field": "state", "operator": "is_not", "value": "6"}""", "state!=6")]
    [InlineData("""{"field": "a", "operator": "contains", "value": "x y"}""", "aLIKEx y")]
    [InlineData("""{"field": "a", "operator": "not_contains", "value": "x"}""", "aNOT LIKEx")]
    [InlineData("""{"field": "a", "operator": "starts_with", "value": "x"}""", "aSTARTSWITHx")]
    [InlineData("""{"field": "caller_id.email", "operator": "ends_with", "value": "@example.com"}""", "caller_id.emailENDSWITH@example.com")]
    [InlineData("""{"field": "a", "operator": "in", "values": ["1", "2"]}""", "aIN1,2")]
    [InlineData("""{"field": "a", "operator": "not_in", "values": ["1"]}""", "aNOT IN1")]
    [InlineData("""{"field": "a", "operator": "greater_than", "value": "1"}""", "a>1")]
    [InlineData("""{"field": "a", "operator": "greater_or_equal", "value": "2026-01-31 09:30:00"}""", "a>=2026-01-31 09:30:00")]
    [InlineData("""{"field": "a", "operator": "less_than", "value": "1"}""", "a<1")]
    [InlineData("""{"field": "a", "operator": "less_or_equal", "value": "1"}""", "a<=1")]
    [InlineData("""{"field": "a", "operator": "between", "values": ["1", "3"]}""", "aBETWEEN1@3")]
    [InlineData("""{"field": "a", "operator": "is_empty"}""", "aISEMPTY")]
    [InlineData("""{"field": "a", "operator": "is_not_empty"}""", "aISNOTEMPTY")]
    [InlineData("""{"field": "a", "operator": "is", "value": "é%&#+= \"ORDERBY"}""", "a=é%&#+= \"ORDERBY")]
    public async Task ExecuteAsync_Condition_IsWritten(string condition, string expected)
    {
        test.Wire.Next(Page());

        await test.RunAsync("query_records", $$"""{"table": "incident", "conditions": [{{condition}}]}""");

        var query = ServiceNowTest.QueryOf(Assert.Single(test.Wire.Requests));
        Assert.Equal(
            ["sysparm_display_value", "sysparm_exclude_reference_link", "sysparm_limit", "sysparm_query"], query.Keys.Order(StringComparer.Ordinal));
        Assert.Equal($"{expected}^ORDERBYsys_id", query["sysparm_query"]);
    }

    [Fact]
    public async Task ExecuteAsync_Whole_IsSentExactly()
    {
        test.Wire.Next(Page("""{"sys_id": "1", "number": "INC1", "active": "true", "priority": "1"}"""));

        var output = await test.RunAsync("query_records", """
            {"table": "incident", "match": "any", "fields": ["number"], "display_value": "all", "limit": 7, "offset": 14,
             "conditions": [{"field": "active", "operator": "is", "value": "true"}, {"field": "priority", "operator": "is", "value": "1"}],
             "order_by": [{"field": "sys_created_on", "direction": "descending"}, {"field": "number"}]}
            """);

        Assert.Equal(
            "/api/now/table/incident?sysparm_query=active%3Dtrue%5EORpriority%3D1%5EORDERBYDESCsys_created_on%5EORDERBYnumber%5EORDERBYsys_id"
            + "&sysparm_display_value=all&sysparm_exclude_reference_link=true&sysparm_fields=number%2Csys_id%2Cactive%2Cpriority&sysparm_limit=7&sysparm_offset=14",
            Assert.Single(test.Wire.Requests).Uri.PathAndQuery);
        Assert.Equal("""[{"sys_id":"1","number":"INC1"}]""", output["records"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"field": "state", "operator": "is", "value": "1^NQactive=true"}""", "conditions[0].value")]
    [InlineData("""{"field": "state", "operator": "is", "value": "1\nactive=true"}""", "conditions[0].value")]
    [InlineData("""{"field": "state", "operator": "is", "value": "1\u0000"}""", "conditions[0].value")]
    [InlineData("""{"field": "caller_id", "operator": "is", "value": "javascript:gs.getUserID()"}""", "conditions[0].value")]
    [InlineData("""{"field": "caller_id", "operator": "is", "value": " JavaScript:x"}""", "conditions[0].value")]
    [InlineData("""{"field": "caller_id", "operator": "in", "values": ["a", "javascript:x"]}""", "conditions[0].values[1]")]
    [InlineData("""{"field": "caller_id", "operator": "in", "values": ["a,b"]}""", "conditions[0].values[0]")]
    [InlineData("""{"field": "caller_id", "operator": "in", "values": ["a", ""]}""", "conditions[0].values[1]")]
    [InlineData("""{"field": "caller_id", "operator": "in", "values": ["STANCEOFtask"]}""", "conditions[0].values[0]")]
    [InlineData("""{"field": "a", "operator": "between", "values": ["1@2", "3"]}""", "conditions[0].values[0]")]
    [InlineData("""{"field": "a", "operator": "between", "values": ["1"]}""", "conditions[0].values")]
    [InlineData("""{"field": "a", "operator": "less_than", "value": "=1"}""", "conditions[0].value")]
    [InlineData("""{"field": "a", "operator": "greater_than", "value": "<1"}""", "conditions[0].value")]
    [InlineData("""{"field": "a", "operator": "is"}""", "conditions[0].value")]
    [InlineData("""{"field": "a", "operator": "is", "value": ""}""", "conditions[0].value")]
    [InlineData("""{"field": "a", "operator": "is", "values": ["1"]}""", "conditions[0].values")]
    [InlineData("""{"field": "a", "operator": "in", "value": "1"}""", "conditions[0].value")]
    [InlineData("""{"field": "a", "operator": "is_empty", "value": "1"}""", "conditions[0].value")]
    [InlineData("""{"field": "active=true^a", "operator": "is", "value": "1"}""", "conditions[0].field")]
    [InlineData("""{"field": "123TEXTQUERY321", "operator": "is", "value": "1"}""", "conditions[0].field")]
    [InlineData("""{"field": "a.", "operator": "is", "value": "1"}""", "conditions[0].field")]
    [InlineData("""{"field": "a\n", "operator": "is", "value": "1"}""", "conditions[0].field")]
    public async Task ExecuteAsync_Injection_IsRefusedUnsent(string condition, string path)
    {
        var failure = await test.FailAsync("query_records", $$"""{"table": "incident", "conditions": [{{condition}}]}""");

        Assert.Equal((FailureKind.InvalidInput, Effect.None, path), (failure.Kind, failure.Effect, Assert.Single(failure.Errors).Path));
        Assert.Empty(test.Wire.Requests);
    }

    [Theory]
    [InlineData("""{"table": "incident", "order_by": [{"field": "a^ORDERBYb"}]}""", "order_by[0].field")]
    [InlineData("""{"table": "incident", "encoded_query": "caller_id=javascript:gs.getUserID()"}""", "encoded_query")]
    [InlineData("""{"table": "incident", "encoded_query": "a=1\nb=2"}""", "encoded_query")]
    [InlineData("""{"table": "incident", "encoded_query": "a=1", "conditions": [{"field": "a", "operator": "is_empty"}]}""", "encoded_query")]
    [InlineData("""{"table": "incident", "fields": ["*"]}""", "fields[0]")]
    public async Task ExecuteAsync_BadInput_IsRefusedUnsent(string input, string path)
    {
        Assert.Equal(path, Assert.Single((await test.FailAsync("query_records", input)).Errors).Path);
        Assert.Empty(test.Wire.Requests);
    }

    [Fact]
    public async Task ExecuteAsync_TooLongAnAddress_IsRefusedUnsent()
    {
        var values = new JsonArray([.. Enumerable.Range(0, 200).Select(i => (JsonNode)$"{i}{new string('x', 60)}")]);
        var input = new JsonObject
        {
            ["table"] = "incident",
            ["conditions"] = new JsonArray(new JsonObject { ["field"] = "a", ["operator"] = "in", ["values"] = values }),
        };

        Assert.Contains("longer than an address may be", (await test.FailAsync("query_records", input)).Message);
        Assert.Empty(test.Wire.Requests);
    }

    [Fact]
    public async Task ExecuteAsync_EncodedQuery_IsSentAsGiven()
    {
        test.Wire.Next(Page());

        await test.RunAsync("query_records", """{"table": "incident", "encoded_query": "active=true^NQstate=1"}""");

        Assert.Equal("active=true^NQstate=1^ORDERBYsys_id", ServiceNowTest.QueryOf(test.Wire.Requests[0])["sysparm_query"]);
    }

    [Fact]
    public async Task ExecuteAsync_ConditionOnAnUnknownField_AnswersNothing()
    {
        // What an instance does: it ignores the condition and answers everything.
        test.Wire.Otherwise(Page("""{"sys_id": "1", "number": "INC1"}"""));

        foreach (var fields in new[] { "", """, "fields": ["number"] """ })
        {
            var failure = await test.FailAsync(
                "query_records",
                $$"""{"table": "incident", "conditions": [{"field": "number", "operator": "is_not_empty"}, {"field": "stat", "operator": "is", "value": "6"}]{{fields}}}""");

            Assert.Equal((FailureKind.InvalidInput, "conditions[1].field"), (failure.Kind, Assert.Single(failure.Errors).Path));
        }
    }

    [Theory]
    [InlineData(0, 2, 2, 5, 2)]
    [InlineData(2, 2, 1, 5, 4)] // one was hidden: not the last page
    [InlineData(4, 2, 1, 5, null)]
    [InlineData(0, 2, 2, null, 2)]
    [InlineData(0, 2, 1, null, null)]
    [InlineData(0, 2, 0, 0, null)]
    public async Task ExecuteAsync_Paging_SaysWhereTheNextPageBegins(int offset, int limit, int count, int? total, int? next)
    {
        var page = Page([.. Enumerable.Range(0, count).Select(i => $$"""{"sys_id": "{{i}}"}""")]);
        test.Wire.Next(total is null ? page : page.WithHeader("X-Total-Count", $"{total}"));

        var output = await test.RunAsync("query_records", $$"""{"table": "incident", "limit": {{limit}}, "offset": {{offset}} }""");

        Assert.Equal((total, next), ((int?)output["total"], (int?)output["next_offset"]));
    }

    [Fact]
    public async Task ExecuteAsync_NothingFoundAs404_IsAnEmptyPage()
    {
        test.Wire.Next(HttpAnswers.Json(
            System.Net.HttpStatusCode.NotFound, """{"error": {"message": "No Record found", "detail": "x"}, "status": "failure"}"""));

        var output = await test.RunAsync("query_records", """{"table": "incident"}""");

        Assert.Equal("""{"records":[],"total":0,"warnings":[]}""", output.ToJsonString());
    }

    private static HttpAnswer Page(params string[] records) => HttpAnswers.Json($$"""{"result": [{{string.Join(',', records)}}]}""");
}
