using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.Packages;

/// <summary>Packages through the API, where a publisher is trusted.</summary>
public sealed class SignedPackagesTests(SignedPackagesTests.TrustingHost fixture) : IClassFixture<SignedPackagesTests.TrustingHost>
{
    private const string Type = "fixture_upgrade";

    [Fact]
    public async Task Package_SignedByTheTrustedPublisher_IsInstalledUpgradedRolledBackAndRemoved()
    {
        var added = await AddAsync(await PackAsync("upgrade-1", fixture.Trusted), HttpStatusCode.Created);
        Assert.Equal((Type, "1.0.0"), (added.Text("type"), added.Text("version")));
        var row = await fixture.Admin.PostAsync(
            "integrations", new { name = "One", integration_type = Type, config = new { label = "hello", token = "s3cret" } }, HttpStatusCode.Created);
        Assert.Equal(1, await VersionAsync());
        var upgraded = await AddAsync(await PackAsync("upgrade-2", fixture.Trusted), HttpStatusCode.Created);
        Assert.Equal(("2.0.0", "1.0.0", 1), (upgraded.Text("version"), upgraded.Text("previous_version"), upgraded["configs_tried"]!.GetValue<int>()));
        Assert.Equal(2, await VersionAsync());
        Assert.Equal("1.0.0", (await fixture.Admin.PostAsync($"providers/{Type}/rollback?restore_configs=true", new { })).Text("version"));
        Assert.Equal(1, await VersionAsync());
        await fixture.Admin.SendAsync(HttpMethod.Delete, $"integrations/{row.Text("id")}", null, HttpStatusCode.NoContent);
        await fixture.Admin.SendAsync(HttpMethod.Delete, $"providers/{Type}/package", null, HttpStatusCode.NoContent);
        Assert.Equal("missing", (await fixture.Admin.GetJsonAsync($"providers/{Type}")).Text("state"));

        var events = (await fixture.Admin.GetJsonAsync("audit-events"))["items"]!.AsArray().Select(item => item!.AsObject())
            .Where(item => item.Text("subject") == Type).Select(item => item.Text("action")).ToList();
        Assert.Equal(
            ["provider.package_removed", "provider.package_rolled_back", "provider.package_added", "provider.package_added"],
            events.Where(action => action.StartsWith("provider.package_", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Package_OfAnyoneElse_IsRefusedAndNotRun()
    {
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        foreach (var (package, why) in new[]
        {
            (await PackAsync("upgrade-1", null), "It is not signed"),
            (await PackAsync("upgrade-1", stranger), "by none of the keys"),
            (await PackAsync("misbehaves", fixture.Trusted, signsAs: "upgrade-1"), "by none of the keys"),
        })
        {
            var refused = await AddAsync(package, HttpStatusCode.BadRequest);
            Assert.Equal("invalid_request", refused.Text("code"));
            Assert.Contains(why, refused.Text("detail"));
        }
    }

    [Fact]
    public async Task Package_ThatIsNone_IsRefused()
    {
        foreach (var body in new[] { [], "PK\u0003\u0004nothing"u8.ToArray(), new byte[100_000] })
            Assert.Equal("invalid_request", (await AddAsync(body, HttpStatusCode.BadRequest)).Text("code"));
        var json = await fixture.Admin.PostAsync("providers/packages", new { }, HttpStatusCode.UnsupportedMediaType);
        Assert.Contains("Content-Type", json.Text("detail"));
        Assert.Equal("not_found", (await fixture.Admin.PostAsync("providers/nothing/rollback", new { }, HttpStatusCode.NotFound)).Text("code"));
        Assert.Equal("not_found", (await fixture.Admin.SendAsync(HttpMethod.Delete, "providers/nothing/package", null, HttpStatusCode.NotFound)).Text("code"));
    }

    private async Task<int> VersionAsync() =>
        (await fixture.Admin.PostAsync($"actions/{Type}/tell", new { input = new { } }))["output"]!["version"]!.GetValue<int>();

    private Task<JsonObject> AddAsync(byte[] package, HttpStatusCode expected)
    {
        var content = new ByteArrayContent(package);
        content.Headers.ContentType = new("application/zip");
        return fixture.Admin.SendAsync(HttpMethod.Post, "providers/packages", content, expected);
    }

    // By the command, as a publisher does it.
    private async Task<byte[]> PackAsync(string fixtureName, ECDsa? key, string? signsAs = null)
    {
        var zip = Path.Combine(fixture.Directory, $"{Guid.NewGuid():N}.zip");
        List<string> command = ["plugins", "pack", Path.Combine(AppContext.BaseDirectory, "fixtures", signsAs ?? fixtureName), "-o", zip];
        if (key is not null)
        {
            var pem = Path.Combine(fixture.Directory, $"{Guid.NewGuid():N}.pem");
            await File.WriteAllTextAsync(pem, key.ExportPkcs8PrivateKeyPem());
            command.AddRange(["--sign", pem]);
        }

        var (code, output, error) = await fixture.Host.RunCommandAsync([.. command]);
        Assert.True(code == 0, output + error);
        if (signsAs is not null) Replace(zip, Path.Combine(AppContext.BaseDirectory, "fixtures", fixtureName));
        return await File.ReadAllBytesAsync(zip);
    }

    // The signature stays, what is signed does not.
    private static void Replace(string zip, string folder)
    {
        using var archive = System.IO.Compression.ZipFile.Open(zip, System.IO.Compression.ZipArchiveMode.Update);
        foreach (var entry in archive.Entries.Where(entry => entry.FullName != "signature").ToList()) entry.Delete();
        foreach (var file in Directory.EnumerateFiles(folder)) System.IO.Compression.ZipFileExtensions.CreateEntryFromFile(archive, file, Path.GetFileName(file));
    }

    /// <summary>A host whose operator trusts one publisher.</summary>
    public sealed class TrustingHost : SqliteHost
    {
        public ECDsa Trusted { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        protected override IEnumerable<string> Settings =>
            [$"--Plugins:PublisherKeys:0={Convert.ToBase64String(Trusted.ExportSubjectPublicKeyInfo())}"];
    }
}
