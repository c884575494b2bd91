using System.Text.RegularExpressions;

namespace Vaka.Plugins.ServiceNow;

/// <summary>What may stand in a path, as the name of a field, or as the name of a table. Everything else is refused before it is sent.</summary>
internal static partial class ServiceNowNames
{
    public const string TablePattern = "^[a-z0-9_]+$";
    public const string SysIdPattern = "^[0-9A-Za-z_]+$";
    public const string NumberPattern = "^[0-9A-Za-z_-]+$";

    public static void CheckTable(string table, string path) =>
        Demand(Table.IsMatch(table), path, "The name of a table is lower-case letters, digits and _: incident, cmdb_ci_server, u_my_table.");

    public static void CheckSysId(string sysId, string path) =>
        Demand(SysId.IsMatch(sysId), path, "A sys_id is 32 letters and digits, such as 9c573169c611228700193229fff72400.");

    public static void CheckNumber(string number, string path) =>
        Demand(Number.IsMatch(number), path, "A number is letters and digits, such as INC0010001.");

    /// <summary>A field that is written.</summary>
    public static void CheckField(string field, string path) =>
        Demand(Field.IsMatch(field), path, "The name of a field is lower-case letters, digits and _, such as short_description.");

    /// <summary>A field that is read: with dots it may lead through references.</summary>
    public static void CheckReadField(string field, string path) => Demand(
        ReadField.IsMatch(field), path,
        "The name of a field is lower-case letters, digits and _, with dots through references: short_description, caller_id.email.");

    public static bool IsSysId(string text) => text.Length is 32 && text.All(char.IsAsciiHexDigitLower);

    private static void Demand(bool holds, string path, string otherwise)
    {
        if (!holds) throw ServiceNowFailures.InvalidInput(path, otherwise);
    }

    [GeneratedRegex(@"\A[a-z0-9_]{1,80}\z")]
    private static partial Regex Table { get; }

    [GeneratedRegex(@"\A[0-9A-Za-z_]{1,32}\z")]
    private static partial Regex SysId { get; }

    [GeneratedRegex(@"\A[0-9A-Za-z_-]{1,40}\z")]
    private static partial Regex Number { get; }

    [GeneratedRegex(@"\A[a-z_][a-z0-9_]{0,79}\z")]
    private static partial Regex Field { get; }

    [GeneratedRegex(@"\A[a-z_][a-z0-9_]{0,79}(\.[a-z_][a-z0-9_]{0,79}){0,5}\z")]
    private static partial Regex ReadField { get; }
}
