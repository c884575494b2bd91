using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Webhook.Tests;

public sealed class WebhookAuthTests : IAsyncDisposable
{
    private readonly WebhookTest test = new();

    public ValueTask DisposeAsync() => test.DisposeAsync();

    [Fact]
    public async Task None_SendsNoCredentials()
    {
        var sent = await test.SendAsync(WebhookTest.Config(""" "auth": {"type": "none"} """));

        Assert.Null(sent.Header("Authorization"));
    }

    [Fact]
    public async Task Basic_SendsUserAndPasswordInUtf8()
    {
        var sent = await test.SendAsync(WebhookTest.Config(""" "auth": {"password": "pä:ss", "username": "u", "type": "basic"} """));

        Assert.Equal("Basic " + Convert.ToBase64String("u:pä:ss"u8), sent.Header("Authorization"));
    }

    [Fact]
    public async Task Bearer_SendsTheToken()
    {
        var sent = await test.SendAsync(WebhookTest.Config(""" "auth": {"type": "bearer", "token": "t0ken"} """));

        Assert.Equal("Bearer t0ken", sent.Header("Authorization"));
    }

    [Fact]
    public async Task ApiKey_InHeader_IsSentThere()
    {
        var sent = await test.SendAsync(WebhookTest.Config(""" "auth": {"type": "api_key", "name": "X-Api-Key", "value": "k y", "in": "header"} """));

        Assert.Equal("k y", sent.Header("X-Api-Key"));
        Assert.Equal(WebhookTest.Url, sent.Uri.AbsoluteUri);
    }

    [Fact]
    public async Task ApiKey_InQuery_IsSentThereAndNeverShown()
    {
        var config = WebhookTest.Config(""" "auth": {"type": "api_key", "name": "key", "value": "k+y&", "in": "query"} """);

        var sent = await test.SendAsync(config, WebhookTest.Input(more: """ "path": "a", "query": {"b": "c"} """));
        test.Wire.Next(HttpAnswers.Cut());
        var failure = await test.FailAsync(config);

        Assert.Equal("https://hooks.example.com/in/a?tenant=7&key=k%2By%26&b=c", sent.Uri.AbsoluteUri);
        Assert.DoesNotContain("k%2By", failure.ToString());
    }

    [Theory]
    [InlineData("", "sha256=", 32)]
    [InlineData(""", "encoding": "hex" """, "", 32)]
    [InlineData(""", "encoding": "base64" """, null, 32)]
    [InlineData(""", "algorithm": "sha512" """, "sha512=", 64)]
    public async Task Hmac_SignsTheBodyAsSent(string more, string? prefix, int size)
    {
        var sent = await test.SendAsync(
            WebhookTest.Config($$""" "auth": {"type": "hmac", "header": "X-Hub-Signature-256", "secret": "schlüssel"{{more}}} """),
            WebhookTest.Input("""{ "a":1.0 }"""));

        var key = Encoding.UTF8.GetBytes("schlüssel");
        var mac = size is 64 ? HMACSHA512.HashData(key, sent.Body) : HMACSHA256.HashData(key, sent.Body);
        Assert.Equal(
            prefix is null ? Convert.ToBase64String(mac) : prefix + Convert.ToHexStringLower(mac), sent.Header("X-Hub-Signature-256"));
    }

    [Theory]
    [InlineData("pem", null)]
    [InlineData("pem", "pa55")]
    [InlineData("pfx", null)]
    [InlineData("pfx", "pa55")]
    public async Task ClientCertificate_IsShownInTheHandshake(string form, string? password)
    {
        await using var peer = await HttpPeer.StartTlsAsync(askForClientCertificate: true);
        await using var real = new WebhookTest(new LoopbackNetwork());
        using var certificate = ExportableCertificate();
        var config = WebhookTest.Config(
            $$"""
            "pinned_certificate": "{{TestCertificates.Fingerprint(peer.Certificate!)}}",
            "auth": {"type": "client_certificate", "certificate": {{JsonSerializer.Serialize(Written(certificate, form, password))}},
              "password": {{JsonSerializer.Serialize(password)}}}
            """,
            peer.Address.AbsoluteUri);

        Assert.DoesNotContain(WebhookTest.Validate(config), error => error.Severity is ConfigSeverity.Error);
        var output = await real.PushAsync(config);

        Assert.Equal(200, output.StatusCode);
        Assert.Equal(certificate.Thumbprint, peer.Requests.Single().ClientCertificate?.Thumbprint);
    }

    [Fact]
    public async Task PinnedCertificate_OfAnother_IsRefusedBeforeAnythingIsSent()
    {
        await using var peer = await HttpPeer.StartTlsAsync();
        await using var real = new WebhookTest(new LoopbackNetwork());

        var failure = await real.FailAsync(
            WebhookTest.Config($"\"pinned_certificate\": \"{new string('a', 64)}\"", peer.Address.AbsoluteUri));

        Assert.Equal((FailureKind.InvalidConfiguration, Effect.None), (failure.Kind, failure.Effect));
        Assert.Empty(peer.Requests);
    }

    internal static X509Certificate2 ExportableCertificate(DateTimeOffset? notAfter = null)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=client", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var end = notAfter ?? TimeProvider.System.GetUtcNow().AddDays(20);
        return request.CreateSelfSigned(end.AddDays(-30), end);
    }

    internal static string Written(X509Certificate2 certificate, string form, string? password)
    {
        if (form is "pfx")
        {
            return Convert.ToBase64String(certificate.Export(X509ContentType.Pkcs12, password));
        }

        using var key = certificate.GetRSAPrivateKey()!;
        var privateKey = password is null
            ? key.ExportPkcs8PrivateKeyPem()
            : key.ExportEncryptedPkcs8PrivateKeyPem(password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
        return certificate.ExportCertificatePem() + "\n" + privateKey;
    }
}
