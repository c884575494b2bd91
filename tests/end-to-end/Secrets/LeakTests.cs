using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.EndToEnd.Tests.SingleSignOn;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests.Secrets;

/// <summary>A secret goes into every field that takes one and through every endpoint, well and badly, and comes out nowhere: not in an
/// answer, not in the database, and not in what the host prints at its most talkative.</summary>
public abstract partial class LeakTests
{
    private readonly HostFixture fixture;
    private readonly Canary canary = new();
    private readonly Answers answers = new();

    protected LeakTests(HostFixture fixture)
    {
        fixture.SkipUnlessAvailable();
        this.fixture = fixture;
    }

    [Fact]
    public async Task Secret_InEveryFieldAndThroughEveryEndpoint_ComesOutNowhere()
    {
        await using var sink = await HttpPeer.StartAsync();
        await using var issuer = await HttpPeer.StartAsync();
        issuer.Otherwise(HttpAnswers.Json($$"""{"access_token":"{{canary.Text}}","refresh_token":"{{canary.Text}}","token_type":"Bearer","expires_in":3600}"""));
        var configs = SecretConfigs.All(canary, sink.Address, issuer.Address).ToList();
        await AssertEverySecretFieldIsThereAsync(configs);
        foreach (var (type, config) in configs) await GoThroughAsync(await TenantAsync(), type, config, sink);
        await AssertEveryEndpointAnsweredAsync();

        foreach (var answer in answers.All) canary.AssertNotIn($"{answer.Method} {answer.Path}", answer.Text);
        canary.Add("master key", (await File.ReadAllTextAsync(Directory.GetFiles(fixture.Directory, "master.key", SearchOption.AllDirectories).Single())).Trim());
        canary.Add("API key", fixture.Admin.DefaultRequestHeaders.Authorization!.Parameter![^30..]); // it has one
        var (log, dump) = (fixture.Host.Output, await fixture.DumpAsync());
        canary.AssertNotIn("The log", log);
        canary.AssertNotIn("The database", dump);

        // It was looked for where everything else is found.
        Assert.Contains("trce:", log);
        Assert.Contains("/api/v1/actions/webhook/push_data", log);
        Assert.Contains("a@vaka.test", dump);
        Assert.Contains(answers.All, answer => answer.Text.Contains("a@vaka.test"));
    }

    [Fact]
    public async Task Secret_InARequestThatTheHostFailsAt_IsNotInTheLog()
    {
        var tenant = await TenantAsync();
        var made = await tenant.Admin.PostAsync("integrations", Body("Hook", "webhook", Object(new
        {
            url = "https://example.com/", auth = new { type = "bearer", token = canary.Text },
        })), HttpStatusCode.Created);
        await BreakAsync(made.Text("id"));

        using var failed = await tenant.Admin.PatchAsJsonAsync(
            $"integrations/{made.Text("id")}", new { config = new { auth = new { type = "bearer", token = canary.Text } } });
        Assert.InRange((int)failed.StatusCode, 400, 599);
        canary.AssertNotIn("The answer", answers.All.Last().Text);
        canary.AssertNotIn("The log", fixture.Host.Output);
    }

    [Fact]
    public async Task Secret_InSettingsThatTheHostCannotStartWith_IsNotPrinted()
    {
        var file = Path.Combine(fixture.Directory, "wrong.key");
        await File.WriteAllTextAsync(file, canary.Awkward);
        foreach (var settings in new string[][]
        {
            [$"--Secrets:MasterKeyFile={file}"],
            ["--Database:Provider=postgres", $"--Database:ConnectionString=Host=127.0.0.1;Port=1;Password={canary.Text}"],
            ["--Database:Provider=postgres", $"--Database:ConnectionString=Host=127.0.0.1;Port=x;Password={canary.Text}"],
            ["--Database:Provider=postgres", $"--Database:ConnectionString=Host=127.0.0.1;Unknown=x;Password={canary.Text}"],
            ["--Database:Provider=postgres", $"--Database:ConnectionString=Host=127.0.0.1;Password=\"{canary.Text}"],
            ["--Database:Provider=sqlite", $"--Database:ConnectionString=Data Source=x.db;Password={canary.Text}"],
        })
        {
            var directory = Directory.CreateDirectory(Path.Combine(fixture.Directory, $"{Guid.NewGuid():N}")).FullName;
            var (code, printed) = await HostProcess.FailToStartAsync(directory, settings);
            Assert.NotEqual(0, code);
            canary.AssertNotIn(settings[^1], printed);
            Assert.DoesNotContain("   at ", printed);
        }
    }

    /// <summary>Makes one row something that no host has written.</summary>
    private Task BreakAsync(string id) => fixture.QueryAsync($"UPDATE integrations SET config = '[7]' WHERE id = '{id}'");

    private async Task GoThroughAsync(Tenant tenant, string type, JsonObject config, HttpPeer sink)
    {
        var admin = tenant.Admin;
        var made = await admin.PostAsync("integrations", Body("First", type, config), HttpStatusCode.Created);
        var path = $"integrations/{made.Text("id")}";

        // Read, changed, conflicting.
        var row = await admin.GetJsonAsync(path);
        row["name"] = "Second";
        await admin.PutAsync(path, row);
        await admin.PatchAsync(path, new { config });
        await admin.SendAsync(HttpMethod.Patch, path, JsonContent.Create(new { config }), HttpStatusCode.PreconditionFailed, ("If-Match", "\"1\""));
        await admin.PostAsync("integrations", Body("Second", type, config), HttpStatusCode.Conflict);
        await RefusedAsync(admin, path, type, config);
        foreach (var list in new[] { "integrations", "integrations?q=First", path, $"{path}/revisions", $"{path}/health", "audit-events", "api-keys", "providers", $"providers/{type}" })
            await admin.GetJsonAsync(list);
        using (await admin.GetAsync($"providers/{type}/icon")) { }
        using (await admin.PostAsJsonAsync($"providers/{type}/options/region", new { config })) { }
        await admin.PostAsync("api-keys", new { name = "x", role = "service", tenant_id = tenant.Id }, HttpStatusCode.Created);
        var key = await admin.PostAsync("api-keys", new { name = "y", role = "service", tenant_id = tenant.Id }, HttpStatusCode.Created);
        await admin.SendAsync(HttpMethod.Delete, $"api-keys/{key.Text("id")}", null, HttpStatusCode.NoContent);

        await ExportAsync(admin);

        // Tested.
        await admin.PostAsync($"{path}/test", new { });
        await admin.PostAsync("integrations/test", new { integration_type = type, config });
        await admin.PostAsync("integrations/test", new { integration_type = type, config = row["config"], id = made.Text("id") });

        // Used, by callers who must not know.
        await tenant.Service.GetJsonAsync($"integrations/effective?integration_type={type}");
        await tenant.Service.GetJsonAsync("integrations/effective/export");
        await UseAsync(tenant.Service, type, sink);

        // Asked for, looked at, and denied; blocked.
        await admin.PutAsync($"{path}/policies", new { policies = new[] { new { effect = "ask" } } });
        await admin.GetJsonAsync($"{path}/policies");
        foreach (var waiting in (await AskAsync(tenant, type))["items"]!.AsArray().Select(item => item!["id"])) // every execution has an id
        {
            await admin.GetJsonAsync($"executions/{waiting}");
            await admin.GetJsonAsync($"executions/{waiting}/input");
            using (await admin.PostAsJsonAsync($"executions/{waiting}/approve", new { input_sha256 = canary.Text })) { }
            await admin.PostAsync($"executions/{waiting}/deny", new { });
        }

        await admin.PutAsync($"{path}/policies", new { policies = new[] { new { effect = "block" } } });
        await AskAsync(tenant, type);
        await admin.PutAsync($"{path}/policies", new { policies = Array.Empty<object>() });

        await admin.PostAsync($"{path}/executions/replay", new { states = new[] { "dead" }, since = DateTimeOffset.UnixEpoch }, HttpStatusCode.Accepted);

        // Switched, restored, removed.
        await admin.PostAsync($"{path}/deactivate", new { });
        await admin.PostAsync($"{path}/activate", new { });
        await admin.PostAsync($"{path}/revisions/1/restore", new { });
        await admin.SendAsync(HttpMethod.Delete, path, null, HttpStatusCode.NoContent);
        if (type == "smtp")
        {
            await admin.PutAsync("smtp-settings", config, HttpStatusCode.Created);
            await admin.GetJsonAsync("smtp-settings");
            await admin.PostAsync("smtp-settings/test", config);
            await admin.PutAsync("smtp-settings", Changed(config, "smtp_port", canary.Text), HttpStatusCode.UnprocessableEntity);
            await admin.SendAsync(HttpMethod.Delete, "smtp-settings", null, HttpStatusCode.NoContent);
            await SignInAsync(tenant);
        }

        using (await admin.GetAsync("audit-events/export")) { }
        using var platform = Client(fixture.Admin, fixture.Admin.BaseAddress!); // it has one
        await platform.GetJsonAsync("audit-events/verification");
        foreach (var word in new[] { "disable", "enable" }) using (await platform.PostAsJsonAsync("providers/webhook/" + word, new { })) { }
        using (var package = new ByteArrayContent(Encoding.UTF8.GetBytes(canary.Text)) { Headers = { ContentType = new("application/zip") } })
            using (await platform.PostAsync("providers/packages", package)) { }
        using (await platform.PostAsync("providers/webhook/rollback", null)) { }
        using (await platform.DeleteAsync("providers/webhook/package")) { }
    }

    /// <summary>As a document, well and badly.</summary>
    private async Task ExportAsync(HttpClient admin)
    {
        var document = await admin.GetJsonAsync("integrations/export");
        using (await admin.GetAsync("integrations/export?format=yaml")) { }
        var whole = await admin.PostAsync("integrations/export", new { passphrase = canary.Text + canary.Text });
        foreach (var verb in new[] { "plan", "apply" })
        {
            await admin.PostAsync($"integrations/{verb}", document);
            await admin.PostAsync($"integrations/{verb}", new { document = whole, passphrase = canary.Text + canary.Text });
            await admin.PostAsync($"integrations/{verb}", new { document = whole, passphrase = canary.Text }, HttpStatusCode.BadRequest);
            using (await admin.PostAsync($"integrations/{verb}", new StringContent($"a: {canary.Text}: [", Encoding.UTF8, "application/yaml"))) { }
        }
    }

    /// <summary>Single sign-on: the client's secret, the one-time code's place, and the code that the identity provider gave.</summary>
    private async Task SignInAsync(Tenant tenant)
    {
        await using var issuer = await OidcIssuer.StartAsync();
        var config = issuer.Config("https://app.example.com/");
        config["client_secret"] = canary.Text;
        config["email_domains"] = new JsonArray("acme.example");
        await tenant.Admin.PutAsync("sso-settings", config, HttpStatusCode.Created);
        await tenant.Admin.GetJsonAsync("sso-settings");
        await tenant.Admin.PostAsync("sso-settings/test", config);
        await tenant.Service.PostAsync("sso/discover", new { email = "alice@acme.example" });
        await tenant.Admin.PostAsync("sso/domains/verify", new { integration = "SSO", domain = "acme.example" });
        using (var login = new ServiceLogin(tenant.Service, "https://app.example.com/"))
        {
            var who = await login.RedeemAsync(await login.CodeAsync(issuer.SignIn(await login.BeginAsync(), "alice")));
            var session = who["session"]?["id"]?.GetValue<string>();
            await tenant.Service.GetJsonAsync($"sso/sessions/{session}");
            await tenant.Service.PostAsync("sso/logout", new { session_id = session });
        }

        await tenant.Admin.SendAsync(HttpMethod.Delete, "sso-settings", null, HttpStatusCode.NoContent);
    }

    /// <summary>Everything that is refused, with the secret in what is refused.</summary>
    private async Task RefusedAsync(HttpClient admin, string path, string type, JsonObject config)
    {
        var wrong = type == "smtp" ? "smtp_port" : "timeout_seconds";
        var secret = type == "smtp" ? "smtp_password" : "signing_secret";
        foreach (var refused in new[]
        {
            Changed(config, wrong, canary.Text),
            Changed(config, secret, new JsonObject { ["value"] = canary.Text }),
            Changed(config, secret, new JsonArray(canary.Text)),
            Changed(config, "unknown", canary.Text),
            Changed(config, secret, $"{canary.Text}\n\0{new string('x', 100_000)}"),
            Changed(config, type == "smtp" ? "from_email" : "url", canary.Text),
        })
        {
            foreach (var (method, to, body) in new[]
            {
                (HttpMethod.Post, "integrations", Body("Third", type, refused)), (HttpMethod.Patch, path, new { config = refused }),
                (HttpMethod.Put, path, Body("Third", type, refused)), (HttpMethod.Post, "integrations/test", new { integration_type = type, config = refused }),
            })
            {
                using var request = new HttpRequestMessage(method, to) { Content = JsonContent.Create(body) };
                using var answer = await admin.SendAsync(request);
                Assert.InRange((int)answer.StatusCode, 400, 422);
            }
        }

        await admin.PatchAsync(path, new { config = Elsewhere(type) }, HttpStatusCode.UnprocessableEntity);
        using (await admin.PostAsync("integrations", Wire.Raw($$"""{"name":"x","config":{"{{secret}}":"{{canary.Text}}"""))) { }
        using (await admin.PostAsync("integrations", Wire.Raw($$$"""{"config":{"{{{secret}}}":"{{{canary.Text}}}","{{{secret}}}":"{{{canary.Text}}}"}}"""))) { }
    }

    /// <summary>A call and a dry run, whatever a policy makes of them, and all that waits.</summary>
    private static async Task<JsonObject> AskAsync(Tenant tenant, string type)
    {
        object mail = new { to = type == "smtp" ? new[] { "bot@vaka.test" } : [], subject = "s", text = "t" };
        var (path, input) = type == "smtp" ? ("actions/smtp/send_email", mail) : ("actions/webhook/push_data", new { data = 1 });
        foreach (var isDryRun in new[] { false, true })
        {
            using var called = await tenant.Service.PostAsJsonAsync(path, new { input, dry_run = isDryRun });
        }

        return await tenant.Admin.GetJsonAsync("executions?state=awaiting_approval");
    }

    private async Task UseAsync(HttpClient service, string type, HttpPeer sink)
    {
        object mail = new { to = type == "smtp" ? new[] { "bot@vaka.test" } : [], subject = "s", text = "t" };
        var (path, input) = type == "smtp" ? ("actions/smtp/send_email", mail) : ("actions/webhook/push_data", new { data = 1 });
        foreach (var answer in new[] { HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.InternalServerError, HttpStatusCode.Redirect })
        {
            // What the endpoint says of the call is its own affair, unless it succeeds.
            sink.Next(HttpAnswers.Json(answer, answer is HttpStatusCode.OK ? "{}" : $$"""{"authorization":"{{canary.Text}}"}""").WithHeader("X-Seen", canary.Text));
            using var called = await service.PostAsJsonAsync(path, new { input });
        }

        using (await service.PostAsJsonAsync(path, new { input = new { nothing = 1 } })) { }
        await service.PostAsync("agentic-actions/email", new { to = new[] { "bot@vaka.test" }, subject = "s", body = "b" });
        await service.PostAsync("agentic-actions/push-data", new { data = 1 });
        var executions = (await service.GetJsonAsync("executions"))["items"]!.AsArray(); // every list has items
        for (var i = 0; executions.Count == 0 && i < 100; i++, await Task.Delay(50)) executions = (await service.GetJsonAsync("executions"))["items"]!.AsArray();
        var run = $"executions/{executions[0]!["id"]}"; // every execution has an id
        await service.GetJsonAsync(run);
        foreach (var verb in new[] { "cancel", "replay" }) await service.PostAsync($"{run}/{verb}", new { }, HttpStatusCode.BadRequest); // it was synchronous
    }

    private async Task AssertEverySecretFieldIsThereAsync(IReadOnlyCollection<(string Type, JsonObject Config)> configs)
    {
        foreach (var type in new[] { "smtp", "webhook" })
        {
            var schema = (await fixture.Admin.GetJsonAsync($"providers/{type}"))["config_schema"];
            var filled = configs.Where(config => config.Type == type).SelectMany(config => SecretConfigs.NamesOf(config.Config, canary)).ToHashSet();
            var secrets = SecretConfigs.NamesIn(schema).Distinct().ToList();
            Assert.NotEmpty(secrets);
            Assert.Empty(secrets.Except(filled));
        }
    }

    private async Task AssertEveryEndpointAnsweredAsync()
    {
        using var anyone = new HttpClient { BaseAddress = fixture.Host.Address };
        var document = await anyone.GetJsonAsync("openapi/v1.json");
        var unasked = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject(), (path, operation) => (Path: path.Key, Method: operation.Key)) // the document has both
            .Where(operation => !answers.All.Any(answer => answer.Method.Equals(operation.Method, StringComparison.OrdinalIgnoreCase)
                && Regex.IsMatch(answer.Path, $"^{Parameter().Replace(operation.Path, "[^/]+")}$")));
        Assert.Empty(unasked);
    }

    private async Task<Tenant> TenantAsync()
    {
        var tenant = await fixture.TenantAsync();
        return tenant with { Admin = Client(tenant.Admin, tenant.Admin.BaseAddress!), Service = Client(tenant.Service, tenant.Admin.BaseAddress!) }; // they have one
    }

    private HttpClient Client(HttpClient same, Uri address)
    {
        var client = new HttpClient(answers, disposeHandler: false) { BaseAddress = address };
        client.DefaultRequestHeaders.Authorization = same.DefaultRequestHeaders.Authorization;
        return client;
    }

    private static object Body(string name, string type, JsonObject config) => new { name, integration_type = type, config };

    private static JsonObject Changed(JsonObject config, string field, JsonNode value)
    {
        var changed = config.DeepClone().AsObject();
        changed[field] = value;
        return changed;
    }

    private static JsonObject Elsewhere(string type) =>
        type == "smtp" ? new JsonObject { ["smtp_host"] = "attacker.example" } : new JsonObject { ["url"] = "https://attacker.example/" };

    private static JsonObject Object(object config) => JsonSerializer.SerializeToNode(config)!.AsObject(); // an object is one

    [GeneratedRegex(@"\{(\w+)[^}]*\}")]
    private static partial Regex Parameter();

    /// <summary>Everything that any part of the host has to say.</summary>
    internal static IEnumerable<string> Talkative(IEnumerable<string> others) =>
    [
        .. others, "--Secrets:SealedExports=true", "--Logging:LogLevel:Default=Trace", "--Logging:LogLevel:Microsoft.AspNetCore=Trace", "--Logging:LogLevel:System.Net.Http=Trace",
        "--Logging:LogLevel:Microsoft.EntityFrameworkCore=Trace", "--Logging:LogLevel:Microsoft.AspNetCore.DataProtection=Trace",
        "--Logging:LogLevel:Npgsql=Trace",
    ];
}

public sealed class LeakOnSqliteTests(LeakOnSqliteTests.TalkativeHost host) : LeakTests(host), IClassFixture<LeakOnSqliteTests.TalkativeHost>
{
    public sealed class TalkativeHost : SqliteHost
    {
        protected override IEnumerable<string> Settings => Talkative(base.Settings);
    }
}

public sealed class LeakOnPostgresTests(LeakOnPostgresTests.TalkativeHost host) : LeakTests(host), IClassFixture<LeakOnPostgresTests.TalkativeHost>
{
    public sealed class TalkativeHost : PostgresHost
    {
        protected override IEnumerable<string> Settings => Talkative(base.Settings);
    }
}
