namespace Vaka.Plugins.ServiceNow.Queries;

/// <summary>Writes ServiceNow's encoded queries: field, operator and value without anything between them, joined by <c>^</c> and
/// <c>^OR</c>. No input can become an operator or a condition of its own.</summary>
/// <remarks>https://servicenow.github.io/sdk/guides/encoded-query-guide</remarks>
internal static class EncodedQuery
{
    /// <summary>The conditions, joined.</summary>
    /// <param name="conditions">Checked here.</param>
    /// <param name="match">How to join them.</param>
    /// <param name="path">Where they stand in the input.</param>
    public static string Of(IReadOnlyList<QueryCondition> conditions, QueryMatch match, string path) => string.Join(
        match is QueryMatch.All ? "^" : "^OR",
        conditions.Select((condition, i) => One(condition, $"{path}[{i}]")));

    /// <summary>One condition that is known to be good: its value is checked all the same.</summary>
    public static string Is(string field, string value, string path)
    {
        QueryValue.Check(value, path);
        return $"{field}={value}";
    }

    /// <summary>An encoded query that was given as such.</summary>
    public static void CheckRaw(string query, string path)
    {
        if (query.Any(char.IsControl)) throw ServiceNowFailures.InvalidInput(path, "An encoded query is one line without control characters.");
        if (query.Contains("javascript:", StringComparison.OrdinalIgnoreCase))
        {
            throw ServiceNowFailures.InvalidInput(
                path, "An encoded query holds no 'javascript:' here, which ServiceNow would run. Give the values themselves.");
        }
    }

    /// <summary>The order, always ending with <c>sys_id</c>, so that no record comes twice or is left out from page to page.</summary>
    public static string OrderBy(IReadOnlyList<QueryOrder> order, string path)
    {
        var terms = order.Select((term, i) =>
        {
            ServiceNowNames.CheckReadField(term.Field, $"{path}[{i}].field");
            return term.Direction switch
            {
                SortDirection.Ascending => $"ORDERBY{term.Field}",
                SortDirection.Descending => $"ORDERBYDESC{term.Field}",
            };
        });
        return string.Join('^', terms.Append("ORDERBYsys_id"));
    }

    private static string One(QueryCondition condition, string path)
    {
        ServiceNowNames.CheckReadField(condition.Field, $"{path}.field");
        var field = condition.Field;
        return condition.Operator switch
        {
            QueryOperator.Is => $"{field}={Value(condition, path)}",
            QueryOperator.IsNot => $"{field}!={Value(condition, path)}",
            QueryOperator.Contains => $"{field}LIKE{Value(condition, path)}",
            QueryOperator.NotContains => $"{field}NOT LIKE{Value(condition, path)}",
            QueryOperator.StartsWith => $"{field}STARTSWITH{Value(condition, path)}",
            QueryOperator.EndsWith => $"{field}ENDSWITH{Value(condition, path)}",
            QueryOperator.In => $"{field}IN{Values(condition, path, ',')}",
            QueryOperator.NotIn => $"{field}NOT IN{Values(condition, path, ',')}",
            QueryOperator.GreaterThan => $"{field}>{Bound(condition, path)}",
            QueryOperator.GreaterOrEqual => $"{field}>={Bound(condition, path)}",
            QueryOperator.LessThan => $"{field}<{Bound(condition, path)}",
            QueryOperator.LessOrEqual => $"{field}<={Bound(condition, path)}",
            QueryOperator.Between => $"{field}BETWEEN{Values(condition, path, '@')}",
            QueryOperator.IsEmpty => $"{field}{Nothing(condition, path, "ISEMPTY")}",
            QueryOperator.IsNotEmpty => $"{field}{Nothing(condition, path, "ISNOTEMPTY")}",
        };
    }

    private static string Value(QueryCondition condition, string path)
    {
        if (condition.Values is not null) throw ServiceNowFailures.InvalidInput($"{path}.values", "This operator takes value: one, not a list.");
        var value = condition.Value is { Length: > 0 } given
            ? given
            : throw ServiceNowFailures.InvalidInput($"{path}.value", "This operator takes a value. For fields without one use is_empty.");
        QueryValue.Check(value, $"{path}.value");
        return value;
    }

    // "<" and "=5" would be read as "<=" and "5".
    private static string Bound(QueryCondition condition, string path) =>
        Value(condition, path) is var value && value[0] is '=' or '<' or '>'
            ? throw ServiceNowFailures.InvalidInput($"{path}.value", "The value begins with an operator: give the operator as operator.")
            : value;

    private static string Values(QueryCondition condition, string path, char separator)
    {
        if (condition.Value is not null) throw ServiceNowFailures.InvalidInput($"{path}.value", "This operator takes values: a list.");
        var values = condition.Values ?? [];
        if (values.Count is 0) throw ServiceNowFailures.InvalidInput($"{path}.values", "This operator takes values: a list.");
        if (separator is '@' && values.Count is not 2)
        {
            throw ServiceNowFailures.InvalidInput($"{path}.values", "between takes two values: the lower and the upper bound.");
        }

        for (var i = 0; i < values.Count; i++)
        {
            var at = $"{path}.values[{i}]";
            QueryValue.Check(values[i], at);
            if (values[i].Length is 0 || values[i].Contains(separator, StringComparison.Ordinal))
            {
                throw ServiceNowFailures.InvalidInput(at, $"A value here is not empty and holds no '{separator}', which separates values.");
            }
        }

        // "IN" and "STANCEOF…" would be read as "INSTANCEOF".
        return values[0].StartsWith("STANCEOF", StringComparison.Ordinal)
            ? throw ServiceNowFailures.InvalidInput(
                $"{path}.values[0]", "ServiceNow would read this as another operator: give it as the last value.")
            : string.Join(separator, values);
    }

    private static string Nothing(QueryCondition condition, string path, string written) =>
        condition.Value is null && condition.Values is null
            ? written
            : throw ServiceNowFailures.InvalidInput($"{path}.value", "This operator takes no value.");
}
