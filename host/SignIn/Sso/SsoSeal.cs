using System.Security.Cryptography;
using System.Text.Json;
using Vaka.Plugins.Host.Integrations.Secrets;

namespace Vaka.Plugins.Host.SignIn.Sso;

/// <summary>Texts that browsers carry for us and can neither read nor change: each bound to what it is for and to one integration, and good
/// for a while.</summary>
internal sealed class SsoSeal(KeyRing ring, TimeProvider clock)
{
    private const int LongestSealed = 8 * 1024;

    public string Seal<T>(T value, string use, Guid integrationId, TimeSpan lifetime) => ring.Protect(
        JsonSerializer.Serialize(new Sealed<T>(clock.GetUtcNow() + lifetime, value)), "sso", use, integrationId.ToString("D"));

    /// <returns><c>null</c>: not ours, for something else, of another integration, or expired.</returns>
    public T? Open<T>(string? text, string use, Guid integrationId)
        where T : class
    {
        if (text is not { Length: > 0 and <= LongestSealed }) return null;
        try
        {
            var opened = JsonSerializer.Deserialize<Sealed<T>>(ring.Unprotect(text, "sso", use, integrationId.ToString("D")));
            return opened is not null && opened.ExpiresAt > clock.GetUtcNow() ? opened.Value : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private sealed record Sealed<T>(DateTimeOffset ExpiresAt, T Value);
}
