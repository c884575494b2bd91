using System.ComponentModel;
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

    /// <summary>Reads a secret from a JSON string and refuses to write one. Public because source-generated metadata has to reach it.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public sealed class Converter : JsonConverter<SecretString>
    {
        // A JSON null never gets here: it is refused or bound to null before.
        /// <inheritdoc/>
        public override SecretString Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String
                ? new SecretString(reader.GetString()!)
                : throw new JsonException("A secret is given as a string.");

        /// <inheritdoc/>
        public override void Write(Utf8JsonWriter writer, SecretString value, JsonSerializerOptions options) =>
            throw new NotSupportedException("A secret is never serialised.");
    }
}
