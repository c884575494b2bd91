using Vaka.Plugins.Slack.Conversations;

namespace Vaka.Plugins.Slack;

/// <summary>Channels and people to choose from.</summary>
internal static class SlackOptions
{
    private const int Most = 200;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);

    public static async Task<OptionList> FindAsync(
        OptionsRequest request, SlackConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        if (config.Auth is not BotTokenAuth) return OptionList.Empty;
        var client = SlackClient.Of(config, context);
        var directory = await WorkspaceDirectory.OfAsync(context, cancellationToken).ConfigureAwait(false);
        switch (request.Field[(request.Field.LastIndexOf('.') + 1)..].TrimEnd('[', ']'))
        {
            case "default_channel" or "channel":
                var channels = await directory.Channels.GetAsync(client, Fresh, cancellationToken).ConfigureAwait(false);
                return Choose(
                    channels, request.Query?.TrimStart('#'),
                    channel => [channel.Name, channel.Id],
                    channel => new Option(channel.Id, $"#{channel.Name}", (channel.IsPrivate, channel.IsMember) switch
                    {
                        (true, _) => "Private",
                        (false, false) => "The bot is not a member",
                        _ => null,
                    }));
            case "users" or "mentions":
                var people = await directory.People.GetAsync(client, Fresh, cancellationToken).ConfigureAwait(false);
                return Choose(
                    people with { Items = [.. people.Items.Where(person => person is { Deleted: false, IsBot: false })] },
                    request.Query?.TrimStart('@'),
                    person => [person.Name, person.DisplayName, person.RealName, person.Email, person.Id],
                    person => new Option(
                        person.Id, person.RealName ?? person.Name ?? person.Id, person.Email ?? (person.Name is { } name ? $"@{name}" : null)));
            default:
                return OptionList.Empty;
        }
    }

    private static OptionList Choose<T>(WholeList<T> list, string? query, Func<T, string?[]> words, Func<T, Option> show)
    {
        var found = list.Items
            .Where(item => string.IsNullOrWhiteSpace(query)
                || words(item).Any(word => word?.Contains(query.Trim(), StringComparison.OrdinalIgnoreCase) is true))
            .Select(show).OrderBy(option => option.Label, StringComparer.OrdinalIgnoreCase).Take(Most + 1).ToList();
        return new OptionList([.. found.Take(Most)], HasMore: found.Count > Most || !list.IsWhole);
    }
}
