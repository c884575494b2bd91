using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Vaka.Plugins.Sso.Saml.Keys;
using Vaka.Plugins.Sso.Saml.Requests;

namespace Vaka.Plugins.Sso.Tests.Saml;

/// <summary>A response of a real identity provider.</summary>
internal sealed record RecordedResponse(string File, string Entity, string Request, DateTimeOffset At)
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Saml", "recorded");

    public static IReadOnlyList<RecordedResponse> All { get; } =
        JsonSerializer.Deserialize<RecordedResponse[]>(System.IO.File.ReadAllText(Path.Combine(Folder, "index.json")), JsonSerializerOptions.Web)!;

    public static X509Certificate2 IdentityProvider { get; } = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(Folder, "identity-provider.crt"));

    public static X509Certificate2 Receiver { get; } = X509Certificate2.CreateFromPemFile(Path.Combine(Folder, "receiver.crt"), Path.Combine(Folder, "receiver.key"));

    public byte[] Xml { get; } = System.IO.File.ReadAllBytes(Path.Combine(Folder, File));

    /// <summary>The side that it was for, at the time when it arrived.</summary>
    public SamlLogin Login()
    {
        var login = new SamlLogin { Config = new SsoConfig { Protocol = SsoProtocol.Saml, EntityId = Entity }, Pending = new PendingRequest(Request, At) };
        login.Provider = login.Provider with
        {
            EntityId = File.StartsWith("samlp", StringComparison.Ordinal) ? "https://samlp.test/metadata" : "http://127.0.0.1:27103/saml2/idp/metadata.php",
            Certificates = [IdentityProvider],
        };
        login.Keys = new SpKeyRing(new SpKey(Receiver, 1), null, null);
        login.Test.FakeClock.SetUtcNow(At);
        return login;
    }
}
