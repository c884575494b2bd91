using System.Security.Cryptography;
using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Integrations.Secrets;

/// <summary>Puts the whole key ring under the current master key. Its keys stay readable; the active one is replaced, since whoever got
/// hold of the previous master key may know it.</summary>
internal sealed class KeyRingRotation(IDbContextFactory<HostDbContext> contexts, MasterKeys keys, KeyRing ring)
{
    private const string Table = "data_protection_keys";

    public async Task<ReencryptionStep> RunAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.DataProtectionKeys.AsNoTracking().OrderBy(row => row.Id).ToListAsync(cancellationToken);
        var old = rows.Select(row => (Row: row, Key: KeyRingRepository.Read(row))).Where(entry => IsOld(entry.Key)).ToList();

        // Before the others are rewritten: a rotation that was broken off in between finds the new key and makes no second one.
        if (ring.FindActiveKey() is { } active && old.Any(entry => (Guid?)entry.Key!.Attribute("id") == active)) ring.AddKey(); // an old one was read
        var rewrapped = 0;
        var problems = new List<string>();
        foreach (var (row, key) in old)
        {
            try
            {
                Rewrap(key!); // an old one was read
            }
            catch (Exception exception) when (exception is CryptographicException or FormatException or XmlException)
            {
                problems.Add($"{Table} {row.Id}: the key cannot be decrypted; restore the row from a backup");
                continue;
            }

            await ReplaceAsync(context, row, key!.ToString(SaveOptions.DisableFormatting), cancellationToken);
            rewrapped++;
        }

        ring.Reload();
        return new ReencryptionStep(Table, rows.Count, rewrapped, problems);
    }

    private static XElement? Find(XElement? key) => key?.Descendants(MasterKeyXmlEncryptor.Element).SingleOrDefault();

    private bool IsOld(XElement? key) =>
        Find(key) is { } encrypted && (string?)encrypted.Attribute(MasterKeyXmlEncryptor.KeyId) != keys.Current.Id;

    private void Rewrap(XElement key)
    {
        var encrypted = Find(key)!; // an old key has one
        encrypted.ReplaceWith(new MasterKeyXmlEncryptor(keys).Encrypt(new MasterKeyXmlDecryptor(keys).Decrypt(encrypted)).EncryptedElement);

        // The active key is the one that began last: an old one that was made ahead of time must not follow the new one.
        var activation = key.Element("activationDate");
        if ((DateTimeOffset?)activation > TimeProvider.System.GetUtcNow()) activation!.Value = key.Element("creationDate")?.Value ?? activation.Value; // compared above
    }

    private static Task<int> ReplaceAsync(HostDbContext context, DataProtectionKey row, string xml, CancellationToken cancellationToken) =>
        context.DataProtectionKeys.Where(stored => stored.Id == row.Id && stored.Xml == row.Xml)
            .ExecuteUpdateAsync(set => set.SetProperty(stored => stored.Xml, xml), cancellationToken);
}
