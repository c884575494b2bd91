using System.Text.Json;

namespace Vaka.Plugins.Webhook.Tests;

public sealed class WebhookConfigValidatorTests
{
    private const string Signed = $"\"signing_secret\": \"{WebhookTest.Secret}\"";

    [Theory]
    [InlineData("")]
    [InlineData(""", "auth": {"type": "basic", "username": "u", "password": "p"} """)]
    [InlineData(""", "auth": {"type": "bearer", "token": "t"} """)]
    [InlineData(""", "auth": {"type": "api_key", "name": "X-Key", "value": "k", "in": "header"} """)]
    [InlineData(""", "auth": {"type": "api_key", "name": "key", "value": "k", "in": "query"} """)]
    [InlineData(""", "auth": {"type": "hmac", "header": "X-Sign", "secret": "s", "algorithm": "sha512"} """)]
    [InlineData(""", "auth": {"type": "oauth2_client_credentials", "token_url": "https://a.example/t", "client_id": "c", "client_secret": "s"} """)]
    [InlineData(""", "headers": {"X-A": "b", "Content-Type": "text/json", "ce-region": "eu"}, "secret_headers": {"X-C": "d"} """)]
    [InlineData(""", "format": "cloudevents_structured", "cloud_event_source": "/orders" """)]
    [InlineData(""", "previous_signing_secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "previous_valid_until": "2030-01-01T00:00:00Z" """)]
    [InlineData(""", "pinned_certificate": "AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:aa:aa:aa:aa:aa:aa:aa:aa:aa:aa:aa:aa:aa:aa:aa:aa" """)]
    public void Validate_Good_Silent(string more) => Assert.Empty(WebhookTest.Validate(WebhookTest.Config(Signed + more)));

    [Theory]
    [InlineData(""", "headers": {"Host": "x"} """, "headers.Host")]
    [InlineData(""", "headers": {"X-A": "b\r\nc"} """, "headers.X-A")]
    [InlineData(""", "secret_headers": {"webhook-id": "x"} """, "secret_headers.webhook-id")]
    [InlineData(""", "secret_headers": {"X-A": "b\nc"} """, "secret_headers.X-A")]
    [InlineData(""", "headers": {"X-A": "b"}, "secret_headers": {"x-a": "c"} """, "secret_headers.x-a")]
    [InlineData(""", "headers": {"X-A": "b", "x-a": "c"} """, "headers.x-a")]
    [InlineData(""", "headers": {"authorization": "b"}, "auth": {"type": "bearer", "token": "t"} """, "headers.authorization")]
    [InlineData(""", "headers": {"Content-Type": "b"}, "method": "GET" """, "headers.Content-Type")]
    [InlineData(""", "headers": {"Content-Type": "b"}, "format": "cloudevents_structured" """, "headers.Content-Type")]
    [InlineData(""", "previous_signing_secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" """, "previous_valid_until")]
    [InlineData(""", "previous_signing_secret": "old", "previous_valid_until": "2030-01-01T00:00:00Z" """, "previous_signing_secret")]
    [InlineData(""", "auth": {"type": "basic", "username": "u:v", "password": "p"} """, "auth.username")]
    [InlineData(""", "auth": {"type": "bearer", "token": "a\r\nb"} """, "auth.token")]
    [InlineData(""", "auth": {"type": "bearer", "token": ""} """, "auth.token")]
    [InlineData(""", "auth": {"type": "api_key", "name": "Host", "value": "k"} """, "auth.name")]
    [InlineData(""", "auth": {"type": "api_key", "name": "Content-Type", "value": "k"} """, "auth.name")]
    [InlineData(""", "auth": {"type": "api_key", "name": "tenant", "value": "k", "in": "query"} """, "auth.name")]
    [InlineData(""", "auth": {"type": "hmac", "header": "webhook-signature", "secret": "s"} """, "auth.header")]
    [InlineData(""", "auth": {"type": "hmac", "header": "X-S", "secret": ""} """, "auth.secret")]
    [InlineData(""", "auth": {"type": "oauth2_client_credentials", "token_url": "https://u@a.example/t", "client_id": "c", "client_secret": "s"} """, "auth.token_url")]
    [InlineData(""", "auth": {"type": "oauth2_client_credentials", "token_url": "https://a.example/t", "client_id": "c", "client_secret": ""} """, "auth.client_secret")]
    [InlineData(""", "auth": {"type": "client_certificate", "certificate": "nonsense"} """, "auth.certificate")]
    [InlineData(""", "auth": {"type": "client_certificate", "certificate": "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----"} """, "auth.certificate")]
    [InlineData(""", "format": "cloudevents_structured", "method": "DELETE" """, "format")]
    [InlineData(""", "cloud_event_source": "a b" """, "cloud_event_source")]
    [InlineData(""", "pinned_certificate": "zz" """, "pinned_certificate")]
    public void Validate_Bad_NamesTheField(string more, string path)
    {
        var error = Assert.Single(WebhookTest.Validate(WebhookTest.Config(Signed + more)));

        Assert.Equal((path, ConfigSeverity.Error), (error.Path, error.Severity));
    }

    [Fact]
    public void Validate_BadSigningSecret_IsAnErrorThatDoesNotShowIt()
    {
        var error = Assert.Single(WebhookTest.Validate(WebhookTest.Config(""" "signing_secret": "hunter2" """)));

        Assert.Equal("signing_secret", error.Path);
        Assert.DoesNotContain("hunter2", error.Message);
    }

    [Fact]
    public void Validate_CertificateWithoutKeyOrWithWrongPassword_IsRefused()
    {
        using var certificate = WebhookAuthTests.ExportableCertificate();
        string[] auths =
        [
            $"\"certificate\": {JsonSerializer.Serialize(certificate.ExportCertificatePem())}",
            $"\"certificate\": {JsonSerializer.Serialize(WebhookAuthTests.Written(certificate, "pfx", "right"))}, \"password\": \"wrong\"",
            $"\"certificate\": {JsonSerializer.Serialize(WebhookAuthTests.Written(certificate, "pem", "right"))}, \"password\": \"wrong\"",
            $"\"certificate\": {JsonSerializer.Serialize(WebhookAuthTests.Written(certificate, "pem", "right"))}",
        ];

        foreach (var auth in auths)
        {
            var error = Assert.Single(
                WebhookTest.Validate(WebhookTest.Config($$"""{{Signed}}, "auth": {"type": "client_certificate", {{auth}}}""")));
            Assert.Equal(("auth.certificate", ConfigSeverity.Error), (error.Path, error.Severity));
        }
    }

    [Fact]
    public void Validate_PlainHttpWithCredentials_Warns()
    {
        var error = Assert.Single(WebhookTest.Validate(
            WebhookTest.Config(Signed + """, "auth": {"type": "bearer", "token": "t"} """, "http://example.com/")));

        Assert.Equal(("url", ConfigSeverity.Warning), (error.Path, error.Severity));
        Assert.Contains("credentials", error.Message);
    }

    [Fact]
    public void Validate_ClientCertificateOverPlainHttp_IsAnError()
    {
        using var certificate = WebhookAuthTests.ExportableCertificate();

        var errors = WebhookTest.Validate(WebhookTest.Config(
            $$"""
            {{Signed}}, "auth": {"type": "client_certificate",
            "certificate": {{JsonSerializer.Serialize(WebhookAuthTests.Written(certificate, "pem", null))}}}
            """,
            "http://example.com/"));

        Assert.Contains(errors, error => error is { Path: "url", Severity: ConfigSeverity.Error });
    }

    [Fact]
    public void Validate_NothingSigned_Warns()
    {
        var error = Assert.Single(WebhookTest.Validate(WebhookTest.Config()));

        Assert.Equal(("signing_secret", ConfigSeverity.Warning), (error.Path, error.Severity));
    }

    [Fact]
    public void Validate_AuthorizationInReadableHeaders_Warns()
    {
        var error = Assert.Single(WebhookTest.Validate(WebhookTest.Config(Signed + """, "headers": {"Authorization": "x"} """)));

        Assert.Equal(("headers.Authorization", ConfigSeverity.Warning), (error.Path, error.Severity));
    }

    [Fact]
    public void Validate_BadUrl_NamesIt() =>
        Assert.Contains(WebhookTest.Validate(WebhookTest.Config(Signed, "https://u:p@example.com/")), error => error.Path is "url");
}
