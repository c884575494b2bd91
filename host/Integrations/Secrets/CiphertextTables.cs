using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Integrations.Runtime;

namespace Vaka.Plugins.Host.Integrations.Secrets;

/// <summary><c>integrations</c>.</summary>
internal sealed class IntegrationTable(SecretProtector protector) : CiphertextTable<Integration>
{
    protected override string Name => "integrations";

    protected override IQueryable<Integration> After(IQueryable<Integration> rows, Integration? last) =>
        (last is null ? rows : rows.Where(row => row.Id.CompareTo(last.Id) > 0)).OrderBy(row => row.Id);

    protected override IQueryable<Integration> Same(IQueryable<Integration> rows, Integration row) => rows.Where(other => other.Id == row.Id);

    protected override string Describe(Integration row) => row.Id.ToString("D");

    protected override string? Renew(Integration row, ICollection<string> undecryptable) =>
        StoredConfig.Renew(protector, row.Id, row.Config, undecryptable);

    protected override Task<int> WriteAsync(
        IQueryable<Integration> same, Integration read, string renewed, CancellationToken cancellationToken) =>
        same.Where(row => row.Config == read.Config)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Config, renewed), cancellationToken);
}

/// <summary><c>integration_revisions</c>: a restored config is read with the secrets that it had.</summary>
internal sealed class RevisionTable(SecretProtector protector) : CiphertextTable<IntegrationRevision>
{
    protected override string Name => "integration_revisions";

    protected override IQueryable<IntegrationRevision> After(IQueryable<IntegrationRevision> rows, IntegrationRevision? last) =>
        (last is null
            ? rows
            : rows.Where(row => row.IntegrationId.CompareTo(last.IntegrationId) > 0
                || (row.IntegrationId == last.IntegrationId && row.Revision > last.Revision)))
        .OrderBy(row => row.IntegrationId).ThenBy(row => row.Revision);

    protected override IQueryable<IntegrationRevision> Same(IQueryable<IntegrationRevision> rows, IntegrationRevision row) =>
        rows.Where(other => other.IntegrationId == row.IntegrationId && other.Revision == row.Revision);

    protected override string Describe(IntegrationRevision row) => $"{row.IntegrationId:D} revision {row.Revision}";

    protected override string? Renew(IntegrationRevision row, ICollection<string> undecryptable) =>
        StoredConfig.Renew(protector, row.IntegrationId, row.Config, undecryptable);

    protected override Task<int> WriteAsync(
        IQueryable<IntegrationRevision> same, IntegrationRevision read, string renewed, CancellationToken cancellationToken) =>
        same.Where(row => row.Config == read.Config)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Config, renewed), cancellationToken);
}

/// <summary><c>integration_state</c>.</summary>
internal sealed class StateTable(KeyRing ring) : CiphertextTable<StoredState>
{
    protected override string Name => "integration_state";

    protected override IQueryable<StoredState> After(IQueryable<StoredState> rows, StoredState? last) =>
        (last is null
            ? rows
            : rows.Where(row => row.IntegrationId.CompareTo(last.IntegrationId) > 0
                || (row.IntegrationId == last.IntegrationId && row.Key.CompareTo(last.Key) > 0)))
        .OrderBy(row => row.IntegrationId).ThenBy(row => row.Key);

    protected override IQueryable<StoredState> Same(IQueryable<StoredState> rows, StoredState row) =>
        rows.Where(other => other.IntegrationId == row.IntegrationId && other.Key == row.Key);

    protected override string Describe(StoredState row) => row.IntegrationId.ToString("D");

    protected override string? Renew(StoredState row, ICollection<string> undecryptable)
    {
        try
        {
            return ring.Renew(row.Ciphertext, IntegrationState.Purpose, row.IntegrationId.ToString("D"), row.Key);
        }
        catch (CryptographicException)
        {
            undecryptable.Add(row.Key);
            return null;
        }
    }

    protected override Task<int> WriteAsync(
        IQueryable<StoredState> same, StoredState read, string renewed, CancellationToken cancellationToken) =>
        same.Where(row => row.Ciphertext == read.Ciphertext)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Ciphertext, renewed), cancellationToken);
}

/// <summary><c>secret_anchors</c>.</summary>
internal sealed class AnchorTable(KeyRing ring) : CiphertextTable<SecretAnchor>
{
    protected override string Name => "secret_anchors";

    protected override IQueryable<SecretAnchor> After(IQueryable<SecretAnchor> rows, SecretAnchor? last) =>
        (last is null ? rows : rows.Where(row => row.Id > last.Id)).OrderBy(row => row.Id);

    protected override IQueryable<SecretAnchor> Same(IQueryable<SecretAnchor> rows, SecretAnchor row) => rows.Where(other => other.Id == row.Id);

    protected override string Describe(SecretAnchor row) => row.Id.ToString();

    protected override string? Renew(SecretAnchor row, ICollection<string> undecryptable)
    {
        try
        {
            return ring.Renew(row.Ciphertext, SecretAnchors.Purpose);
        }
        catch (CryptographicException)
        {
            undecryptable.Add("the anchor");
            return null;
        }
    }

    protected override Task<int> WriteAsync(
        IQueryable<SecretAnchor> same, SecretAnchor read, string renewed, CancellationToken cancellationToken) =>
        same.Where(row => row.Ciphertext == read.Ciphertext)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Ciphertext, renewed), cancellationToken);
}

/// <summary>A config as text, with its envelopes renewed.</summary>
file static class StoredConfig
{
    public static string? Renew(SecretProtector protector, Guid integrationId, string stored, ICollection<string> undecryptable)
    {
        try
        {
            var config = ConfigDocument.Parse(stored);
            var changed = false;
            foreach (var (segments, envelope) in ConfigPath.FindEnvelopes(config))
            {
                try
                {
                    changed |= protector.Renew(integrationId, ConfigPath.Bind(segments), envelope);
                }
                catch (SecretUndecryptableException)
                {
                    undecryptable.Add(ConfigPath.Show(segments));
                }
            }

            return changed ? ConfigDocument.Write(config) : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            // Edited by hand: no object, or a member twice.
            undecryptable.Add("the config");
            return null;
        }
    }
}
