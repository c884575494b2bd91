using System.Text.Json.Nodes;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.ServiceNow.Tests.Actions;

public sealed class IncidentTests : IAsyncDisposable
{
    private const string Id = ServiceNowTest.SysId;
    private const string Other = "6816f79cc0a8016401c5a33be04be441";

    private readonly ServiceNowTest test = new();

    public ValueTask DisposeAsync() => test.DisposeAsync();

    [Fact]
    public async Task CreateIncident_Sends_AllThatIsGiven()
    {
        test.Wire.Next(Echo());

        var output = await test.RunAsync("create_incident", $$"""
            {"short_description": "VPN down", "description": "a\nb", "caller": "{{Other}}", "impact": "high", "urgency": "low", "category": "network",
             "subcategory": "vpn", "contact_type": "monitoring", "assignment_group": "{{Other}}", "assigned_to": "{{Other}}",
             "configuration_item": "{{Other}}", "work_notes": "w", "comments": "c", "correlation_display": "Grafana",
             "other_fields": {"u_region": "emea", "u_count": 3, "u_flag": true, "u_none": null} }
            """);

        var request = Assert.Single(test.Wire.Requests);
        Assert.Equal(("POST", "https://acme.service-now.com/api/now/table/incident"), (request.Method, request.Uri.GetLeftPart(UriPartial.Path)));
        Assert.Equal("Basic " + Convert.ToBase64String("vaka:basic-password"u8), request.Header("Authorization"));
        Assert.Equal(("application/json", "application/json; charset=utf-8"), (request.Header("Accept"), request.Header("Content-Type")));
        var query = ServiceNowTest.QueryOf(request);
        Assert.Equal(["sysparm_display_value", "sysparm_exclude_reference_link", "sysparm_fields"], query.Keys.Order());
        Assert.Equal(("all", "true"), (query["sysparm_display_value"], query["sysparm_exclude_reference_link"]));
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse($$"""
                {"short_description": "VPN down", "description": "a\nb", "impact": "1", "urgency": "3", "category": "network", "subcategory": "vpn",
                 "contact_type": "monitoring", "work_notes": "w", "comments": "c", "u_region": "emea", "u_count": 3, "u_flag": true, "u_none": null,
                 "correlation_id": "vaka-{{test.Host.DeduplicationKey}}", "correlation_display": "Grafana", "caller_id": "{{Other}}",
                 "assignment_group": "{{Other}}", "assigned_to": "{{Other}}", "cmdb_ci": "{{Other}}"}
                """),
            request.BodyJson));
        Assert.Equal(
            $$"""
            {"sys_id":"{{Id}}","number":"INC0010001","state":"2","state_label":"In Progress","priority":"3 - Moderate","url":"https://acme.service-now.com/nav_to.do?uri=incident.do%3Fsys_id%3D{{Id}}","already_existed":false,"warnings":[]}
            """,
            output.ToJsonString());
    }

    [Fact]
    public async Task CreateIncident_WithDefaults_LooksThemUp()
    {
        test.Wire.Next(
            List($$"""{"sys_id": "{{Other}}", "user_name": "monitoring", "name": "Monitoring", "email": "", "active": "true"}"""),
            List($$"""{"sys_id": "{{Id}}", "name": "Service Desk", "active": "true"}"""),
            Echo());

        await test.RunAsync(
            "create_incident", ServiceNowTest.Inputs["create_incident"],
            ServiceNowTest.Config(more: """ "default_caller": "monitoring", "default_assignment_group": "service desk", "default_category": "inquiry" """));

        Assert.Equal(
            "/api/now/table/sys_user?sysparm_query=user_name%3Dmonitoring%5EORemail%3Dmonitoring%5EORname%3Dmonitoring&sysparm_display_value=false"
            + "&sysparm_exclude_reference_link=true&sysparm_fields=sys_id%2Cuser_name%2Cemail%2Cname%2Cactive&sysparm_limit=20",
            test.Wire.Requests[0].Uri.PathAndQuery);
        Assert.Equal("name=service desk", ServiceNowTest.QueryOf(test.Wire.Requests[1])["sysparm_query"]);
        var body = test.Wire.Requests[2].BodyJson!;
        Assert.Equal((Other, Id, "inquiry"), ((string?)body["caller_id"], (string?)body["assignment_group"], (string?)body["category"]));
    }

    [Fact]
    public async Task CreateIncident_CorrelationIdKnown_AnswersThatOne()
    {
        test.Wire.Next(List(Record("alert-1")));

        var output = await test.RunAsync("create_incident", """{"short_description": "x", "correlation_id": "alert-1"}""");

        Assert.True((bool)output["already_existed"]!);
        Assert.Equal("INC0010001", (string?)output["number"]);
        var query = ServiceNowTest.QueryOf(Assert.Single(test.Wire.Requests));
        Assert.Equal(("correlation_id=alert-1^ORDERBYsys_created_on", "1"), (query["sysparm_query"], query["sysparm_limit"]));
    }

    [Fact]
    public async Task CreateIncident_CorrelationIdUnknown_CreatesWithIt()
    {
        test.Wire.Next(List(), Echo());

        var output = await test.RunAsync("create_incident", """{"short_description": "x", "correlation_id": "alert-1"}""");

        Assert.False((bool)output["already_existed"]!);
        Assert.Equal("alert-1", (string?)test.Wire.Requests[1].BodyJson!["correlation_id"]);
    }

    [Fact]
    public async Task CreateIncident_CorrelationIdNotReadable_CreatesNothing()
    {
        test.Wire.Next(List(Record("another")));

        var failure = await test.FailAsync("create_incident", """{"short_description": "x", "correlation_id": "alert-1"}""");

        Assert.Equal((FailureKind.Forbidden, Effect.None), (failure.Kind, failure.Effect));
        Assert.Single(test.Wire.Requests);
    }

    [Fact]
    public async Task CreateIncident_SecondAttempt_LooksForTheFirst()
    {
        test.Host.Attempt = 2;
        test.Wire.Next(List(Record($"vaka-{test.Host.DeduplicationKey}")));

        var output = await test.RunAsync("create_incident", ServiceNowTest.Inputs["create_incident"]);

        Assert.True((bool)output["already_existed"]!);
        Assert.Equal("GET", Assert.Single(test.Wire.Requests).Method);
    }

    [Fact]
    public async Task FindExistingAsync_FindsByTheExecutionsKey()
    {
        test.Wire.Next(List(Record($"vaka-{test.Host.DeduplicationKey}")), List());
        var (action, input) = ServiceNowTest.Bind("create_incident", ServiceNowTest.Inputs["create_incident"]);

        Assert.NotNull(await action.FindExistingAsync(input, ServiceNowTest.Config(), test.Host.Create(), CancellationToken.None));
        Assert.Null(await action.FindExistingAsync(input, ServiceNowTest.Config(), test.Host.Create(), CancellationToken.None));
        Assert.StartsWith(
            $"correlation_id=vaka-{test.Host.DeduplicationKey}^", ServiceNowTest.QueryOf(test.Wire.Requests[0])["sysparm_query"]);
    }

    [Theory]
    [InlineData("""{"short_description": "x", "caller": "a^NQactive=true"}""", "caller")]
    [InlineData("""{"short_description": "x", "caller": "javascript:gs.getUserID()"}""", "caller")]
    [InlineData("""{"short_description": "x", "assignment_group": "a\nb"}""", "assignment_group")]
    [InlineData("""{"short_description": "x", "configuration_item": "a^b"}""", "configuration_item")]
    [InlineData("""{"short_description": "x", "correlation_id": "a^b"}""", "correlation_id")]
    [InlineData("""{"short_description": "x", "other_fields": {"short_description": "y"} }""", "other_fields.short_description")]
    [InlineData("""{"short_description": "x", "other_fields": {"correlation_id": "y"} }""", "other_fields.correlation_id")]
    [InlineData("""{"short_description": "x", "impact": "low", "other_fields": {"impact": "1"} }""", "other_fields.impact")]
    [InlineData("""{"short_description": "x", "other_fields": {"caller_id.name": "y"} }""", "other_fields.caller_id.name")]
    [InlineData("""{"short_description": "x", "other_fields": {"u_x": {"a": 1} } }""", "other_fields.u_x")]
    public async Task CreateIncident_BadInput_IsRefusedUnsent(string input, string path)
    {
        var failure = await test.FailAsync("create_incident", input);

        Assert.Equal((FailureKind.InvalidInput, path), (failure.Kind, Assert.Single(failure.Errors).Path));
        Assert.Empty(test.Wire.Requests);
    }

    [Theory]
    [InlineData("""{"short_description": "x", "description": "y", "impact": "high", "category": "network", "other_fields": {} }""", true)]
    [InlineData("""{"short_description": "x", "caller": "abel"}""", false)]
    [InlineData("""{"short_description": "x", "assignment_group": "g"}""", false)]
    [InlineData("""{"short_description": "x", "assigned_to": "abel"}""", false)]
    [InlineData("""{"short_description": "x", "configuration_item": "c"}""", false)]
    [InlineData("""{"short_description": "x", "correlation_id": "k"}""", false)]
    [InlineData("""{"short_description": "x", "other_fields": {"company": "y"} }""", false)]
    public void CreateIncident_Lent_TakesNoNamesAndNoKeys(string input, bool safe)
    {
        var (action, bound) = ServiceNowTest.Bind("create_incident", ServiceNowTest.Parse(input));

        Assert.Equal(safe, action.IsTenantSafeFor(bound));
    }

    [Theory]
    [InlineData("", "There is no such user")]
    [InlineData("""{"sys_id": "1", "name": "Another", "active": "true"}""", "There is no such user")]
    [InlineData("""{"sys_id": "1", "name": "Abel", "active": "true"}, {"sys_id": "2", "name": "Abel", "active": "true"}""", "Several records are named so")]
    public async Task CreateIncident_CallerUnclear_SaysSo(string records, string words)
    {
        test.Wire.Next(List(records));

        var failure = await test.FailAsync("create_incident", """{"short_description": "x", "caller": "Abel"}""");

        Assert.Equal((FailureKind.InvalidInput, "caller"), (failure.Kind, Assert.Single(failure.Errors).Path));
        Assert.Contains(words, failure.Message);
    }

    [Fact]
    public async Task CreateIncident_OneActiveUserOfTheName_IsTaken()
    {
        test.Wire.Next(
            List("""{"sys_id": "1", "name": "Abel", "active": "false"}, {"sys_id": "2", "name": "Abel", "active": "true"}"""), Echo());

        await test.RunAsync("create_incident", """{"short_description": "x", "caller": "abel"}""");

        Assert.Equal("2", (string?)test.Wire.Requests[1].BodyJson!["caller_id"]);
    }

    [Fact]
    public async Task CreateIncident_DefaultCallerGone_IsAConfigProblem()
    {
        test.Wire.Next(List());

        var failure = await test.FailAsync(
            "create_incident", ServiceNowTest.Inputs["create_incident"], ServiceNowTest.Config(more: """ "default_caller": "gone-away" """));

        Assert.Equal((FailureKind.InvalidConfiguration, Effect.None), (failure.Kind, failure.Effect));
        Assert.Contains("default_caller", failure.Message);
        Assert.DoesNotContain("gone-away", failure.Message);
    }

    [Fact]
    public async Task CreateIncident_UsersNotReadable_SaysWhatToDo()
    {
        test.Wire.Next(HttpAnswers.Status(System.Net.HttpStatusCode.Forbidden));

        var failure = await test.FailAsync("create_incident", """{"short_description": "x", "caller": "Abel"}""");

        Assert.Equal((FailureKind.Forbidden, Effect.None), (failure.Kind, failure.Effect));
        Assert.Contains("Give the sys_id", failure.Message);
    }

    [Theory]
    [InlineData("in_progress", "2")]
    [InlineData("On Hold", "3")]
    [InlineData("cancelled", "8")]
    [InlineData("closed", "7")]
    [InlineData("-5", null)]
    [InlineData("18", "18")]
    [InlineData("resolved", null)]
    [InlineData("6", null)]
    [InlineData("asleep", null)]
    public async Task UpdateIncident_State_ByNameOrNumber(string state, string? sent)
    {
        test.Wire.Otherwise(Echo());
        var input = new JsonObject { ["sys_id"] = Id, ["state"] = state };

        if (sent is null)
        {
            Assert.Equal("state", Assert.Single((await test.FailAsync("update_incident", input)).Errors).Path);
            Assert.Empty(test.Wire.Requests);
            return;
        }

        await test.RunAsync("update_incident", input);
        Assert.Equal(sent, (string?)Assert.Single(test.Wire.Requests).BodyJson!["state"]);
    }

    [Fact]
    public async Task UpdateIncident_ByNumber_LooksItUpAndPatches()
    {
        test.Wire.Next(List($$"""{"sys_id": "{{Id}}", "number": "INC0010001"}"""), Echo());

        var output = await test.RunAsync(
            "update_incident",
            """{"number": "INC0010001", "short_description": "y", "state": "on_hold", "hold_reason": "awaiting_vendor", "priority": "critical"}""");

        Assert.Equal(
            "/api/now/table/incident?sysparm_query=number%3DINC0010001&sysparm_display_value=false&sysparm_exclude_reference_link=true"
            + "&sysparm_fields=sys_id%2Cnumber&sysparm_limit=2",
            test.Wire.Requests[0].Uri.PathAndQuery);
        var patch = test.Wire.Requests[1];
        Assert.Equal(("PATCH", $"/api/now/table/incident/{Id}"), (patch.Method, patch.Uri.AbsolutePath));
        Assert.Equal("""{"priority":"1","short_description":"y","state":"3","hold_reason":"4"}""", patch.BodyText);
        Assert.Null(output["already_existed"]);
    }

    [Theory]
    [InlineData("""{"sys_id": "9c573169c611228700193229fff72400"}""", "")]
    [InlineData("""{"state": "new"}""", "sys_id")]
    [InlineData("""{"sys_id": "9c573169c611228700193229fff72400", "number": "INC1", "state": "new"}""", "number")]
    [InlineData("""{"sys_id": "../../sys_user", "state": "new"}""", "sys_id")]
    [InlineData("""{"number": "INC1^ORactive=true", "state": "new"}""", "number")]
    [InlineData("""{"number": "INC1", "hold_reason": "tired"}""", "hold_reason")]
    [InlineData("""{"number": "INC1", "assigned_to": "a", "other_fields": {"assigned_to": "b"} }""", "other_fields.assigned_to")]
    public async Task UpdateIncident_BadInput_IsRefusedUnsent(string input, string path)
    {
        Assert.Equal(path, Assert.Single((await test.FailAsync("update_incident", input)).Errors).Path);
        Assert.Empty(test.Wire.Requests);
    }

    [Theory]
    [InlineData("", FailureKind.NotFound, "has no INC0010001 in incident")]
    [InlineData("""{"sys_id": "1"}""", FailureKind.InvalidInput, "cannot be found by number")]
    [InlineData("""{"sys_id": "1", "number": "INC0010001"}, {"sys_id": "2", "number": "INC0010001"}""", FailureKind.InvalidInput, "several records")]
    public async Task UpdateIncident_NumberUnclear_ChangesNothing(string records, FailureKind kind, string words)
    {
        test.Wire.Next(List(records));

        var failure = await test.FailAsync("update_incident", """{"number": "INC0010001", "state": "new"}""");

        Assert.Equal((kind, Effect.None), (failure.Kind, failure.Effect));
        Assert.Contains(words, failure.Message);
        Assert.Single(test.Wire.Requests);
    }

    [Fact]
    public async Task ResolveIncident_SendsStateCodeAndNotes()
    {
        test.Wire.Next(Echo());

        var output = await test.RunAsync("resolve_incident", ServiceNowTest.Inputs["resolve_incident"]);

        var request = Assert.Single(test.Wire.Requests);
        Assert.Equal("PATCH", request.Method);
        Assert.Equal("""{"state":"6","close_code":"Solution provided","close_notes":"Restarted"}""", request.BodyText);
        Assert.Equal("6", (string?)output["state"]);
    }

    [Fact]
    public async Task ResolveIncident_StateDropped_IsNoSuccess()
    {
        test.Wire.Next(HttpAnswers.Json($$"""{"result": {{Record("k")}} }"""));

        var failure = await test.FailAsync("resolve_incident", ServiceNowTest.Inputs["resolve_incident"]);

        Assert.Equal((FailureKind.Rejected, Effect.Possible), (failure.Kind, failure.Effect));
        Assert.Contains("INC0010001 is not resolved", failure.Message);
        Assert.Contains(failure.Errors, error => error.Path is "state");
    }

    [Fact]
    public async Task PreviewAsync_CreateIncident_SaysWhatAndSendsNothing()
    {
        var (action, input) = ServiceNowTest.Bind("create_incident", ServiceNowTest.Inputs["create_incident"]);

        var preview = await action.PreviewAsync(input, ServiceNowTest.Config(), test.Host.Create(), CancellationToken.None);

        Assert.Equal("Creates the incident 'VPN down' in acme.service-now.com", preview!.Summary);
        Assert.Contains(preview.Details, detail => detail.Value is "short_description, urgency, correlation_id");
        Assert.Empty(test.Wire.Requests);
    }

    private static HttpAnswer List(string records = "") => HttpAnswers.Json($$"""{"result": [{{records}}]}""");

    private static string Record(string correlation) => $$"""
        {"sys_id": {"display_value": "{{Id}}", "value": "{{Id}}"}, "number": {"display_value": "INC0010001", "value": "INC0010001"},
         "state": {"display_value": "In Progress", "value": "2"}, "priority": {"display_value": "3 - Moderate", "value": "3"},
         "correlation_id": {"display_value": "{{correlation}}", "value": "{{correlation}}"} }
        """;

    // An instance that stores what it gets.
    private static HttpAnswer Echo() => (request, cancellationToken) =>
    {
        var record = JsonNode.Parse(Record("k"))!.AsObject();
        foreach (var (field, value) in request.BodyJson!.AsObject())
        {
            var text = value is null ? "" : value.ToString();
            record[field] = new JsonObject { ["display_value"] = text, ["value"] = text };
        }

        return HttpAnswers.Json(new JsonObject { ["result"] = record }.ToJsonString())(request, cancellationToken);
    };
}
