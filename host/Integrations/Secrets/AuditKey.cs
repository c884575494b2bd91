using System.Security.Cryptography;
using Vaka.Plugins.Host.Access.Sealing;

namespace Vaka.Plugins.Host.Integrations.Secrets;

/// <summary>Derives from the anchor, which the key ring encrypts, which the master key encrypts.</summary>
internal sealed class AuditKey(SecretAnchors anchors) : IAuditKey
{
    private readonly Lazy<byte[]> bytes = new(
        () => HKDF.DeriveKey(HashAlgorithmName.SHA256, anchors.Current.Bytes, 32, info: "seals of the audit"u8.ToArray()));

    public ReadOnlyMemory<byte> Bytes => bytes.Value;
}
