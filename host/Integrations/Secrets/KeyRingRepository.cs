using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Integrations.Secrets;

/// <summary>The key ring in the database. A key that is not encrypted under a master key is not taken in: whoever can write a row could
/// otherwise have the host encrypt new secrets under a key of his own.</summary>
internal sealed class KeyRingRepository(IDbContextFactory<HostDbContext> contexts, ILogger<KeyRingRepository> logger) : IXmlRepository
{
    private static readonly XName EncryptedSecret = XName.Get("encryptedSecret", "http://schemas.asp.net/2015/03/dataProtection");

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var context = contexts.CreateDbContext();
        return Read(context.DataProtectionKeys.AsNoTracking().OrderBy(key => key.Id).ToList());
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var context = contexts.CreateDbContext();
        context.Add(new DataProtectionKey { FriendlyName = friendlyName, Xml = element.ToString(SaveOptions.DisableFormatting) });
        context.SaveChanges();
    }

    /// <summary>The ids of the master keys that the ring needs.</summary>
    public async Task<IReadOnlyList<string>> FindMasterKeysAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.DataProtectionKeys.AsNoTracking().OrderBy(key => key.Id).ToListAsync(cancellationToken);
        return [.. Read(rows).SelectMany(element => element.Descendants(MasterKeyXmlEncryptor.Element))
            .Select(element => (string?)element.Attribute(MasterKeyXmlEncryptor.KeyId)).OfType<string>().Distinct()];
    }

    /// <summary>What a row holds; <c>null</c>: nothing that this host encrypted.</summary>
    public static XElement? Read(DataProtectionKey row) => Parse(row.Xml) is { } element && IsTrusted(element) ? element : null;

    private List<XElement> Read(IReadOnlyList<DataProtectionKey> rows)
    {
        var elements = new List<XElement>();
        foreach (var row in rows)
        {
            if (Read(row) is { } element) elements.Add(element);
            else logger.NotTaken(row.Id);
        }

        return elements;
    }

    private static XElement? Parse(string? xml)
    {
        try
        {
            using var reader = XmlReader.Create(
                new StringReader(xml ?? ""), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            return XElement.Load(reader);
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static bool IsTrusted(XElement element)
    {
        if (element.Name == "revocation") return true;
        if (element.Name != "key" || element.Element("descriptor") is not { } descriptor) return false;
        var secrets = element.Descendants(EncryptedSecret).ToList();
        return KeyRingTypes.IsDeserializer((string?)descriptor.Attribute("deserializerType"))
            && !element.Descendants("masterKey").Any()
            && secrets is [var secret]
            && KeyRingTypes.IsDecryptor((string?)secret.Attribute("decryptorType"))
            && secret.Elements().ToList() is [var content]
            && content.Name == MasterKeyXmlEncryptor.Element;
    }
}

internal static partial class KeyRingRepositoryLog
{
    [LoggerMessage(Level = LogLevel.Error, Message =
        "Row {Id} of data_protection_keys is not a key that this host encrypted and is left out; find out who wrote it")]
    public static partial void NotTaken(this ILogger<KeyRingRepository> logger, int id);
}
