using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Vaka.Plugins.Host.Integrations.Schema.Shapes;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Integrations.Schema.Reading;

/// <summary>Reads the shape of a type from its JSON metadata and attributes, and refuses what cannot be a contract.</summary>
internal sealed class ShapeReader
{
    private static readonly HashSet<Type> Lists =
    [
        typeof(IReadOnlyList<>), typeof(IReadOnlyCollection<>), typeof(IEnumerable<>),
        typeof(IList<>), typeof(ICollection<>), typeof(List<>),
    ];

    private static readonly HashSet<Type> Maps = [typeof(IReadOnlyDictionary<,>), typeof(IDictionary<,>), typeof(Dictionary<,>)];

    private const string UseOthers = "Use a record of your own, a list, a map or a plain value.";

    private readonly JsonSerializerOptions options;
    private readonly RecordReader records;

    public ShapeReader(JsonSerializerOptions options) => (this.options, records) = (options, new RecordReader(options, this));

    public Shape ReadRoot(Type type)
    {
        var shape = Read(new Place(type, null, Facets.None, [], TypeName.Of(type)));
        if (shape is not (RecordShape or UnionShape or MapShape or AnyShape { IsObject: true }))
            throw new ProviderCheckException($"{TypeName.Of(type)} is not an object in JSON. Make it a record.");
        records.Paths.Run(shape);
        return shape;
    }

    public Shape Read(Place place)
    {
        var type = place.Type;
        if (type == typeof(string)) return new TextShape(RuleReader.Text(place.Facets, place.Name));
        if (type == typeof(SecretString)) return new SecretShape(RuleReader.Text(place.Facets, place.Name), place.SecretFor);
        if (type == typeof(bool)) return new BooleanShape();
        if (IntegerShape.Is(type)) return Integer(place);
        if (NumberShape.Is(type)) return new NumberShape(type, RuleReader.Bounds(place.Facets, place.Name));
        if (BytesShape.Is(type)) return new BytesShape(RuleReader.Length(place.Facets, place.Name, "byte"));
        if (type.IsEnum) return Choice(place);
        if (FormattedShape.Of(type) is { } formatted) return formatted;
        if (AnyShape.Of(type) is { } any) return any;
        if (type.IsArray || (type.IsGenericType && Lists.Contains(type.GetGenericTypeDefinition()))) return List(place);
        if (type.IsGenericType && Maps.Contains(type.GetGenericTypeDefinition())) return Map(place);
        if (Advice(type) is { } advice) throw place.Refuse($"{TypeName.Of(type)} is not supported. {advice}");
        var info = options.GetTypeInfo(type);
        if (info.Kind != JsonTypeInfoKind.Object) throw place.Refuse($"{TypeName.Of(type)} is not supported. {UseOthers}");
        return records.Read(info, place);
    }

    /// <summary>What stands in a list or map.</summary>
    private Slot ReadBelow(Place place, Type type, NullabilityInfo? nullability, string suffix)
    {
        var plain = Nullable.GetUnderlyingType(type);
        var shape = Read(place with { Type = plain ?? type, Nullability = nullability, Facets = Facets.None, Name = place.Name + suffix });
        return new Slot(shape, plain is not null || nullability?.ReadState == NullabilityState.Nullable);
    }

    private ListShape List(Place place)
    {
        var (type, nullability) = place.Type.GetElementType() is { } element
            ? (element, place.Nullability?.ElementType)
            : (place.Type.GetGenericArguments()[0], place.Nullability?.GenericTypeArguments.FirstOrDefault());
        if (place.Type.IsArray && place.Type.GetArrayRank() != 1)
            throw place.Refuse($"{TypeName.Of(place.Type)} is not supported. Use a list of lists.");
        var length = RuleReader.Length(place.Facets, place.Name, "item");
        var item = ReadBelow(place with { SecretFor = [] }, type, nullability, "[]");
        if (item.Shape.HoldsSecrets)
            throw place.Refuse("a list holds no secrets, since it can be reordered. Use a map from name to secret.");
        return new ListShape(item, length);
    }

    private MapShape Map(Place place)
    {
        var arguments = place.Type.GetGenericArguments();
        if (arguments[0] != typeof(string)) throw place.Refuse("the keys of a map are strings.");
        var length = RuleReader.Length(place.Facets, place.Name, "entry");
        return new MapShape(ReadBelow(place, arguments[1], place.Nullability?.GenericTypeArguments.LastOrDefault(), ".*"), length);
    }

    private static IntegerShape Integer(Place place)
    {
        var (allowed, message) = RuleReader.AllowedIntegers(place.Facets, place.Name);
        return new IntegerShape(place.Type, RuleReader.Bounds(place.Facets, place.Name), allowed, message);
    }

    private ChoiceShape Choice(Place place)
    {
        if (place.Type.IsDefined(typeof(FlagsAttribute), inherit: false))
            throw place.Refuse($"{TypeName.Of(place.Type)} is [Flags]. Use a list of an ordinary enum.");
        var names = new List<string>();
        var labels = new Dictionary<string, string>();
        foreach (var field in place.Type.GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            var name = JsonSerializer.SerializeToNode(field.GetValue(null), place.Type, options)?.GetValue<string>();
            if (name is null || names.Contains(name)) continue;
            names.Add(name);
            if (AnnotationReader.Title([.. field.GetCustomAttributes()]) is { } label) labels[name] = label;
        }

        return names.Count > 0
            ? new ChoiceShape(names, labels)
            : throw place.Refuse($"{TypeName.Of(place.Type)} has no values.");
    }

    private static string? Advice(Type type) =>
        type == typeof(object) ? "Use JsonElement for any JSON, or a record."
        : type == typeof(DateTime) ? "Use DateTimeOffset."
        : type == typeof(TimeSpan) || type == typeof(TimeOnly) ? "Use a number with [Unit], such as seconds."
        : type == typeof(JsonDocument) || type == typeof(JsonValue) ? "Use JsonElement or JsonNode."
        : type == typeof(char) ? "Use a string."
        : type.Namespace?.Split('.')[0] == nameof(System) ? UseOthers
        : null;
}

/// <summary>Where a type stands and what is said about it there.</summary>
/// <param name="Type">The type; never a nullable value type.</param>
/// <param name="Nullability">What the compiler knows of the members of a generic type.</param>
/// <param name="Facets">The validation attributes.</param>
/// <param name="SecretFor">Where its secret is sent.</param>
/// <param name="Name">For messages to the author: <c>WebhookConfig.Auth.Token</c>.</param>
internal sealed record Place(Type Type, NullabilityInfo? Nullability, Facets Facets, IReadOnlyList<string> SecretFor, string Name)
{
    public ProviderCheckException Refuse(string message) => new($"{Name}: {message}");
}
