using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Vaka.Plugins.Host.Integrations.Schema;

/// <summary>The JSON contract of one record type of a plugin (a config, an input, an output): its schema, its strict binding, where its
/// secrets are.</summary>
internal sealed class JsonContract
{
    private JsonContract(Type type) => Type = type;

    public Type Type { get; }

    /// <summary>JSON Schema 2020-12 with form hints. Do not change it.</summary>
    public JsonObject Schema => throw new NotImplementedException();

    /// <exception cref="Plugins.ProviderCheckException">The type cannot be a contract; the message says what to change.</exception>
    public static JsonContract Create(Type type, IJsonTypeInfoResolver? resolver) => throw new NotImplementedException();

    /// <summary>Binds strictly: everything that is wrong is listed, each with its path; nothing is coerced.</summary>
    public BindResult Bind(ReadOnlyMemory<byte> utf8Json) => throw new NotImplementedException();

    /// <inheritdoc cref="Bind(ReadOnlyMemory{byte})"/>
    public BindResult Bind(JsonNode? node) => throw new NotImplementedException();

    /// <summary>Writes an output record as snake_case JSON.</summary>
    public JsonNode Serialize(object value) => throw new NotImplementedException();

    /// <summary>The places in <paramref name="document"/> that are secrets by type, present or not (map entries only when present), as
    /// far as its shape can be followed; malformed parts are passed over.</summary>
    public IReadOnlyList<SecretPlace> FindSecrets(JsonObject document) => throw new NotImplementedException();

    /// <summary>The value that holds at a path: what stands in the document, else the record's default, in canonical JSON; <c>null</c>
    /// when neither is there. Enough to tell whether two documents differ at that path.</summary>
    public string? EffectiveValue(JsonObject document, string path) => throw new NotImplementedException();

    /// <summary>A copy fit to be shown: values of secrets and <see cref="SensitiveAttribute"/> fields replaced by <c>"[masked]"</c>.</summary>
    public JsonNode? Mask(JsonNode? document) => throw new NotImplementedException();
}

/// <summary>What binding gave: the value, or what is wrong.</summary>
internal sealed record BindResult(object? Value, IReadOnlyList<FieldError> Errors);

/// <summary>One place of a document that holds a secret.</summary>
/// <param name="Path">Such as <c>smtp_password</c>, <c>auth.token</c>, <c>secret_headers.X-Api-Key</c>: for people and answers.</param>
/// <param name="Segments">The same as member names, since a map's key may hold dots.</param>
/// <param name="BoundTo">Paths of <see cref="SecretForAttribute"/>.</param>
internal sealed record SecretPlace(string Path, IReadOnlyList<string> Segments, IReadOnlyList<string> BoundTo);
