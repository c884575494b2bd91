using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Vaka.Plugins.Vendors.IdentityProviders;

/// <summary>A real SAML 2.0 identity provider. Alice (<c>alice</c>, <c>alice-pw</c>) is in the groups eng and admins, Bob (<c>bob</c>,
/// <c>bob-pw</c>) in none.</summary>
public sealed class SamlPeer : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new()
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly PeerProcess process;
    private readonly SamlPeerAddresses addresses;
    private readonly Dictionary<string, ServiceProvider> serviceProviders = [];

    internal SamlPeer(PeerProcess process, SamlPeerAddresses addresses) => (this.process, this.addresses) = (process, addresses);

    /// <summary>Its entity id.</summary>
    public string EntityId => MetadataUrl;

    /// <summary>Its metadata.</summary>
    public string MetadataUrl => process.Address + addresses.Metadata;

    /// <summary>Its single sign-on service, redirect and POST.</summary>
    public string SsoUrl => process.Address + addresses.SignOn;

    /// <summary>Its single logout service, redirect and POST.</summary>
    public string SloUrl => process.Address + addresses.Logout;

    /// <summary>Where a sign-in begins at the identity provider.</summary>
    /// <param name="serviceProvider">The entity id of who it is for.</param>
    public string IdpInitiatedUrl(string serviceProvider) => process.Address + addresses.IdpInitiated + Uri.EscapeDataString(serviceProvider);

    /// <summary>Where a logout begins at the identity provider.</summary>
    public string LogoutEverywhereUrl => process.Address + addresses.LogoutEverywhere;

    /// <summary>What it signs with at the moment, PEM.</summary>
    public string Certificate => File.ReadAllText(Path.Combine(process.Directory, "idp.crt"));

    /// <summary>Makes a service provider known; one of the same entity id is replaced.</summary>
    public void Register(ServiceProvider serviceProvider)
    {
        serviceProviders[serviceProvider.EntityId] = serviceProvider;
        WriteServiceProviders(process.Directory, serviceProviders);
    }

    /// <summary>Makes the next key and names it in the metadata beside the one in use.</summary>
    /// <returns>The certificate, PEM.</returns>
    public string AnnounceNextKey() => WriteKey(process.Directory, "announced");

    /// <summary>Signs with the announced key from now on, and no longer names the one before.</summary>
    public void UseAnnouncedKey()
    {
        foreach (var extension in (string[])["key", "crt"])
        {
            File.Move(Path.Combine(process.Directory, $"announced.{extension}"), Path.Combine(process.Directory, $"idp.{extension}"), overwrite: true);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => process.DisposeAsync();

    internal static void Prepare(string directory)
    {
        WriteKey(directory, "idp");
        WriteServiceProviders(directory, []);
    }

    private static void WriteServiceProviders(string directory, Dictionary<string, ServiceProvider> serviceProviders)
    {
        // The peer may be reading: it finds the old file or the new one, never a half.
        var file = Path.Combine(directory, "service-providers.json");
        File.WriteAllText($"{file}.new", JsonSerializer.Serialize(serviceProviders, Json));
        File.Move($"{file}.new", file, overwrite: true);
    }

    private static string WriteKey(string directory, string name)
    {
        using var key = RSA.Create(2048);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest($"CN={name}.test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(now.AddDays(-1), now.AddDays(90));
        File.WriteAllText(Path.Combine(directory, $"{name}.key"), key.ExportPkcs8PrivateKeyPem());
        var pem = certificate.ExportCertificatePem();
        File.WriteAllText(Path.Combine(directory, $"{name}.crt"), pem);
        return pem;
    }
}

/// <summary>Where an identity provider's services are, below its address.</summary>
internal sealed record SamlPeerAddresses(string Metadata, string SignOn, string Logout, string IdpInitiated, string LogoutEverywhere);
