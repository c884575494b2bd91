using System.ComponentModel.DataAnnotations;
using Vaka.Plugins.Slack.Conversations;

namespace Vaka.Plugins.Slack.Actions;

internal sealed class ListChannels : IntegrationAction<SlackConfig, ListChannelsInput, ListChannelsOutput>
{
    private static readonly string[] Types = ["public_channel", "private_channel", "mpim", "im"];

    public override string Name => "list_channels";

    public override string Title => "List channels";

    public override string Description =>
        "Lists the conversations that the bot can see, a page at a time: id, name, whether the bot is a member. Pass next_cursor back as cursor "
        + "for the next page, until it is absent; a page may hold less than limit, even nothing. Needs auth of type bot_token and the scope "
        + "channels:read (groups:read, im:read and mpim:read for the other types).";

    public override bool IsReadOnly => true;

    public override bool IsIdempotent => true;

    public override async Task<ListChannelsOutput> ExecuteAsync(
        ListChannelsInput input, SlackConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var client = SlackClient.Of(config, context);
        for (var index = 0; index < input.Types.Count; index++)
        {
            if (!Types.Contains(input.Types[index]))
            {
                throw SlackFailures.InvalidInput($"types[{index}]", "Give public_channel, private_channel, mpim or im.");
            }
        }

        var page = await ChannelPage.GetAsync(
            client, string.Join(',', input.Types.Distinct()), input.ExcludeArchived, input.Limit, input.Cursor, cancellationToken)
            .ConfigureAwait(false);
        return new ListChannelsOutput { Channels = page.Items, NextCursor = page.NextCursor, Warnings = page.Warnings };
    }
}

/// <summary>Which conversations.</summary>
public sealed record ListChannelsInput
{
    /// <summary>Which kinds; default: public channels.</summary>
    [Display(Name = "Types", Order = 10,
        Description = "Any of public_channel, private_channel, mpim (group messages) and im (direct messages); left out: public_channel.")]
    [Length(1, 4)]
    public IReadOnlyList<string> Types { get; init; } = ["public_channel"];

    /// <summary>Without archived ones; default <c>true</c>.</summary>
    [Display(Name = "Without archived", Order = 20, Description = "Leaves out archived channels.")]
    public bool ExcludeArchived { get; init; } = true;

    /// <summary>How many at most; default 100.</summary>
    [Display(Name = "Limit", Order = 30, Description = "How many at most.")]
    [Range(1, 200)]
    public int Limit { get; init; } = 100;

    /// <summary>Where the page begins; default: at the beginning.</summary>
    [Display(Name = "Cursor", Order = 40, Description = "The next_cursor of the page before; left out: the first page.")]
    [StringLength(1024, MinimumLength = 1)]
    public string? Cursor { get; init; }
}

/// <summary>A page of conversations.</summary>
public sealed record ListChannelsOutput
{
    /// <summary>The conversations.</summary>
    [Display(Name = "Channels", Order = 10)]
    public required IReadOnlyList<Channel> Channels { get; init; }

    /// <summary>Where the next page begins; absent on the last.</summary>
    [Display(Name = "Next cursor", Order = 20)]
    public string? NextCursor { get; init; }

    /// <summary>What Slack did not like and did all the same.</summary>
    [Display(Name = "Warnings", Order = 30)]
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
