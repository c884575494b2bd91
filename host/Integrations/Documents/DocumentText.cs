using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations.Schema;

namespace Vaka.Plugins.Host.Integrations.Documents;

/// <summary>Documents as text, in an order that never changes by itself, and strictly back.</summary>
internal static class DocumentText
{
    private const int MostErrors = 100;

    private static readonly JsonContract Contract = JsonContract.Create(typeof(IntegrationDocument), null);

    private static readonly JsonContract Envelope = JsonContract.Create(typeof(DocumentEnvelope), null);

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads a document, or one in an envelope with the passphrase of its secrets.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCode.InvalidRequest"/>, <see cref="ProblemCode.TooLarge"/>.</exception>
    public static (IntegrationDocument Document, string? Passphrase) Read(ReadOnlyMemory<byte> utf8, DocumentFormat format)
    {
        if (utf8.Length > IntegrationDocument.MaxBytes) throw TooLarge();
        if (format is DocumentFormat.Yaml) return (Bind<IntegrationDocument>(Contract, FromYaml(utf8)), null);
        if (!IsEnvelope(utf8.Span)) return (Bind<IntegrationDocument>(Contract, utf8), null);
        var envelope = Bind<DocumentEnvelope>(Envelope, utf8);
        var document = envelope.Document.ValueKind is JsonValueKind.String
            ? FromYaml(Encoding.UTF8.GetBytes(envelope.Document.GetString() ?? ""))
            : Encoding.UTF8.GetBytes(envelope.Document.GetRawText());
        return (Bind<IntegrationDocument>(Contract, document), envelope.Passphrase);
    }

    /// <exception cref="ProblemException"><see cref="ProblemCode.TooLarge"/>.</exception>
    public static string Write(IntegrationDocument document, DocumentFormat format)
    {
        var node = ToJson(document);
        var text = format switch
        {
            DocumentFormat.Json => $"{node.ToJsonString(Indented)}\n",
            DocumentFormat.Yaml => YamlText.Write(node),
        };
        return Encoding.UTF8.GetByteCount(text) <= IntegrationDocument.MaxBytes ? text : throw TooLarge();
    }

    /// <summary>One text for documents that say the same.</summary>
    public static string Canonical(IntegrationDocument document) => CanonicalJson.Of(ToJson(document));

    public static ProblemException TooLarge() => new(
        ProblemCode.TooLarge,
        $"A document has at most {IntegrationDocument.MaxIntegrations} integrations and {IntegrationDocument.MaxBytes / 1024 / 1024} MiB.");

    private static JsonObject ToJson(IntegrationDocument document)
    {
        var json = new JsonObject { ["format"] = document.Format, ["scope"] = SnakeCaseEnum.Text(document.Scope) };
        if (document.FingerprintKey is { } key) json["fingerprint_key"] = key;
        if (document.Sealing is { } sealing)
        {
            json["sealing"] = new JsonObject
            {
                ["cipher"] = sealing.Cipher, ["key_derivation"] = sealing.KeyDerivation, ["rounds"] = sealing.Rounds, ["salt"] = sealing.Salt,
                ["check"] = sealing.Check,
            };
        }

        json["integrations"] = new JsonArray([.. document.Integrations.Select(ToJson)]);
        return json;
    }

    private static JsonObject ToJson(DocumentItem item)
    {
        var json = new JsonObject { ["name"] = item.Name, ["integration_type"] = item.IntegrationType };
        if (item.ConfigVersion is { } version) json["config_version"] = version;
        if (item.IsActive is { } isActive) json["is_active"] = isActive;
        if (item.IsDefault is { } isDefault) json["is_default"] = isDefault;
        if (item.Fallback is { } fallback) json["fallback"] = SnakeCaseEnum.Text(fallback);
        if (item.SharedActions is { } actions) json["shared_actions"] = new JsonArray([.. actions.Select(action => (JsonNode)action)]);
        if (item.Limits is { } limits)
        {
            json["limits"] = new JsonObject
            {
                ["max_concurrent_calls"] = limits.MaxConcurrentCalls, ["max_calls_per_minute"] = limits.MaxCallsPerMinute,
            };
        }

        json["config"] = JsonNode.Parse(CanonicalJson.Of(item.Config));
        if (item.Secrets is not { Count: > 0 } secrets) return json;
        var named = new JsonObject();
        foreach (var (path, secret) in secrets.OrderBy(secret => secret.Key, StringComparer.Ordinal))
        {
            var said = new JsonObject();
            if (secret.Fingerprint is { } fingerprint) said["fingerprint"] = fingerprint;
            if (secret.Sealed is { } text) said["sealed"] = text;
            named[path] = said;
        }

        json["secrets"] = named;
        return json;
    }

    private static byte[] FromYaml(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            return JsonSerializer.SerializeToUtf8Bytes(YamlText.Read(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(utf8.Span)));
        }
        catch (ArgumentException invalid)
        {
            throw new ProblemException(ProblemCode.InvalidRequest, "The YAML is not valid UTF-8. Save it as UTF-8.", invalid);
        }
    }

    private static bool IsEnvelope(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8);
            if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject) return false;
            while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("document")) return true;
                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // Binding says what is wrong.
        }

        return false;
    }

    private static T Bind<T>(JsonContract contract, ReadOnlyMemory<byte> utf8)
        where T : class
    {
        var bound = contract.Bind(utf8);
        return bound.Value as T ?? throw new ProblemException(ProblemCode.InvalidRequest, "This is no document of integrations. 'errors' says where.")
        {
            Errors = [.. bound.Errors.Take(MostErrors).Select(error => new ConfigError(error.Path, error.Message))],
        };
    }
}

/// <summary>The two ways to write a document.</summary>
internal enum DocumentFormat
{
    Json,
    Yaml,
}

/// <summary>A document and the passphrase of its secrets.</summary>
internal sealed record DocumentEnvelope
{
    /// <summary>The document; one in YAML as text.</summary>
    public required JsonElement Document { get; init; }

    public required string Passphrase { get; init; }

    // A record would print its members.
    public override string ToString() => nameof(DocumentEnvelope);
}
