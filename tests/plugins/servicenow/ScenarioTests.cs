using System.Text.Json.Nodes;
using Vaka.Plugins.Testing;
using Vaka.Plugins.Vendors.ServiceNow;

namespace Vaka.Plugins.ServiceNow.Tests;

/// <summary>Every action against an instance that keeps state, over real HTTP.</summary>
public sealed class ScenarioTests : IAsyncDisposable
{
    private readonly ServiceNowServer server = new();
    private readonly ServiceNowTest test = new(new LoopbackNetwork(), TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        await test.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Incident_FromCreationToResolution()
    {
        var config = await StartAsync();

        var created = await RunAsync("create_incident", """
            {"short_description": "VPN down", "caller": "abel.tuter", "assignment_group": "Network", "configuration_item": "vpn-01",
             "impact": "high", "urgency": "medium", "correlation_id": "alert-1", "comments": "hello", "other_fields": {"u_region": "emea"} }
            """, config);
        var number = (string)created["number"]!;
        Assert.Equal(("1", "New", "2 - High", false), ((string?)created["state"], (string?)created["state_label"], (string?)created["priority"], (bool)created["already_existed"]!));
        Assert.Empty(created["warnings"]!.AsArray());

        var again = await RunAsync("create_incident", """{"short_description": "VPN down", "correlation_id": "alert-1"}""", config);
        Assert.Equal((number, true), ((string?)again["number"], (bool)again["already_existed"]!));
        Assert.Single(server.Tables.Of("incident"));

        var updated = await RunAsync("update_incident", $$"""
            {"number": "{{number}}", "state": "on_hold", "hold_reason": "awaiting_caller", "assigned_to": "beth@example.com", "work_notes": "asked", "priority": "planning"}
            """, config);
        Assert.Equal("On Hold", (string?)updated["state_label"]);
        Assert.Equal("priority", (string?)Assert.Single(updated["warnings"]!.AsArray())!["field"]); // the instance computes it

        await RunAsync("add_attachment", $$"""
            {"number": "{{number}}", "file": {"filename": "trace é.txt", "content_type": "text/plain", "content_base64": "SGVsbG8="} }
            """, config);
        var attachment = Assert.Single(server.Tables.Of("sys_attachment"));
        Assert.Equal(("trace é.txt", "text/plain", "Hello"), (attachment["file_name"], attachment["content_type"], System.Text.Encoding.UTF8.GetString(server.Tables.File(attachment["sys_id"]))));

        var resolved = await RunAsync(
            "resolve_incident", $$"""{"number": "{{number}}", "close_code": "Solution provided", "close_notes": "Restarted"}""", config);
        Assert.Equal(("6", "Resolved"), ((string?)resolved["state"], (string?)resolved["state_label"]));
        Assert.Empty(resolved["warnings"]!.AsArray());

        var read = await RunAsync("get_record", $$"""
            {"table": "incident", "sys_id": "{{(string?)resolved["sys_id"]}}", "fields": ["state", "caller_id.email", "assigned_to", "work_notes", "u_region"], "display_value": "true"}
            """, config);
        Assert.Equal(
            ("Resolved", "abel@example.com", "Beth Anglin", "vaka\nasked\n\n", "emea"),
            ((string?)read["record"]!["state"], (string?)read["record"]!["caller_id.email"], (string?)read["record"]!["assigned_to"],
                (string?)read["record"]!["work_notes"], (string?)read["record"]!["u_region"]));
    }

    [Fact]
    public async Task Record_FromCreationToDeletion()
    {
        var config = await StartAsync();

        var created = await RunAsync("create_record", """{"table": "u_asset", "record": {"u_name": "Laptop", "u_count": 3, "u_owner": "Abel Tuter", "u_gone": "x"}, "display_value": "true"}""", config);
        Assert.Equal("u_gone", (string?)Assert.Single(created["warnings"]!.AsArray())!["field"]);
        Assert.Equal("Abel Tuter", (string?)created["record"]!["u_owner"]);
        var id = (string)created["sys_id"]!;

        var updated = await RunAsync("update_record", $$"""{"table": "u_asset", "sys_id": "{{id}}", "record": {"u_count": 4, "u_owner": null}, "fields": ["u_count"]}""", config);
        Assert.Equal(("4", ""), ((string?)updated["record"]!["u_count"], (string?)updated["record"]!["u_owner"]));
        Assert.Empty(updated["warnings"]!.AsArray());

        Assert.True((bool)(await RunAsync("delete_record", $$"""{"table": "u_asset", "sys_id": "{{id}}"}""", config))["deleted"]!);
        Assert.Equal(FailureKind.NotFound, (await test.FailAsync("get_record", $$"""{"table": "u_asset", "sys_id": "{{id}}"}""", config)).Kind);
        Assert.Equal(FailureKind.NotFound, (await test.FailAsync("delete_record", $$"""{"table": "u_asset", "sys_id": "{{id}}"}""", config)).Kind);
        Assert.Equal("table", Assert.Single((await test.FailAsync("query_records", """{"table": "u_gone"}""", config)).Errors).Path);
    }

    [Fact]
    public async Task Query_ReadsEveryPageOnce_AlthoughSomeRecordsAreHidden()
    {
        var config = await StartAsync();
        for (var i = 0; i < 25; i++)
        {
            var id = server.Tables.Add("u_asset", ("u_name", $"a{i % 5}"), ("u_count", $"{i}"));
            if (i is 3 or 11 or 24) server.Access.HideRecord("vaka", id);
        }

        List<string> seen = [];
        for (int? offset = 0; offset is not null;)
        {
            var page = await RunAsync("query_records", $$"""
                {"table": "u_asset", "conditions": [{"field": "u_count", "operator": "less_than", "value": "25"}], "fields": ["u_count"],
                 "order_by": [{"field": "u_name"}], "limit": 4, "offset": {{offset}} }
                """, config);
            Assert.Equal(25, (int?)page["total"]);
            seen.AddRange(page["records"]!.AsArray().Select(record => (string)record!["u_count"]!));
            offset = (int?)page["next_offset"];
        }

        Assert.Equal(Enumerable.Range(0, 25).Except([3, 11, 24]).Order(), seen.Select(int.Parse).Order());
    }

    [Theory]
    [InlineData("""[{"field": "u_name", "operator": "is", "value": "b"}]""", "2")]
    [InlineData("""[{"field": "u_name", "operator": "in", "values": ["a", "b"]}]""", "1,2")]
    [InlineData("""[{"field": "u_name", "operator": "not_in", "values": ["a", "b"]}]""", "3,4")]
    [InlineData("""[{"field": "u_name", "operator": "contains", "value": "C"}, {"field": "u_count", "operator": "greater_or_equal", "value": "4"}]""", "4")]
    [InlineData("""[{"field": "u_count", "operator": "between", "values": ["2", "3"]}]""", "2,3")]
    [InlineData("""[{"field": "u_owner", "operator": "is_not_empty"}]""", "4")]
    [InlineData("""[{"field": "u_owner.email", "operator": "starts_with", "value": "abel"}]""", "4")]
    [InlineData("""[{"field": "u_name", "operator": "is", "value": "LIKE"}]""", "")]
    public async Task Query_Conditions_MeanWhatTheySay(string conditions, string expected)
    {
        var config = await StartAsync();
        var abel = server.Tables.Of("sys_user").Find(user => user["user_name"] is "abel.tuter")!["sys_id"];
        string[] names = ["a", "b", "cc", "c"];
        for (var i = 0; i < 4; i++) server.Tables.Add("u_asset", ("u_name", names[i]), ("u_count", $"{i + 1}"), ("u_owner", i is 3 ? abel : ""));

        var page = await RunAsync("query_records", $$"""{"table": "u_asset", "conditions": {{conditions}}, "order_by": [{"field": "u_count"}]}""", config);

        Assert.Equal(expected, string.Join(',', page["records"]!.AsArray().Select(record => (string?)record!["u_count"])));
    }

    [Fact]
    public async Task Query_UnknownField_AnswersNothingAlthoughTheInstanceWould()
    {
        var config = await StartAsync();
        server.Tables.Add("u_asset", ("u_name", "a"));

        var failure = await test.FailAsync(
            "query_records", """{"table": "u_asset", "conditions": [{"field": "u_nam", "operator": "is", "value": "b"}]}""", config);

        Assert.Equal("conditions[0].field", Assert.Single(failure.Errors).Path);
    }

    [Fact]
    public async Task Acl_DropsAFieldWithoutAWord_AndAWarningSaysSo()
    {
        var config = await StartAsync();
        server.Access.DenyWrite("vaka", "incident", "category");
        server.Access.DenyRead("vaka", "incident", "work_notes");

        var created = await RunAsync("create_incident", $$"""
            {"short_description": "{{new string('x', 150)}}", "category": "network", "work_notes": "w", "contact_type": "phone"}
            """, config);

        Assert.Equal(["category", "work_notes"], created["warnings"]!.AsArray().Select(warning => (string?)warning!["field"]));
    }

    [Fact]
    public async Task Acl_KeepsTheState_AndResolveFails()
    {
        var config = await StartAsync();
        var id = server.Tables.Add("incident", ("short_description", "x"));
        server.Access.DenyWrite("vaka", "incident", "state");

        var failure = await test.FailAsync("resolve_incident", $$"""{"sys_id": "{{id}}", "close_code": "c", "close_notes": "n"}""", config);

        Assert.Equal(FailureKind.Rejected, failure.Kind);
    }

    [Fact]
    public async Task DataPolicy_NamesWhatIsMissing()
    {
        var config = await StartAsync();
        var id = server.Tables.Add("incident", ("short_description", "x"));

        var failure = await test.FailAsync("update_incident", $$"""{"sys_id": "{{id}}", "state": "closed"}""", config);

        Assert.Equal(["Resolution code is mandatory.", "Resolution notes is mandatory."], failure.Errors.Select(error => error.Message));
    }

    [Fact]
    public async Task Limits_AreTold()
    {
        var config = await StartAsync();
        server.LargestFile = 4;
        var id = server.Tables.Add("incident", ("short_description", "x"));
        var file = $$"""{"sys_id": "{{id}}", "file": {"filename": "a", "content_type": "text/plain", "content_base64": "SGVsbG8="} }""";

        Assert.Equal(FailureKind.Rejected, (await test.FailAsync("add_attachment", file, config)).Kind);
        server.RequestsPerUser = 0;
        var limited = await test.FailAsync("add_attachment", file, config);
        Assert.Equal((FailureKind.RateLimited, TimeSpan.FromMinutes(30)), (limited.Kind, limited.RetryAfter));
    }

    [Fact]
    public async Task OAuth2_RefreshTokensRotateAndSurvive()
    {
        await StartAsync();
        server.Accounts.Applications["client"] = ("client-secret", null);
        server.Accounts.RotatesRefreshTokens = true;
        var config = Config($$"""{"type": "oauth2_refresh_token", "client_id": "client", "client_secret": "client-secret", "refresh_token": "{{server.Accounts.Consent("vaka")}}"}""");

        for (var i = 0; i < 3; i++)
        {
            await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => RunAsync("query_records", """{"table": "incident"}""", config)));
            server.Accounts.RevokeAccessTokens();
            await test.Host.DropResourcesAsync();
        }

        Assert.Equal(3, server.Requests.Count(request => request.Uri.AbsolutePath is "/oauth_token.do"));
    }

    [Fact]
    public async Task TwoTenants_EachWithItsOwnCredentials()
    {
        var first = await StartAsync();
        server.Accounts.Keys["other-api-key"] = "other";
        await using var other = new ServiceNowTest(new LoopbackNetwork(), TimeProvider.System);
        var second = Config("""{"type": "api_key", "key": "other-api-key"}""");

        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => i % 2 is 0
            ? RunAsync("create_incident", """{"short_description": "x"}""", first)
            : other.RunAsync("create_incident", """{"short_description": "x"}""", second)));

        Assert.Equal([5, 5], server.Tables.Of("incident").CountBy(record => record["sys_created_by"]).Select(user => user.Value));
    }

    [Fact]
    public async Task Options_AreTheInstancesOwn()
    {
        var config = await StartAsync();
        server.Tables.Add("sys_choice", ("name", "incident"), ("element", "close_code"), ("value", "Duplicate"), ("label", "Duplicate"), ("language", "en"), ("inactive", "false"), ("sequence", "1"));
        server.Tables.Add("sys_db_object", ("name", "incident"), ("label", "Incident"));

        Assert.Equal(["Abel Tuter", "Beth Anglin"], (await test.OptionsAsync("create_incident.caller", null, config)).Items.Select(option => option.Label));
        Assert.Equal("Network", Assert.Single((await test.OptionsAsync("default_assignment_group", "net", config)).Items).Label);
        Assert.Equal(new Option("incident", "Incident", "incident"), Assert.Single((await test.OptionsAsync("get_record.table", "inci", config)).Items));
        Assert.Equal("Duplicate", Assert.Single((await test.OptionsAsync("resolve_incident.close_code", null, config)).Items).Value);
    }

    private async Task<ServiceNowConfig> StartAsync()
    {
        server.Accounts.Passwords["vaka"] = "basic-password";
        server.Tables.Add("sys_user", ("user_name", "abel.tuter"), ("name", "Abel Tuter"), ("email", "abel@example.com"), ("active", "true"));
        server.Tables.Add("sys_user", ("user_name", "beth.anglin"), ("name", "Beth Anglin"), ("email", "beth@example.com"), ("active", "true"));
        server.Tables.Add("sys_user_group", ("name", "Network"), ("active", "true"));
        server.Tables.Add("cmdb_ci", ("name", "vpn-01"), ("sys_class_name", "cmdb_ci_server"));
        await server.StartAsync();
        return Config(ServiceNowTest.BasicAuth);
    }

    private ServiceNowConfig Config(string auth) => ServiceNowTest.Config(auth, url: server.Address.AbsoluteUri);

    private Task<JsonObject> RunAsync(string action, string input, ServiceNowConfig config) => test.RunAsync(action, input, config);
}
