using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Actions;
using Vaka.Plugins.Host.Integrations.Destinations;
using Vaka.Plugins.Host.Integrations.Schema;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Api;

internal static class ProvidersEndpoints
{
    public static void MapProviders(this IEndpointRouteBuilder api)
    {
        api.MapGet("/providers", List).WithName("ListProviders").WithSummary("The catalog of providers");
        api.MapGet("/providers/{type}", Get).WithName("GetProvider").WithSummary("One provider with its config schema and actions");
        api.MapGet("/providers/{type}/icon", Icon).WithName("GetProviderIcon").WithSummary("The provider's icon")
            .Produces(200, contentType: "image/svg+xml");
        api.MapPost("/providers/{type}/enable", Enable).RequireAuthorization(AccessRoom.PlatformAdmin)
            .WithName("EnableProvider").WithSummary("Switch a provider on for everyone");
        api.MapPost("/providers/{type}/disable", Disable).RequireAuthorization(AccessRoom.PlatformAdmin)
            .WithName("DisableProvider").WithSummary("Switch a provider off for everyone; its integrations stay");
        api.MapPost("/providers/{type}/options/{field}", Options).RequireAuthorization(AccessRoom.Admin)
            .WithMetadata(Refusals.OfRuns, Refusals.OfConfigs)
            .WithName("ListFieldOptions").WithSummary("Live choices for a field of the config or of an action's input");
    }

    private static Ok<ProviderList> List(IPluginCatalog catalog, ProviderContracts contracts) =>
        TypedResults.Ok(new ProviderList([.. catalog.Entries.Select(entry => ProviderAnswer.From(entry, contracts))]));

    private static Ok<ProviderAnswer> Get(string type, IPluginCatalog catalog, ProviderContracts contracts) =>
        TypedResults.Ok(ProviderAnswer.From(Find(catalog, type), contracts));

    private static FileContentHttpResult Icon(string type, IPluginCatalog catalog, HttpResponse response) => PluginIcon.Answer(type, catalog, response);

    private static async Task<Ok<ProviderAnswer>> Enable(
        string type, Caller caller, IPluginCatalog catalog, ProviderSwitch providers, ProviderContracts contracts, CancellationToken cancellationToken)
    {
        await providers.EnableAsync(Find(catalog, type).Type, caller, cancellationToken);
        return Get(type, catalog, contracts);
    }

    private static async Task<Ok<ProviderAnswer>> Disable(
        string type, Caller caller, IPluginCatalog catalog, ProviderSwitch providers, ProviderContracts contracts, CancellationToken cancellationToken)
    {
        await providers.DisableAsync(Find(catalog, type).Type, caller, cancellationToken);
        return Get(type, catalog, contracts);
    }

    private static async Task<Ok<OptionsAnswer>> Options(
        string type, string field, RequestBody<OptionsBody> body, Caller caller, LiveOptions options, CancellationToken cancellationToken)
    {
        var list = await options.ListAsync(
            type, new OptionsRequest(field, body.Value.Query), new OptionsSource { Config = body.Value.Config, Integration = body.Value.Integration }, caller,
            cancellationToken);
        return TypedResults.Ok(new OptionsAnswer(list.Items, list.HasMore));
    }

    private static PluginEntry Find(IPluginCatalog catalog, string type) =>
        catalog.Find(type) ?? throw new ProblemException(ProblemCode.NotFound, "There is no such provider. GET /api/v1/providers lists them.");
}

/// <summary>The catalog.</summary>
internal sealed record ProviderList(IReadOnlyList<ProviderAnswer> Items);

/// <summary>A provider.</summary>
internal sealed record ProviderAnswer
{
    public required string Type { get; init; }

    public required string DisplayName { get; init; }

    public required string? Description { get; init; }

    public required string? Version { get; init; }

    public required string? ContractVersion { get; init; }

    public required PluginState State { get; init; }

    public required string? StateReason { get; init; }

    /// <summary>Whether it lies in the plugin directory or was installed as a package; null while it is missing.</summary>
    public required PluginSource? Source { get; init; }

    public required Uri? DocumentationUrl { get; init; }

    public required int? ConfigVersion { get; init; }

    /// <summary>JSON Schema 2020-12 of the config; null while the provider is not loaded.</summary>
    public required JsonObject? ConfigSchema { get; init; }

    public required IReadOnlyList<ActionAnswer> Actions { get; init; }

    /// <summary>Where it connects to; null: it does not say, and may reach any public address.</summary>
    public required IReadOnlyList<DestinationAnswer>? Reach { get; init; }

    public static ProviderAnswer From(PluginEntry entry, ProviderContracts contracts) => new()
    {
        Type = entry.Type,
        DisplayName = entry.Plugin?.Descriptor.DisplayName ?? entry.Type,
        Description = entry.Plugin?.Descriptor.Description,
        Version = entry.Version,
        ContractVersion = entry.ContractVersion,
        State = entry.State,
        StateReason = entry.StateReason,
        Source = entry.Source,
        DocumentationUrl = entry.Plugin?.Descriptor.DocumentationUrl,
        ConfigVersion = entry.Plugin?.Descriptor.ConfigVersion,
        ConfigSchema = entry.Plugin is { } plugin ? contracts.Config(plugin).Schema : null,
        Actions = entry.Plugin is { } loaded
            ? [.. loaded.Provider.Actions.Select(action => ActionAnswer.From(loaded, action, contracts))]
            : [],
        Reach = entry.Plugin?.Descriptor.Reach?.Select(DestinationAnswer.From).ToList(),
    };
}

/// <summary>Somewhere that a provider connects to: a fixed host (*. before it: every name below), what a field of the config holds, or, with
/// anywhere_because, any public address.</summary>
internal sealed record DestinationAnswer
{
    public required string Description { get; init; }

    public required string? Host { get; init; }

    public required int? Port { get; init; }

    public required string? UrlField { get; init; }

    public required string? HostField { get; init; }

    public required string? PortField { get; init; }

    public required string? AnywhereBecause { get; init; }

    public static DestinationAnswer From(Destination destination) => new()
    {
        Description = ReachText.Of(destination),
        Host = destination.Host,
        Port = destination.Host is null ? null : destination.Port,
        UrlField = destination.UrlField,
        HostField = destination.HostField,
        PortField = destination.PortField,
        AnywhereBecause = destination.AnywhereBecause,
    };
}

/// <summary>An action.</summary>
internal sealed record ActionAnswer
{
    public required string Name { get; init; }

    public required string Title { get; init; }

    public required string Description { get; init; }

    public required JsonObject InputSchema { get; init; }

    public required JsonObject OutputSchema { get; init; }

    public required bool ReadOnly { get; init; }

    public required bool Idempotent { get; init; }

    public required bool Destructive { get; init; }

    public required bool Internal { get; init; }

    public static ActionAnswer From(LoadedPlugin plugin, IntegrationAction action, ProviderContracts contracts) => new()
    {
        Name = action.Name,
        Title = action.Title,
        Description = action.Description,
        InputSchema = contracts.Input(plugin, action).Schema,
        OutputSchema = contracts.Output(plugin, action).Schema,
        ReadOnly = action.IsReadOnly,
        Idempotent = action.IsIdempotent,
        Destructive = action.IsDestructive,
        Internal = action.IsInternal,
    };
}

/// <summary>Asks for live choices: with an unsaved config, or with the name or id of a saved integration.</summary>
internal sealed record OptionsBody
{
    public JsonObject? Config { get; init; }

    public string? Integration { get; init; }

    public string? Query { get; init; }
}

/// <summary>Live choices.</summary>
internal sealed record OptionsAnswer(IReadOnlyList<Option> Items, bool HasMore);
