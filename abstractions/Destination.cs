namespace Vaka.Plugins;

/// <summary>Somewhere that a provider connects to: one entry of <see cref="ProviderDescriptor.Reach"/>.</summary>
/// <remarks>The host compares names and ports, not addresses: what an address may be is the operator's policy and holds besides.</remarks>
public sealed record Destination
{
    private Destination()
    {
    }

    /// <summary>A fixed host: <c>slack.com</c>, or <c>*.slack.com</c> for every name below it. <c>null</c>: another kind of destination.</summary>
    public string? Host { get; private init; }

    /// <summary>The port of <see cref="Host"/>.</summary>
    public int Port { get; private init; }

    /// <summary>The field of the config that holds a URL, whose host and port are meant. <c>null</c>: another kind.</summary>
    public string? UrlField { get; private init; }

    /// <summary>The field of the config that holds a host. <c>null</c>: another kind.</summary>
    public string? HostField { get; private init; }

    /// <summary>The field with the port of <see cref="HostField"/>.</summary>
    public string? PortField { get; private init; }

    /// <summary>Why it is not known beforehand where calls go, so that any public address may be reached. <c>null</c>: another kind.</summary>
    public string? AnywhereBecause { get; private init; }

    /// <summary>A host that is always the same.</summary>
    /// <param name="host">Its name in ASCII and lower case; <c>*.</c> before it means every name below it, and not itself.</param>
    /// <param name="port">The port; default 443.</param>
    public static Destination At(string host, int port = 443) => new() { Host = host, Port = port };

    /// <summary>Where a URL of the config leads. Left empty there, it leads nowhere.</summary>
    /// <param name="field">The field's path from the root: <c>site_url</c>, <c>auth.token_url</c>. It may be a secret.</param>
    public static Destination OfUrl(string field) => new() { UrlField = field };

    /// <summary>A host and a port of the config.</summary>
    /// <param name="hostField">The path of the host's field: <c>smtp_host</c>.</param>
    /// <param name="portField">The path of the port's field: <c>smtp_port</c>.</param>
    public static Destination OfHost(string hostField, string portField) => new() { HostField = hostField, PortField = portField };

    /// <summary>Any public address, where vendors say only in their answers where to go on, as an identity provider's discovery document
    /// does. It lifts the limit: use it for nothing else.</summary>
    /// <param name="because">Who names the addresses, to follow "any public address: ".</param>
    public static Destination Anywhere(string because) => new() { AnywhereBecause = because };
}
