using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Vaka.Plugins.ServiceNow.Incidents;
using Vaka.Plugins.ServiceNow.Queries;
using Vaka.Plugins.ServiceNow.Records;

namespace Vaka.Plugins.ServiceNow.Actions;

internal sealed class CreateIncident : IntegrationAction<ServiceNowConfig, CreateIncidentInput, IncidentOutput>
{
    private const string Table = "incident";
    private static readonly string[] Typed = ["short_description", "correlation_id", "correlation_display"];

    public override string Name => "create_incident";

    public override string Title => "Create an incident";

    public override string Description =>
        "Creates an incident and answers its sys_id, number and link. Only short_description is needed; people, groups and configuration items "
        + "are given by name or sys_id and looked up. Give correlation_id, such as the id of an alert, to be safe from duplicates: if an "
        + "incident with it exists, whatever its state, nothing is created and that one is answered with already_existed. Look at warnings: "
        + "ServiceNow silently drops fields that the integration's user may not write.";

    // ServiceNow keeps no key unique: while a slow attempt is not yet through, the next one does not find what it creates.
    public override bool IsIdempotent => false;

    public override bool IsTenantSafe => true;

    // Who and what there is in the instance is not for its tenants to try out; nor is whether another one's incident exists.
    public override bool IsTenantSafeFor(CreateIncidentInput input) =>
        input is
        {
            Caller: null, AssignmentGroup: null, AssignedTo: null, ConfigurationItem: null, CorrelationId: null, CorrelationDisplay: null,
            OtherFields: null or { Count: 0 },
        };

    public override async Task<IncidentOutput> ExecuteAsync(
        CreateIncidentInput input, ServiceNowConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var client = new ServiceNowClient(config, context);
        var fields = Compose(input, config, context);
        if (input.CorrelationId is not null || context.Attempt > 1)
        {
            if (await FindAsync(client, KeyOf(input, context), cancellationToken).ConfigureAwait(false) is { } existing) return existing;
        }

        await IncidentFields.AddReferencesAsync(fields, input, client, withDefaults: true, cancellationToken).ConfigureAwait(false);
        var record = await client.OneAsync(
            HttpMethod.Post, Table, null,
            RecordView.Parameters(DisplayValue.All, [.. IncidentFields.Answered.Union(fields.Select(field => field.Key))]),
            fields,
            cancellationToken).ConfigureAwait(false);
        return IncidentOutput.Of(record, client.Instance, WrittenFields.Compare(fields, record)) with { AlreadyExisted = false };
    }

    public override Task<IncidentOutput?> FindExistingAsync(
        CreateIncidentInput input, ServiceNowConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        FindAsync(new ServiceNowClient(config, context), KeyOf(input, context), cancellationToken);

    public override Task<ActionPreview?> PreviewAsync(
        CreateIncidentInput input, ServiceNowConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var fields = Compose(input, config, context);
        var host = new ServiceNowInstance(config.InstanceUrl).Host;
        return Task.FromResult<ActionPreview?>(new ActionPreview($"Creates the incident '{input.ShortDescription}' in {host}")
        {
            Details =
            [
                new("caller", input.Caller ?? config.DefaultCaller ?? "none"),
                new("assignment_group", input.AssignmentGroup ?? config.DefaultAssignmentGroup ?? "none"),
                new("fields", string.Join(", ", fields.Select(field => field.Key))),
            ],
        });
    }

    private static JsonObject Compose(CreateIncidentInput input, ServiceNowConfig config, IntegrationContext context)
    {
        var fields = new JsonObject { ["short_description"] = input.ShortDescription };
        foreach (var (name, value) in IncidentFields.Plain(input)) fields[name] = value?.DeepClone();
        if (input.Category is null) IncidentFields.Set(fields, "category", config.DefaultCategory);
        IncidentFields.AddOthers(fields, input, Typed);
        fields["correlation_id"] = KeyOf(input, context);
        IncidentFields.Set(fields, "correlation_display", input.CorrelationDisplay);
        return fields;
    }

    // Without a key of the caller's own the execution's is written, so that a repetition of it finds what the first attempt did.
    private static string KeyOf(CreateIncidentInput input, IntegrationContext context)
    {
        if (input.CorrelationId is null) return $"vaka-{context.DeduplicationKey}";
        QueryValue.Check(input.CorrelationId, "correlation_id");
        return input.CorrelationId;
    }

    private static async Task<IncidentOutput?> FindAsync(ServiceNowClient client, string key, CancellationToken cancellationToken)
    {
        var page = await client.ListAsync(
            Table,
            new TableQuery
            {
                Query = $"{EncodedQuery.Is("correlation_id", key, "correlation_id")}^ORDERBYsys_created_on",
                DisplayValue = DisplayValue.All,
                Fields = [.. IncidentFields.Answered, "correlation_id"],
                Limit = 1,
            },
            cancellationToken).ConfigureAwait(false);
        if (page.Records is not [var record]) return null;

        // A condition on a field that the user may not read is ignored, and any incident would be answered.
        return RecordView.ValueOf(record, "correlation_id").Equals(key, StringComparison.OrdinalIgnoreCase)
            ? IncidentOutput.Of(record, client.Instance, []) with { AlreadyExisted = true }
            : throw new IntegrationException(
                FailureKind.Forbidden,
                "The integration's user cannot search incidents by correlation_id, so that a duplicate could not be ruled out and nothing was "
                + "created. Let that user read the field correlation_id of incident.")
            {
                Effect = Effect.None,
            };
    }
}

/// <summary>An incident to create.</summary>
public sealed record CreateIncidentInput : IncidentInput
{
    /// <summary>What happened, in one line.</summary>
    [Display(Name = "Short description", Order = 10, Prompt = "VPN does not connect",
        Description = "What happened, in one line of at most 160 characters.")]
    [StringLength(160, MinimumLength = 1)]
    public required string ShortDescription { get; init; }

    /// <summary>The caller's own key of this incident.</summary>
    [Display(Name = "Correlation id", Order = 150, Prompt = "alert-4711",
        Description = "Your own id of this incident, searched for before creating: if an incident with it exists, that one is answered. At "
            + "most 100 characters, no '^'.")]
    [StringLength(100, MinimumLength = 1)]
    public string? CorrelationId { get; init; }

    /// <summary>The system that the key is of.</summary>
    [Display(Name = "Correlation display", Order = 160, Prompt = "Grafana", Description = "The name of the system that correlation_id is of.")]
    [StringLength(100, MinimumLength = 1)]
    public string? CorrelationDisplay { get; init; }
}
