using System.Net;
using System.Net.Sockets;
using Vaka.Plugins.Host.Network.Addresses;

namespace Vaka.Plugins.Host.Network;

/// <summary>The one place that opens connections. A name is looked up once; every address must pass the policy, so that a name cannot
/// mix public and internal ones and hope for the order; then the addresses are tried in turn.</summary>
/// <remarks>A refusal names the kind of address and not the address that a name led to: whoever may configure an integration must not
/// read the internal DNS with it. The operator finds the address in the log.</remarks>
/// <param name="policy">What may be reached.</param>
/// <param name="resolver">Looks names up.</param>
/// <param name="clock">Ends waiting.</param>
/// <param name="logger">Is told of refusals.</param>
/// <param name="routes">Other ways to hosts; default: none.</param>
/// <param name="trusted">A host and port of the operator's own that may be reached wherever it is.</param>
internal sealed partial class GuardedConnector(
    AddressPolicy policy, IHostResolver resolver, TimeProvider clock, ILogger<GuardedConnector> logger,
    IReadOnlyList<Route>? routes = null, (string Host, int Port)? trusted = null)
{
    private static readonly TimeSpan PatiencePerAddress = TimeSpan.FromSeconds(3);

    /// <param name="host">As it was given.</param>
    /// <param name="port">The port.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="reach">What the caller is held to; nothing is looked up beyond it. Default: to nothing but the policy.</param>
    public async Task<IReadOnlyList<IPAddress>> ResolveAsync(
        string host, int port, CancellationToken cancellationToken, OutboundReach? reach = null)
    {
        var name = HostName.Parse(host);
        if (port is < 1 or > 65535)
        {
            throw OutboundFailure.Refused($"The port of {name.Text} is {port}. Enter a port from 1 to 65535.");
        }

        reach?.Demand(name.Text, port);
        var route = RouteOf(name.Text, port);
        IPAddress[] addresses = route is not null ? [route.To.Address]
            : name.Address is { } address ? [address]
            : await LookUpAsync(name.Text, cancellationToken);
        foreach (var candidate in addresses)
        {
            Judge(name, candidate, route?.To.Port ?? port);
        }

        return [.. addresses.Select(candidate => candidate.IsIPv4MappedToIPv6 ? candidate.MapToIPv4() : candidate).Distinct()];
    }

    /// <inheritdoc cref="ResolveAsync" path="/param"/>
    public async Task<NetworkStream> ConnectAsync(
        string host, int port, CancellationToken cancellationToken, OutboundReach? reach = null)
    {
        var addresses = await ResolveAsync(host, port, cancellationToken, reach);
        var target = RouteOf(HostName.Parse(host).Text, port)?.To.Port ?? port;
        Exception? last = null;
        foreach (var address in addresses)
        {
            try
            {
                return await DialAsync(new IPEndPoint(address, target), cancellationToken);
            }
            catch (Exception exception) when (exception is SocketException or TimeoutException)
            {
                last = exception;
            }
        }

        throw OutboundFailure.Unreachable(
            last is SocketException { SocketErrorCode: SocketError.ConnectionRefused }
                ? $"{host} accepts no connections on port {port}. Check the port, and that the server runs."
                : $"{host} cannot be reached on port {port}. Check host and port, and that no firewall is in between.",
            last);
    }

    private Route? RouteOf(string host, int port) => routes?.FirstOrDefault(route => route.Port == port && route.Host == host);

    private async Task<IPAddress[]> LookUpAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            return await resolver.ResolveAsync(host, cancellationToken) is [_, ..] addresses
                ? addresses
                : throw OutboundFailure.Unreachable($"The host {host} has no address. Check its name.");
        }
        catch (SocketException exception)
        {
            throw OutboundFailure.Unreachable(
                exception.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData
                    ? $"The host {host} does not exist. Check its name."
                    : $"The host {host} could not be looked up: the name server gave no answer.",
                exception);
        }
    }

    private void Judge(HostName name, IPAddress address, int port)
    {
        if ((name.Text, port) == trusted || policy.Refuse(address, port) is not { } kind)
        {
            return;
        }

        LogRefused(name.Text, port, address, kind, policy.Setting);
        var leadsTo = name.Address is null ? "resolves to" : "is";
        throw OutboundFailure.Refused($"{name.Text} {leadsTo} {kind}. An operator can allow it with {policy.Setting}.");
    }

    /// <exception cref="TimeoutException">Nobody answered in time.</exception>
    private async Task<NetworkStream> DialAsync(IPEndPoint target, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(PatiencePerAddress, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.NoDelay = true;
            await socket.ConnectAsync(target, either.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            socket.Dispose();
            throw new TimeoutException("No answer.", exception);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Refused a connection to {Host}:{Port}: {Address} is {Kind}. {Setting} would allow it.")]
    private partial void LogRefused(string host, int port, IPAddress address, string kind, string setting);
}
