using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.Client;

/// <summary>What is configured.</summary>
public sealed class IntegrationsClient
{
    private readonly HostConnection connection;

    internal IntegrationsClient(HostConnection connection) => this.connection = connection;

    /// <summary>Which integration would serve the caller's tenant, and why.</summary>
    /// <param name="type">The provider, such as <c>smtp</c>.</param>
    /// <param name="name">Name or id of the one that is meant; default: the default one.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="VakaException"><c>integration_not_configured</c> or <c>integration_unusable</c>: none would; the trail says why.</exception>
    public Task<EffectiveIntegration> GetEffectiveAsync(string type, string? name = null, CancellationToken cancellationToken = default)
    {
        var named = name is null ? "" : $"&name={Uri.EscapeDataString(name)}";
        return connection.SendAsync(
            new HostCall(HttpMethod.Get, $"integrations/effective?integration_type={Uri.EscapeDataString(type)}{named}"),
            ClientJson.Default.EffectiveIntegration, cancellationToken);
    }

    /// <summary>Every integration that is asked for; pages are fetched as they are needed.</summary>
    /// <exception cref="VakaException">The list could not be read.</exception>
    public IAsyncEnumerable<Integration> ListAsync(IntegrationFilter? filter = null, CancellationToken cancellationToken = default) =>
        connection.ListAsync("integrations", (filter ?? new IntegrationFilter()).ToQuery(), ClientJson.Default.IntegrationPage, cancellationToken);

    /// <summary>One integration, without its secrets.</summary>
    /// <exception cref="VakaException"><c>not_found</c>: there is none.</exception>
    public Task<Integration> GetAsync(Guid id, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Get, $"{id}", null, null, cancellationToken);

    /// <summary>Configures a provider.</summary>
    /// <exception cref="VakaException"><c>invalid_config</c>: the errors say what is wrong with which field; <c>name_taken</c>.</exception>
    public Task<Integration> CreateAsync(IntegrationDraft draft, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, "", Write(draft), null, cancellationToken);

    /// <summary>Replaces an integration. A secret that is left out stays as it is, one that is null is cleared.</summary>
    /// <param name="id">Which.</param>
    /// <param name="draft">As it shall be.</param>
    /// <param name="revision">The revision that must still be the newest; default: whichever is.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="VakaException"><c>revision_conflict</c>: somebody changed it since; <c>invalid_config</c>, <c>name_taken</c>;
    /// <c>secret_required</c>: its destination changed, and the secret must be given again.</exception>
    public Task<Integration> ReplaceAsync(Guid id, IntegrationDraft draft, int? revision = null, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Put, $"{id}", Write(draft), revision, cancellationToken);

    /// <summary>Changes some of an integration: a JSON Merge Patch (RFC 7396), such as <c>{"config":{"smtp_port":465}}</c>.</summary>
    /// <exception cref="VakaException">As with <see cref="ReplaceAsync"/>.</exception>
    public Task<Integration> PatchAsync(
        Guid id, JsonObject patch, int? revision = null, CancellationToken cancellationToken = default) => connection.SendAsync(
        new HostCall(HttpMethod.Patch, $"integrations/{id}")
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(patch, ClientJson.Default.JsonObject),
            ContentType = "application/merge-patch+json",
            Revision = revision,
        },
        ClientJson.Default.Integration, cancellationToken);

    /// <summary>Deletes an integration.</summary>
    /// <exception cref="VakaException"><c>revision_conflict</c>: somebody changed it since.</exception>
    public Task DeleteAsync(Guid id, int? revision = null, CancellationToken cancellationToken = default) =>
        connection.SendAsync(new HostCall(HttpMethod.Delete, $"integrations/{id}") { Revision = revision }, cancellationToken);

    /// <summary>Puts an integration to use.</summary>
    /// <exception cref="VakaException"><c>invalid_config</c>: it is not complete.</exception>
    public Task<Integration> ActivateAsync(Guid id, int? revision = null, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, $"{id}/activate", null, revision, cancellationToken);

    /// <summary>Switches an integration off.</summary>
    /// <exception cref="VakaException"><c>revision_conflict</c>: somebody changed it since.</exception>
    public Task<Integration> DeactivateAsync(Guid id, int? revision = null, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, $"{id}/deactivate", null, revision, cancellationToken);

    /// <summary>Tries whether an integration works, without doing anything: no mail is sent.</summary>
    /// <exception cref="VakaException">It could not be tried. What does not work is no exception: <see cref="IntegrationTest.Message"/>.</exception>
    public Task<IntegrationTest> TestAsync(Guid id, CancellationToken cancellationToken = default) =>
        connection.SendAsync(new HostCall(HttpMethod.Post, $"integrations/{id}/test"), ClientJson.Default.IntegrationTest, cancellationToken);

    private static byte[] Write(IntegrationDraft draft) => JsonSerializer.SerializeToUtf8Bytes(draft, ClientJson.Default.IntegrationDraft);

    private Task<Integration> SendAsync(
        HttpMethod method, string path, byte[]? body, int? revision, CancellationToken cancellationToken) => connection.SendAsync(
        new HostCall(method, path.Length == 0 ? "integrations" : $"integrations/{path}") { Body = body, Revision = revision },
        ClientJson.Default.Integration, cancellationToken);
}

/// <summary>Which integrations are listed; what is left out does not matter.</summary>
public sealed record IntegrationFilter
{
    /// <summary>Those of this provider.</summary>
    public string? IntegrationType { get; init; }

    /// <summary>Those in this status: <c>configuring</c>, <c>active</c>, <c>inactive</c> or <c>error</c>.</summary>
    public string? Status { get; init; }

    /// <summary>Those in this health: <c>healthy</c>, <c>warning</c> or <c>error</c>.</summary>
    public string? HealthStatus { get; init; }

    /// <summary>Those that are, or are not, switched on.</summary>
    public bool? IsActive { get; init; }

    /// <summary>The one of this name.</summary>
    public string? Name { get; init; }

    /// <summary>Those whose name holds this, whatever its case.</summary>
    public string? Search { get; init; }

    internal IEnumerable<KeyValuePair<string, string?>> ToQuery() =>
    [
        new("integration_type", IntegrationType), new("status", Status), new("health_status", HealthStatus),
        new("is_active", IsActive switch { null => null, true => "true", false => "false" }), new("name", Name), new("q", Search),
    ];
}
