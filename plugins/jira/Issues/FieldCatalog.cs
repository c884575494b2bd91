namespace Vaka.Plugins.Jira.Issues;

/// <summary>The fields of one Jira, asked for once in a while and kept.</summary>
internal sealed class FieldCatalog : IDisposable
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Young = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim turn = new(1, 1);
    private IReadOnlyList<JiraField> fields = [];
    private DateTimeOffset? loadedAt;

    public static ValueTask<FieldCatalog> OfAsync(JiraClient client, CancellationToken cancellationToken) =>
        client.Context.GetOrCreateResourceAsync("fields", (_, _) => ValueTask.FromResult(new FieldCatalog()), cancellationToken);

    /// <summary>The field of each name, which is an id or what people see.</summary>
    /// <param name="names">Each with the path of the input that names it.</param>
    /// <exception cref="IntegrationException">A name is unknown, or that of several fields.</exception>
    public async Task<IReadOnlyList<JiraField>> FindAsync(
        IReadOnlyList<(string Name, string Path)> names, JiraClient client, CancellationToken cancellationToken)
    {
        var known = await AllAsync(client, Life, cancellationToken).ConfigureAwait(false);
        if (names.Any(name => Matches(known, name.Name).Count is 0))
        {
            // It may have been made since.
            known = await AllAsync(client, Young, cancellationToken).ConfigureAwait(false);
        }

        return [.. names.Select(name => Single(known, name.Name, name.Path))];
    }

    public async Task<IReadOnlyList<JiraField>> AllAsync(JiraClient client, CancellationToken cancellationToken) =>
        await AllAsync(client, Life, cancellationToken).ConfigureAwait(false);

    public void Dispose() => turn.Dispose();

    private async Task<IReadOnlyList<JiraField>> AllAsync(JiraClient client, TimeSpan maxAge, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var now = client.Context.Clock.GetUtcNow();
            if (loadedAt is { } at && now - at < maxAge) return fields;
            var answer = await client.ReadAsync(
                JiraCall.Get($"field", "read the fields") with { MaxBytes = 8 * 1024 * 1024 }, cancellationToken).ConfigureAwait(false);
            fields =
            [
                .. answer.Items().Select(item => new JiraField(
                    item.Text("id") ?? "", item.Text("name") ?? "", item.Text("schema", "type"), item.Text("schema", "items"),
                    item.Text("schema", "custom"))).Where(field => field.Id.Length > 0),
            ];
            loadedAt = now;
            return fields;
        }
        finally
        {
            turn.Release();
        }
    }

    private static IReadOnlyList<JiraField> Matches(IReadOnlyList<JiraField> known, string name)
    {
        var byId = known.Where(field => field.Id.Equals(name, StringComparison.Ordinal)).ToList();
        return byId.Count > 0 ? byId : [.. known.Where(field => field.Name.Equals(name.Trim(), StringComparison.OrdinalIgnoreCase))];
    }

    private static JiraField Single(IReadOnlyList<JiraField> known, string name, string path) => Matches(known, name) switch
    {
        [var field] => field,
        [] => throw JiraFailures.InvalidInput(
            path,
            $"This Jira has no field '{JiraWords.Clean(name)}'. Give the name that people see on an issue, or its id such as customfield_10010."),
        var several => throw JiraFailures.InvalidInput(
            path,
            $"{several.Count} fields are named '{JiraWords.Clean(name)}': give the id, one of "
            + $"{string.Join(", ", several.Take(5).Select(field => field.Id))}."),
    };
}
