using System.Net;
using System.Net.Sockets;

namespace Vaka.Plugins.Host.Tests.Actions.Queue;

/// <summary>A way to a server that can be cut, as when a machine dies: the server sees the connection break, and nobody comes again.</summary>
internal sealed class CutWay : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource cut = new();
    private readonly Task serving;

    public CutWay(string address)
    {
        var target = new Uri(address);
        listener.Start();
        Address = new UriBuilder(target) { Host = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndpoint).Port }.ToString();
        serving = ServeAsync(target);
    }

    /// <summary>The address that leads through here.</summary>
    public string Address { get; }

    public async Task CutAsync()
    {
        listener.Stop();
        await cut.CancelAsync();
        await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        await CutAsync();
        cut.Dispose();
    }

    private async Task ServeAsync(Uri target)
    {
        while (true)
        {
            using var near = await listener.AcceptSocketAsync(cut.Token);
            using var far = new Socket(SocketType.Stream, ProtocolType.Tcp);
            far.LingerState = near.LingerState = new LingerOption(true, 0); // reset, not closed
            await far.ConnectAsync(target.Host, target.Port, cut.Token);
            await Task.WhenAny(CopyAsync(near, far), CopyAsync(far, near));
        }
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReceiveAsync(buffer, cut.Token) is > 0 and var count) await to.SendAsync(buffer.AsMemory(0, count), cut.Token);
    }
}
