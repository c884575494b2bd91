using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.Vendors.ServiceNow;

/// <summary>The tables of an instance: columns, records, and what its business rules and data policies do to them.</summary>
public sealed class ServiceNowTables
{
    private static readonly Dictionary<string, string> States = new()
    {
        ["1"] = "New", ["2"] = "In Progress", ["3"] = "On Hold", ["6"] = "Resolved", ["7"] = "Closed", ["8"] = "Canceled",
    };

    private static readonly string[] Priorities = ["1 - Critical", "2 - High", "3 - Moderate", "4 - Low", "5 - Planning"];

    private readonly Dictionary<string, (string[] Columns, List<Dictionary<string, string>> Records)> tables = [];
    private readonly Dictionary<string, byte[]> files = [];
    private int number = 10_000;
    private int second;

    /// <summary>An instance as it is shipped, nearly empty.</summary>
    public ServiceNowTables()
    {
        Define("sys_user", "user_name", "name", "email", "active");
        Define("sys_user_group", "name", "description", "active");
        Define("cmdb_ci", "name", "sys_class_name");
        Define("sys_db_object", "name", "label");
        Define("sys_choice", "name", "element", "value", "label", "language", "inactive", "sequence");
        Define("sys_attachment", "file_name", "content_type", "size_bytes", "table_name", "table_sys_id", "hash");
        Define("problem", "number", "short_description", "state", "assigned_to", "work_notes");
        Define("u_asset", "u_name", "u_count", "u_owner");
        Define(
            "incident", "number", "short_description", "description", "caller_id", "assignment_group", "assigned_to", "cmdb_ci", "impact",
            "urgency", "priority", "state", "hold_reason", "category", "subcategory", "contact_type", "close_code", "close_notes",
            "work_notes", "comments", "correlation_id", "correlation_display", "active", "u_region");
    }

    /// <summary>Adds a table.</summary>
    public void Define(string table, params IEnumerable<string> columns) =>
        tables[table] = ([.. columns, "sys_id", "sys_created_on", "sys_created_by", "sys_updated_on"], []);

    /// <summary>Adds a record and answers its sys_id.</summary>
    public string Add(string table, params IEnumerable<(string Field, string Value)> fields)
    {
        var record = Blank(table);
        foreach (var (field, value) in fields) record[field] = value;
        tables[table].Records.Add(record);
        return record["sys_id"];
    }

    /// <summary>The records of a table.</summary>
    public List<Dictionary<string, string>> Of(string table) => tables[table].Records;

    /// <summary>The bytes of an attachment.</summary>
    public byte[] File(string sysId) => files[sysId];

    internal bool Exists(string table) => tables.ContainsKey(table);

    internal IEnumerable<string> Columns(string table) => tables[table].Columns;

    internal Dictionary<string, string> Blank(string table)
    {
        var record = Columns(table).ToDictionary(column => column, _ => "");
        record["sys_id"] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var created = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(second++);
        record["sys_created_on"] = created.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        if (table is "incident" or "problem") record["number"] = $"{(table is "incident" ? "INC" : "PRB")}{number++:0000000}";
        if (table is "incident") (record["state"], record["impact"], record["urgency"], record["active"]) = ("1", "3", "3", "true");
        return record;
    }

    /// <summary>Writes what a user may write; <c>null</c>, or why it was refused.</summary>
    internal string? Write(
        string table, Dictionary<string, string> record, IEnumerable<KeyValuePair<string, JsonNode?>> fields, string user, bool byDisplay)
    {
        var next = new Dictionary<string, string>(record);
        foreach (var (field, node) in fields)
        {
            if (!next.ContainsKey(field) || field is "sys_id" or "sys_created_on") continue;
            var text = node is null ? "" : node.ToString();
            next[field] = field switch
            {
                "work_notes" or "comments" => text.Length is 0 ? record[field] : $"{user}\n{text}\n\n{record[field]}",
                "short_description" when text.Length > 160 => text[..160],
                "state" when byDisplay => States.FirstOrDefault(state => state.Value == text, new(text, "")).Key,
                _ when Referenced(field) is { } target => Reference(target, text),
                _ => text,
            };
        }

        if (table is "incident")
        {
            var urgency = int.Parse(next["impact"], CultureInfo.InvariantCulture) + int.Parse(next["urgency"], CultureInfo.InvariantCulture);
            next["priority"] = $"{urgency - 1}";
            if (next["state"] is "6" or "7")
            {
                string[] missing = [.. new[] { ("close_code", "Resolution code"), ("close_notes", "Resolution notes") }
                    .Where(field => next[field.Item1].Length is 0).Select(field => field.Item2)];
                if (missing.Length > 0) return $"Data Policy Exception: The following fields are mandatory: {string.Join(", ", missing)}";
            }
        }

        if (record["sys_created_by"].Length is 0) next["sys_created_by"] = user;
        foreach (var (field, value) in next) record[field] = value;
        if (!Of(table).Contains(record)) Of(table).Add(record);
        return null;
    }

    internal Dictionary<string, string> Attach(string table, string id, string name, string type, byte[] content)
    {
        var sysId = Add(
            "sys_attachment", ("file_name", name), ("content_type", type), ("size_bytes", $"{content.Length}"), ("table_name", table),
            ("table_sys_id", id), ("hash", Convert.ToHexStringLower(SHA256.HashData(content))));
        files[sysId] = content;
        return Of("sys_attachment")[^1];
    }

    /// <summary>Value and display value of a field, with dots through references; <c>null</c>: no such field.</summary>
    internal (string Value, string Display)? Walk(string table, Dictionary<string, string> record, string field)
    {
        var steps = field.Split('.', 2);
        if (!record.TryGetValue(steps[0], out var value)) return null;
        var target = Referenced(steps[0]);
        var referred = target is null ? null : Of(target).Find(other => other["sys_id"] == value);
        if (steps.Length is 2) return target is null ? null : referred is null ? ("", "") : Walk(target, referred, steps[1]);
        return steps[0] switch
        {
            "work_notes" or "comments" => ("", value),
            "state" when table is "incident" => (value, States.GetValueOrDefault(value, value)),
            "priority" when int.TryParse(value, CultureInfo.InvariantCulture, out var level) => (value, Priorities[level - 1]),
            _ => (value, referred?["name"] ?? value),
        };
    }

    private static string? Referenced(string field) => field switch
    {
        "caller_id" or "assigned_to" or "u_owner" => "sys_user",
        "assignment_group" => "sys_user_group",
        "cmdb_ci" => "cmdb_ci",
        _ => null,
    };

    // What names nothing is stored as nothing.
    private string Reference(string table, string text) =>
        Of(table).Find(record => record["sys_id"] == text || record["name"].Equals(text, StringComparison.OrdinalIgnoreCase))?["sys_id"] ?? "";
}
