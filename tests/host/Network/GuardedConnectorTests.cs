using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;
using Vaka.Plugins.Host.Network;

namespace Vaka.Plugins.Host.Tests.Network;

/// <summary>The raw TCP path; the HTTP path over the same connector is in Http/.</summary>
public class GuardedConnectorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.1")]
    [InlineData("0")]
    [InlineData("2130706433")]
    [InlineData("0x7f000001")]
    [InlineData("0177.1")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1.")]
    [InlineData("0.0.0.0")]
    [InlineData("[::]")]
    [InlineData("[::1]")]
    [InlineData("::1")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("[64:ff9b::7f00:1]")]
    [InlineData("[64:ff9b:1::7f00:1]")]
    [InlineData("[2002:7f00:1::]")]
    [InlineData("[fd00:ec2::254]")]
    [InlineData("169.254.169.254")]
    [InlineData("100.100.100.200")]
    [InlineData("168.63.129.16")]
    [InlineData("100.64.0.1")]
    [InlineData("１２７.0.0.1")]
    [InlineData("user@127.0.0.1")]
    [InlineData("example.com\\@127.0.0.1")]
    [InlineData("localhost")]
    public async Task ConnectAsync_ForbiddenHost_OpensNothing(string host)
    {
        await using var server = new LoopbackServer((_, _) => Task.CompletedTask);
        using var access = Outbound.Access();
        await Outbound.IsRefusedAsync(() => access.Network(ConfigScope.Tenant).ConnectAsync(host, server.Port, Token));
        Assert.Equal(0, server.Connections);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(65536)]
    public async Task ConnectAsync_ImpossiblePort_IsRefused(int port)
    {
        using var access = Outbound.WithLoopback();
        await Outbound.IsRefusedAsync(() => access.Network(ConfigScope.Tenant).ConnectAsync("127.0.0.1", port, Token));
    }

    [Fact]
    public async Task ConnectAsync_NameOfForbiddenAddress_NamesSettingAndKindButNotTheAddress()
    {
        using var access = Outbound.Access(resolver: new ScriptedResolver(["10.0.0.5"]));

        await AssertMessageAsync(ConfigScope.Tenant, "Network:AllowedNetworksForTenants");
        await AssertMessageAsync(ConfigScope.Platform, "Network:AllowedNetworks");

        async Task AssertMessageAsync(ConfigScope scope, string setting)
        {
            var failure = await Outbound.IsRefusedAsync(() => access.Network(scope).ConnectAsync("intranet.example", 443, Token));
            Assert.Equal($"intranet.example resolves to a private address. An operator can allow it with {setting}.", failure.Message);
        }
    }

    [Fact]
    public async Task ConnectAsync_OneForbiddenAddressAmongGoodOnes_IsRefused()
    {
        await using var server = new LoopbackServer((_, _) => Task.CompletedTask);
        using var access = Outbound.WithLoopback(new ScriptedResolver(["127.0.0.1", "10.0.0.5"]));
        await Outbound.IsRefusedAsync(() => access.Network(ConfigScope.Tenant).ConnectAsync("mixed.example", server.Port, Token));
        Assert.Equal(0, server.Connections);
    }

    [Fact]
    public async Task ConnectAsync_RebindingName_IsLookedUpOnceAndConnectsToTheJudgedAddress()
    {
        // Both addresses lead to a listener; only the first is allowed. A second look-up would answer the second.
        await using var judged = new LoopbackServer((_, _) => Task.CompletedTask, IPAddress.Parse("127.0.0.2"));
        await using var rebound = new LoopbackServer((_, _) => Task.CompletedTask, IPAddress.Parse("127.0.0.1"), judged.Port);
        var resolver = new ScriptedResolver(["127.0.0.2"], ["127.0.0.1"]);
        using var access = Outbound.Access(new NetworkOptions { AllowedNetworksForTenants = ["127.0.0.2"] }, resolver);

        await using (var stream = await access.Network(ConfigScope.Tenant).ConnectAsync("rebind.example", judged.Port, Token))
        {
            Assert.Equal(0, await stream.ReadAsync(new byte[1], Token)); // the script has closed it
        }

        Assert.Equal((1, 1, 0), (resolver.LookUps, judged.Connections, rebound.Connections));
        await Outbound.IsRefusedAsync(() => access.Network(ConfigScope.Tenant).ConnectAsync("rebind.example", judged.Port, Token));
        Assert.Equal(0, rebound.Connections);
    }

    [Fact]
    public async Task ConnectAsync_AllowedPort_OpensThatPortOnly()
    {
        await using var open = new LoopbackServer((_, _) => Task.CompletedTask);
        await using var shut = new LoopbackServer((_, _) => Task.CompletedTask);
        using var access = Outbound.Access(new NetworkOptions { AllowedNetworks = [$"127.0.0.1:{open.Port}"] });

        await using (await access.Network(ConfigScope.Platform).ConnectAsync("127.0.0.1", open.Port, Token))
        {
            await Outbound.IsRefusedAsync(() => access.Network(ConfigScope.Platform).ConnectAsync("127.0.0.1", shut.Port, Token));
            await Outbound.IsRefusedAsync(() => access.Network(ConfigScope.Tenant).ConnectAsync("127.0.0.1", open.Port, Token));
        }

        Assert.Equal(0, shut.Connections);
    }

    [Fact]
    public async Task ConnectAsync_Route_GoesThere_ForThatHostAndPortOnly_AndIsJudged()
    {
        await using var relay = new LoopbackServer((_, _) => Task.CompletedTask);
        var options = new NetworkOptions
        {
            ConnectTo = [$"vendor.example:443=127.0.0.1:{relay.Port}", "closed.example:443=10.0.0.5:8443"],
            AllowedNetworks = [$"127.0.0.1:{relay.Port}"],
        };
        using var access = Outbound.Access(options, new ScriptedResolver(["10.0.0.5"]));
        var network = access.Network(ConfigScope.Platform);

        await (await network.ConnectAsync("Vendor.example", 443, Token)).DisposeAsync();
        Assert.Equal(1, relay.Connections);
        await Outbound.IsRefusedAsync(() => network.ConnectAsync("vendor.example", 80, Token));
        await Outbound.IsRefusedAsync(() => network.ConnectAsync("closed.example", 443, Token));
        await Outbound.IsRefusedAsync(() => access.Network(ConfigScope.Tenant).ConnectAsync("vendor.example", 443, Token));
    }

    [Fact]
    public async Task ConnectAsync_MappedAddressAllowed_ConnectsOverIPv4()
    {
        await using var server = new LoopbackServer((_, _) => Task.CompletedTask);
        using var access = Outbound.WithLoopback();
        await using var stream = await access.Network(ConfigScope.Tenant).ConnectAsync("[::ffff:127.0.0.1]", server.Port, Token);
        Assert.Equal(AddressFamily.InterNetwork, ((NetworkStream)stream).Socket.AddressFamily);
    }

    [Fact]
    public async Task ConnectAsync_FirstAddressRefusesConnections_TriesTheNext()
    {
        await using var server = new LoopbackServer((_, _) => Task.CompletedTask, IPAddress.Parse("127.0.0.3"));
        using var access = Outbound.WithLoopback(new ScriptedResolver(["127.0.0.2", "127.0.0.3"]));
        await using var stream = await access.Network(ConfigScope.Tenant).ConnectAsync("two.example", server.Port, Token);
        Assert.Equal(IPAddress.Parse("127.0.0.3"), ((IPEndPoint)((NetworkStream)stream).Socket.RemoteEndPoint!).Address);
    }

    [Fact]
    public async Task ConnectAsync_FirstAddressIsSilent_TriesTheNextAfterThreeSeconds()
    {
        using var silent = SilentListener(out var port, out var fillers);
        await using var server = new LoopbackServer((_, _) => Task.CompletedTask, IPAddress.Parse("127.0.0.3"), port);
        var clock = new FakeTimeProvider();
        using var access = Outbound.WithLoopback(new ScriptedResolver(["127.0.0.2", "127.0.0.3"]), clock: clock);

        var connecting = access.Network(ConfigScope.Tenant).ConnectAsync("silent.example", port, Token);
        clock.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(connecting.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.2));

        await using var stream = await connecting.WaitAsync(TimeSpan.FromSeconds(30), Token);
        Assert.Equal(IPAddress.Parse("127.0.0.3"), ((IPEndPoint)((NetworkStream)stream).Socket.RemoteEndPoint!).Address);
        fillers.ForEach(filler => filler.Dispose());
    }

    [Fact]
    public async Task ConnectAsync_Cancelled_IsNotTakenForAnUnreachableHost()
    {
        using var silent = SilentListener(out var port, out var fillers);
        using var access = Outbound.WithLoopback();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);

        var connecting = access.Network(ConfigScope.Tenant).ConnectAsync("127.0.0.2", port, cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
        fillers.ForEach(filler => filler.Dispose());
    }

    [Fact]
    public async Task ConnectAsync_NobodyListens_IsUnavailable()
    {
        using var access = Outbound.WithLoopback();
        var failure = await Outbound.FailsAsync(
            FailureKind.Unavailable, Effect.None, () => access.Network(ConfigScope.Tenant).ConnectAsync("127.0.0.1", FreePort(), Token));
        Assert.Contains("accepts no connections", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SocketError.HostNotFound, "does not exist")]
    [InlineData(SocketError.NoData, "does not exist")]
    [InlineData(SocketError.TryAgain, "gave no answer")]
    public async Task ResolveAsync_LookUpFails_IsUnavailable(SocketError error, string expected)
    {
        var resolver = Substitute.For<IHostResolver>();
        resolver.ResolveAsync("gone.example", Arg.Any<CancellationToken>())
            .Returns(Task.FromException<IPAddress[]>(new SocketException((int)error)));
        using var access = Outbound.Access(resolver: resolver);

        var failure = await Outbound.FailsAsync(
            FailureKind.Unavailable, Effect.None, () => access.Network(ConfigScope.Tenant).ResolveAsync("gone.example", 443, Token));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResolveAsync_NoAddress_IsUnavailable()
    {
        using var access = Outbound.Access(resolver: new ScriptedResolver([[]]));
        await Outbound.FailsAsync(
            FailureKind.Unavailable, Effect.None, () => access.Network(ConfigScope.Tenant).ResolveAsync("empty.example", 443, Token));
    }

    [Fact]
    public async Task ResolveAsync_PublicName_AnswersItsAddresses()
    {
        using var access = Outbound.Access(resolver: new ScriptedResolver(["1.1.1.1", "2606:4700:4700::1111", "1.1.1.1"]));
        var addresses = await access.Network(ConfigScope.Tenant).ResolveAsync("public.example", 443, Token);
        Assert.Equal([IPAddress.Parse("1.1.1.1"), IPAddress.Parse("2606:4700:4700::1111")], addresses);
    }

    internal static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Listens on 127.0.0.2 with its backlog full: further connections are neither accepted nor refused.</summary>
    private static Socket SilentListener(out int port, out List<Socket> fillers)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
        listener.Listen(0);
        port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        fillers = [];
        for (var filler = 0; filler < 4; filler++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            fillers.Add(socket);
            try
            {
                socket.Connect(listener.LocalEndPoint!);
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                // Connecting goes on in the background.
            }
        }

        return listener;
    }
}
