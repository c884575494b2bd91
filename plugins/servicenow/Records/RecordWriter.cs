using System.Text.Json.Nodes;
using Vaka.Plugins.ServiceNow.Actions;

namespace Vaka.Plugins.ServiceNow.Records;

/// <summary>Writes a record of any table and says what became of it.</summary>
internal static class RecordWriter
{
    /// <summary>Creates a record, or changes the one of <paramref name="sysId"/>.</summary>
    public static async Task<RecordOutput> WriteAsync(
        ServiceNowClient client, string table, string? sysId, JsonObject sent, WriteOptions options, CancellationToken cancellationToken)
    {
        string[] fields = options.Fields.Count is 0 ? [] : [.. options.Fields.Append("sys_id").Union(sent.Select(field => field.Key))];
        var parameters = RecordView.Parameters(DisplayValue.All, fields);
        if (options.InputDisplayValue) parameters = parameters.Append(new("sysparm_input_display_value", "true"));
        var stored = await client.OneAsync(
            sysId is null ? HttpMethod.Post : HttpMethod.Patch, table, sysId, parameters, sent, cancellationToken).ConfigureAwait(false);
        var warnings = WrittenFields.Compare(sent, stored);
        var shown = RecordView.Project(stored, options.DisplayValue);
        return RecordOutput.Of(
            table, stored, shown, client.Instance,
            [.. warnings, .. ReadFields.Missing(options.Fields.Except(warnings.Select(warning => warning.Field)), [stored])]);
    }
}

/// <summary>How a record is written and answered.</summary>
/// <param name="Fields">The fields to answer; empty: all.</param>
/// <param name="DisplayValue">How to answer them.</param>
/// <param name="InputDisplayValue">What is written is what people see, not what is stored.</param>
internal sealed record WriteOptions(IReadOnlyList<string> Fields, DisplayValue DisplayValue, bool InputDisplayValue);
