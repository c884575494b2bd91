namespace Vaka.Plugins.Slack.Conversations;

/// <summary>The channels and people of one workspace, for finding them by name. Kept for as long as the config stands.</summary>
internal sealed class WorkspaceDirectory : IDisposable
{
    private const int MostPages = 20;
    private const int ChannelsAPage = 999; // "an integer under 1000"
    private const int PeopleAPage = 500;

    private WorkspaceDirectory()
    {
    }

    public CachedList<Channel> Channels { get; } = new(AllChannelsAsync);

    public CachedList<Person> People { get; } = new((client, cancellationToken) => AllAsync(
        cursor => PeoplePage.GetAsync(client, PeopleAPage, cursor, cancellationToken)));

    public static ValueTask<WorkspaceDirectory> OfAsync(IntegrationContext context, CancellationToken cancellationToken) =>
        context.GetOrCreateResourceAsync("directory", (_, _) => ValueTask.FromResult(new WorkspaceDirectory()), cancellationToken);

    public void Dispose()
    {
        Channels.Dispose();
        People.Dispose();
    }

    private static async Task<WholeList<Channel>> AllChannelsAsync(SlackClient client, CancellationToken cancellationToken)
    {
        try
        {
            return await AllAsync(cursor => ChannelPage.GetAsync(
                client, "public_channel,private_channel", excludeArchived: true, ChannelsAPage, cursor, cancellationToken)).ConfigureAwait(false);
        }
        catch (IntegrationException failure)
            when (SlackFailures.CodeOf(failure) is "missing_scope" && failure.Message.Contains("groups:read", StringComparison.Ordinal))
        {
            // An app may do without private channels.
            return await AllAsync(cursor => ChannelPage.GetAsync(
                client, "public_channel", excludeArchived: true, ChannelsAPage, cursor, cancellationToken)).ConfigureAwait(false);
        }
    }

    private static async Task<WholeList<T>> AllAsync<T>(Func<string?, Task<Page<T>>> next)
    {
        List<T> items = [];
        string? cursor = null;
        for (var pages = 0; pages < MostPages; pages++)
        {
            var page = await next(cursor).ConfigureAwait(false);
            items.AddRange(page.Items);
            if (page.NextCursor is null || page.NextCursor == cursor) return new WholeList<T>(items, IsWhole: true);
            cursor = page.NextCursor;
        }

        return new WholeList<T>(items, IsWhole: false);
    }
}

/// <summary>One page; it may be empty though another follows.</summary>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor, IReadOnlyList<string> Warnings);
