using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vaka.Plugins;

/// <summary>A secret of a config or input. It does not print, and serialising it throws, so that it cannot leak by accident.</summary>
[DebuggerDisplay("[secret]")]
[JsonConverter(typeof(Converter))]
public sealed class SecretString
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string value;

    /// <summary>Wraps a value.</summary>
    public SecretString(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        this.value = value;
    }

    /// <summary>The value, for the one place that sends it.</summary>
    public string Reveal() => value;

    /// <summary>Always <c>[secret]</c>.</summary>
    public override string ToString() => "[secret]";

    private sealed class Converter : JsonConverter<SecretString>
    {
        // A JSON null never gets here: it is refused or bound to null before.
        public override SecretString Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String
                ? new SecretString(reader.GetString()!)
                : throw new JsonException("A secret is given as a string.");

        public override void Write(Utf8JsonWriter writer, SecretString value, JsonSerializerOptions options) =>
            throw new NotSupportedException("A secret is never serialised.");
    }
}
