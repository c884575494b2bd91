using System.Net;
using Microsoft.Extensions.Options;
using Vaka.Plugins.Host.Access;

namespace Vaka.Plugins.Host.SignIn.Sso;

/// <summary>What strangers may cost. Anybody can call the addresses of single sign-on, and what fails there is kept for the admin to see.</summary>
internal sealed class SignInRate(IOptions<AccessOptions> options, TimeProvider clock)
{
    /// <summary>Refused logins of one integration that are kept within a minute.</summary>
    public const int RefusalsPerMinute = 60;

    private readonly MinuteCounter<IPAddress> requests = new(clock, FailedAttempts.Addresses);
    private readonly MinuteCounter<Guid> refusals = new(clock, FailedAttempts.Addresses);

    /// <summary>Counts a request.</summary>
    /// <returns>How long to wait when it was one too many; <c>null</c>: go on.</returns>
    public TimeSpan? Add(IPAddress? address)
    {
        var (count, left) = requests.Add(FailedAttempts.Network(address ?? IPAddress.None));
        return count > options.Value.SignInRequestsPerMinute ? left : null;
    }

    /// <summary>Whether one more refusal of an integration is kept.</summary>
    public bool IsKept(Guid integrationId) => refusals.Add(integrationId).Count <= RefusalsPerMinute;
}
