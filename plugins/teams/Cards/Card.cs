using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.Teams.Cards;

/// <summary>An Adaptive Card as it is sent: small JSON in UTF-8, within what Teams takes.</summary>
internal sealed class Card
{
    public const string ContentType = "application/vnd.microsoft.card.adaptive";
    public const string Version = "1.5";

    /// <summary>28 KB for a whole message.</summary>
    /// <remarks>https://learn.microsoft.com/microsoftteams/limits-specifications-teams</remarks>
    public const int MaxMessageBytes = 28 * 1024;

    // The message around a card, with names and null members.
    private const int Envelope = 256;

    // Letters beyond ASCII stay themselves: six bytes for each would eat the limit up. Nothing here ends up in HTML.
    public static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 256 };

    private Card(ReadOnlyMemory<byte> json) => Json = json;

    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>What Teams counts: it keeps a card as text inside the message, so that every quote of it takes two bytes. A card of 24 KB can
    /// so be too large, which a workflow finds out only after it said 202.</summary>
    public int MessageBytes => Envelope + JsonEncodedText.Encode(Json.Span, Writing.Encoder).EncodedUtf8Bytes.Length;

    /// <exception cref="IntegrationException">The message is too large; <paramref name="path"/> is named.</exception>
    public static Card Of(JsonNode card, string path) => Write(writer => card.WriteTo(writer), path);

    /// <summary>A caller's card, once it is checked.</summary>
    /// <exception cref="IntegrationException">It is no Adaptive Card that Teams shows, or too large.</exception>
    public static Card Of(JsonElement card, string path)
    {
        if (CardCheck.Run(card, path) is { Count: > 0 } errors) throw TeamsFailures.InvalidInput(errors);
        try
        {
            return Write(card.WriteTo, path);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            throw TeamsFailures.InvalidInput(path, "Half of a surrogate pair is not a character. Send whole characters.");
        }
    }

    private static Card Write(Action<Utf8JsonWriter> write, string path)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, Writing)) write(writer);
        var card = new Card(json.WrittenMemory);
        return card.MessageBytes <= MaxMessageBytes
            ? card
            : throw TeamsFailures.InvalidInput(
                path,
                $"The message has {card.MessageBytes} bytes as Teams counts it (the card as escaped text), and {MaxMessageBytes} are the "
                + "most. Send less text, or several messages.");
    }
}
