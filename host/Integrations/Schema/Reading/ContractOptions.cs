using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Vaka.Plugins.Host.Integrations.Schema.Reading;

/// <summary>How records are written as JSON.</summary>
internal static class ContractOptions
{
    /// <summary>New options for every contract: what they cache must go when the plugin goes.</summary>
    public static JsonSerializerOptions Create(IJsonTypeInfoResolver? resolver)
    {
        var options = new JsonSerializerOptions(JsonSerializerOptions.Strict)
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            NumberHandling = JsonNumberHandling.Strict,
            AllowOutOfOrderMetadataProperties = true, // jsonb reorders keys
            MaxDepth = Binding.Walk.MaxDepth,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            IgnoreReadOnlyProperties = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // never embedded in HTML
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
            TypeInfoResolver = new Resolver(resolver).WithAddedModifier(WriteRequired),
        };
        options.MakeReadOnly();
        return options;
    }

    // A required member is there even when it is null.
    private static void WriteRequired(JsonTypeInfo info)
    {
        foreach (var property in info.Properties)
        {
            if (property.IsRequired) property.ShouldSerialize = static (_, _) => true;
        }
    }

    private sealed class Resolver(IJsonTypeInfoResolver? first) : IJsonTypeInfoResolver
    {
        private readonly DefaultJsonTypeInfoResolver reflection = new();

        public JsonTypeInfo? GetTypeInfo(Type type, JsonSerializerOptions options) =>
            first?.GetTypeInfo(type, options) is { } info && !LosesDefaults(info) ? info : reflection.GetTypeInfo(type, options);

        // Source-generated metadata sets every init member, and so overwrites the defaults of those that are absent.
        private static bool LosesDefaults(JsonTypeInfo info) =>
            info.Kind == JsonTypeInfoKind.Object
            && info.Properties.Any(property => property.AssociatedParameter is { IsMemberInitializer: true });
    }
}
