using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.Host.Commands;

/// <summary>Names and values as some service kept them, on their way into a config.</summary>
internal sealed class ImportedSettings
{
    private readonly Dictionary<string, JsonNode?> values;
    private readonly string prefix;

    private ImportedSettings(Dictionary<string, JsonNode?> values, string prefix) => (this.values, this.prefix) = (values, prefix);

    /// <summary>Names that are no field; after <see cref="ToConfig"/>.</summary>
    public IReadOnlyList<string> Unknown { get; private set; } = [];

    public static ImportedSettings FromEnvironment(string prefix)
    {
        var found = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(entry => entry.Key is string name && name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            .ToDictionary(entry => (string)entry.Key, entry => (JsonNode?)JsonValue.Create(entry.Value as string));
        return found.Count > 0
            ? new ImportedSettings(found, prefix)
            : throw new StartupException($"There is no environment variable that begins with '{prefix}'.");
    }

    public static ImportedSettings FromFile(FileInfo file)
    {
        try
        {
            var root = JsonNode.Parse(File.ReadAllText(file.FullName), documentOptions: new JsonDocumentOptions
            {
                AllowTrailingCommas = true,
                CommentHandling = JsonCommentHandling.Skip,
            });
            if (root is not JsonObject settings) throw new StartupException($"{file.Name} is not a JSON object of settings.");
            var flat = new Dictionary<string, JsonNode?>();
            Flatten(settings, "", flat);
            return new ImportedSettings(flat, "");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new StartupException($"{file.Name} cannot be read: {fault.Message}", fault);
        }
    }

    /// <summary>The config that they make: SMTP_HOST, SmtpHost and {"Smtp": {"Host": …}} are all smtp_host.</summary>
    public JsonObject ToConfig(JsonObject schema, IEnumerable<string> maps)
    {
        var fields = (schema["properties"] as JsonObject ?? []).ToDictionary(field => Plain(field.Key), field => field);
        var renamed = maps.Select(map => map.Split('=', 2)).Where(map => map.Length == 2)
            .ToDictionary(map => map[0], map => map[1], StringComparer.OrdinalIgnoreCase);
        var config = new JsonObject();
        var unknown = new List<string>();
        foreach (var (name, value) in values)
        {
            var sought = renamed.TryGetValue(name, out var given) ? given : name;
            if (!fields.TryGetValue(Plain(sought), out var field) && !fields.TryGetValue(Plain(WithoutPrefix(sought)), out field)) unknown.Add(name);
            else config[field.Key] = Typed(name, value, field.Value);
        }

        Unknown = unknown;
        return config;
    }

    private string WithoutPrefix(string name) => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? name[prefix.Length..] : name;

    private static void Flatten(JsonObject settings, string path, Dictionary<string, JsonNode?> flat)
    {
        foreach (var (name, value) in settings)
        {
            if (value is JsonObject nested) Flatten(nested, $"{path}{name}:", flat);
            else flat[path + name] = value?.DeepClone();
        }
    }

    private static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    /// <summary>Outside JSON everything is text; the schema says what it was meant to be.</summary>
    private static JsonNode? Typed(string name, JsonNode? value, JsonNode? schema)
    {
        if (value is not JsonValue single || !single.TryGetValue(out string? text)) return value?.DeepClone();
        return TypeName(schema?["type"]) switch
        {
            "boolean" => text.Trim().ToLowerInvariant() switch
            {
                "true" or "1" or "yes" or "on" => true,
                "false" or "0" or "no" or "off" or "" => false,
                _ => throw new StartupException($"{name} should be true or false."),
            },
            "integer" => long.TryParse(text, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new StartupException($"{name} should be a whole number."),
            "number" => decimal.TryParse(text, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new StartupException($"{name} should be a number."),
            _ => text,
        };
    }

    /// <summary>A nullable field has a list of types.</summary>
    private static string? TypeName(JsonNode? type) => type switch
    {
        JsonArray types => types.Select(one => one?.GetValue<string>()).FirstOrDefault(one => one != "null"),
        _ => type?.GetValue<string>(),
    };
}
