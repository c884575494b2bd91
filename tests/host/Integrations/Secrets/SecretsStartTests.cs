using System.Runtime.Versioning;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Integrations.Secrets;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Integrations.Store;

namespace Vaka.Plugins.Host.Tests.Integrations.Secrets;

public abstract class SecretsStartTests
{
    private readonly TestDatabase database;

    protected SecretsStartTests(TestDatabase database)
    {
        this.database = database;
        database.SkipUnlessAvailable();
    }

    [Fact]
    public async Task RunAsync_WrongMasterKey_NamesTheMissingOne()
    {
        await using var host = await StoreHost.StartAsync(database);
        var id = host.Get<MasterKeys>().Current.Id;
        var other = NewKeyFile();

        var refused = await Assert.ThrowsAsync<StartupException>(() => StoreHost.StartAsync(database, Key(other)));

        Assert.Contains(id, refused.Message);
        Assert.Contains(other, refused.Message);
    }

    [Fact]
    public async Task RunAsync_PreviousMasterKey_ReadsAndKeepsFingerprints()
    {
        await using var before = await StoreHost.StartAsync(database);
        var id = Guid.NewGuid();
        var envelope = before.Get<SecretProtector>().Protect(id, null, "password", "correct horse");

        var settings = Key(NewKeyFile());
        settings["Secrets:PreviousMasterKeyFile"] = before.Get<MasterKeys>().CurrentFile;
        await using var after = await StoreHost.StartAsync(database, settings);

        Assert.NotEqual(before.Get<MasterKeys>().Current.Id, after.Get<MasterKeys>().Current.Id);
        Assert.Equal("correct horse", after.Get<SecretProtector>().Unprotect(id, "password", envelope));
        Assert.Equal(
            before.Get<SecretProtector>().Fingerprint(null, "correct horse"), after.Get<SecretProtector>().Fingerprint(null, "correct horse"));
    }

    [Fact]
    public async Task RunAsync_KeyRingLost_SaysWhatToRestore()
    {
        await using (await StoreHost.StartAsync(database))
        {
        }

        await using var context = database.CreateContext();
        var rows = await context.DataProtectionKeys.AsNoTracking().ToListAsync();
        await context.DataProtectionKeys.ExecuteDeleteAsync();
        try
        {
            var refused = await Assert.ThrowsAsync<StartupException>(() => StoreHost.StartAsync(database));
            Assert.Contains("data_protection_keys", refused.Message);
        }
        finally
        {
            await context.DataProtectionKeys.ExecuteDeleteAsync();
            context.AddRange(rows);
            await context.SaveChangesAsync();
        }
    }

    [Fact]
    public async Task RunAsync_ManyAtOnce_ShareOneAnchor()
    {
        var hosts = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => StoreHost.StartAsync(database))));
        try
        {
            Assert.Single(hosts.Select(host => host.Get<SecretProtector>().Fingerprint(null, "x")).Distinct());
            var id = Guid.NewGuid();
            foreach (var writer in hosts)
            {
                var envelope = writer.Get<SecretProtector>().Protect(id, null, "p", "secret");
                Assert.All(hosts, reader => Assert.Equal("secret", reader.Get<SecretProtector>().Unprotect(id, "p", envelope)));
            }
        }
        finally
        {
            foreach (var host in hosts) await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task Unprotect_KeyOfAnotherNode_IsFoundAtOnce()
    {
        await using var old = await StoreHost.StartAsync(database);
        await using var node = await StoreHost.StartAsync(database);
        var id = Guid.NewGuid();
        old.Get<SecretProtector>().Protect(id, null, "p", "warm");

        var keys = node.Get<IKeyManager>();
        keys.RevokeAllKeys(DateTimeOffset.UtcNow, "so that a new key is used at once");
        keys.CreateNewKey(DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddDays(90));
        await using var rotated = await StartWithoutAnchorAsync();
        var envelope = rotated.Get<KeyRing>().Protect("after the rotation", "test");

        Assert.Equal("after the rotation", old.Get<KeyRing>().Unprotect(envelope, "test"));
        await DeleteRevocationsAsync();
    }

    [Theory]
    [InlineData("""
        <key id="7c36b9c8-31a7-4f0d-9d7f-0d5d6a8c7b01" version="1"><creationDate>2026-01-01T00:00:00Z</creationDate>
        <activationDate>2026-01-01T00:00:00Z</activationDate><expirationDate>2099-01-01T00:00:00Z</expirationDate>
        <descriptor deserializerType="Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption.ConfigurationModel.AuthenticatedEncryptorDescriptorDeserializer, Microsoft.AspNetCore.DataProtection">
        <descriptor><encryption algorithm="AES_256_CBC" /><validation algorithm="HMACSHA256" />
        <masterKey><value>AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==</value></masterKey>
        </descriptor></descriptor></key>
        """)]
    [InlineData("""
        <key id="7c36b9c8-31a7-4f0d-9d7f-0d5d6a8c7b02" version="1"><creationDate>2026-01-01T00:00:00Z</creationDate>
        <activationDate>2026-01-01T00:00:00Z</activationDate><expirationDate>2099-01-01T00:00:00Z</expirationDate>
        <descriptor deserializerType="Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption.ConfigurationModel.AuthenticatedEncryptorDescriptorDeserializer, Microsoft.AspNetCore.DataProtection">
        <encryptedSecret decryptorType="Microsoft.AspNetCore.DataProtection.XmlEncryption.NullXmlDecryptor, Microsoft.AspNetCore.DataProtection" xmlns="http://schemas.asp.net/2015/03/dataProtection">
        <unencryptedKey xmlns=""><descriptor /></unencryptedKey></encryptedSecret></descriptor></key>
        """)]
    [InlineData("""<key id="7c36b9c8-31a7-4f0d-9d7f-0d5d6a8c7b03"><descriptor deserializerType="System.Diagnostics.Process, System.Diagnostics.Process"/></key>""")]
    [InlineData("<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><key>&e;</key>")]
    [InlineData("not xml")]
    public async Task GetAllElements_KeyThatWeDidNotEncrypt_IsLeftOut(string xml)
    {
        await using var host = await StoreHost.StartAsync(database);
        var before = host.Get<KeyRingRepository>().GetAllElements().Count;
        await using var context = database.CreateContext();
        var row = new DataProtectionKey { FriendlyName = "planted", Xml = xml };
        context.Add(row);
        await context.SaveChangesAsync();

        Assert.Equal(before, host.Get<KeyRingRepository>().GetAllElements().Count);
        await using var restarted = await StoreHost.StartAsync(database);

        context.Remove(row);
        await context.SaveChangesAsync();
    }

    [Fact]
    public async Task CreateInstance_TypeThatIsNotOurs_IsRefused()
    {
        await using var host = await StoreHost.StartAsync(database);
        var types = new KeyRingTypes(host.Get<MasterKeys>());
        Assert.IsType<MasterKeyXmlDecryptor>(types.CreateInstance(typeof(object), typeof(MasterKeyXmlDecryptor).AssemblyQualifiedName!));
        foreach (var name in new[] { "System.Diagnostics.Process, System.Diagnostics.Process", typeof(MasterKeyXmlDecryptor).FullName!, "" })
            Assert.Throws<CryptographicException>(() => types.CreateInstance(typeof(object), name));
    }

    [Fact]
    public async Task Unprotect_CopiedToAnotherPlace_DoesNotDecrypt()
    {
        await using var host = await StoreHost.StartAsync(database);
        var protector = host.Get<SecretProtector>();
        var id = Guid.NewGuid();
        var envelope = protector.Protect(id, null, "auth.token", "s3cret");

        Assert.Equal("s3cret", protector.Unprotect(id, "auth.token", envelope));
        Assert.Throws<SecretUndecryptableException>(() => protector.Unprotect(Guid.NewGuid(), "auth.token", envelope));
        Assert.Throws<SecretUndecryptableException>(() => protector.Unprotect(id, "password", envelope));
        envelope["$secret"] = "garbage";
        var damaged = Assert.Throws<SecretUndecryptableException>(() => protector.Unprotect(id, "auth.token", envelope));
        Assert.DoesNotContain("s3cret", damaged.ToString());
        foreach (var ciphertext in new[] { "", new string('!', 60), new string('A', 61), new string('é', 40) })
        {
            envelope["$secret"] = ciphertext;
            Assert.Throws<SecretUndecryptableException>(() => protector.Unprotect(id, "auth.token", envelope));
        }

        envelope["$secret"] = 5;
        Assert.Throws<SecretUndecryptableException>(() => protector.Unprotect(id, "auth.token", envelope));
    }

    [Fact]
    public async Task Fingerprint_SameSecret_IsTheSameWithinATenantOnly()
    {
        await using var host = await StoreHost.StartAsync(database);
        var protector = host.Get<SecretProtector>();
        var tenant = Guid.NewGuid();

        Assert.Matches("^k1:[0-9a-f]{8}$", protector.Fingerprint(tenant, "a"));
        Assert.Equal(protector.Fingerprint(tenant, "a"), protector.Fingerprint(tenant, "a"));
        Assert.NotEqual(protector.Fingerprint(tenant, "a"), protector.Fingerprint(tenant, "b"));
        Assert.NotEqual(protector.Fingerprint(tenant, "a"), protector.Fingerprint(Guid.NewGuid(), "a"));
        Assert.NotEqual(protector.Fingerprint(tenant, "a"), protector.Fingerprint(null, "a"));
    }

    private static Dictionary<string, string?> Key(string file) => new() { ["Secrets:MasterKeyFile"] = file };

    private static string NewKeyFile()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        return file;
    }

    // The anchor is under the revoked key, which start-up rightly refuses; here only the ring matters.
    private async Task<StoreHost> StartWithoutAnchorAsync()
    {
        await using var context = database.CreateContext();
        await context.Set<SecretAnchor>().ExecuteDeleteAsync();
        return await StoreHost.StartAsync(database);
    }

    private async Task DeleteRevocationsAsync()
    {
        await using var context = database.CreateContext();
        await context.DataProtectionKeys.Where(key => key.Xml!.Contains("<revocation")).ExecuteDeleteAsync();
    }
}

public sealed class SecretsStartOnSqliteTests(SqliteDatabase database) : SecretsStartTests(database), IClassFixture<SqliteDatabase>
{
    private readonly SqliteDatabase database = database;

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task RunAsync_FirstStart_MakesAKeyForTheOwnerOnly()
    {
        await using var host = await StoreHost.StartAsync(database);
        var file = Path.Combine(database.DirectoryPath, "master.key");

        Assert.Equal(file, host.Get<MasterKeys>().CurrentFile);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(32, Convert.FromBase64String(await File.ReadAllTextAsync(file)).Length);
    }

    [Fact]
    public async Task RunAsync_KeyIsGone_MakesNoOther()
    {
        await using (await StoreHost.StartAsync(database))
        {
        }

        var file = Path.Combine(database.DirectoryPath, "master.key");
        File.Move(file, file + ".away");
        try
        {
            var refused = await Assert.ThrowsAsync<StartupException>(() => StoreHost.StartAsync(database));
            Assert.Contains(file, refused.Message);
            Assert.False(File.Exists(file));
        }
        finally
        {
            File.Move(file + ".away", file);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("c2hvcnQ=")]
    [InlineData("not base64 at all, but long enough to be a key of thirty-two bytes")]
    public async Task RunAsync_FileIsNoKey_SaysHowToMakeOne(string content)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, content);
        var refused = await Assert.ThrowsAsync<StartupException>(
            () => StoreHost.StartAsync(database, new Dictionary<string, string?> { ["Secrets:MasterKeyFile"] = file }));
        Assert.Contains("head -c 32 /dev/urandom", refused.Message);
    }

    [Fact]
    public async Task RunAsync_ManyFirstStartsAtOnce_MakeOneKey()
    {
        for (var round = 0; round < 5; round++)
        {
            await using var fresh = new SqliteDatabase();
            await fresh.InitializeAsync();
            var hosts = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => StoreHost.StartAsync(fresh))));
            Assert.Single(hosts.Select(host => host.Get<MasterKeys>().Current.Id).Distinct());
            foreach (var host in hosts) await host.DisposeAsync();
        }
    }
}

public sealed class SecretsStartOnPostgresTests(PostgresDatabase database) : SecretsStartTests(database), IClassFixture<PostgresDatabase>
{
    private readonly PostgresDatabase database = database;

    [Fact]
    public async Task RunAsync_NoMasterKey_IsRefused()
    {
        var refused = await Assert.ThrowsAsync<StartupException>(
            () => StoreHost.StartAsync(database, new Dictionary<string, string?> { ["Secrets:MasterKeyFile"] = "" }));
        Assert.StartsWith("Secrets:MasterKeyFile is not set.", refused.Message);
    }
}
