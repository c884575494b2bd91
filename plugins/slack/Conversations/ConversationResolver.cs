using System.Text.Json.Nodes;

namespace Vaka.Plugins.Slack.Conversations;

/// <summary>Finds the id that Slack wants for what a caller named. Whatever goes wrong here, nothing was posted yet.</summary>
internal sealed class ConversationResolver(SlackClient client)
{
    // What is found is kept; what is not found may have been made a moment ago.
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan KeptWhenMissing = TimeSpan.FromSeconds(15);

    /// <summary>The id to post to: a channel's, or a person's, whom Slack then writes directly.</summary>
    /// <param name="given">What the call names; <c>null</c>: nothing.</param>
    /// <param name="fallback">The integration's default; <c>null</c>: none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<string> PlaceAsync(string? given, string? fallback, CancellationToken cancellationToken)
    {
        var reference = Parse(given, fallback);
        return reference.Kind switch
        {
            ReferenceKind.ChannelId => reference.Value,
            ReferenceKind.ChannelName => await ChannelAsync(reference.Value, cancellationToken).ConfigureAwait(false),
            ReferenceKind.PersonId or ReferenceKind.PersonName or ReferenceKind.Email =>
                await PersonAsync(reference, "channel", cancellationToken).ConfigureAwait(false),
        };
    }

    /// <summary>The id of a conversation, for methods that take nothing else: a person's direct message is opened for it.</summary>
    public async Task<string> ConversationAsync(string? given, string? fallback, CancellationToken cancellationToken)
    {
        var id = await PlaceAsync(given, fallback, cancellationToken).ConfigureAwait(false);
        if (id[0] is not ('U' or 'W')) return id;
        try
        {
            var arguments = new JsonObject { ["users"] = id };
            var answer = await client.PostAsync("conversations.open", arguments, cancellationToken).ConfigureAwait(false);
            return answer.Root.Child("channel")?.Text("id") ?? throw SlackFailures.Incomplete("channel.id");
        }
        catch (IntegrationException failure)
        {
            throw SlackFailures.BeforeAnyEffect(failure); // an open direct message that nobody has written in is not seen
        }
    }

    /// <summary>A person's id.</summary>
    public async Task<string> PersonAsync(ConversationReference person, string path, CancellationToken cancellationToken) => person.Kind switch
    {
        ReferenceKind.PersonId => person.Value,
        ReferenceKind.Email => await ByEmailAsync(person.Value, path, cancellationToken).ConfigureAwait(false),
        ReferenceKind.PersonName => await ByNameAsync(person.Value, path, cancellationToken).ConfigureAwait(false),
        ReferenceKind.ChannelId or ReferenceKind.ChannelName => throw SlackFailures.InvalidInput(
            path, "Give a person's id (U0123456789), e-mail address or @name."),
    };

    public static IntegrationException Nowhere() => SlackFailures.InvalidInput(
        "channel", "Say where: this integration has no default channel. " + ConversationReference.Expected);

    private static ConversationReference Parse(string? given, string? fallback)
    {
        if (given is null && fallback is null)
        {
            throw Nowhere();
        }

        return ConversationReference.TryParse(given ?? fallback ?? "", out var reference)
            ? reference
            : throw SlackFailures.InvalidInput("channel", ConversationReference.Expected);
    }

    private async Task<string> ChannelAsync(string name, CancellationToken cancellationToken)
    {
        var directory = await WorkspaceDirectory.OfAsync(client.Context, cancellationToken).ConfigureAwait(false);
        WholeList<Channel>? list = null;
        foreach (var age in new[] { Kept, KeptWhenMissing })
        {
            list = await directory.Channels.GetAsync(client, age, cancellationToken).ConfigureAwait(false);
            var found = list.Items.FirstOrDefault(channel => name.Equals(channel.Name, StringComparison.OrdinalIgnoreCase));
            if (found is not null) return found.Id;
        }

        throw Missing("channel", list is { IsWhole: false }
            ? $"#{name} is not among the first channels of this very large workspace: give its id, from the channel's details in Slack."
            : $"The bot sees no channel #{name}. Check the name; a private channel has to invite the bot, an archived one takes nothing, and "
                + "one made moments ago may take a minute to be found.");
    }

    private async Task<string> ByEmailAsync(string email, string path, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await client.GetAsync("users.lookupByEmail", [new("email", email)], cancellationToken).ConfigureAwait(false);
            return answer.Root.Child("user")?.Text("id") ?? throw SlackFailures.BeforeAnyEffect(SlackFailures.Incomplete("user.id"));
        }
        catch (IntegrationException failure) when (failure.Kind is FailureKind.NotFound)
        {
            throw Missing(path, "Nobody in this workspace has this e-mail address.");
        }
    }

    private async Task<string> ByNameAsync(string name, string path, CancellationToken cancellationToken)
    {
        var directory = await WorkspaceDirectory.OfAsync(client.Context, cancellationToken).ConfigureAwait(false);
        foreach (var age in new[] { Kept, KeptWhenMissing })
        {
            var list = await directory.People.GetAsync(client, age, cancellationToken).ConfigureAwait(false);
            var people = list.Items.Where(person => !person.Deleted).ToList();

            // Short names are unique; the names that are shown need not be.
            var found = people.Where(person => Same(person.Name)).ToList();
            if (found.Count is 0) found = [.. people.Where(person => Same(person.DisplayName) || Same(person.RealName))];
            if (found.Count is 1) return found[0].Id;
            if (found.Count > 1)
            {
                throw SlackFailures.InvalidInput(
                    path, $"{found.Count} people are called so: give the person's id (U0123456789) or e-mail address.");
            }
        }

        throw Missing(path, $"Nobody in this workspace is called @{name}. Give the person's id (U0123456789) or e-mail address.");

        bool Same(string? other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
    }

    private static IntegrationException Missing(string path, string message) => new(FailureKind.NotFound, message)
    {
        Effect = Effect.None, Errors = [new FieldError(path, message)],
    };
}
