using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests;

/// <summary>Every change leaves its event, and where the event cannot be written nothing is changed. The endpoints are those of the host's
/// own document: one that writes and is not in the table fails.</summary>
public abstract class AuditTests
{
    private static readonly Dictionary<string, string> Changes = new()
    {
        ["CreateIntegration"] = "integration.created",
        ["ReplaceIntegration"] = "integration.updated",
        ["PatchIntegration"] = "integration.updated",
        ["DeleteIntegration"] = "integration.deleted",
        ["ActivateIntegration"] = "integration.activated",
        ["DeactivateIntegration"] = "integration.deactivated",
        ["RestoreIntegrationRevision"] = "integration.restored",
        ["ReplaceIntegrationPolicies"] = "integration.policies_changed",
        ["ApplyIntegrations"] = "integration.created",
        ["ExportSealedIntegrations"] = "integrations.exported",
        ["PutSMTPSettings"] = "integration.created",
        ["DeleteSMTPSettings"] = "integration.deleted",
        ["PutSSOSettings"] = "integration.created",
        ["DeleteSSOSettings"] = "integration.deleted",
        ["CreateApiKey"] = "api_key.created",
        ["RevokeApiKey"] = "api_key.revoked",
        ["EnableProvider"] = "provider.enabled",
        ["DisableProvider"] = "provider.disabled",
        ["CancelExecution"] = "execution.cancelled",
        ["ReplayExecution"] = "execution.replayed",
        ["ApproveExecution"] = "execution.approved",
        ["DenyExecution"] = "execution.denied",
        ["ReplayIntegrationExecutions"] = "executions.replayed",
    };

    /// <summary>Take a body and change nothing that is configured.</summary>
    private static readonly string[] ChangeNothing =
    [
        "ListFieldOptions", "PlanIntegrations", "TestUnsavedIntegration", "TestIntegration", "TestSMTPSettings", "TestSSOSettings", "InvokeAction", "AgenticSendEmail",
        "AgenticPushData", "BeginSSOLogin", "RedeemSSOCode", "DiscoverSSO", "EndSSOSession",
        "AddPackage", "RollBackPackage", "RemovePackage", // where a publisher is trusted they leave theirs: Packages/SignedPackagesTests
        "VerifySSODomain", // a domain that is verified leaves its event: SingleSignOn/DomainTests
    ];

    private readonly HostFixture fixture;

    protected AuditTests(HostFixture fixture)
    {
        fixture.SkipUnlessAvailable();
        this.fixture = fixture;
    }

    public static TheoryData<string> Operations => [.. Changes.Keys];

    /// <summary>Makes every insert into the audit fail, and ends that.</summary>
    protected abstract (string[] Close, string[] Open) Trigger { get; }

    [Fact]
    public async Task Endpoints_ThatWrite_AreAllInTheTable()
    {
        using var anyone = new HttpClient { BaseAddress = fixture.Host.Address };
        var document = await anyone.GetJsonAsync("openapi/v1.json");
        var writing = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()) // the document has paths, and paths have operations
            .Where(operation => operation.Key != "get").Select(operation => operation.Value!["operationId"]!.GetValue<string>());
        Assert.Equal(Changes.Keys.Concat(ChangeNothing).Order(), writing.Order());
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Change_ByTheApi_LeavesItsEvent(string operation)
    {
        var call = await PrepareAsync(operation, await fixture.TenantAsync());
        var before = await EventsAsync();
        using var answer = await call();
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        Assert.Equal([Changes[operation]], await NewEventsAsync(before));
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Change_ThatCannotBeAudited_IsNotMade(string operation)
    {
        var tenant = await fixture.TenantAsync();
        var call = await PrepareAsync(operation, tenant);
        var before = await StateAsync(tenant);
        await RunAsync(Trigger.Close);
        try
        {
            using var answer = await call();
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        }
        finally
        {
            await RunAsync(Trigger.Open);
        }

        Assert.Equal(before, await StateAsync(tenant));
        using var again = await call();
        Assert.True(again.IsSuccessStatusCode, await again.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Change_ByACommand_LeavesItsEvents()
    {
        var settings = Path.Combine(fixture.Directory, "settings.json");
        await File.WriteAllTextAsync(settings, """{"smtp_host":"mail.example.com","from_email":"a@example.com"}""");
        await fixture.Admin.PostAsync("providers/smtp/enable", new { });
        await AssertCommandAsync(["integration.created"], "import", "--type", "smtp", "--from-file", settings, "--tenant", Guid.NewGuid().ToString());
        await AssertCommandAsync(["api_key.created"], "keys", "create", "--name", "x", "--role", "service");
        await AssertCommandAsync(["secrets.reencrypted", "secrets.reencryption_started"], "secrets", "reencrypt");
        var link = await AssertCommandAsync(["api_key.created", "sign_in.link_created"], "keys", "sign-in");

        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = fixture.Host.Address };
        var before = await EventsAsync();
        Assert.Equal(HttpStatusCode.Redirect, (await SignInForm.SendAsync(browser, link.Trim())).StatusCode);
        Assert.Equal(["session.started"], await NewEventsAsync(before));
        Assert.Equal(HttpStatusCode.OK, (await SignInForm.SendAsync(browser, link.Trim())).StatusCode);
        await AssertNewAsync(before, ["session.started", "sign_in.refused"]);
    }

    [Fact]
    public async Task SignInLink_ThatCannotBeAudited_IsNotMade()
    {
        await RunAsync(Trigger.Close);
        try
        {
            var (code, output, _) = await fixture.Host.RunCommandAsync("keys", "sign-in");
            Assert.NotEqual(0, code);
            Assert.DoesNotContain("sign-in?code=", output);
        }
        finally
        {
            await RunAsync(Trigger.Open);
        }
    }

    [Fact]
    public async Task DeniedCalls_AreWithTheirCallersTenantAlone()
    {
        var (one, other) = (await fixture.TenantAsync(), await fixture.TenantAsync());
        await one.Service.PostAsync("integrations", new { }, HttpStatusCode.Forbidden);
        await one.Service.PostAsync("integrations", new { }, HttpStatusCode.Forbidden);
        await one.Admin.SendAsync(HttpMethod.Delete, $"integrations/{Guid.NewGuid()}", null, HttpStatusCode.Forbidden, ("X-Tenant-Id", other.Id.ToString()));
        await one.Admin.GetJsonAsync("integrations?tenant=all", HttpStatusCode.Forbidden);

        List<string> denied = [];
        for (var patience = DateTime.UtcNow.AddSeconds(20); denied.Count < 3 && DateTime.UtcNow < patience; await Task.Delay(50))
        {
            denied = [.. (await one.Admin.GetJsonAsync("audit-events"))["items"]!.AsArray().Select(item => item!.AsObject())
                .Where(item => item.Text("action") == "access.denied")
                .Select(item => $"{item.Text("subject")} {item["details"]!["named_tenant"]}").Order()];
        }

        Assert.Equal(
            [$"DELETE /api/v1/integrations/{{id:guid}} {other.Id}", "GET /api/v1/integrations ", "POST /api/v1/integrations "], denied);
        Assert.DoesNotContain("access.denied", (await other.Admin.GetJsonAsync("audit-events")).ToJsonString());
    }

    private async Task<Func<Task<HttpResponseMessage>>> PrepareAsync(string operation, Tenant tenant)
    {
        await fixture.Admin.PostAsync("providers/smtp/enable", new { }); // whatever the case before has left
        var admin = tenant.Admin;
        var mail = new { smtp_host = "mail.example.com", from_email = "a@example.com" };
        var signIn = new { protocol = "oidc", issuer = "https://login.example.com", client_id = "vaka" };
        switch (operation)
        {
            case "CreateIntegration":
                return () => admin.PostAsJsonAsync("integrations", Hook("New", "https://example.com/1"));
            case "ApplyIntegrations":
                return () => admin.PostAsJsonAsync(
                    "integrations/apply", new { format = "vaka.integrations/1", scope = "tenant", integrations = new[] { Hook("New", "https://example.com/1") } });
            case "ExportSealedIntegrations":
                return () => admin.PostAsJsonAsync("integrations/export", new { passphrase = "correct horse battery" });
            case "PutSMTPSettings":
                return () => admin.PutAsJsonAsync("smtp-settings", mail);
            case "DeleteSMTPSettings":
                await admin.PutAsync("smtp-settings", mail, HttpStatusCode.Created);
                return () => admin.DeleteAsync("smtp-settings");
            case "PutSSOSettings":
                return () => admin.PutAsJsonAsync("sso-settings", signIn);
            case "DeleteSSOSettings":
                await admin.PutAsync("sso-settings", signIn, HttpStatusCode.Created);
                return () => admin.DeleteAsync("sso-settings");
            case "CreateApiKey":
                return () => admin.PostAsJsonAsync("api-keys", new { name = "x", role = "service", tenant_id = tenant.Id });
            case "RevokeApiKey":
                var key = await admin.PostAsync("api-keys", new { name = "x", role = "service", tenant_id = tenant.Id }, HttpStatusCode.Created);
                return () => admin.DeleteAsync($"api-keys/{key.Text("id")}");
            case "DisableProvider":
                return () => fixture.Admin.PostAsync("providers/smtp/disable", null);
            case "EnableProvider":
                await fixture.Admin.PostAsync("providers/smtp/disable", new { });
                return () => fixture.Admin.PostAsync("providers/smtp/enable", null);
        }

        var row = await admin.PostAsync("integrations", Hook("Row", "https://example.com/1"), HttpStatusCode.Created);
        var address = $"integrations/{row.Text("id")}";
        var run = new DurableRow { TenantId = tenant.Id, IntegrationId = Guid.Parse(row.Text("id")), State = operation == "CancelExecution" ? "parked" : "dead" };
        await fixture.QueryAsync(run.Insert);
        switch (operation)
        {
            case "CancelExecution":
                return () => tenant.Service.PostAsync($"executions/{run.Id}/cancel", null);
            case "ReplayExecution":
                return () => tenant.Service.PostAsync($"executions/{run.Id}/replay", null);
            case "ReplayIntegrationExecutions":
                return () => admin.PostAsJsonAsync($"{address}/executions/replay", new { states = new[] { "dead" }, since = run.CreatedAt.AddHours(-1) });
            case "ReplaceIntegrationPolicies":
                return () => admin.PutAsJsonAsync($"{address}/policies", new { policies = new[] { new { effect = "block" } } });
            case "ApproveExecution" or "DenyExecution":
                await admin.PutAsync($"{address}/policies", new { policies = new[] { new { effect = "ask" } } });
                var asked = (await tenant.Service.PostAsync("actions/webhook/push_data", new { input = new { data = 1 } }, HttpStatusCode.Accepted)).Text("execution_id");
                var hash = (await admin.GetJsonAsync($"executions/{asked}"))["approval"]!["input_sha256"]!.GetValue<string>(); // it waits
                return operation == "DenyExecution"
                    ? () => admin.PostAsJsonAsync($"executions/{asked}/deny", new { })
                    : () => admin.PostAsJsonAsync($"executions/{asked}/approve", new { input_sha256 = hash });
            case "ReplaceIntegration":
                return () => admin.PutAsJsonAsync(address, Hook("Row", "https://example.com/2"));
            case "PatchIntegration":
                return () => admin.PatchAsJsonAsync(address, new { name = "Renamed" });
            case "DeleteIntegration":
                return () => admin.DeleteAsync(address);
            case "DeactivateIntegration":
                return () => admin.PostAsync($"{address}/deactivate", null);
            case "ActivateIntegration":
                await admin.PostAsync($"{address}/deactivate", new { });
                return () => admin.PostAsync($"{address}/activate", null);
            case "RestoreIntegrationRevision":
                await admin.PutAsync(address, Hook("Row", "https://example.com/2"));
                return () => admin.PostAsync($"{address}/revisions/1/restore", null);
            default:
                throw new ArgumentOutOfRangeException(nameof(operation), operation, "No way to make this change is written here.");
        }
    }

    protected async Task TamperAsync()
    {
        await fixture.TenantAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        JsonObject found;
        do
        {
            await Task.Delay(100, patience.Token); // it is sealed behind everybody's back
            found = await fixture.Admin.GetJsonAsync("audit-events/verification");
        }
        while (found["last"] is null);

        Assert.True(found["intact"]!.GetValue<bool>(), found.ToJsonString());
        var id = (await fixture.QueryAsync("SELECT id FROM audit_events WHERE seal = 1 LIMIT 1")).Single();
        await fixture.QueryAsync($"UPDATE audit_events SET actor = actor || '?' WHERE id = '{id}'");
        var (code, output, _) = await fixture.Host.RunCommandAsync("audit", "verify");
        await fixture.QueryAsync($"UPDATE audit_events SET actor = substr(actor, 1, length(actor) - 1) WHERE id = '{id}'");
        Assert.Equal(2, code);
        Assert.Contains($"event_changed: Event {id} of seal 1 was changed.", output);
    }

    private static object Hook(string name, string url) => new { name, integration_type = "webhook", config = new { url } };

    private async Task<string> AssertCommandAsync(string[] expected, params string[] command)
    {
        var before = await EventsAsync();
        var (code, output, error) = await fixture.Host.RunCommandAsync(command);
        Assert.True(code == 0, error);
        Assert.Equal(expected, await NewEventsAsync(before));
        return output;
    }

    /// <summary>What is written behind the caller's back comes a moment later.</summary>
    private async Task AssertNewAsync(IReadOnlyList<string> before, string[] expected)
    {
        IReadOnlyList<string> added = [];
        for (var patience = DateTime.UtcNow.AddSeconds(20); added.Count < expected.Length && DateTime.UtcNow < patience; await Task.Delay(50))
            added = await NewEventsAsync(before);
        Assert.Equal(expected, added);
    }

    private async Task<IReadOnlyList<string>> NewEventsAsync(IReadOnlyList<string> before) =>
        [.. (await EventsAsync()).Except(before).Select(added => added.Split(' ')[1]).Order()];

    private Task<IReadOnlyList<string>> EventsAsync() => fixture.QueryAsync("SELECT CAST(id AS TEXT) || ' ' || action FROM audit_events");

    // What the case before has replayed goes on behind everybody's back, so of executions only the tenant's own are looked at.
    private async Task<string> StateAsync(Tenant tenant) => string.Join('\n',
    [
        .. await fixture.QueryAsync(
            "SELECT CAST(id AS TEXT) || ' ' || name || ' ' || CAST(revision AS TEXT) || ' ' || status || ' ' || CAST(config AS TEXT) FROM integrations ORDER BY 1"),
        .. await fixture.QueryAsync("SELECT CAST(integration_id AS TEXT) || ' ' || CAST(revision AS TEXT) FROM integration_revisions ORDER BY 1"),
        .. await fixture.QueryAsync("SELECT CAST(id AS TEXT) || CASE WHEN revoked_at IS NULL THEN '' ELSE ' revoked' END FROM api_keys ORDER BY 1"),
        .. await fixture.QueryAsync("SELECT CAST(id AS TEXT) || ' ' || state || ' ' || CAST(fence AS TEXT) FROM executions WHERE tenant_id = '" + $"{tenant.Id}' ORDER BY 1"),
        .. await fixture.QueryAsync("SELECT type || ' ' || CAST(is_disabled AS TEXT) FROM provider_settings ORDER BY 1"),
    ]);

    private async Task RunAsync(string[] statements)
    {
        foreach (var sql in statements) await fixture.QueryAsync(sql);
    }
}

public sealed class AuditOnSqliteTests(AuditOnSqliteTests.ExportingHost host) : AuditTests(host), IClassFixture<AuditOnSqliteTests.ExportingHost>
{
    public sealed class ExportingHost : SqliteHost
    {
        protected override IEnumerable<string> Settings => ["--Secrets:SealedExports=true"];
    }

    [Fact]
    public Task Audit_ThatWasTamperedWith_IsFoundByTheCommand() => TamperAsync();

    protected override (string[] Close, string[] Open) Trigger =>
    (
        ["CREATE TRIGGER no_audit BEFORE INSERT ON audit_events BEGIN SELECT RAISE(ABORT, 'the audit is closed'); END"],
        ["DROP TRIGGER no_audit"]
    );
}

public sealed class AuditOnPostgresTests(AuditOnPostgresTests.ExportingHost host) : AuditTests(host), IClassFixture<AuditOnPostgresTests.ExportingHost>
{
    public sealed class ExportingHost : PostgresHost
    {
        protected override IEnumerable<string> Settings => ["--Secrets:SealedExports=true"];
    }

    protected override (string[] Close, string[] Open) Trigger =>
    (
        [
            "CREATE FUNCTION no_audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the audit is closed'; END $$",
            "CREATE TRIGGER no_audit BEFORE INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION no_audit()",
        ],
        ["DROP TRIGGER no_audit ON audit_events", "DROP FUNCTION no_audit()"]
    );
}
