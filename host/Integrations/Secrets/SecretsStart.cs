using System.Security.Cryptography;

namespace Vaka.Plugins.Host.Integrations.Secrets;

/// <summary>What has to be true before the host may go on: the master key is there, and it is the one that this database needs.</summary>
/// <remarks>Nothing may use Data Protection before this: with a master key that does not fit, it would take the ring for empty and
/// begin a new one.</remarks>
internal sealed class SecretsStart(MasterKeys keys, KeyRingRepository repository, SecretAnchors anchors)
{
    /// <exception cref="StartupException">It is not; the message names the missing key.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var needed = await repository.FindMasterKeysAsync(cancellationToken);
        var isFirstStart = needed.Count == 0 && !await anchors.ExistsAsync(cancellationToken);
        await keys.OpenAsync(isFirstStart, cancellationToken);
        var missing = needed.Where(id => keys.Find(id) is null).ToList();
        if (missing.Count > 0)
        {
            throw new StartupException(
                $"The secrets in this database need the master key {string.Join(" and ", missing)}; {keys.CurrentFile} is {keys.Current.Id}. "
                + "Put the right file there, or name it in Secrets:PreviousMasterKeyFile while secrets are being re-encrypted.");
        }

        try
        {
            await anchors.OpenAsync(cancellationToken);
        }
        catch (CryptographicException exception)
        {
            throw new StartupException(
                "The key ring in this database cannot read the database's own secrets: rows of data_protection_keys are missing or were changed. "
                + "Restore that table from the same backup as the others.", exception);
        }
    }
}
