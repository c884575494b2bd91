using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests;

/// <summary>Every endpoint with every kind of caller. The endpoints are those of the host's own document: one that has no rule here fails,
/// so that nobody adds an endpoint without saying who may call it.</summary>
public sealed partial class AccessMatrixTests(AccessMatrixTests.MatrixHost fixture) : IClassFixture<AccessMatrixTests.MatrixHost>
{
    private static readonly Dictionary<string, Rule> Rules = new()
    {
        ["ListProviders"] = Rule.AnyKey,
        ["GetProvider"] = Rule.AnyKey,
        ["GetProviderIcon"] = Rule.AnyKey,
        ["EnableProvider"] = Rule.PlatformAdmin,
        ["DisableProvider"] = Rule.PlatformAdmin,
        ["AddPackage"] = Rule.PlatformAdmin,
        ["RollBackPackage"] = Rule.PlatformAdmin,
        ["RemovePackage"] = Rule.PlatformAdmin,
        ["ListFieldOptions"] = Rule.Admin,
        ["ListIntegrations"] = Rule.Admin,
        ["CreateIntegration"] = Rule.Admin,
        ["TestUnsavedIntegration"] = Rule.Admin,
        ["GetIntegration"] = Rule.Admin,
        ["ReplaceIntegration"] = Rule.Admin,
        ["PatchIntegration"] = Rule.Admin,
        ["DeleteIntegration"] = Rule.Admin,
        ["TestIntegration"] = Rule.Admin,
        ["ActivateIntegration"] = Rule.Admin,
        ["DeactivateIntegration"] = Rule.Admin,
        ["GetIntegrationHealth"] = Rule.Admin,
        ["GetIntegrationPolicies"] = Rule.Admin,
        ["ReplaceIntegrationPolicies"] = Rule.Admin,
        ["ListIntegrationRevisions"] = Rule.Admin,
        ["RestoreIntegrationRevision"] = Rule.Admin,
        ["ExportIntegrations"] = Rule.Admin,
        ["ExportSealedIntegrations"] = Rule.Admin,
        ["PlanIntegrations"] = Rule.Admin,
        ["ApplyIntegrations"] = Rule.Admin,
        ["GetEffectiveIntegration"] = Rule.AnyKey,
        ["ExportEffectiveIntegrations"] = Rule.AnyKey,
        ["GetSMTPSettings"] = Rule.Admin,
        ["PutSMTPSettings"] = Rule.Admin,
        ["DeleteSMTPSettings"] = Rule.Admin,
        ["TestSMTPSettings"] = Rule.Admin,
        ["GetSSOSettings"] = Rule.Admin,
        ["PutSSOSettings"] = Rule.Admin,
        ["DeleteSSOSettings"] = Rule.Admin,
        ["TestSSOSettings"] = Rule.Admin,
        ["BeginSSOLogin"] = Rule.AnyKey,
        ["RedeemSSOCode"] = Rule.AnyKey,
        ["DiscoverSSO"] = Rule.AnyKey,
        ["VerifySSODomain"] = Rule.Admin,
        ["EndSSOSession"] = Rule.AnyKey,
        ["GetSSOSession"] = Rule.AnyKey,
        ["InvokeAction"] = Rule.AnyKey,
        ["AgenticSendEmail"] = Rule.AnyKey,
        ["AgenticPushData"] = Rule.AnyKey,
        ["ListExecutions"] = Rule.AnyKey,
        ["GetExecution"] = Rule.AnyKey,
        ["CancelExecution"] = Rule.AnyKey,
        ["ReplayExecution"] = Rule.AnyKey,
        ["GetAwaitedInput"] = Rule.Admin,
        ["ApproveExecution"] = Rule.Admin,
        ["DenyExecution"] = Rule.Admin,
        ["ReplayIntegrationExecutions"] = Rule.Admin,
        ["ListApiKeys"] = Rule.Admin,
        ["CreateApiKey"] = Rule.Admin,
        ["RevokeApiKey"] = Rule.Admin,
        ["ListAuditEvents"] = Rule.Admin,
        ["ExportAuditEvents"] = Rule.Admin,
        ["VerifyAuditEvents"] = Rule.PlatformAdmin,
    };

    /// <summary>Who may call an endpoint.</summary>
    private enum Rule
    {
        AnyKey,
        Admin,
        PlatformAdmin,
    }

    /// <summary>Who calls.</summary>
    public enum Kind
    {
        NoKey,
        GarbageKey,
        UnknownKey,
        RevokedKey,
        ExpiredKey,
        TenantService,
        TenantAdmin,
        TenantAdminNamingAnother,
        PlatformService,
        PlatformAdmin,
        PlatformAdminForATenant,
        TokenOfTenantService,
        TokenOfTenantAdmin,
        TokenOfTenantAdminNamingAnother,
        TokenOfPlatformService,
        TokenOfPlatformAdmin,
        TokenOfPlatformAdminForATenant,
        TokenExpired,
        TokenForAnotherAudience,
        TokenOfAnotherIssuer,
        TokenSignedByAnother,
        TokenWithoutRole,
    }

    public static TheoryData<Kind> Callers => [.. Enum.GetValues<Kind>()];

    [Fact]
    public async Task Rules_AndEndpoints_AreTheSame() =>
        Assert.Equal(Rules.Keys.Order(), (await OperationsAsync()).Select(operation => operation.Id).Order());

    [Theory]
    [MemberData(nameof(Callers))]
    public async Task Caller_AtEveryEndpoint_IsTakenOrRefusedByItsRule(Kind caller)
    {
        using var client = await ClientAsync(caller);
        var wrong = new List<string>();
        foreach (var operation in await OperationsAsync())
        {
            if (!Rules.TryGetValue(operation.Id, out var rule))
            {
                wrong.Add($"{operation}: no rule");
                continue;
            }

            var expected = Refusal(caller, rule);
            var actual = await RefusalAsync(client, operation);
            if (expected != actual) wrong.Add($"{operation}: {actual ?? "taken"} instead of {expected ?? "taken"}");
        }

        Assert.True(wrong.Count == 0, $"{caller}\n{string.Join('\n', wrong)}");
    }

    /// <summary>Status and code that are due; <c>null</c>: the call is let in.</summary>
    private static string? Refusal(Kind caller, Rule rule) => caller switch
    {
        Kind.NoKey or Kind.GarbageKey or Kind.UnknownKey or Kind.RevokedKey or Kind.ExpiredKey or Kind.TokenExpired or Kind.TokenForAnotherAudience
            or Kind.TokenOfAnotherIssuer or Kind.TokenSignedByAnother or Kind.TokenWithoutRole => "401 unauthenticated",
        Kind.TenantAdminNamingAnother or Kind.TokenOfTenantAdminNamingAnother => "403 forbidden",
        Kind.TenantService or Kind.PlatformService or Kind.TokenOfTenantService or Kind.TokenOfPlatformService when rule is not Rule.AnyKey =>
            "403 forbidden",
        Kind.TenantAdmin or Kind.TokenOfTenantAdmin when rule is Rule.PlatformAdmin => "403 forbidden",
        _ => null,
    };

    private static async Task<string?> RefusalAsync(HttpClient client, Operation operation)
    {
        using var request = new HttpRequestMessage(new HttpMethod(operation.Method), operation.Path)
        {
            Content = operation.Method is "GET" or "DELETE" ? null : Wire.Raw("{}"),
        };
        if (operation.Id == "AddPackage") request.Content!.Headers.ContentType = new("application/zip"); // routing takes nothing else
        using var response = await client.SendAsync(request);

        // What else may be wrong with the call is no question of access.
        if (response.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.TooManyRequests)
            && (int)response.StatusCode < 500) return null;
        var problem = await response.Content.ReadFromJsonAsync<JsonObject>();
        return $"{(int)response.StatusCode} {problem?.Text("code")}";
    }

    private async Task<HttpClient> ClientAsync(Kind caller) => caller switch
    {
        Kind.NoKey => new HttpClient { BaseAddress = fixture.Host.Address },
        Kind.GarbageKey => Client("nonsense"),
        Kind.UnknownKey => Client($"vaka_{Guid.NewGuid():N}_{new string('A', 43)}"),
        Kind.RevokedKey => await RevokedAsync(),
        Kind.ExpiredKey => await ExpiredAsync(),
        Kind.TenantService => Client(await KeyAsync("service", Guid.NewGuid())),
        Kind.TenantAdmin => Client(await KeyAsync("admin", Guid.NewGuid())),
        Kind.TenantAdminNamingAnother => Client(await KeyAsync("admin", Guid.NewGuid()), tenant: Guid.NewGuid()),
        Kind.PlatformService => Client(await KeyAsync("service", null)),
        Kind.PlatformAdmin => Client(await KeyAsync("admin", null)),
        Kind.PlatformAdminForATenant => Client(await KeyAsync("admin", null), tenant: Guid.NewGuid()),
        Kind.TokenOfTenantService => Client(Issuer.Token("service", Guid.NewGuid())),
        Kind.TokenOfTenantAdmin => Client(Issuer.Token("admin", Guid.NewGuid())),
        Kind.TokenOfTenantAdminNamingAnother => Client(Issuer.Token("admin", Guid.NewGuid()), tenant: Guid.NewGuid()),
        Kind.TokenOfPlatformService => Client(Issuer.Token("service", null)),
        Kind.TokenOfPlatformAdmin => Client(Issuer.Token("admin", null)),
        Kind.TokenOfPlatformAdminForATenant => Client(Issuer.Token("admin", null), tenant: Guid.NewGuid()),
        Kind.TokenExpired => Client(Issuer.Token("admin", null, lifetime: TimeSpan.FromMinutes(-2))),
        Kind.TokenForAnotherAudience => Client(Issuer.Token("admin", null, audience: "another")),
        Kind.TokenOfAnotherIssuer => Client(fixture.Stranger.Token("admin", null)),
        Kind.TokenSignedByAnother => Client(fixture.Stranger.Token("admin", null, Issuer.Address)),
        Kind.TokenWithoutRole => Client(Issuer.Token("", null)),
        _ => throw new ArgumentOutOfRangeException(nameof(caller)),
    };

    private TokenIssuer Issuer => fixture.Issuer;

    private async Task<HttpClient> RevokedAsync()
    {
        var made = await MakeAsync(new { name = "revoked", role = "admin" });
        var client = Client(made.Text("key"));
        await client.GetJsonAsync("api/v1/providers");
        await fixture.Admin.SendAsync(HttpMethod.Delete, $"api-keys/{made.Text("id")}", null, HttpStatusCode.NoContent);
        return client;
    }

    private async Task<HttpClient> ExpiredAsync()
    {
        var made = await MakeAsync(new { name = "expired", role = "admin", expires_at = DateTimeOffset.UtcNow.AddSeconds(2) });
        var client = Client(made.Text("key"));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while ((await client.GetAsync("api/v1/providers", patience.Token)).StatusCode != HttpStatusCode.Unauthorized) await Task.Delay(100, patience.Token);
        return client;
    }

    private async Task<string> KeyAsync(string role, Guid? tenant) => (await MakeAsync(new { name = "matrix", role, tenant_id = tenant })).Text("key");

    private Task<JsonObject> MakeAsync(object key) => fixture.Admin.PostAsync("api-keys", key, HttpStatusCode.Created);

    private HttpClient Client(string key, Guid? tenant = null)
    {
        var client = new HttpClient { BaseAddress = fixture.Host.Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        if (tenant is not null) client.DefaultRequestHeaders.Add("X-Tenant-Id", tenant.ToString());
        return client;
    }

    private async Task<IReadOnlyList<Operation>> OperationsAsync()
    {
        using var anyone = new HttpClient { BaseAddress = fixture.Host.Address };
        var document = await anyone.GetJsonAsync("openapi/v1.json");
        return
        [
            .. document["paths"]!.AsObject().SelectMany( // the document has paths, and paths have operations
                path => path.Value!.AsObject(),
                (path, operation) => new Operation(
                    operation.Value!["operationId"]!.GetValue<string>(), operation.Key.ToUpperInvariant(), Filled(path.Key))),
        ];
    }

    /// <summary>The path with values that name nothing, so that a call that is let in changes nothing.</summary>
    private static string Filled(string path) => Parameter().Replace(path.TrimStart('/'), parameter => parameter.Groups[1].Value switch
    {
        "id" => Guid.NewGuid().ToString(),
        "n" => "1",
        _ => "none",
    });

    [GeneratedRegex(@"\{(\w+)[^}]*\}")]
    private static partial Regex Parameter();

    private sealed record Operation(string Id, string Method, string Path);

    /// <summary>A host that takes an issuer's tokens beside keys, and lets one address fail as often as the matrix must.</summary>
    public sealed class MatrixHost : SqliteHost
    {
        internal TokenIssuer Issuer { get; private set; } = null!; // started before the host

        internal TokenIssuer Stranger { get; private set; } = null!; // started before the host

        protected override IEnumerable<string> Settings =>
            ["--Access:FailedAttemptsPerMinute=100000", $"--Access:Jwt:Authority={Issuer.Address}", $"--Access:Jwt:Audience={TokenIssuer.Audience}"];

        protected override async Task PrepareAsync() => (Issuer, Stranger) = (await TokenIssuer.StartAsync(), await TokenIssuer.StartAsync());

        protected override async Task DropDatabaseAsync()
        {
            await Issuer.DisposeAsync();
            await Stranger.DisposeAsync();
        }
    }
}
