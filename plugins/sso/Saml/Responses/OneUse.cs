using System.Security.Cryptography;
using System.Text;
using Vaka.Plugins.Sso.Logins;

namespace Vaka.Plugins.Sso.Saml.Responses;

/// <summary>An assertion counts once, and so does the request that it answers. Last of all checks: a refused response uses nothing up.</summary>
internal static class OneUse
{
    private const string Check = "replay";

    public static async Task ConsumeAsync(
        ReadResponse response, Expected expected, IOneTimeStore store, LoginTrace trace, CancellationToken cancellationToken)
    {
        if (!await AddAsync("assertion", response.AssertionId, response.UsableUntil, expected, store, cancellationToken).ConfigureAwait(false))
        {
            throw new SamlRefusedException(Check, "This assertion has been used before.");
        }

        if (expected.Pending is { } request
            && !await AddAsync("request", request.Id, request.IssuedAt + InResponseTo.LongestLogin, expected, store, cancellationToken).ConfigureAwait(false))
        {
            throw new SamlRefusedException(Check, "The request that it answers has been answered before.");
        }

        trace.Passed(Check, "It has not been used before.");
    }

    // A second longer than it could be taken, so that no rounding opens a gap.
    private static Task<bool> AddAsync(
        string what, string id, DateTimeOffset until, Expected expected, IOneTimeStore store, CancellationToken cancellationToken) =>
        store.TryAddAsync(
            $"saml:{what}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))}", "",
            until - expected.Now + expected.Skew + TimeSpan.FromSeconds(1), cancellationToken);
}
