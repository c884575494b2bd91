using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations.Secrets;

namespace Vaka.Plugins.Host.Integrations.Documents;

/// <summary>Finds out what a document would change. It only reads.</summary>
internal sealed class DocumentPlanner(
    IDbContextFactory<HostDbContext> contexts, IntegrationDrafts drafts, ConfigIntake intake, DocumentSecrets secrets, SecretAnchors anchors,
    TimeProvider clock)
{
    private const int Batch = 100;

    /// <exception cref="ProblemException"><see cref="ProblemCode.InvalidRequest"/>: the document as a whole; <see cref="ProblemCode.TooLarge"/>:
    /// the scope has more integrations than a document. What is wrong with one integration stands in the plan.</exception>
    public async Task<PlannedDocument> PlanAsync(DocumentRequest request, Caller caller, CancellationToken cancellationToken)
    {
        var document = request.Document with { Integrations = [.. request.Document.Integrations.Select(item => item with { Name = item.Name.Trim() })] };
        CheckWhole(document, caller);
        using var seal = document.Sealing is { } sealing && request.Passphrase is { } passphrase ? DocumentSeal.Open(sealing, passphrase) : null;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await ReadRowsAsync(context, caller, cancellationToken);
        var named = document.Integrations.Select(item => item.Name).ToHashSet(StringComparer.Ordinal);
        var others = rows.Values.Where(row => !named.Contains(row.Name)).ToList();
        List<KnownRow> staying = request.Prune ? [] : others;
        var defaults = DocumentDefaults.Settle(document.Integrations, rows, staying);

        var work = new Work(document, seal, rows, new IntegrationWrite(context, caller, clock.GetUtcNow()));
        if (request.Prune) foreach (var row in others) work.Delete(row);
        foreach (var row in DocumentDefaults.Demoted(document.Integrations, staying)) work.Demote(row);
        foreach (var items in document.Integrations.Chunk(Batch)) await PlanAsync(items, defaults, work, cancellationToken);
        return work.ToPlan(Hash(request, document, work.Touched, caller));
    }

    private async Task PlanAsync(
        IReadOnlyList<DocumentItem> items, IReadOnlyDictionary<DocumentItem, bool> defaults, Work work, CancellationToken cancellationToken)
    {
        var ids = items.Select(item => work.Rows.GetValueOrDefault(item.Name)?.Id).OfType<Guid>().ToList();
        var stored = await work.Write.Context.Set<Integration>().AsNoTracking().Where(row => ids.Contains(row.Id))
            .ToDictionaryAsync(row => row.Name, StringComparer.Ordinal, cancellationToken);
        foreach (var item in items) await PlanAsync(item, stored.GetValueOrDefault(item.Name), defaults[item], work, cancellationToken);
    }

    private async Task PlanAsync(DocumentItem item, Integration? row, bool isDefault, Work work, CancellationToken cancellationToken)
    {
        var planned = new PlannedItem { Action = row is null ? PlanAction.Create : PlanAction.Update, Name = item.Name, IntegrationType = item.IntegrationType };
        try
        {
            if (row is not null) IntegrationDrafts.RefuseOtherType(row, item.IntegrationType);
            var plugin = intake.Require(item.IntegrationType);
            if (item.ConfigVersion is { } version && version != plugin.Descriptor.ConfigVersion)
            {
                throw new ProblemException(ProblemCode.InvalidRequest,
                    $"The config is of version {version}, and the provider {item.IntegrationType} knows version {plugin.Descriptor.ConfigVersion}. "
                    + "Export again with the version of the provider that is to read it.");
            }

            var config = DocumentSecrets.Import(item, work.Document.Scope, intake.Contract(plugin), work.Seal);
            var current = row is null ? null : intake.ReadStored(plugin, row);
            planned = planned with
            {
                NeedsSecrets = DocumentSecrets.Missing(item, config, current),
                DriftedSecrets = work.Document.FingerprintKey == secrets.FingerprintKey(work.Write.Caller.TenantId)
                    ? DocumentSecrets.Drifted(item, config, current) : [],
            };
            var draft = new IntegrationDraft
            {
                Name = item.Name, IntegrationType = item.IntegrationType, Config = config, IsActive = item.IsActive, IsDefault = isDefault,
                Fallback = item.Fallback, SharedActions = item.SharedActions, Limits = item.Limits,
            };
            var before = row is null ? null : IntegrationRevision.Of(row);
            var (after, hasChanges) = await drafts.PreviewAsync(row, draft, work.Write, cancellationToken);
            if (after.IsActive && planned.NeedsSecrets.Count > 0) throw SecretsRequired(planned.NeedsSecrets);
            work.Take(
                planned with
                {
                    Action = before is null ? PlanAction.Create : hasChanges ? PlanAction.Update : PlanAction.Unchanged,
                    Changes = before is null ? [] : PlannedChanges.Find(before, after),
                },
                hasChanges ? new PlannedWrite(before is null ? null : after.Id, before?.Revision, draft) : null);
        }
        catch (ProblemException refused)
        {
            work.Refuse(planned, refused);
        }
    }

    private static void CheckWhole(IntegrationDocument document, Caller caller)
    {
        if (document.Scope != DocumentSecrets.ScopeOf(caller.TenantId))
        {
            throw new ProblemException(ProblemCode.InvalidRequest, document.Scope is DocumentScope.Platform
                ? "The document holds platform-wide integrations, and you act for a tenant. Leave the tenant out, or change scope."
                : "The document holds a tenant's integrations, and you act for the platform. Name the tenant, or change scope.");
        }

        var errors = new List<ConfigError>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var defaults = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < document.Integrations.Count; i++)
        {
            var item = document.Integrations[i];
            if (!names.Add(item.Name)) errors.Add(new ConfigError($"integrations[{i}].name", "Another integration of the document has this name."));
            if (item.IsDefault is true && !defaults.Add(item.IntegrationType))
                errors.Add(new ConfigError($"integrations[{i}].is_default", $"Another {item.IntegrationType} integration of the document is the default."));
        }

        if (errors.Count > 0) throw new ProblemException(ProblemCode.InvalidRequest, "The document contradicts itself.") { Errors = errors };
    }

    private static async Task<IReadOnlyDictionary<string, KnownRow>> ReadRowsAsync(HostDbContext context, Caller caller, CancellationToken cancellationToken)
    {
        var rows = await context.Set<Integration>().Where(row => row.TenantId == caller.TenantId)
            .OrderBy(row => row.Id).Take(IntegrationDocument.MaxIntegrations + 1)
            .Select(row => new KnownRow(row.Id, row.Name, row.IntegrationType, row.Revision, row.IsActive, row.IsDefault))
            .ToDictionaryAsync(row => row.Name, StringComparer.Ordinal, cancellationToken);
        return rows.Count <= IntegrationDocument.MaxIntegrations ? rows : throw DocumentText.TooLarge();
    }

    // Keyed, so that a secret that stands in the document cannot be guessed from it.
    private string Hash(DocumentRequest request, IntegrationDocument document, IEnumerable<KnownRow> touched, Caller caller)
    {
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, anchors.Current.Bytes, 32, info: "plan of a document"u8.ToArray());
        var text = new StringBuilder($"{caller.TenantId}\n{request.Prune}\n{request.Passphrase is not null}\n");
        foreach (var row in touched.OrderBy(row => row.Id)) text.Append(row.Id).Append(' ').Append(row.Revision).Append('\n');
        text.Append(DocumentText.Canonical(document));
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static ProblemException SecretsRequired(IReadOnlyList<string> paths) => new(
        ProblemCode.SecretRequired,
        "The document says that secrets are set which it does not bring and which are not stored here.")
    {
        Errors = [.. paths.Select(path => new ConfigError(
            path, "Give it in config or in a sealed document, or set is_active to false to keep a draft."))],
    };

    /// <summary>A plan as it comes to be.</summary>
    private sealed class Work(IntegrationDocument document, DocumentSeal? seal, IReadOnlyDictionary<string, KnownRow> rows, IntegrationWrite write)
    {
        private readonly List<PlannedItem> items = [];
        private readonly List<PlannedWrite> writes = [];
        private readonly List<KnownRow> others = [];
        private ProblemCode? refusal;

        public IntegrationDocument Document => document;

        public DocumentSeal? Seal => seal;

        public IReadOnlyDictionary<string, KnownRow> Rows => rows;

        public IntegrationWrite Write => write;

        public IEnumerable<KnownRow> Touched =>
            [.. others, .. document.Integrations.Select(item => rows.GetValueOrDefault(item.Name)).OfType<KnownRow>()];

        public void Take(PlannedItem item, PlannedWrite? toWrite)
        {
            items.Add(item);
            if (toWrite is not null) writes.Add(toWrite);
        }

        public void Delete(KnownRow row)
        {
            others.Add(row);
            Take(new PlannedItem { Action = PlanAction.Delete, Name = row.Name, IntegrationType = row.Type }, new PlannedWrite(row.Id, row.Revision, null));
        }

        // The write of the one that becomes the default does it.
        public void Demote(KnownRow row)
        {
            others.Add(row);
            Take(
                new PlannedItem
                {
                    Action = PlanAction.Update, Name = row.Name, IntegrationType = row.Type, Changes = [new PlannedChange("is_default", true, false)],
                },
                null);
        }

        public void Refuse(PlannedItem item, ProblemException refused)
        {
            refusal ??= refused.Code;
            items.Add(item with { Errors = refused.Errors.Count > 0 ? refused.Errors : [new ConfigError("", refused.Message)] });
        }

        // What gives the default up is written before what takes it, so that each row is written once.
        public PlannedDocument ToPlan(string hash) => new(
            new DocumentPlan
            {
                PlanHash = hash,
                HasChanges = items.Any(item => item.Action is not PlanAction.Unchanged),
                HasErrors = refusal is not null,
                Items = [.. items.OrderBy(item => item.IntegrationType, StringComparer.Ordinal).ThenBy(item => item.Name, StringComparer.Ordinal)],
            },
            [.. writes.OrderBy(toWrite => toWrite.Draft is null ? 0 : toWrite.Draft.IsDefault is true ? 2 : 1)],
            refusal);
    }
}

/// <summary>A document that is to be looked at or applied.</summary>
/// <param name="Document">What it says.</param>
/// <param name="Passphrase">Opens its secrets; <c>null</c>: they are as good as left out.</param>
/// <param name="Prune">Whether integrations that it does not name are deleted.</param>
internal sealed record DocumentRequest(IntegrationDocument Document, string? Passphrase, bool Prune)
{
    // A record would print its members.
    public override string ToString() => nameof(DocumentRequest);
}
