using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Integrations.Runtime;

namespace Vaka.Plugins.Host.SignIn;

/// <summary>One-time links into the page. A link stands for an admin's API key: revoking the key ends what was opened with it.</summary>
internal sealed class SignInLinks(OneTimeTokens tokens, ApiKeys keys, AuditTrail audit, PublicAddress address)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);

    private readonly IOneTimeStore codes = tokens.For(Guid.Empty); // the host's own

    public async Task<Uri> CreateAsync(ApiKey key, Caller caller, CancellationToken cancellationToken)
    {
        await audit.WriteAsync("sign_in.link_created", key, caller.Name, null, cancellationToken);
        var code = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        await codes.TryAddAsync(Key(code), key.Id.ToString(), Lifetime, cancellationToken);
        return new Uri(address.Base, $"sign-in?code={code}");
    }

    /// <summary>Spends a code; <c>null</c> when it was never made, is spent or has expired, or its key is revoked.</summary>
    public async Task<ApiKey?> RedeemAsync(string code, CancellationToken cancellationToken) =>
        await codes.TakeAsync(Key(code), cancellationToken) is { } keyId && Guid.TryParse(keyId, out var id)
            ? await keys.FindAsync(id, cancellationToken)
            : null;

    /// <summary>Only a hash is stored: whoever reads the database cannot sign in with what stands there.</summary>
    private static string Key(string code) => "sign-in:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(code)));
}
