using System.Text.Json.Nodes;
using Vaka.Plugins.ServiceNow.Actions;
using Vaka.Plugins.ServiceNow.Queries;
using Vaka.Plugins.ServiceNow.Records;

namespace Vaka.Plugins.ServiceNow.Incidents;

/// <summary>Writes what an input says about an incident in ServiceNow's fields.</summary>
internal static class IncidentFields
{
    /// <summary>What an answer about an incident is made of.</summary>
    public static readonly IReadOnlyList<string> Answered = ["sys_id", "number", "state", "priority"];

    /// <summary>The fields that need nobody to be asked, checked.</summary>
    public static JsonObject Plain(IncidentInput input)
    {
        var fields = new JsonObject();
        Set(fields, "description", input.Description);
        Set(fields, "impact", input.Impact is { } impact ? IncidentWords.Of(impact) : null);
        Set(fields, "urgency", input.Urgency is { } urgency ? IncidentWords.Of(urgency) : null);
        Set(fields, "priority", input.Priority is { } priority ? IncidentWords.Of(priority) : null);
        Set(fields, "category", input.Category);
        Set(fields, "subcategory", input.Subcategory);
        Set(fields, "contact_type", input.ContactType);
        Set(fields, "work_notes", input.WorkNotes);
        Set(fields, "comments", input.Comments);
        CheckName(input.Caller, "caller");
        CheckName(input.AssignmentGroup, "assignment_group");
        CheckName(input.AssignedTo, "assigned_to");
        CheckName(input.ConfigurationItem, "configuration_item");
        return fields;
    }

    /// <summary>Adds the fields of which this provider knows nothing.</summary>
    public static void AddOthers(JsonObject fields, IncidentInput input, IReadOnlyList<string> typed)
    {
        if (input.OtherFields is not { Count: > 0 } others) return;
        WrittenFields.Check(others, "other_fields");
        foreach (var (name, value) in others)
        {
            if (fields.ContainsKey(name) || typed.Contains(name, StringComparer.Ordinal))
            {
                throw ServiceNowFailures.InvalidInput($"other_fields.{name}", "This field has an input of its own: give it there, and once.");
            }

            fields[name] = value?.DeepClone();
        }
    }

    /// <summary>Looks up what is referred to by name.</summary>
    public static async Task AddReferencesAsync(
        JsonObject fields, IncidentInput input, ServiceNowClient client, bool withDefaults, CancellationToken cancellationToken)
    {
        var config = client.Config;
        await AddAsync("caller_id", Reference.User, input.Caller, "caller", withDefaults ? config.DefaultCaller : null, "default_caller")
            .ConfigureAwait(false);
        await AddAsync(
            "assignment_group", Reference.Group, input.AssignmentGroup, "assignment_group",
            withDefaults ? config.DefaultAssignmentGroup : null, "default_assignment_group").ConfigureAwait(false);
        await AddAsync("assigned_to", Reference.User, input.AssignedTo, "assigned_to", null, "").ConfigureAwait(false);
        await AddAsync("cmdb_ci", Reference.ConfigurationItem, input.ConfigurationItem, "configuration_item", null, "").ConfigureAwait(false);

        async Task AddAsync(string field, Reference reference, string? given, string path, string? fallback, string setting)
        {
            if (fields.ContainsKey(field))
            {
                if (given is null) return;
                throw ServiceNowFailures.InvalidInput($"other_fields.{field}", $"{path} says this already: give it once.");
            }

            if ((given ?? fallback) is { } text)
            {
                fields[field] = await reference
                    .ResolveAsync(client, text, given is null ? null : path, setting, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public static void Set(JsonObject fields, string name, string? value)
    {
        if (value is not null) fields[name] = value;
    }

    private static void CheckName(string? name, string path)
    {
        if (name is not null) QueryValue.Check(name, path);
    }
}
