using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations.Secrets;

namespace Vaka.Plugins.Host.Integrations;

/// <summary>A config as text. What both databases can keep, whether it is a valid config or a draft.</summary>
internal static class ConfigDocument
{
    private const int MaxBytes = 256 * 1024;

    // Readable in the database; it is never put into a page as it is.
    private static readonly JsonSerializerOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads a stored config.</summary>
    public static JsonObject Parse(string stored) => JsonNode.Parse(stored)!.AsObject(); // only objects are stored

    public static string Write(JsonNode config) => config.ToJsonString(Writing);

    /// <exception cref="ProblemException"><see cref="ProblemCode.TooLarge"/>; <see cref="ProblemCode.InvalidConfig"/>: U+0000, half a
    /// character, a number beyond any range, or something that looks like a stored secret.</exception>
    public static void Check(JsonObject config)
    {
        var errors = new List<ConfigError>();
        try
        {
            Check(config, "", errors);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            // JSON is read as it is visited: half a surrogate pair or a name given twice shows here.
            throw new ProblemException(
                ProblemCode.InvalidConfig, "The config holds text that is not valid Unicode, or a member twice. Correct it and send it again.", exception);
        }

        if (errors.Count > 0) throw new ProblemException(ProblemCode.InvalidConfig, "The config cannot be stored.") { Errors = errors };
        if (JsonSerializer.SerializeToUtf8Bytes(config, Writing).Length > MaxBytes)
            throw new ProblemException(ProblemCode.TooLarge, "A config has at most 256 KiB. Send a smaller one.");
    }

    private static void Check(JsonNode? node, string path, List<ConfigError> errors)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members)
                {
                    var below = path.Length == 0 ? name : $"{path}.{name}";
                    if (name == SecretProtector.CiphertextMember)
                        errors.Add(new ConfigError(below, "A secret is given in plain and stored encrypted; this name is not for requests. Remove it."));
                    else if (name.Contains('\0')) errors.Add(new ConfigError(path, "The name of a member holds U+0000. Remove it."));
                    else Check(value, below, errors);
                }

                break;
            case JsonArray items:
                for (var i = 0; i < items.Count; i++) Check(items[i], $"{path}[{i}]", errors);
                break;
            case JsonValue value when value.GetValueKind() is JsonValueKind.String && value.GetValue<string>().Contains('\0'):
                errors.Add(new ConfigError(path, "The text holds U+0000. Remove it."));
                break;
            case JsonValue value when value.GetValueKind() is JsonValueKind.Number && !IsStorable(value):
                errors.Add(new ConfigError(path, "The number is beyond any range. Give a smaller one."));
                break;
        }
    }

    private static bool IsStorable(JsonValue value)
    {
        var text = value.ToJsonString();
        var number = double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        var isZero = !text.TakeWhile(c => c is not ('e' or 'E')).Any(c => c is >= '1' and <= '9');
        return double.IsFinite(number) && (number != 0 || isZero) && text.Length <= 400;
    }
}
