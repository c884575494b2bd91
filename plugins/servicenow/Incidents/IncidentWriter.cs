using System.Text.Json.Nodes;
using Vaka.Plugins.ServiceNow.Actions;
using Vaka.Plugins.ServiceNow.Records;

namespace Vaka.Plugins.ServiceNow.Incidents;

/// <summary>Changes an incident and says what became of it.</summary>
internal static class IncidentWriter
{
    public static async Task<IncidentOutput> PatchAsync(
        ServiceNowClient client, string sysId, JsonObject fields, CancellationToken cancellationToken)
    {
        var record = await client.OneAsync(
            HttpMethod.Patch, "incident", sysId,
            RecordView.Parameters(DisplayValue.All, [.. IncidentFields.Answered.Union(fields.Select(field => field.Key))]),
            fields,
            cancellationToken).ConfigureAwait(false);
        return IncidentOutput.Of(record, client.Instance, WrittenFields.Compare(fields, record));
    }
}
