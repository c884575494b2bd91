namespace Vaka.Plugins.Host.Network;

/// <summary>What the operator allows beyond the public internet. Each entry of the first two is a CIDR or an address, optionally with ports:
/// <c>10.1.0.0/16</c>, <c>10.1.2.3:25,587</c>, <c>10.0.0.0/8:8000-8100</c>, <c>fd00::/8</c>, <c>[fd00::/8]:443</c>.</summary>
internal sealed class NetworkOptions
{
    public const string Section = "Network";

    /// <summary>For platform-wide integrations.</summary>
    public string[] AllowedNetworks { get; set; } = [];

    /// <summary>For tenants' integrations.</summary>
    public string[] AllowedNetworksForTenants { get; set; } = [];

    /// <summary>Other ways to hosts, such as <c>slack.com:443=10.1.2.3:8443</c> where a relay stands in between.</summary>
    public string[] ConnectTo { get; set; } = [];

    /// <summary>Allows 127.0.0.0/8 and ::1 to both. The program sets it in Development; configuration cannot.</summary>
    public bool AllowLoopback { get; internal set; }
}
