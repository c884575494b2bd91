using System.Text;
using Vaka.Plugins.Sso.Saml.Metadata;

namespace Vaka.Plugins.Sso.Tests.Saml.Metadata;

public sealed class MetadataReaderTests
{
    [Fact]
    public void Choose_OneIdentityProvider_IsReadWhole()
    {
        var metadata = MetadataDocument.Choose(MetadataText.Entity("https://idp.test", validUntil: "2027-01-02T03:04:05Z", wantsSigned: true), null);

        Assert.Equal("https://idp.test", metadata.EntityId);
        Assert.Equal(MetadataText.CertificateBase64, Assert.Single(metadata.Certificates));
        Assert.Equal(
            [new(SamlBinding.Redirect, "https://idp.test/sso"), new IdpEndpoint(SamlBinding.Post, "https://idp.test/sso-post")], metadata.SingleSignOn);
        Assert.Equal([new IdpEndpoint(SamlBinding.Redirect, "https://idp.test/slo", "https://idp.test/slo-answer")], metadata.SingleLogout);
        Assert.True(metadata.WantsSignedRequests);
        Assert.Equal(new DateTimeOffset(2027, 1, 2, 3, 4, 5, TimeSpan.Zero), metadata.ValidUntil);
    }

    [Fact]
    public void Choose_Federation_TakesTheOneThatIsNamed()
    {
        var document = MetadataText.Federation(
            "2026-06-01T00:00:00Z",
            MetadataText.Federation(null, MetadataText.Entity("https://one.test", validUntil: "2030-01-01T00:00:00Z")),
            MetadataText.ServiceProvider,
            MetadataText.Entity("https://two.test"));

        Assert.Equal("https://one.test", MetadataDocument.Choose(document, "https://one.test").EntityId);
        Assert.Contains("several", Assert.Throws<FormatException>(() => MetadataDocument.Choose(document, null)).Message);
        Assert.Contains("https://three.test", Assert.Throws<FormatException>(() => MetadataDocument.Choose(document, "https://three.test")).Message);

        // What is around an entity ends its validity too.
        Assert.Equal(2026, MetadataDocument.Choose(document, "https://one.test").ValidUntil!.Value.Year);
        Assert.Equal(2026, MetadataDocument.Choose(document, "https://two.test").ValidUntil!.Value.Year);
    }

    [Fact]
    public void Choose_ValidityOfANeighbour_DoesNotCount()
    {
        var document = MetadataText.Federation(
            null, MetadataText.Federation("2020-01-01T00:00:00Z", MetadataText.Entity("https://one.test")), MetadataText.Entity("https://two.test"));

        Assert.Null(MetadataDocument.Choose(document, "https://two.test").ValidUntil);
    }

    [Fact]
    public void Choose_SameEntityTwice_IsRefused() => Assert.Contains("more than once", Assert.Throws<FormatException>(() => MetadataDocument.Choose(
        MetadataText.Federation(null, MetadataText.Entity("https://one.test"), MetadataText.Entity("https://one.test")), "https://one.test")).Message);

    [Theory]
    [InlineData("use=\"encryption\"", 0)]
    [InlineData("use=\"signing\"", 1)]
    [InlineData("", 1)]
    public void Choose_KeyOfAUse_CountsIfItSigns(string use, int count) =>
        Assert.Equal(count, MetadataDocument.Choose(MetadataText.Entity("https://idp.test", use: use), null).Certificates.Count);

    [Fact]
    public void Choose_Chain_OnlyItsFirstCertificateSigns()
    {
        var twice = MetadataText.Entity("https://idp.test").Replace("</ds:X509Data>", "<ds:X509Certificate>bm90IGEgY2VydGlmaWNhdGU=</ds:X509Certificate></ds:X509Data>");

        Assert.Single(MetadataDocument.Choose(twice, null).Certificates);
    }

    [Fact]
    public void Choose_CertificateWithACommentInside_IsReadWhole()
    {
        var commented = MetadataText.Entity("https://idp.test").Replace(MetadataText.CertificateBase64, MetadataText.CertificateBase64.Insert(100, "<!-- here -->\r\n"));

        Assert.Equal(MetadataText.CertificateBase64, Assert.Single(MetadataDocument.Choose(commented, null).Certificates));
    }

    [Fact]
    public void Choose_CertificateInPem_IsTaken() => Assert.Equal(
        MetadataText.CertificateBase64,
        Assert.Single(MetadataDocument.Choose(MetadataText.Entity("https://idp.test").Replace(
            MetadataText.CertificateBase64, $"\n-----BEGIN CERTIFICATE-----\n{MetadataText.CertificateBase64}\n-----END CERTIFICATE-----\n"), null).Certificates));

    [Fact]
    public void Choose_PastedWithAnotherEncodingDeclared_IsRead() => Assert.Equal(
        "https://idp.test", MetadataDocument.Choose($"<?xml version=\"1.0\" encoding=\"utf-16\"?>\n{MetadataText.Entity("https://idp.test")}", null).EntityId);

    [Theory]
    [InlineData("<a/>", "not SAML metadata")]
    [InlineData("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "cannot be read")]
    [InlineData("not xml", "cannot be read")]
    [InlineData("", "cannot be read")]
    public void Choose_NoMetadata_SaysSo(string text, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => MetadataDocument.Choose(text, null)).Message);

    [Fact]
    public void Choose_ServiceProvider_SaysSo() =>
        Assert.Contains("service provider", Assert.Throws<FormatException>(() => MetadataDocument.Choose(MetadataText.ServiceProvider, null)).Message);

    [Fact]
    public void Choose_SamlOneOnly_IsNone() => Assert.Throws<FormatException>(() => MetadataDocument.Choose(
        MetadataText.Entity("https://idp.test").Replace("urn:oasis:names:tc:SAML:2.0:protocol", "urn:oasis:names:tc:SAML:1.1:protocol"), null));

    [Theory]
    [InlineData("http://idp.test/sso")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/sso")]
    public void Choose_AddressThatIsNotHttps_IsRefused(string address) => Assert.Contains(
        "not https",
        Assert.Throws<FormatException>(() => MetadataDocument.Choose(MetadataText.Entity("https://idp.test").Replace("https://idp.test/sso-post", address), null)).Message);

    [Fact]
    public void Choose_DeepNestingOrManyElements_CostsNoTree()
    {
        var deep = MetadataText.Federation(null, string.Concat(Enumerable.Repeat("<x>", 300_000)) + string.Concat(Enumerable.Repeat("</x>", 300_000)), MetadataText.Entity("https://idp.test"));
        var document = Encoding.UTF8.GetBytes(deep);

        Assert.Equal("https://idp.test", MetadataDocument.Choose(document, null).EntityId);
    }
}
