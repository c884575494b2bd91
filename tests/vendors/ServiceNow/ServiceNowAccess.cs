namespace Vaka.Plugins.Vendors.ServiceNow;

/// <summary>Access control rules: what a user may not do. Everything else is allowed.</summary>
public sealed class ServiceNowAccess
{
    private readonly HashSet<(string User, string What)> tables = [];
    private readonly HashSet<(string User, string What)> reads = [];
    private readonly HashSet<(string User, string What)> writes = [];
    private readonly HashSet<(string User, string What)> records = [];

    /// <summary>The table is closed: 403.</summary>
    public void DenyTable(string user, string table) => tables.Add((user, table));

    /// <summary>The field is left out of answers.</summary>
    public void DenyRead(string user, string table, string field) => reads.Add((user, $"{table}.{field}"));

    /// <summary>What is written to the field is dropped without a word; without a field the record cannot be written: 403.</summary>
    public void DenyWrite(string user, string table, string? field = null) => writes.Add((user, field is null ? table : $"{table}.{field}"));

    /// <summary>The record is not there for the user.</summary>
    public void HideRecord(string user, string sysId) => records.Add((user, sysId));

    internal bool DeniesTable(string user, string table) => tables.Contains((user, table));

    internal bool DeniesRead(string user, string table, string field) => reads.Contains((user, $"{table}.{field.Split('.')[0]}"));

    internal bool DeniesWrite(string user, string table, string? field) => writes.Contains((user, field is null ? table : $"{table}.{field}"));

    internal bool HidesRecord(string user, Dictionary<string, string> record) => records.Contains((user, record["sys_id"]));
}
