using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using System.Text;
using System.Xml;
using Vaka.Plugins.Sso.Saml;
using Vaka.Plugins.Sso.Saml.Responses;
using Vaka.Plugins.Sso.Saml.Xml;
using Vaka.Plugins.Sso.Tests.Saml.Minting;

namespace Vaka.Plugins.Sso.Tests.Saml.Attacks;

/// <summary>Every known class of attack on SAML. Where careless code falls for one, the naive validator is shown to do so.</summary>
public sealed class AttackTests
{
    private const string Victim = SignatureWrapping.Victim;

    private static readonly NaiveValidator Naive = new(TestKeys.IdentityProvider);

    // CVE-2025-47949, CVE-2025-54369, CVE-2025-54419, CVE-2012-6426 and many more.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    public async Task Wrapping_EveryVariant_RefusedAndNeverRead(int variant)
    {
        var xml = SignatureWrapping.Wrap(variant);
        await using var login = new SamlLogin();
        Assert.Equal("one_assertion", await login.RefusedAsync(xml));

        // Not for the count of assertions alone: where it is not looked at, what is read is what was signed, or nothing.
        var arrived = SamlXml.Parse(Encoding.UTF8.GetBytes(xml)).Root;
        try
        {
            var signed = SignedAssertion.Read(arrived, login.Provider, login.Keys, login.Config);
            Assert.DoesNotContain(Victim, signed.Assertion.OuterXml, StringComparison.Ordinal);
        }
        catch (SamlRefusedException)
        {
        }

        var reader = variant is 1 or 2 ? Naive with { Assertion = "/samlp:Response/saml:Assertion" } : Naive;
        Assert.Equal(Victim, reader.Accept(xml));
    }

    // CVE-2017-11427, CVE-2018-0489, CVE-2025-54419: an account victim.evil becomes victim.
    [Theory]
    [InlineData("victim<!-- -->.evil")]
    [InlineData("victim<?x?>.evil")]
    public async Task Truncation_CommentInNameId_Refused(string split)
    {
        var xml = new ResponseBuilder { NameId = "<saml:NameID>victim.evil</saml:NameID>" }.Build().Replace("victim.evil", split, StringComparison.Ordinal);
        await using var login = new SamlLogin();
        Assert.Equal("xml", await login.RefusedAsync(xml));
        if (split.Contains("<!--", StringComparison.Ordinal)) Assert.Equal(Victim, (Naive with { ReadsFirstText = true }).Accept(xml));
    }

    [Fact]
    public async Task Truncation_CDataInNameId_ReadAsOne()
    {
        var xml = new ResponseBuilder { NameId = "<saml:NameID>victim.evil</saml:NameID>" }.Build().Replace("victim.evil", "victim<![CDATA[.evil]]>", StringComparison.Ordinal);
        await using var login = new SamlLogin();
        Assert.Equal("victim.evil", (await login.CompleteAsync(xml)).Subject);
        Assert.Equal(Victim, (Naive with { ReadsFirstText = true }).Accept(xml));
    }

    // CVE-2025-25291, CVE-2025-25292: parsers differ over document types; also entities of files (XXE) and of size.
    [Theory]
    [InlineData("<!DOCTYPE x [<!ENTITY e \"alice\">]>", "&e;")]
    [InlineData("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>", "&e;")]
    [InlineData("<!DOCTYPE x SYSTEM \"https://evil.test/x.dtd\">", "alice")]
    [InlineData("<!DOCTYPE x [<!ATTLIST saml:Assertion ID ID #IMPLIED>]>", "alice")]
    public async Task DocumentType_Any_Refused(string type, string name)
    {
        var xml = type + new ResponseBuilder().Build().Replace(">alice<", $">{name}<", StringComparison.Ordinal);
        await using var login = new SamlLogin();
        Assert.Equal("xml", await login.RefusedAsync(xml));
        if (type.Contains("ATTLIST", StringComparison.Ordinal)) Assert.Equal("alice", Naive.Accept(xml));
    }

    // The message brings the key that it was signed with.
    [Fact]
    public async Task KeyInfo_OfTheAttacker_NotRead()
    {
        var xml = new ResponseBuilder { Key = TestKeys.Stranger, NameId = "<saml:NameID>victim</saml:NameID>" }.Build();
        await using var login = new SamlLogin();
        Assert.Equal("signature_key", await login.RefusedAsync(xml));
        Assert.Equal(Victim, (Naive with { TrustsKeyInfo = true }).Accept(xml));
    }

    // CVE-2026-49283: the identity provider of another tenant, whose name the message gives as it likes.
    [Fact]
    public async Task OtherTenantsIdentityProvider_SameResponse_RefusedHere()
    {
        static string OfTheOther(string text) => text.Replace(ResponseBuilder.EntityId, "https://other-idp.test/metadata", StringComparison.Ordinal);
        var xml = new ResponseBuilder { Key = TestKeys.Stranger, EditAssertion = OfTheOther, Edit = OfTheOther }.Build();
        await using var login = new SamlLogin();
        Assert.Equal("signature_key", await login.RefusedAsync(xml));
        Assert.Equal("alice", new NaiveValidator(TestKeys.Stranger).Accept(xml)); // who lets the issuer choose the certificate

        // Even one that shares its key with ours.
        login.Provider = login.Provider with { Certificates = [TestKeys.Stranger] };
        Assert.Equal("issuer", await login.RefusedAsync(xml));
    }

    [Fact]
    public async Task Sha1_NotAllowed_Refused()
    {
        var builder = new ResponseBuilder
        {
            Sign = (xml, id, key) => XmlSigning.Sign(xml, id, key, signed =>
            {
                signed.SignedInfo!.SignatureMethod = SignedXml.XmlDsigRSASHA1Url;
                ((Reference)signed.SignedInfo.References[0]!).DigestMethod = SignedXml.XmlDsigSHA1Url;
            }),
        };
        await using var login = new SamlLogin();
        Assert.Equal("signature_profile", await login.RefusedAsync(builder));
        Assert.Equal("alice", Naive.Accept(builder.Build()));

        login.Config = login.Config with { AllowSha1 = true };
        await login.CompleteAsync(builder);
        Assert.Contains(login.Test.Steps, step => step.Message.StartsWith("Warning: SHA-1", StringComparison.Ordinal));
    }

    // The public key taken for a secret, which everybody knows.
    [Fact]
    public async Task Hmac_KeyedWithTheCertificate_Refused()
    {
        var document = ResponseBuilder.Load(new ResponseBuilder { Signed = Signed.None, NameId = "<saml:NameID>victim</saml:NameID>" }.Build());
        var signed = new SignedXml(document);
        signed.SignedInfo!.CanonicalizationMethod = SignedXml.XmlDsigExcC14NTransformUrl;
        var reference = new Reference("#_assertion") { DigestMethod = SignedXml.XmlDsigSHA256Url };
        reference.AddTransform(new XmlDsigEnvelopedSignatureTransform());
        reference.AddTransform(new XmlDsigExcC14NTransform());
        signed.AddReference(reference);
        using var hmac = new HMACSHA256(TestKeys.IdentityProvider.GetPublicKey());
        signed.ComputeSignature(hmac);
        var assertion = document.GetElementsByTagName("Assertion", "urn:oasis:names:tc:SAML:2.0:assertion")[0]!;
        assertion.InsertAfter(document.ImportNode(signed.GetXml(), deep: true), assertion.FirstChild);
        await using var login = new SamlLogin();
        Assert.Equal("signature_profile", await login.RefusedAsync(document.OuterXml));
        Assert.Equal(Victim, (Naive with { TakesHmac = true }).Accept(document.OuterXml));
    }

    // A key of one type given an algorithm of the other.
    [Fact]
    public async Task Algorithm_OfAnotherTypeOfKey_Refused()
    {
        await using var login = new SamlLogin();
        Assert.Equal("signature_key", await login.RefusedAsync(new ResponseBuilder { Key = TestKeys.EllipticCurve, Sign = XmlSigning.SignEcdsa }));
    }

    // CVE-2018-7644: a signature that cannot even be tried is an error, which careless code takes for a yes.
    [Theory]
    [InlineData("signature", "")]
    [InlineData("signature_key", "AA==")]
    [InlineData("signature_key", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Signature_ThatCannotBeTried_Refused(string check, string value)
    {
        await using var login = new SamlLogin();
        var response = new ResponseBuilder().BuildDocument();
        response.GetElementsByTagName("SignatureValue")[0]!.InnerText = value;
        var refused = await login.RefusedAsync(response.OuterXml);
        Assert.Contains(refused, new[] { check, "signature_key" });
    }

    [Fact]
    public async Task Key_TooWeak_Refused()
    {
        var weak = TestKeys.Rsa("weak.test", bits: 1024);
        await using var login = new SamlLogin();
        login.Provider = login.Provider with { Certificates = [weak] };
        Assert.Equal("signature_key", await login.RefusedAsync(new ResponseBuilder { Key = weak }));
        Assert.Equal("alice", new NaiveValidator(weak).Accept(new ResponseBuilder { Key = weak }.Build()));
    }

    // CVE-2024-45409: a digest smuggled in where the validator looks for one.
    [Fact]
    public async Task Digest_Smuggled_Refused()
    {
        var document = new ResponseBuilder().BuildDocument();
        var assertion = (XmlElement)document.GetElementsByTagName("Assertion", "urn:oasis:names:tc:SAML:2.0:assertion")[0]!;
        assertion.SelectSingleNode(".//*[local-name()='NameID']")!.InnerText = Victim;
        var bare = (XmlElement)assertion.CloneNode(deep: true);
        bare.RemoveChild(bare.SelectSingleNode("*[local-name()='Signature']")!);
        var smuggled = document.CreateElement("samlp", "Extensions", "urn:oasis:names:tc:SAML:2.0:protocol");
        smuggled.InnerXml = $"<ds:DigestValue xmlns:ds=\"{SignedXml.XmlDsigNamespaceUrl}\">{Convert.ToBase64String(SHA256.HashData(NaiveValidator.Canonical(bare)))}</ds:DigestValue>";
        document.DocumentElement!.PrependChild(smuggled);
        await using var login = new SamlLogin();
        Assert.Equal("digest", await login.RefusedAsync(document.OuterXml));
        Assert.Equal(Victim, (Naive with { TakesAnyDigest = true }).Accept(document.OuterXml));
    }

    // CVE-2025-66475: where canonicalisation fails to nothing, a signed digest of nothing fits any message.
    [Fact]
    public async Task Digest_OfNothing_Refused()
    {
        var nothing = Convert.ToBase64String(SHA256.HashData([]));
        var xml = Resigned(new ResponseBuilder().Build(), info => info.SelectSingleNode(".//*[local-name()='DigestValue']")!.InnerText = nothing);
        await using var login = new SamlLogin();
        Assert.Equal("digest", await login.RefusedAsync(xml));
        var relative = xml.Replace("<saml:Subject>", "<saml:Subject xmlns:x=\"relative\">", StringComparison.Ordinal);
        Assert.Equal("digest", await login.RefusedAsync(relative));
        Assert.Equal("alice", (Naive with { TakesAnyDigest = true, FailsToNothing = true }).Accept(relative));
    }

    // Each is signed by the identity provider's own key: the profile alone refuses it.
    [Theory]
    [InlineData("two references", "<ds:Reference", "<ds:Reference URI=\"#_response\"><ds:Transforms/><ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue/></ds:Reference><ds:Reference")]
    [InlineData("whole document", "URI=\"#_assertion\"", "URI=\"\"")]
    [InlineData("pointer", "URI=\"#_assertion\"", "URI=\"#xpointer(id('_assertion'))\"")]
    [InlineData("elsewhere", "URI=\"#_assertion\"", "URI=\"https://evil.test/x\"")]
    [InlineData("no reference", "URI=\"#_assertion\"", "")]
    [InlineData("xslt", "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"", "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"")]
    [InlineData("xpath", "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"", "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"")]
    [InlineData("base64", "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"", "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#base64\"")]
    [InlineData("with comments", "Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"", "Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#WithComments\"")]
    [InlineData("many transforms", "<ds:Transforms>", "<ds:Transforms><ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>")]
    [InlineData("info with comments", "CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"", "CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#WithComments\"")]
    [InlineData("info inclusive", "CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"", "CanonicalizationMethod Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\"")]
    [InlineData("manifest", "<ds:Reference ", "<ds:Reference Type=\"http://www.w3.org/2000/09/xmldsig#Manifest\" ")]
    [InlineData("weak digest", "http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2001/04/xmldsig-more#md5")]
    [InlineData("truncated", "#rsa-sha256\"/>", "#rsa-sha256\"><ds:HMACOutputLength>8</ds:HMACOutputLength></ds:SignatureMethod>")]
    public async Task Profile_Trick_Refused(string trick, string from, string to)
    {
        var xml = Prefixed(new ResponseBuilder().Build()).Replace(from, to, StringComparison.Ordinal);
        Assert.True(xml.Contains(to, StringComparison.Ordinal), trick);
        await using var login = new SamlLogin();
        Assert.Equal("signature_profile", await login.RefusedAsync(Resigned(xml, _ => { })));
    }

    [Theory]
    [InlineData("<ds:Object/>")]
    [InlineData("<ds:Object><ds:Manifest/></ds:Object>")]
    [InlineData("<ds:SignedInfo/>")]
    [InlineData("<ds:SignatureValue>AAAA</ds:SignatureValue>")]
    public async Task Signature_MoreInIt_Refused(string more)
    {
        var xml = Prefixed(new ResponseBuilder().Build()).Replace("</ds:Signature>", more + "</ds:Signature>", StringComparison.Ordinal);
        await using var login = new SamlLogin();
        Assert.Equal("signature_profile", await login.RefusedAsync(xml));
    }

    [Fact]
    public async Task Signature_TwoOfThem_Refused()
    {
        var document = new ResponseBuilder().BuildDocument();
        var signature = document.GetElementsByTagName("Signature", SignedXml.XmlDsigNamespaceUrl)[0]!;
        signature.ParentNode!.AppendChild(signature.CloneNode(deep: true));
        await using var login = new SamlLogin();
        Assert.Equal("signature", await login.RefusedAsync(document.OuterXml));
    }

    [Theory]
    [InlineData("ID")]
    [InlineData("Id")]
    [InlineData("id")]
    [InlineData("xml:id")]
    public async Task Ids_Twice_Refused(string attribute)
    {
        var xml = new ResponseBuilder().Build().Replace("<samlp:Status>", $"<samlp:Status {attribute}=\"_assertion\">", StringComparison.Ordinal);
        await using var login = new SamlLogin();
        Assert.Equal("duplicate_id", await login.RefusedAsync(xml));
    }

    [Theory]
    [InlineData(Encrypted.No)]
    [InlineData(Encrypted.Gcm)]
    [InlineData(Encrypted.Cbc)]
    internal async Task Signature_None_Refused(Encrypted encrypted)
    {
        // Anybody can encrypt to us.
        await using var login = new SamlLogin();
        Assert.Equal("signature", await login.RefusedAsync(new ResponseBuilder { Signed = Signed.None, Encrypted = encrypted }));
    }

    // Both must hold where both are there.
    [Fact]
    public async Task Signature_OfTheResponseGoodOfTheAssertionBad_Refused()
    {
        var xml = new ResponseBuilder
        {
            Signed = Signed.Both,
            Sign = (text, id, _) => XmlSigning.Sign(text, id, id == "_assertion" ? TestKeys.Stranger : TestKeys.IdentityProvider),
        };
        await using var login = new SamlLogin();
        Assert.Equal("signature_key", await login.RefusedAsync(xml));
    }

    [Fact]
    public async Task Signature_MovedToTheResponse_Refused()
    {
        var document = new ResponseBuilder().BuildDocument();
        var signature = document.GetElementsByTagName("Signature", SignedXml.XmlDsigNamespaceUrl)[0]!;
        document.DocumentElement!.AppendChild(signature);
        await using var login = new SamlLogin();
        Assert.Equal("signature_profile", await login.RefusedAsync(document.OuterXml));
    }

    [Fact]
    public async Task Encoding_Other_Refused()
    {
        var xml = new ResponseBuilder().Build();
        await using var login = new SamlLogin();
        Assert.Equal("encoding", await login.RefusedAsync([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(xml)]));
        Assert.Equal("encoding", await login.RefusedAsync("<?xml version=\"1.0\" encoding=\"UTF-7\"?>" + xml.Replace("alice", "+AHY-ictim", StringComparison.Ordinal)));
        Assert.Equal("encoding", await login.RefusedAsync("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" + xml));
        var overlong = Encoding.UTF8.GetBytes(xml);
        overlong[^2] = 0xC0;
        Assert.Equal("encoding", await login.RefusedAsync(overlong));
        Assert.Equal("xml", await login.RefusedAsync("<?xml version=\"1.1\"?>" + xml));
        Assert.Equal("alice", (await login.CompleteAsync([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"utf-8\"?>" + xml)])).Subject);
    }

    [Fact]
    public async Task Base64_Loose_Refused()
    {
        var field = Convert.ToBase64String(Encoding.UTF8.GetBytes(new ResponseBuilder().Build()));
        await using var login = new SamlLogin();
        foreach (var loose in new[] { field[..100] + "*" + field[100..], field + "=", field[..^1] + "-", "{}", field[..^3] })
        {
            Assert.Equal("encoding", await login.RefusedAsync(() => login.CompleteFieldAsync(loose)));
        }

        Assert.Equal("response", await login.RefusedAsync(() => login.CompleteFieldAsync(field, isPost: false)));
        Assert.Equal("alice", (await login.CompleteFieldAsync(string.Join("\r\n", field.Chunk(64).Select(line => new string(line))))).Subject);
    }

    // The prefixes and namespaces of an attacker are not ours.
    [Theory]
    [InlineData("urn:oasis:names:tc:SAML:2.0:protocol", "urn:oasis:names:tc:SAML:1.0:protocol", "response")]
    [InlineData("xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"", "xmlns:samlp=\"urn:evil\"", "response")]
    [InlineData("xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_assertion\"", "xmlns:saml=\"urn:evil\" ID=\"_assertion\"", "one_assertion")]
    [InlineData("<saml:Subject>", "<saml:Subject xmlns:saml=\"urn:evil\">", "digest")]
    public async Task Namespaces_Changed_Refused(string from, string to, string check)
    {
        await using var login = new SamlLogin();
        Assert.Equal(check, await login.RefusedAsync(new ResponseBuilder().Build().Replace(from, to, StringComparison.Ordinal)));
    }

    // Breaking XML encryption (CCS 2011) and Bleichenbacher: whatever is wrong with a ciphertext is refused by the same words.
    [Fact]
    public async Task Ciphertext_Changed_RefusedUniformly()
    {
        await using var login = new SamlLogin();
        var messages = new HashSet<string>();
        foreach (var how in new[] { Encrypted.Gcm, Encrypted.Cbc })
        {
            var assertion = XmlSigning.Sign(new ResponseBuilder { Signed = Signed.None }.Build(), "_assertion", TestKeys.IdentityProvider);
            var cipher = how is Encrypted.Gcm ? XmlEncrypting.Gcm(assertion, out var key) : XmlEncrypting.Cbc(assertion, out key);
            foreach (var change in new[] { 0, 15, 40, cipher.Length - 17, cipher.Length - 1 })
            {
                var changed = (byte[])cipher.Clone();
                changed[change] ^= 0x55;
                await RefuseAsync(changed, key, how);
            }

            await RefuseAsync(cipher[..^16], key, how);
            await RefuseAsync(cipher[..20], key, how);
            await RefuseAsync(cipher, RandomNumberGenerator.GetBytes(key.Length), how);
            await RefuseAsync(cipher, RandomNumberGenerator.GetBytes(5), how);
        }

        Assert.Single(messages);

        async Task RefuseAsync(byte[] cipher, byte[] key, Encrypted how)
        {
            var encrypted = XmlEncrypting.Wrap(cipher, key, "EncryptedAssertion", TestKeys.Ours, how);
            Assert.Equal("decryption", await login.RefusedAsync(WithAssertion(encrypted)));
            messages.Add(login.Test.Steps[^1].Message);
        }
    }

    // What is decrypted must not reach out of the element that it is parsed in.
    [Theory]
    [InlineData("</fragment><fragment>")]
    [InlineData("<a/><b/>")]
    [InlineData("text")]
    [InlineData("<!DOCTYPE x><x/>")]
    [InlineData("<saml:Response/>")]
    public async Task Ciphertext_HoldsSomethingElse_Refused(string plain)
    {
        await using var login = new SamlLogin();
        Assert.Equal("decryption", await login.RefusedAsync(WithAssertion(XmlEncrypting.Encrypt(plain, "EncryptedAssertion", TestKeys.Ours, Encrypted.Gcm))));
    }

    [Theory]
    [InlineData("http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p", "http://www.w3.org/2001/04/xmlenc#rsa-1_5")]
    [InlineData("http://www.w3.org/2009/xmlenc11#aes256-gcm", "http://www.w3.org/2001/04/xmlenc#tripledes-cbc")]
    [InlineData("xenc:CipherValue", "xenc:CipherReference")]
    public async Task Ciphertext_OtherAlgorithm_Refused(string from, string to)
    {
        await using var login = new SamlLogin();
        Assert.Equal("decryption", await login.RefusedAsync(new ResponseBuilder { Encrypted = Encrypted.Gcm }.Build().Replace(from, to, StringComparison.Ordinal)));
    }

    private static string WithAssertion(string encrypted)
    {
        var xml = new ResponseBuilder { Signed = Signed.None }.Build();
        var start = xml.IndexOf("<saml:Assertion", StringComparison.Ordinal);
        return string.Concat(xml.AsSpan(0, start), encrypted, "</samlp:Response>");
    }

    // SignedXml writes the signature without a prefix.
    private static string Prefixed(string xml)
    {
        var start = xml.IndexOf("<Signature ", StringComparison.Ordinal);
        var end = xml.IndexOf("</Signature>", StringComparison.Ordinal) + "</Signature>".Length;
        var signature = xml[start..end].Replace("</", "\u0001", StringComparison.Ordinal).Replace("<", "<ds:", StringComparison.Ordinal)
            .Replace("\u0001", "</ds:", StringComparison.Ordinal).Replace("xmlns=", "xmlns:ds=", StringComparison.Ordinal).Replace(" />", "/>", StringComparison.Ordinal);
        return string.Concat(xml.AsSpan(0, start), signature, xml.AsSpan(end));
    }

    // Signs a changed SignedInfo with the identity provider's key, as if it had written it so.
    private static string Resigned(string xml, Action<XmlElement> change)
    {
        var document = ResponseBuilder.Load(xml);
        var info = (XmlElement)document.GetElementsByTagName("SignedInfo", SignedXml.XmlDsigNamespaceUrl)[0]!;
        change(info);
        using var rsa = TestKeys.IdentityProvider.GetRSAPrivateKey()!;
        document.GetElementsByTagName("SignatureValue", SignedXml.XmlDsigNamespaceUrl)[0]!.InnerText =
            Convert.ToBase64String(rsa.SignData(NaiveValidator.Canonical(info), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        return document.OuterXml;
    }
}
