using System.Text;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Integrations.Listing;

/// <summary>Finds integrations of all tenants in <see cref="IntegrationWords"/>. The index answers those that have all the words, in
/// whichever order; the name itself decides.</summary>
internal static class WordSearch
{
    /// <summary>Enough to be nearly exact.</summary>
    private const int MostRuns = 32;

    public static string Sql(PageSql sql, IntegrationQuery query, IReadOnlyList<IntegrationStatus> statuses, int limit)
    {
        var part = (query.Name is { } name ? name + IntegrationWords.Padding : query.Q ?? "").ToLowerInvariant();
        return sql.IsSqlite ? OnSqlite(sql, query, part, statuses, limit) : OnPostgres(sql, query, part, statuses, limit);
    }

    // Its rows come in the order of the ids, so it ends when the page is full.
    private static string OnSqlite(PageSql sql, IntegrationQuery query, string part, IReadOnlyList<IntegrationStatus> statuses, int limit)
    {
        var facets = new StringBuilder();
        if (query.IntegrationType is { } type) facets.Append($" AND type : {Quote('"', $"<{type}\n"[..3])}");
        if (query.HealthStatus is { } health) facets.Append($" AND health : \"<{SnakeCaseEnum.Text(health)[..2]}\"");
        if (statuses.Count < IntegrationStatuses.All.Count)
            facets.Append($" AND status : ({string.Join(" OR ", statuses.Select(status => $"\"<{SnakeCaseEnum.Text(status)[..2]}\""))})");

        // One or two characters are looked for as the beginning of a run; where none begins so, a run that no name has finds nothing.
        var match = Runs(part) is { Count: > 0 } runs
            ? sql.Add($"name : ({string.Join(" AND ", runs.Select(run => Quote('"', run)))}){facets}")
            : $"""
                (SELECT 'name : (' || coalesce(group_concat('"' || replace(term, '"', '""') || '"', ' OR '), '"' || char(10, 10, 10) || '"') || ')' FROM integration_word_list
                 WHERE term >= {sql.Add(part)} AND term < {sql.Add(part)} || char(1114111) AND col = 'name') || {sql.Add(facets.ToString())}
                """;
        var after = query.ReadCursor() is { } last ? $"AND rowid >= {IntegrationWords.Number(sql.Add(last))}" : "";
        var beginning = IntegrationWords.Beginning("words.number");
        return $"""
            SELECT id FROM (SELECT rowid AS number FROM integration_words WHERE integration_words MATCH {match} {after} ORDER BY rowid) AS words
            CROSS JOIN integrations
            WHERE id >= {beginning} AND id < {beginning} || 'g'
                AND {sql.And([.. sql.Facets(query), sql.OneOf(statuses), .. sql.After(query), .. sql.Name(query)])}
            ORDER BY words.number LIMIT {sql.Add(limit)}
            """;
    }

    // All that has the words is found first: the planner would rather read in order, but there is little to be found at the beginning.
    private static string OnPostgres(PageSql sql, IntegrationQuery query, string part, IReadOnlyList<IntegrationStatus> statuses, int limit)
    {
        var words = new StringBuilder(Runs(part) is { Count: > 0 } runs
            ? string.Join(" & ", runs.Select(run => Quote('\'', run))) : $"{Quote('\'', part)}:*");
        if (query.IntegrationType is { } type) words.Append($" & {Quote('\'', $"type:{type}")}");
        if (query.HealthStatus is { } health) words.Append($" & 'health:{SnakeCaseEnum.Text(health)}'");
        if (statuses.Count < IntegrationStatuses.All.Count)
            words.Append($" & ({string.Join(" | ", statuses.Select(status => $"'status:{SnakeCaseEnum.Text(status)}'"))})");
        return $"""
            WITH found AS MATERIALIZED (
                SELECT id FROM integration_words WHERE {sql.And([$"words @@ {sql.Add(words.ToString())}::tsquery", .. sql.After(query), .. sql.Name(query)])})
            SELECT id FROM found ORDER BY id LIMIT {sql.Add(limit)}
            """;
    }

    /// <summary>The runs of three characters; none when it is shorter.</summary>
    private static List<string> Runs(string part)
    {
        var runes = part.EnumerateRunes().ToList();
        return [.. Enumerable.Range(0, Math.Max(0, runes.Count - 2)).Select(i => $"{runes[i]}{runes[i + 1]}{runes[i + 2]}").Distinct().Take(MostRuns)];
    }

    private static string Quote(char quote, string word) =>
        $"{quote}{(quote is '\'' ? word.Replace("\\", "\\\\", StringComparison.Ordinal) : word).Replace($"{quote}", $"{quote}{quote}", StringComparison.Ordinal)}{quote}";
}
