using System.Buffers;
using System.Text.Json;
using Vaka.Plugins.Teams.Cards;

namespace Vaka.Plugins.Teams.Workflow;

/// <summary>The message that a workflow's trigger "When a Teams webhook request is received" takes.</summary>
internal static class WorkflowMessage
{
    public static ReadOnlyMemory<byte> Of(Card card)
    {
        var message = new ArrayBufferWriter<byte>(card.Json.Length + 256);
        using var writer = new Utf8JsonWriter(message, Card.Writing);
        writer.WriteStartObject();
        writer.WriteString("type", "message");
        writer.WriteStartArray("attachments");
        writer.WriteStartObject();
        writer.WriteString("contentType", Card.ContentType);
        writer.WriteNull("contentUrl");
        writer.WritePropertyName("content");
        writer.WriteRawValue(card.Json.Span, skipInputValidation: true); // it was written here
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return message.WrittenMemory;
    }
}
