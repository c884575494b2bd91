using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption.ConfigurationModel;
using Microsoft.AspNetCore.DataProtection.Internal;

namespace Vaka.Plugins.Host.Integrations.Secrets;

/// <summary>Makes the types that a stored key names. Data Protection would make any type of any assembly, which a row of the database
/// must not decide: only these two are made.</summary>
internal sealed class KeyRingTypes(MasterKeys keys) : IActivator
{
    public static bool IsDecryptor(string? typeName) => Is<MasterKeyXmlDecryptor>(typeName);

    public static bool IsDeserializer(string? typeName) => Is<AuthenticatedEncryptorDescriptorDeserializer>(typeName);

    public object CreateInstance(Type expectedBaseType, string implementationTypeName)
    {
        if (IsDecryptor(implementationTypeName)) return new MasterKeyXmlDecryptor(keys);
        if (IsDeserializer(implementationTypeName)) return new AuthenticatedEncryptorDescriptorDeserializer();
        throw new CryptographicException("A key of the ring names a type that this host does not make.");
    }

    // The version of the assembly changes from release to release.
    private static bool Is<T>(string? typeName) =>
        typeName?.Split(',', 3, StringSplitOptions.TrimEntries) is [var type, var assembly, ..]
        && type == typeof(T).FullName && assembly == typeof(T).Assembly.GetName().Name;
}
