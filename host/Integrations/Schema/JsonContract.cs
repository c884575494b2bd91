using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Vaka.Plugins.Host.Integrations.Schema.Binding;
using Vaka.Plugins.Host.Integrations.Schema.Reading;
using Vaka.Plugins.Host.Integrations.Schema.Shapes;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Integrations.Schema;

/// <summary>The JSON contract of one record type of a plugin (a config, an input, an output): its schema, its strict binding, where its
/// secrets are.</summary>
internal sealed class JsonContract
{
    private readonly JsonTypeInfo info;
    private readonly Shape root;

    private JsonContract(JsonTypeInfo info, Shape root)
    {
        (this.info, this.root) = (info, root);
        Schema = root.Describe();
        Schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
    }

    public Type Type => info.Type;

    /// <summary>JSON Schema 2020-12 with form hints. Do not change it.</summary>
    public JsonObject Schema { get; }

    /// <summary>Whether a document of it can hold a secret.</summary>
    public bool HoldsSecrets => root.HoldsSecrets;

    /// <exception cref="ProviderCheckException">The type cannot be a contract; the message says what to change.</exception>
    public static JsonContract Create(Type type, IJsonTypeInfoResolver? resolver)
    {
        try
        {
            var options = ContractOptions.Create(resolver);
            return new JsonContract(options.GetTypeInfo(type), new ShapeReader(options).ReadRoot(type));
        }
        catch (Exception exception) when (exception is NotSupportedException or InvalidOperationException or ArgumentException)
        {
            throw new ProviderCheckException($"{TypeName.Of(type)} cannot be a JSON contract: {exception.Message}", exception);
        }
    }

    /// <summary>Binds strictly: everything that is wrong is listed, each with its path; nothing is coerced.</summary>
    public BindResult Bind(ReadOnlyMemory<byte> utf8Json)
    {
        var errors = Check(utf8Json.Span);
        if (errors.Count > 0) return new BindResult(null, errors);
        try
        {
            var value = JsonSerializer.Deserialize(utf8Json.Span, info);
            if (value is not null && root.HasRules) root.CheckRules(value, "", errors);
            return new BindResult(errors.Count == 0 ? value : null, errors);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or ArgumentException
            or FormatException or InvalidOperationException or OverflowException)
        {
            // A constructor, setter or rule of the plugin's own refused; what it says may quote a secret.
            var path = SerializerPath.Of(exception as JsonException);
            return new BindResult(null, [new FieldError(path, "Not accepted by the provider. Check the value.")]);
        }
    }

    /// <summary>What is wrong with a document, as far as its JSON shows it: all that is wrong, unless the record has rules of its own.</summary>
    public List<FieldError> Check(ReadOnlySpan<byte> utf8Json) => DocumentCheck.Run(new Slot(root, AcceptsNull: false), utf8Json);

    /// <inheritdoc cref="Bind(ReadOnlyMemory{byte})"/>
    public BindResult Bind(JsonNode? node)
    {
        var json = new ArrayBufferWriter<byte>();
        try
        {
            using var writer = new Utf8JsonWriter(json);
            if (node is null) writer.WriteNullValue();
            else node.WriteTo(writer);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            return new BindResult(null, [new FieldError("", "Half of a surrogate pair is not a character. Send whole characters.")]);
        }

        return Bind(json.WrittenMemory);
    }

    /// <summary>Writes an output record as snake_case JSON in UTF-8.</summary>
    public ReadOnlyMemory<byte> Serialize(object value)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(value, info);
        return json.AsSpan().SequenceEqual("null"u8) ? throw new InvalidOperationException($"A {Type.Name} was written as null.") : json;
    }

    /// <summary>The places in <paramref name="document"/> that are secrets by type, present or not (map entries only when present), as
    /// far as its shape can be followed; malformed parts are passed over.</summary>
    public IReadOnlyList<SecretPlace> FindSecrets(JsonObject document)
    {
        var search = new SecretSearch();
        root.FindSecrets(document, search);
        return search.Places;
    }

    /// <summary>The value that holds at a path: what stands in the document, else the record's default, in canonical JSON; <c>null</c>
    /// when neither is there. Enough to tell whether two documents differ at that path. Secrets are left out of it.</summary>
    public string? EffectiveValue(JsonObject document, string path) =>
        root.Effective(document, path.Length == 0 ? [] : path.Split('.')) is { } value ? CanonicalJson.Of(value) : null;

    /// <summary>The shapes that may stand at a path; none when there is no such place.</summary>
    public IReadOnlyList<Shape> ShapesAt(string path) => PathCheck.ShapesAt(root, path);

    /// <summary>What a bound record holds at a path; <c>null</c>: nothing.</summary>
    public object? Read(object record, string path)
    {
        object? value = record;
        foreach (var name in path.Split('.'))
        {
            if (value is null) return null;
            value = info.Options.GetTypeInfo(value.GetType()).Properties.FirstOrDefault(property => property.Name == name)?.Get?.Invoke(value);
        }

        return value;
    }

    /// <summary>A copy fit to be shown: values of secrets and <see cref="SensitiveAttribute"/> fields replaced by <c>"[masked]"</c>, and
    /// whatever the contract does not know.</summary>
    public JsonNode? Mask(JsonNode? document)
    {
        var json = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(json);
        Mask(JsonSerializer.SerializeToUtf8Bytes(document), writer);
        writer.Flush();
        return JsonNode.Parse(json.WrittenSpan);
    }

    /// <summary>Writes a document in the same way.</summary>
    /// <exception cref="JsonException">It is no JSON. What has been written by then is of no use.</exception>
    public void Mask(ReadOnlySpan<byte> utf8Json, Utf8JsonWriter writer)
    {
        var reader = new Utf8JsonReader(utf8Json);
        reader.Read();
        root.Mask(ref reader, writer);
        reader.Read(); // nothing may follow
    }
}

/// <summary>What binding gave: the value, or what is wrong.</summary>
internal sealed record BindResult(object? Value, IReadOnlyList<FieldError> Errors);

/// <summary>One place of a document that holds a secret.</summary>
/// <param name="Path">Such as <c>smtp_password</c>, <c>auth.token</c>, <c>secret_headers.X-Api-Key</c>: for people and answers.</param>
/// <param name="Segments">The same as member names, since a map's key may hold dots.</param>
/// <param name="BoundTo">Paths of <see cref="SecretForAttribute"/>.</param>
internal sealed record SecretPlace(string Path, IReadOnlyList<string> Segments, IReadOnlyList<string> BoundTo);
