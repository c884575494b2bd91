using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Vaka.Plugins.Host.Access;

/// <summary>Slows down whoever keeps failing: past the limit an address is told to wait. Only failures ask here, so that a valid key works
/// however many others fail beside it, as they may behind one proxy.</summary>
internal sealed class FailedAttempts(IOptions<AccessOptions> options, TimeProvider clock)
{
    /// <summary>Addresses that are told apart at once; the others share one count.</summary>
    public const int Addresses = 10_000;

    private readonly MinuteCounter<IPAddress> counter = new(clock, Addresses);

    /// <summary>Counts a failure.</summary>
    /// <returns>What to answer when it was one too many; <c>null</c>: the usual refusal.</returns>
    public ProblemException? Add(IPAddress? address)
    {
        var (count, left) = counter.Add(Network(address ?? IPAddress.None));
        if (count <= options.Value.FailedAttemptsPerMinute) return null;
        return new ProblemException(ProblemCode.RateLimited,
            "Too many keys or codes from this address were refused. Wait before trying again, with a key that is neither revoked nor expired.")
        {
            RetryAfter = left,
        };
    }

    /// <summary>An IPv6 site has a /64 to itself, any address of which is one and the same caller.</summary>
    public static IPAddress Network(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily is not AddressFamily.InterNetworkV6) return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
