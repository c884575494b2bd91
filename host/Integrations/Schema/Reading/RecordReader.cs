using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Vaka.Plugins.Host.Integrations.Schema.Shapes;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Integrations.Schema.Reading;

/// <summary>Reads records and the unions of them.</summary>
internal sealed class RecordReader(JsonSerializerOptions options, ShapeReader shapes)
{
    private readonly NullabilityInfoContext nullability = new();
    private readonly Stack<Type> open = [];

    public PathCheck Paths { get; } = new();

    public Shape Read(JsonTypeInfo info, Place place)
    {
        if (open.Contains(info.Type))
            throw place.Refuse($"{info.Type.Name} contains itself. Records cannot be recursive; use JsonElement for free nesting.");
        open.Push(info.Type);
        var shape = info.PolymorphismOptions is { } union ? Union(info, union, place) : (Shape)Record(info, place, null, withTitle: false);
        open.Pop();
        return shape;
    }

    private UnionShape Union(JsonTypeInfo info, JsonPolymorphismOptions union, Place place)
    {
        if (!info.Type.IsAbstract) throw place.Refuse($"{info.Type.Name} has derived types, so it must be abstract.");
        var branches = new List<RecordShape>();
        foreach (var derived in union.DerivedTypes)
        {
            if (derived.TypeDiscriminator is not string name)
                throw place.Refuse($"[JsonDerivedType(typeof({derived.DerivedType.Name}))] needs a string that names it.");
            var branch = options.GetTypeInfo(derived.DerivedType);
            if (branch.PolymorphismOptions is not null || branch.Kind != JsonTypeInfoKind.Object)
                throw place.Refuse($"{derived.DerivedType.Name} must be a record without derived types of its own.");
            var constant = new ChoiceShape([name], new Dictionary<string, string>()) { IsConstant = true };
            var slot = new Slot(constant, AcceptsNull: false);
            var discriminator = new Member(union.TypeDiscriminatorPropertyName, slot) { IsRequired = true };
            branches.Add(Record(branch, place with { Name = derived.DerivedType.Name }, discriminator, withTitle: true));
        }

        return branches.Count > 0
            ? new UnionShape(union.TypeDiscriminatorPropertyName, branches)
            : throw place.Refuse($"{info.Type.Name} has no [JsonDerivedType].");
    }

    private RecordShape Record(JsonTypeInfo info, Place place, Member? discriminator, bool withTitle)
    {
        var type = info.Type;
        if (type.IsAbstract || type.IsInterface)
            throw place.Refuse($"{type.Name} is abstract. Name its kinds with [JsonPolymorphic] and [JsonDerivedType].");
        var blank = RecordDefaults.Blank(type);
        var members = new List<Member>();
        if (discriminator is not null) members.Add(discriminator);
        members.AddRange(info.Properties
            .Where(property => property.Set is not null || property.AssociatedParameter is not null)
            .OrderBy(property => property.Order)
            .ThenBy(property => Depth(property.DeclaringType))
            .Select(property => Member(property, blank, place)));
        if (members.Count > RecordShape.MaxMembers)
            throw place.Refuse($"{type.Name} has more than {RecordShape.MaxMembers} members.");
        var rules = new Facets(type.Name, type.GetCustomAttributes(inherit: true).OfType<ValidationAttribute>()).TakeRest(place.Name, type);
        return new RecordShape(type, members, rules) { Annotations = AnnotationReader.OfType(type, withTitle) };
    }

    private Member Member(JsonPropertyInfo property, object? blank, Place owner)
    {
        var parameter = property.AssociatedParameter;
        var clrName = (property.AttributeProvider as MemberInfo)?.Name ?? property.Name;
        var place = owner with { Name = $"{owner.Name}.{clrName}" };
        if (property.AttributeProvider is null) throw place.Refuse("its attributes cannot be read. Leave JsonTypeInfoResolver null.");
        if (property.IsExtensionData) throw place.Refuse("[JsonExtensionData] would let anything in. Use a map.");
        if (property.CustomConverter is not null) throw place.Refuse("a converter of its own hides what it looks like. Remove it.");
        if ((property.NumberHandling ?? JsonNumberHandling.Strict) != JsonNumberHandling.Strict)
            throw place.Refuse("[JsonNumberHandling] would take strings for numbers. Remove it.");

        var attributes = property.AttributeProvider.GetCustomAttributes(inherit: true)
            .Concat(parameter?.AttributeProvider?.GetCustomAttributes(inherit: true) ?? [])
            .OfType<Attribute>()
            .ToArray();
        var title = AnnotationReader.Title(attributes) ?? property.Name;
        var facets = new Facets(title, attributes);
        var required = property.IsRequired || facets.IsRequired || parameter is { HasDefaultValue: false, IsMemberInitializer: false };
        var acceptsNull = !facets.IsRequired
            && (parameter is { IsMemberInitializer: false } ? parameter.IsNullable : property.IsSetNullable);
        var secretFor = AnnotationReader.One<SecretForAttribute>(attributes);
        place = new Place(
            Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType,
            property.AttributeProvider is PropertyInfo declared ? nullability.Create(declared) : null,
            facets,
            secretFor?.Paths ?? [],
            place.Name);
        var shape = shapes.Read(place);
        if (secretFor is not null)
        {
            if (!(shape is SecretShape || (shape is MapShape && shape.Below("*").All(below => below is SecretShape))))
                throw place.Refuse("[SecretFor] is for a SecretString or a map of them.");
            Paths.Add(place.Name, secretFor);
        }

        if (AnnotationReader.One<DependsOnAttribute>(attributes) is { } dependsOn) Paths.Add(place.Name, dependsOn);
        var slot = new Slot(shape, acceptsNull);
        return new Member(property.Name, slot)
        {
            IsRequired = required,
            IsSensitive = AnnotationReader.One<SensitiveAttribute>(attributes) is not null,
            Default = required ? null : RecordDefaults.Of(property, blank, slot, options, place.Name),
            Annotations = AnnotationReader.OfMember(attributes, shape, place.Name),
            PropertyName = clrName,
            Title = title,
            Get = property.Get,
            Rules = facets.TakeRest(place.Name, property.PropertyType),
        };
    }

    private static int Depth(Type? type) => type is null ? 0 : 1 + Depth(type.BaseType);
}
