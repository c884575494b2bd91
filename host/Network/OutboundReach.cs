namespace Vaka.Plugins.Host.Network;

/// <summary>The destinations that one integration may connect to. Asked before every request and connection, so that it only compares: it
/// makes nothing.</summary>
/// <param name="provider">Whose integration it is.</param>
/// <param name="targets">The destinations.</param>
/// <param name="refusals">Is told of what was refused.</param>
internal sealed class OutboundReach(string provider, ReachTarget[] targets, ReachRefusals refusals)
{
    // Made by OutboundAccess at the first call of the integration and kept for the others.
    private OutboundWay? way;

    public int Count => targets.Length;

    public OutboundWay GetWay(Func<OutboundReach, OutboundWay> open) => way ??= open(this);

    /// <param name="host">As <see cref="Addresses.HostName"/> spells it.</param>
    /// <param name="port">The port.</param>
    public bool Includes(string host, int port)
    {
        foreach (var target in targets)
        {
            if (target.Includes(host, port)) return true;
        }

        return false;
    }

    /// <inheritdoc cref="Includes"/>
    /// <exception cref="IntegrationException"><see cref="FailureKind.InvalidConfiguration"/>: the provider does not declare it.</exception>
    public void Demand(string host, int port)
    {
        if (!Includes(host, port)) throw refusals.Refuse(provider, host, port);
    }
}

/// <summary>One destination.</summary>
/// <param name="Host">As <see cref="Addresses.HostName"/> spells it; of a wildcard what follows the asterisk, such as <c>.slack.com</c>.</param>
/// <param name="Port">The port.</param>
internal readonly record struct ReachTarget(string Host, int Port)
{
    public bool Includes(string host, int port) =>
        port == Port
        && (Host[0] == '.'
            ? host.Length > Host.Length && host.EndsWith(Host, StringComparison.Ordinal)
            : string.Equals(host, Host, StringComparison.Ordinal));
}
