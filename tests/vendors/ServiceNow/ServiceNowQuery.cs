using System.Globalization;

namespace Vaka.Plugins.Vendors.ServiceNow;

/// <summary>Evaluates encoded queries as an instance does: a condition on a field that does not exist is passed over.</summary>
internal static class ServiceNowQuery
{
    // The longer ones first, since an operator is read as far as it goes.
    private static readonly string[] Operators =
    [
        "ISNOTEMPTY", "ISEMPTY", "STARTSWITH", "ENDSWITH", "INSTANCEOF", "NOT LIKE", "NOTLIKE", "NOT IN", "BETWEEN", "LIKE", "IN",
        "!=", ">=", "<=", "=", ">", "<",
    ];

    public static List<Dictionary<string, string>> Run(ServiceNowTables tables, string table, string query)
    {
        var terms = query.Split('^', StringSplitOptions.RemoveEmptyEntries);
        var records = tables.Of(table).Where(record => Matches(tables, table, record, terms));
        foreach (var term in terms.Where(term => term.StartsWith("ORDERBY", StringComparison.Ordinal)).Reverse())
        {
            var descending = term.StartsWith("ORDERBYDESC", StringComparison.Ordinal);
            var field = term[(descending ? 11 : 7)..];
            var comparer = Comparer<string>.Create(Compare);
            records = descending
                ? records.OrderByDescending(record => tables.Walk(table, record, field)?.Value ?? "", comparer)
                : records.OrderBy(record => tables.Walk(table, record, field)?.Value ?? "", comparer);
        }

        return [.. records];
    }

    private static bool Matches(ServiceNowTables tables, string table, Dictionary<string, string> record, string[] terms)
    {
        // A list of queries, any of which holds; each a list of alternatives, all of which hold.
        List<List<bool>> queries = [[]];
        foreach (var term in terms.Where(term => !term.StartsWith("ORDERBY", StringComparison.Ordinal)))
        {
            var (joined, condition) = term.StartsWith("NQ", StringComparison.Ordinal) ? ('N', term[2..])
                : term.StartsWith("OR", StringComparison.Ordinal) ? ('O', term[2..])
                : ('A', term);
            if (joined is 'N') queries.Add([]);
            if (Evaluate(tables, table, record, condition) is not { } holds) continue;
            var current = queries[^1];
            if (joined is 'O' && current.Count > 0) current[^1] |= holds;
            else current.Add(holds);
        }

        return queries.Exists(query => query.TrueForAll(holds => holds));
    }

    private static bool? Evaluate(ServiceNowTables tables, string table, Dictionary<string, string> record, string condition)
    {
        var length = condition.TakeWhile(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '.').Count();
        var field = condition[..length];
        var name = Operators.FirstOrDefault(name => condition.AsSpan(length).StartsWith(name, StringComparison.Ordinal));
        if (name is null || tables.Walk(table, record, field) is not var (value, _)) return null;
        var operand = condition[(length + name.Length)..];
        if (operand.StartsWith("javascript:", StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidOperationException("A script was run by a query.");
        }

        return name switch
        {
            "ISEMPTY" => value.Length is 0,
            "ISNOTEMPTY" => value.Length > 0,
            "STARTSWITH" => value.StartsWith(operand, StringComparison.OrdinalIgnoreCase),
            "ENDSWITH" => value.EndsWith(operand, StringComparison.OrdinalIgnoreCase),
            "LIKE" => value.Contains(operand, StringComparison.OrdinalIgnoreCase),
            "NOT LIKE" or "NOTLIKE" => !value.Contains(operand, StringComparison.OrdinalIgnoreCase),
            "IN" => operand.Split(',').Contains(value, StringComparer.OrdinalIgnoreCase),
            "NOT IN" => !operand.Split(',').Contains(value, StringComparer.OrdinalIgnoreCase),
            "BETWEEN" => operand.Split('@') is [var low, var high] && Compare(value, low) >= 0 && Compare(value, high) <= 0,
            "!=" => !value.Equals(operand, StringComparison.OrdinalIgnoreCase),
            ">=" => Compare(value, operand) >= 0,
            "<=" => Compare(value, operand) <= 0,
            "=" => value.Equals(operand, StringComparison.OrdinalIgnoreCase),
            ">" => Compare(value, operand) > 0,
            "<" => Compare(value, operand) < 0,
            _ => false,
        };
    }

    private static int Compare(string a, string b) =>
        decimal.TryParse(a, CultureInfo.InvariantCulture, out var x) && decimal.TryParse(b, CultureInfo.InvariantCulture, out var y)
            ? x.CompareTo(y)
            : string.Compare(a, b, StringComparison.OrdinalIgnoreCase);
}
