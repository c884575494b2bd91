namespace Vaka.Plugins.Host.Integrations.Destinations;

/// <summary>A declared reach in words, the same on the page, in the API and in plugins.manifest.md.</summary>
internal static class ReachText
{
    public const string Undeclared = "declares no destinations: may reach any public address";

    public static string Of(Destination destination) => destination switch
    {
        { Host: { } host } => $"{host}:{destination.Port}",
        { UrlField: { } field } => $"the host of {field}",
        { HostField: { } field } => $"{field}:{destination.PortField}",
        _ => $"any public address: {destination.AnywhereBecause}",
    };

    /// <summary>The whole, to follow the provider's name or "It".</summary>
    public static string Of(ProviderDescriptor descriptor) => descriptor.Reach switch
    {
        null => Undeclared,
        [] => "connects to nobody",
        var reach => "connects to " + string.Join(", ", reach.Select(Of)),
    };
}
