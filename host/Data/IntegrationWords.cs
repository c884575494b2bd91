using Microsoft.EntityFrameworkCore;

namespace Vaka.Plugins.Host.Data;

/// <summary>The index that finds integrations by a part of their name: for each row the runs of three characters of its name in lower case,
/// and its type, status and health. Triggers keep it, so that it holds whoever writes the row; a probe that finds what is known already does
/// not touch it.</summary>
/// <remarks>Made when it is missing and not by a migration, for one that rebuilds a table of SQLite drops the triggers on it. Not pg_trgm: it
/// is an extension that a server may lack, and it ignores what is neither letter nor digit and whatever is shorter than three characters.</remarks>
internal static class IntegrationWords
{
    /// <summary>Ends each name in the index, so that a run of three begins at each of its characters.</summary>
    public const string Padding = "\n\n";

    private const string CreateOnPostgres = """
        DROP TRIGGER IF EXISTS integration_words_insert ON integrations;
        DROP TRIGGER IF EXISTS integration_words_update ON integrations;
        DROP TABLE IF EXISTS integration_words;
        CREATE TABLE integration_words (
            id uuid PRIMARY KEY REFERENCES integrations ON DELETE CASCADE, name text NOT NULL, words tsvector NOT NULL);
        CREATE OR REPLACE FUNCTION integration_words_of(name text, type text, status text, health text) RETURNS tsvector
        LANGUAGE sql IMMUTABLE AS $$
            SELECT array_to_tsvector(array_agg(DISTINCT word)) FROM (
                SELECT substr(padded, place, 3) AS word
                FROM (SELECT lower(name) || E'\n\n' AS padded) AS text, generate_series(1, length(padded) - 2) AS place
                UNION ALL VALUES ('type:' || type), ('status:' || status), ('health:' || coalesce(health, ''))) AS words
        $$;
        CREATE OR REPLACE FUNCTION keep_integration_words() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO integration_words (id, name, words)
            VALUES (NEW.id, NEW.name, integration_words_of(NEW.name, NEW.integration_type, NEW.status, NEW.health_status))
            ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, words = EXCLUDED.words;
            RETURN NULL;
        END
        $$;
        INSERT INTO integration_words (id, name, words)
        SELECT id, name, integration_words_of(name, integration_type, status, health_status) FROM integrations ORDER BY id;
        CREATE INDEX ix_integration_words ON integration_words USING gin (words) WITH (fastupdate = off);
        CREATE TRIGGER integration_words_insert AFTER INSERT ON integrations FOR EACH ROW EXECUTE FUNCTION keep_integration_words();
        CREATE TRIGGER integration_words_update AFTER UPDATE OF name, status, health_status ON integrations FOR EACH ROW
            WHEN ((OLD.name, OLD.status, OLD.health_status) IS DISTINCT FROM (NEW.name, NEW.status, NEW.health_status))
            EXECUTE FUNCTION keep_integration_words();
        """;

    private const string ExistsOnPostgres =
        "SELECT count(*)::int AS \"Value\" FROM pg_trigger WHERE tgrelid = 'integrations'::regclass AND tgname = 'integration_words_update'";

    private const string ExistsOnSqlite =
        "SELECT count(*) AS Value FROM sqlite_master WHERE type = 'trigger' AND name = 'integration_words_delete'";

    // The rows of this table are numbered by the first 60 bits of the id, so that they come in the order of the pages. Rows whose ids begin
    // alike, made within one millisecond, share one.
    private static readonly string CreateOnSqlite = $"""
        DROP TRIGGER IF EXISTS integration_words_insert;
        DROP TRIGGER IF EXISTS integration_words_update;
        DROP TABLE IF EXISTS integration_word_list;
        DROP TABLE IF EXISTS integration_words;
        CREATE VIRTUAL TABLE integration_words USING fts5(
            name, type, status, health, content='', contentless_delete=1, detail=column, tokenize='trigram case_sensitive 1');
        CREATE VIRTUAL TABLE integration_word_list USING fts5vocab(integration_words, col);
        {InsertOnSqlite("true")};
        CREATE TRIGGER integration_words_insert AFTER INSERT ON integrations BEGIN {RenewOnSqlite("new")} END;
        CREATE TRIGGER integration_words_update AFTER UPDATE OF name, status, health_status ON integrations
        WHEN (old.name, old.status, old.health_status) IS NOT (new.name, new.status, new.health_status) BEGIN {RenewOnSqlite("new")} END;
        CREATE TRIGGER integration_words_delete AFTER DELETE ON integrations BEGIN {RenewOnSqlite("old")} END;
        """;

    /// <summary>Makes it unless it is there. Several hosts may do so at once.</summary>
    public static async Task EnsureAsync(HostDbContext context, CancellationToken cancellationToken)
    {
        var isPostgres = context.Database.IsNpgsql();
        var exists = isPostgres ? ExistsOnPostgres : ExistsOnSqlite;
        if (await context.Database.SqlQueryRaw<int>(exists).SingleAsync(cancellationToken) > 0) return;

        // It reads every row: once in the life of a database, when there are none.
        context.Database.SetCommandTimeout(TimeSpan.FromHours(1));
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        if (isPostgres) await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtext('integration_words'))", cancellationToken);
        if (await context.Database.SqlQueryRaw<int>(exists).SingleAsync(cancellationToken) == 0)
            await context.Database.ExecuteSqlRawAsync(isPostgres ? CreateOnPostgres : CreateOnSqlite, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>The number of an id on SQLite: an SQL expression of its text.</summary>
    public static string Number(string id) => string.Join(" | ", new[] { 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 15, 16, 17 }
        .Select((place, index) => $"(instr('123456789abcdef', substr({id}, {place}, 1)) << {56 - (4 * index)})"));

    /// <summary>How ids of that number begin on SQLite: an SQL expression.</summary>
    public static string Beginning(string number) =>
        $"printf('%08x-%04x-%03x', {number} >> 28, ({number} >> 12) & 65535, {number} & 4095)";

    private static string RenewOnSqlite(string row) => $"""
        DELETE FROM integration_words WHERE rowid = {Number($"{row}.id")};
        {InsertOnSqlite($"id >= substr({row}.id, 1, 17) AND id < substr({row}.id, 1, 17) || 'g'")};
        """;

    // Of type, status and health the first two letters are enough: they differ, and a search looks at the row itself as well.
    private static string InsertOnSqlite(string condition) => $"""
        INSERT INTO integration_words (rowid, name, type, status, health)
        SELECT {Number("id")}, group_concat(lower(name) || char(10, 10), ''), group_concat('<' || substr(integration_type || char(10), 1, 2), ''),
            group_concat('<' || substr(status, 1, 2), ''), group_concat('<' || substr(coalesce(health_status, char(10, 10)), 1, 2), '')
        FROM integrations WHERE {condition} GROUP BY substr(id, 1, 17)
        """;
}
