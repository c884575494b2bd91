using System.Text.Json.Nodes;
using Vaka.Plugins.ServiceNow.Queries;

namespace Vaka.Plugins.ServiceNow.Records;

/// <summary>Finds the one record that an input names, by its sys_id or by its number.</summary>
internal static class RecordFinder
{
    /// <summary>Checks what names a record, before anything is sent.</summary>
    public static void Check(string? sysId, string? number)
    {
        if (sysId is null == number is null)
        {
            throw ServiceNowFailures.InvalidInput(sysId is null ? "sys_id" : "number", "Give either sys_id or number.");
        }

        if (sysId is not null) ServiceNowNames.CheckSysId(sysId, "sys_id");
        if (number is not null) ServiceNowNames.CheckNumber(number, "number");
    }

    /// <summary>The sys_id of the record; asks for it where only the number is known.</summary>
    public static async Task<string> SysIdAsync(
        ServiceNowClient client, string table, string? sysId, string? number, CancellationToken cancellationToken)
    {
        Check(sysId, number);
        if (sysId is not null) return sysId;

        // Check said that there is one.
        var record = await ByNumberAsync(client, table, number!, DisplayValue.False, ["sys_id", "number"], cancellationToken)
            .ConfigureAwait(false);
        return RecordView.ValueOf(record, "sys_id");
    }

    /// <summary>The record of a number, with at least <c>sys_id</c> and <c>number</c> among <paramref name="fields"/> or all of them.</summary>
    public static async Task<JsonObject> ByNumberAsync(
        ServiceNowClient client,
        string table,
        string number,
        DisplayValue display,
        IReadOnlyCollection<string> fields,
        CancellationToken cancellationToken)
    {
        var page = await client.ListAsync(
            table,
            new TableQuery { Query = EncodedQuery.Is("number", number, "number"), DisplayValue = display, Fields = fields, Limit = 2 },
            cancellationToken).ConfigureAwait(false);
        if (page.Records.Count is 0)
        {
            throw new IntegrationException(
                FailureKind.NotFound,
                $"{client.Instance.Host} has no {number} in {table}, or an access control rule hides it. Check the table and the number.")
            {
                Effect = Effect.None,
            };
        }

        // A condition on a field that the table does not have, or that the user may not read, is ignored: any record would do.
        var record = page.Records[0];
        if (!RecordView.ValueOf(record, "number").Equals(number, StringComparison.OrdinalIgnoreCase))
        {
            throw ServiceNowFailures.InvalidInput(
                "number", $"Records of {table} cannot be found by number. Give sys_id, which query_records finds.");
        }

        return page.Records.Count is 1
            ? record
            : throw ServiceNowFailures.InvalidInput("number", $"{table} has several records with this number. Give sys_id.");
    }
}
