using System.Text.Json.Nodes;
using Vaka.Plugins.ServiceNow.Queries;
using Vaka.Plugins.ServiceNow.Records;

namespace Vaka.Plugins.ServiceNow.Incidents;

/// <summary>What an incident refers to by name.</summary>
/// <param name="Table">Where it stands.</param>
/// <param name="What">What it is called in a message.</param>
/// <param name="Keys">The fields that name it, the surest first.</param>
internal sealed record Reference(string Table, string What, IReadOnlyList<string> Keys)
{
    public static Reference User { get; } = new("sys_user", "user", ["user_name", "email", "name"]);

    public static Reference Group { get; } = new("sys_user_group", "group", ["name"]);

    public static Reference ConfigurationItem { get; } = new("cmdb_ci", "configuration item", ["name"]);

    /// <summary>The sys_id of what a text names.</summary>
    /// <param name="client">The wire.</param>
    /// <param name="text">A sys_id, or the value of one of the keys.</param>
    /// <param name="path">Where it stands in the input; <c>null</c>: in the config, under <paramref name="setting"/>.</param>
    /// <param name="setting">The setting that holds it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<string> ResolveAsync(
        ServiceNowClient client, string text, string? path, string setting, CancellationToken cancellationToken)
    {
        if (ServiceNowNames.IsSysId(text)) return text;
        QueryValue.Check(text, path ?? setting);
        RecordPage page;
        try
        {
            page = await client.ListAsync(
                Table,
                new TableQuery
                {
                    Query = string.Join("^OR", Keys.Select(key => $"{key}={text}")),
                    Fields = ["sys_id", .. Keys, "active"],
                    Limit = 20,
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (IntegrationException failure) when (failure.Kind is FailureKind.Forbidden)
        {
            throw new IntegrationException(
                FailureKind.Forbidden,
                $"The integration's user may not look up a {What} ({Table}). Give the sys_id, or give that user a role that may read {Table}.",
                failure)
            {
                Effect = Effect.None,
            };
        }

        // A condition on a field that the user may not read is ignored, so each record is looked at.
        var found = Keys
            .Select(key => page.Records.Where(record => IsNamed(record, key, text)).ToList())
            .FirstOrDefault(records => records.Count > 0) ?? [];
        if (found.Count > 1 && found.Where(IsActive).Take(2).ToList() is [var only]) found = [only];
        return found.Count is 1 ? RecordView.ValueOf(found[0], "sys_id") : throw Unknown(found.Count, path, setting);
    }

    private static bool IsNamed(JsonObject record, string key, string text) =>
        RecordView.ValueOf(record, key).Equals(text, StringComparison.OrdinalIgnoreCase);

    private static bool IsActive(JsonObject record) => RecordView.ValueOf(record, "active") is "true" or "1";

    private IntegrationException Unknown(int count, string? path, string setting)
    {
        var message = count is 0
            ? $"There is no such {What}, or the integration's user may not see it. Give the sys_id or the {string.Join(", ", Keys)} exactly."
            : $"Several records are named so: give the sys_id of the {What}.";
        return path is not null
            ? ServiceNowFailures.InvalidInput(path, message)
            : new IntegrationException(FailureKind.InvalidConfiguration, $"{setting} of this integration is wrong. {message}")
            {
                Effect = Effect.None,
            };
    }
}
