using System.ComponentModel.DataAnnotations;

namespace Vaka.Plugins.Host.Integrations.Documents;

/// <summary>How the key of a document's secrets is made of its passphrase.</summary>
internal sealed record DocumentSealing
{
    public const string CipherName = "aes-256-gcm";
    public const string DerivationName = "pbkdf2-hmac-sha512";
    public const int FewestRounds = 210_000;

    // Whoever sends a document has the host do the work.
    public const int MostRounds = 1_000_000;

    [AllowedValues(CipherName)]
    public required string Cipher { get; init; }

    [AllowedValues(DerivationName)]
    public required string KeyDerivation { get; init; }

    /// <summary>How often the passphrase is hashed.</summary>
    [Range(FewestRounds, MostRounds)]
    public required int Rounds { get; init; }

    /// <summary>16 to 64 random bytes in base64.</summary>
    public required string Salt { get; init; }

    /// <summary>Tells a wrong passphrase from a damaged secret.</summary>
    public required string Check { get; init; }
}
