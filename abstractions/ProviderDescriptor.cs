namespace Vaka.Plugins;

/// <summary>Who a provider is: what the catalog, the page and the documentation show of it.</summary>
public sealed record ProviderDescriptor
{
    /// <summary>The stable key of the provider, <c>[a-z][a-z0-9_]{0,62}</c>; the <c>integration_type</c> of its rows.</summary>
    public required string Type { get; init; }

    /// <summary>The name that people read, such as <c>SMTP</c>; it begins the "… integration not configured" message.</summary>
    public required string DisplayName { get; init; }

    /// <summary>One sentence that says what an admin gets by configuring it.</summary>
    public required string Description { get; init; }

    /// <summary>Where the vendor-side steps are explained; default: none.</summary>
    public Uri? DocumentationUrl { get; init; }

    /// <summary>Name of an embedded SVG or PNG resource of the provider's assembly, 64 KiB at most; default: none.</summary>
    public string? Icon { get; init; }

    /// <summary>Version of the config record, from 1. Raise it with a change that old configs do not bind to, and
    /// bring them along in <see cref="IIntegrationProvider.MigrateConfig"/>.</summary>
    public int ConfigVersion { get; init; } = 1;

    /// <summary>Some configs of it need a person's consent (<see cref="IIntegrationProvider.GetConsent"/>): the page then shows Connect, and the
    /// redirect URL to register with the vendor; default <c>false</c>.</summary>
    public bool AsksForConsent { get; init; }

    /// <summary>Every host and port that it connects to. The host refuses a connection elsewhere before it is made, and shows admins the list
    /// before they configure anything. Empty: it connects to nobody. Default <c>null</c>: not declared, so that any public address may be
    /// reached.</summary>
    public IReadOnlyList<Destination>? Reach { get; init; }
}
