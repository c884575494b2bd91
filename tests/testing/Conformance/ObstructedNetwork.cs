using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Vaka.Plugins.Host.Network;
using Vaka.Plugins.Host.Network.Http;
using Vaka.Plugins.Host.Network.Tls;

namespace Vaka.Plugins.Testing;

/// <summary>A network on which every way ends at the same obstacle. It opens no socket.</summary>
internal sealed class ObstructedNetwork(Obstacle obstacle) : IOutboundNetwork
{
    private readonly ConcurrentQueue<(string Host, int Port)> destinations = new();
    private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when somebody stands before the obstacle.</summary>
    public Task Reached => reached.Task;

    /// <summary>Where somebody wanted to go.</summary>
    public IReadOnlyList<(string Host, int Port)> Destinations => [.. destinations.Distinct()];

    public Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, int port, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        destinations.Enqueue((host, port));
        return obstacle switch
        {
            Obstacle.NoSuchHost => throw OutboundFailure.Unreachable($"The host {host} does not exist. Check its name."),
            Obstacle.Forbidden => throw OutboundFailure.Refused($"{host} is a private address. An operator can allow it."),
            Obstacle.Refused or Obstacle.HangsUp or Obstacle.Garbage or Obstacle.Silence =>
                Task.FromResult<IReadOnlyList<IPAddress>>([IPAddress.Loopback]),
        };
    }

    public async Task<Stream> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        await ResolveAsync(host, port, cancellationToken);
        return obstacle switch
        {
            Obstacle.HangsUp => new ObstructedStream([], reached, ends: true),
            Obstacle.Garbage => new ObstructedStream("\0\x7f??? 999 \xff<html>\n\r\n\n"u8.ToArray(), reached, ends: true),
            Obstacle.Silence => new ObstructedStream([], reached, ends: false),
            Obstacle.NoSuchHost or Obstacle.Refused or Obstacle.Forbidden =>
                throw OutboundFailure.Unreachable($"{host} accepts no connections on port {port}. Check the port, and that the server runs."),
        };
    }

    public async Task<SslStream> AuthenticateAsync(Stream stream, string host, TlsOptions options, CancellationToken cancellationToken)
    {
        var tls = new SslStream(stream);
        try
        {
            await tls.AuthenticateAsClientAsync(CreateTlsOptions(host, options), cancellationToken);
            return tls;
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException)
        {
            await tls.DisposeAsync();
            throw OutboundFailure.FindKnown(exception) ?? OutboundFailure.NoTls(host, exception);
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    public SslClientAuthenticationOptions CreateTlsOptions(string host, TlsOptions options) =>
        new TlsSettings(TimeProvider.System).Create(host, options);

    public HttpClient CreateHttpClient(TlsOptions options) => GuardedHttp.CreateClient(
        new GuardedHandler(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectCallback = async (connection, cancellationToken) =>
                await ConnectAsync(connection.DnsEndPoint.Host, connection.DnsEndPoint.Port, cancellationToken),
        }),
        disposeHandler: true);

    /// <summary>Swallows what is written; reads give what there is, and then the end, or nothing at all.</summary>
    private sealed class ObstructedStream(byte[] content, TaskCompletionSource reached, bool ends) : ReadOnlyStream
    {
        private readonly MemoryStream content = new(content);

        public override bool CanWrite => true;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            reached.TrySetResult();
            if (!ends)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }

            return await content.ReadAsync(buffer, cancellationToken);
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled(cancellationToken) : ValueTask.CompletedTask;

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }
}
