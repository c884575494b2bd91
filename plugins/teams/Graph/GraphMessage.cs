using System.Buffers;
using System.Text.Json;
using Vaka.Plugins.Teams.Cards;

namespace Vaka.Plugins.Teams.Graph;

/// <summary>A chatMessage: a text, a card, or both.</summary>
/// <remarks>https://learn.microsoft.com/graph/api/channel-post-messages</remarks>
internal static class GraphMessage
{
    // It has to be unique within its message, and a message has one.
    private const string AttachmentId = "5f0c8e6e3b5d4b0f9a6d2c1e7f804a39";

    public static ReadOnlyMemory<byte> Of(Card card) => Of(null, null, null, null, card, []);

    public static ReadOnlyMemory<byte> Of(
        string? content, string? contentType, string? subject, string? importance, Card? card, IReadOnlyList<GraphMention> mentions)
    {
        var message = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(message, Card.Writing);
        writer.WriteStartObject();
        if (subject is not null) writer.WriteString("subject", subject);
        if (importance is not null) writer.WriteString("importance", importance);
        var isText = card is null && mentions.Count is 0 && contentType is "text";
        writer.WriteStartObject("body");
        writer.WriteString("contentType", isText ? "text" : "html");
        writer.WriteString("content", isText ? content : Html(content, contentType, card, mentions));
        writer.WriteEndObject();
        if (card is not null) WriteAttachment(writer, card);
        if (mentions.Count > 0) WriteMentions(writer, mentions);
        writer.WriteEndObject();
        writer.Flush();
        return message.WrittenMemory;
    }

    /// <summary>How a mention stands in the content of a caller.</summary>
    public static string Written(GraphMention mention, string contentType) =>
        contentType is "text" ? $"<at>{mention.DisplayName}</at>" : $"<at>{Encode(mention.DisplayName)}</at>";

    // A card stands where its <attachment> is, a mention where its <at id> is, and only HTML can say so: plain text beside them becomes HTML
    // that reads the same.
    private static string Html(string? content, string? contentType, Card? card, IReadOnlyList<GraphMention> mentions)
    {
        var text = contentType is "text" ? Encode(content ?? "") : content ?? "";
        for (var index = 0; index < mentions.Count; index++)
        {
            var name = Encode(mentions[index].DisplayName);
            var written = contentType is "text" ? $"&lt;at&gt;{name}&lt;/at&gt;" : $"<at>{name}</at>";
            text = text.Replace(written, $"""<at id="{index}">{name}</at>""", StringComparison.Ordinal);
        }

        return card is null ? text : $"""{text}<attachment id="{AttachmentId}"></attachment>""";
    }

    private static string Encode(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal)
        .ReplaceLineEndings("<br>");

    private static void WriteMentions(Utf8JsonWriter writer, IReadOnlyList<GraphMention> mentions)
    {
        writer.WriteStartArray("mentions");
        for (var index = 0; index < mentions.Count; index++)
        {
            writer.WriteStartObject();
            writer.WriteNumber("id", index);
            writer.WriteString("mentionText", mentions[index].DisplayName);
            writer.WriteStartObject("mentioned");
            writer.WriteStartObject("user");
            writer.WriteString("id", mentions[index].UserId);
            writer.WriteString("displayName", mentions[index].DisplayName);
            writer.WriteString("userIdentityType", "aadUser");
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteAttachment(Utf8JsonWriter writer, Card card)
    {
        writer.WriteStartArray("attachments");
        writer.WriteStartObject();
        writer.WriteString("id", AttachmentId);
        writer.WriteString("contentType", Card.ContentType);
        writer.WriteNull("contentUrl");
        writer.WriteString("content", card.Json.Span); // as text, not as an object
        writer.WriteNull("name");
        writer.WriteNull("thumbnailUrl");
        writer.WriteEndObject();
        writer.WriteEndArray();
    }
}
