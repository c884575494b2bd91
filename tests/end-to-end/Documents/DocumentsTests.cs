using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.Documents;

/// <summary>The integrations of all shipped providers go from one tenant to another as a document, by the API and by the commands.</summary>
public abstract class DocumentsTests
{
    private const string Passphrase = "correct horse battery";

    private static readonly (string Type, object Config)[] Configs =
    [
        ("jira", new { deployment = "cloud", site_url = "https://acme.atlassian.net", auth = new { type = "api_token", email = "bot@acme.example", token = "secret-jira" } }),
        ("servicenow", new { instance_url = "https://acme.service-now.com", auth = new { type = "basic", username = "bot", password = "secret-servicenow" } }),
        ("slack", new { auth = new { type = "bot_token", bot_token = "xoxb-1-secret" }, default_channel = "#no" }),
        ("smtp", new { smtp_host = "mail.example.com", smtp_user = "0x10", smtp_password = "secret-smtp: \"no\" #\\", from_email = "a@example.com", from_name = "1e3" }),
        ("sso", new { protocol = "oidc", issuer = "https://login.example.com", client_id = "2026-01-31", client_secret = "secret-sso" }),
        ("teams", new { connection = new { type = "graph", tenant_id = "acme.example", client_id = "0b5b1c9e-0000-4000-8000-000000000001", client_secret = "secret-teams" } }),
        ("webhook", new
        {
            url = "https://hooks.example.com/x", headers = new Dictionary<string, string> { ["X-Plain"] = "true" },
            secret_headers = new Dictionary<string, string> { ["X.Api.Key"] = "secret-header" }, auth = new { type = "bearer", token = "secret-webhook" },
        }),
    ];

    private readonly HostFixture fixture;

    protected DocumentsTests(HostFixture fixture)
    {
        fixture.SkipUnlessAvailable();
        this.fixture = fixture;
    }

    [Theory]
    [InlineData("json")]
    [InlineData("yaml")]
    public async Task Documents_OfEveryProvider_GoFromOneTenantToAnother(string format)
    {
        var (from, to) = (await SeedAsync(), await fixture.TenantAsync());
        using var answer = await from.Admin.PostAsJsonAsync("integrations/export", new { format, passphrase = Passphrase });
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        Assert.Equal($"application/{format}", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal($"integrations.{format}", answer.Content.Headers.ContentDisposition?.FileName?.Trim('"'));
        Assert.DoesNotContain("secret-", text);
        var body = new { document = format == "json" ? JsonNode.Parse(text) : text, passphrase = Passphrase };

        var plan = await to.Admin.PostAsync("integrations/plan", body);
        Assert.All(Items(plan), item => Assert.Equal(("create", 0), (item.Text("action"), item["errors"]!.AsArray().Count)));
        Assert.Equal(Configs.Length, Items(plan).Count);
        var hash = plan.Text("plan_hash");
        await to.Admin.PostAsync($"integrations/apply?plan_hash={hash}", body);
        Assert.False((await to.Admin.PostAsync("integrations/plan", body))["has_changes"]!.GetValue<bool>());
        await to.Admin.PostAsync($"integrations/apply?plan_hash={hash}", body, HttpStatusCode.Conflict);

        // The same configs, and every secret is there.
        Assert.Equal(await ConfigsAsync(from), await ConfigsAsync(to));
    }

    [Fact]
    public async Task Documents_InYamlWithoutSecrets_AreABodyAsTheyStand()
    {
        var tenant = await SeedAsync();
        var yaml = await tenant.Admin.GetStringAsync("integrations/export?format=yaml");
        using var planned = await tenant.Admin.PostAsync(
            "integrations/plan?prune=true", new StringContent(yaml.Replace("hooks.example.com", "other.example.com"), Encoding.UTF8, "application/yaml"));
        var plan = (await planned.Content.ReadFromJsonAsync<JsonObject>())!; // it answers one
        Assert.Equal(["webhook"], Items(plan).Where(item => item["errors"]!.AsArray().Count > 0).Select(item => item.Text("integration_type")));
        using var refused = await tenant.Admin.PostAsync(
            "integrations/apply", new StringContent(yaml.Replace("hooks.example.com", "other.example.com"), Encoding.UTF8, "application/yaml"));
        Assert.Equal("secret_required", (await refused.Content.ReadFromJsonAsync<JsonObject>())!.Text("code")); // it answers one
    }

    protected async Task ExportPlanAndApplyByCommandAsync()
    {
        var tenant = await SeedAsync();
        var (file, passphrase) = (Path.Combine(fixture.Directory, $"{Guid.NewGuid():N}.yaml"), Path.Combine(fixture.Directory, $"{Guid.NewGuid():N}.txt"));
        await File.WriteAllTextAsync(passphrase, $"{Passphrase}\n");
        string[] with = ["--tenant", $"{tenant.Id}", "--passphrase-file", passphrase];

        await AssertAsync(0, "", ["integrations", "export", "--yaml", "--output", file, .. with]);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        await AssertAsync(0, $"{Configs.Length} unchanged", ["integrations", "plan", file, .. with]);
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("#no", "#incidents"));
        await AssertAsync(2, "config.default_channel: \"#no\" -> \"#incidents\"", ["integrations", "plan", file, .. with]);
        await AssertAsync(0, "1 update", ["integrations", "apply", file, .. with]);
        var slack = (await tenant.Admin.GetJsonAsync("integrations?integration_type=slack"))["items"]![0]!;
        Assert.Equal("#incidents", slack["config"]!["default_channel"]!.GetValue<string>());
    }

    private async Task<Tenant> SeedAsync()
    {
        var tenant = await fixture.TenantAsync();
        foreach (var (type, config) in Configs)
            await tenant.Admin.PostAsync("integrations", new { name = $"The {type}", integration_type = type, config }, HttpStatusCode.Created);
        return tenant;
    }

    private async Task AssertAsync(int expected, string printed, string[] command)
    {
        var (code, output, error) = await fixture.Host.RunCommandAsync(command);
        Assert.True(code == expected, $"{code}\n{output}\n{error}");
        Assert.Contains(printed, output);
        Assert.DoesNotContain("secret-", output + error);
    }

    private static async Task<IReadOnlyList<string>> ConfigsAsync(Tenant tenant) =>
    [
        .. (await tenant.Admin.GetJsonAsync("integrations"))["items"]!.AsArray().OfType<JsonObject>() // a page has items
            .Select(row => $"{row.Text("integration_type")} {row.Text("name")} {Ordered(row["config"])} "
                + string.Join(' ', row["secrets"]!.AsObject().Select(secret => $"{secret.Key}={secret.Value!["set"]}"))).Order(),
    ];

    // SQLite keeps members in the order in which they came.
    private static string Ordered(JsonNode? node) => node is JsonObject members
        ? $"{{{string.Join(',', members.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => $"{member.Key}:{Ordered(member.Value)}"))}}}"
        : node?.ToJsonString() ?? "null";

    private static IReadOnlyList<JsonObject> Items(JsonObject plan) => [.. plan["items"]!.AsArray().OfType<JsonObject>()]; // a plan has items

    /// <summary>Where the operator lets admins export secrets.</summary>
    public sealed class ExportingSqliteHost : SqliteHost
    {
        protected override IEnumerable<string> Settings => ["--Secrets:SealedExports=true"];
    }

    public sealed class ExportingPostgresHost : PostgresHost
    {
        protected override IEnumerable<string> Settings => ["--Secrets:SealedExports=true"];
    }
}

public sealed class DocumentsOnSqliteTests(DocumentsTests.ExportingSqliteHost host) : DocumentsTests(host), IClassFixture<DocumentsTests.ExportingSqliteHost>
{
    // Each command is a process of its own.
    [Fact]
    public Task Commands_ExportPlanAndApply_SayWhatChanges() => ExportPlanAndApplyByCommandAsync();
}

public sealed class DocumentsOnPostgresTests(DocumentsTests.ExportingPostgresHost host) : DocumentsTests(host), IClassFixture<DocumentsTests.ExportingPostgresHost>;
