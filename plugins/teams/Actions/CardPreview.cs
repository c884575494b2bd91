using System.Globalization;
using Vaka.Plugins.Teams.Cards;

namespace Vaka.Plugins.Teams.Actions;

/// <summary>Says what posting a card would do.</summary>
internal static class CardPreview
{
    public static ActionPreview Of(Card card, TeamsConfig config)
    {
        var destination = TeamsClient.Destination(config);
        return new ActionPreview($"Posts a card to {destination}")
        {
            Details =
            [
                new("to", destination),
                new("message_bytes", card.MessageBytes.ToString(CultureInfo.InvariantCulture)),
                new("limit_bytes", Card.MaxMessageBytes.ToString(CultureInfo.InvariantCulture)),
            ],
        };
    }
}
