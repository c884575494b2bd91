using System.Diagnostics;
using System.Xml;
using System.Xml.Schema;
using Vaka.Plugins.Sso.Tests.Saml.Peers;

namespace Vaka.Plugins.Sso.Tests.Saml.Metadata;

public sealed class SpMetadataTests
{
    private const string Schemas = "/usr/share/simplesamlphp/schemas";

    private readonly SsoConfig config = new()
    {
        Protocol = SsoProtocol.Saml, NameIdFormat = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent", AnnounceNextKey = true,
    };

    [Fact]
    public async Task Metadata_NextKeyAnnounced_NamesBothForBothUses()
    {
        await using var integration = new SamlIntegration(config);
        var keys = await integration.KeysAsync();

        var metadata = await integration.MetadataAsync();

        var expected = new[] { keys.Current, keys.Next! }.Select(key => key.Certificate.ExportCertificatePem()).ToList();
        Assert.Equal(expected, metadata.Certificates("signing"));
        Assert.Equal(expected, metadata.Certificates("encryption"));
        Assert.Equal(integration.Addresses.Metadata, metadata.DocumentElement!.GetAttribute("entityID"));
        Assert.DoesNotContain("PRIVATE", metadata.OuterXml);
    }

    [Fact]
    public async Task Metadata_OfEveryShape_FollowsTheStandardsSchema()
    {
        Assert.SkipUnless(Directory.Exists(Schemas), "the SAML schemas are not installed here (tests/peers/install.sh installs SimpleSAMLphp, which has them)");
        // Each by itself and nothing from elsewhere: the W3C's own have a document type that names an address.
        var schemas = new XmlSchemaSet { XmlResolver = null };
        foreach (var name in (string[])["xml", "xmldsig-core-schema", "xenc-schema", "saml-schema-assertion-2.0", "saml-schema-metadata-2.0"])
        {
            using var reader = XmlReader.Create(
                Path.Combine(Schemas, $"{name}.xsd"), new XmlReaderSettings { DtdProcessing = DtdProcessing.Parse, XmlResolver = null });
            schemas.Add(null, reader);
        }

        foreach (var shape in new[] { config, config with { NameIdFormat = null, AnnounceNextKey = false, SignRequests = false, EntityId = "urn:acme & co" } })
        {
            await using var integration = new SamlIntegration(shape);
            var metadata = await integration.MetadataAsync();
            metadata.Schemas = schemas;
            metadata.Validate(null); // throws at the first thing that is wrong
            Assert.Equal(shape.EntityId ?? integration.Addresses.Metadata, metadata.DocumentElement!.GetAttribute("entityID"));
        }
    }

    [Fact]
    public async Task Metadata_SimpleSamlPhpsParser_FindsEverything()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/php") && Directory.Exists(Schemas), "SimpleSAMLphp is not installed here (tests/peers/install.sh installs it)");
        await using var integration = new SamlIntegration(config);
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, (await integration.MetadataAsync()).OuterXml);
        const string Script = """
            require '/usr/share/simplesamlphp/lib/_autoload.php';
            $sp = \SimpleSAML\Metadata\SAMLParser::parseFile($argv[1])->getMetadata20SP();
            echo $sp['entityid'], ' ', $sp['AssertionConsumerService'][0]['Location'], ' ', count($sp['SingleLogoutService']), ' ', count($sp['keys']), ' ',
                var_export($sp['saml20.sign.assertion'], true), ' ', var_export($sp['validate.authnrequest'], true);
            """;

        using var php = Process.Start(new ProcessStartInfo("/usr/bin/php", ["-d", "error_reporting=0", "-r", Script, file])
        {
            RedirectStandardOutput = true, Environment = { ["SIMPLESAMLPHP_CONFIG_DIR"] = Path.Combine(AppContext.BaseDirectory, "identity-providers/simplesamlphp/config") },
        })!;
        var answer = await php.StandardOutput.ReadToEndAsync();
        await php.WaitForExitAsync();
        File.Delete(file);

        Assert.Equal($"{integration.Addresses.Metadata} {integration.Addresses.Acs} 2 4 true true", answer);
    }
}
