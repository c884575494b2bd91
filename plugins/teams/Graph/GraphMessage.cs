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

    public static ReadOnlyMemory<byte> Of(Card card) => Of(null, null, null, null, card);

    public static ReadOnlyMemory<byte> Of(string? content, string? contentType, string? subject, string? importance, Card? card)
    {
        var message = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(message, Card.Writing);
        writer.WriteStartObject();
        if (subject is not null) writer.WriteString("subject", subject);
        if (importance is not null) writer.WriteString("importance", importance);
        var isText = card is null && contentType is "text";
        writer.WriteStartObject("body");
        writer.WriteString("contentType", isText ? "text" : "html");
        writer.WriteString("content", isText ? content : Html(content, contentType, card));
        writer.WriteEndObject();
        if (card is not null) WriteAttachment(writer, card);
        writer.WriteEndObject();
        writer.Flush();
        return message.WrittenMemory;
    }

    // A card stands where its <attachment> is, and only HTML can say so: plain text beside a card becomes HTML that reads the same.
    private static string Html(string? content, string? contentType, Card? card)
    {
        var text = contentType is "text" ? Encode(content ?? "") : content ?? "";
        return card is null ? text : $"""{text}<attachment id="{AttachmentId}"></attachment>""";
    }

    private static string Encode(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal)
        .ReplaceLineEndings("<br>");

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
